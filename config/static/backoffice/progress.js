// Follows a synchronisation: asks how far it is once a second, and shows the page anew when it has ended or begun.
const SECOND = 1000;

async function ask(address) {
    try {
        const answer = await fetch(address, {credentials: "same-origin"});
        return answer.ok ? await answer.json() : null;
    } catch {
        return null; // the server is being restarted, or the laptop was asleep
    }
}

async function follow(place) {
    const run = await ask(place.dataset.progress);
    if (run === null) return setTimeout(follow, 5 * SECOND, place);
    if (!run.running) return location.reload();
    show(place, run);
    setTimeout(follow, SECOND, place);
}

function show(place, run) {
    const phase = place.querySelector("[data-phase]"), bar = place.querySelector("progress");
    if (phase.textContent !== run.phase) phase.textContent = run.phase || "Starting";
    place.querySelector("[data-figures]").textContent =
        run.total ? `${run.done.toLocaleString("en")} of ${run.total.toLocaleString("en")}` : "";
    if (run.total) {
        bar.max = run.total;
        bar.value = run.done;
    } else {
        bar.removeAttribute("value");
    }
}

document.querySelectorAll("[data-progress]").forEach(follow);
if (document.querySelector("[data-awaited]")) setTimeout(() => location.reload(), SECOND);
