// The form beside the text. It holds nothing of its own: what is done in it is sent to the server as texts, and comes
// back as the text, and as the form of that text.
import {element} from "./editor_parts.js";

const PAUSE = 400; // ms without typing, after which what was typed is sent
const TYPED = 'input[type="text"], input[type="password"], textarea';

export class FormSide {
    constructor(place, sync) {
        this.place = place;
        this.sync = sync;
        this.changes = new Map();
        this.hasRefusals = false;
        // Owned by no form that is saved: the text alone is.
        const owner = document.body.appendChild(element("form", ""));
        owner.id = "editor-form";
        owner.hidden = true;
        owner.addEventListener("submit", (event) => event.preventDefault());
        place.addEventListener("input", (event) => this.noteInput(event));
        place.addEventListener("change", (event) => this.noteChange(event));
        place.addEventListener("click", (event) => this.noteClick(event));
        place.addEventListener("keydown", (event) => this.noteEnter(event));
        place.addEventListener("focusin", ({target}) => target.type === "password" && target.select());
        this.followPointer();
    }

    // A form is not replaced between the press and the release of a button: the click would be lost.
    followPointer() {
        this.released = Promise.resolve();
        this.place.addEventListener("pointerdown", () => {
            this.released = new Promise((release) => {
                for (const end of ["pointerup", "pointercancel"]) {
                    window.addEventListener(end, () => setTimeout(release), {once: true});
                }
            });
        });
    }

    get isDirty() {
        return this.changes.size > 0;
    }

    takeChanges() {
        const taken = [...this.changes.values()];
        this.changes.clear();
        return taken;
    }

    giveBack(changes) {
        const newer = this.takeChanges();
        [...changes, ...newer].forEach((change) => this.note(...change));
    }

    note(path, act, texts) {
        const key = JSON.stringify([path, act, act === "add" ? texts : ""]);
        this.changes.delete(key);
        this.changes.set(key, [path, act, texts]);
    }

    noteInput({target, isComposing}) {
        if (isComposing || !target.matches(TYPED) || target.dataset.act !== "set") return;
        this.note(pathOf(target), "set", textsOf(target));
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.send(), PAUSE);
    }

    noteChange({target}) {
        const act = target.dataset.act;
        if (act !== "set" && act !== "rename") return;
        if (act === "set" && target.matches(TYPED) && !this.isDirty) return;
        this.note(pathOf(target), act, textsOf(target));
        this.send();
    }

    noteClick({target}) {
        const button = target.closest("button[data-act]");
        if (!button) return;
        const row = button.closest("[data-adding]");
        const texts = row ? [...row.querySelectorAll("input, select")].map((input) => input.value) : [];
        this.note(pathOf(button), button.dataset.act, texts);
        this.send();
    }

    noteEnter(event) {
        const adding = event.target.closest("[data-adding]");
        if (event.key !== "Enter" || !adding || event.target.matches("button")) return;
        event.preventDefault();
        adding.querySelector("button").click();
    }

    send() {
        clearTimeout(this.timer);
        this.sync();
    }

    async show(answer, changes) {
        await this.released;
        this.place.parentElement.classList.toggle("is-out", answer.form === null);
        this.place.inert = answer.form === null;
        if (answer.form === null || this.isDirty) return;
        changes.filter(([, act], number) => act === "add" && !answer.refusals[number]).forEach(([path]) => {
            for (const input of this.addingInputs(path)) input.value = "";
        });
        this.replace(answer.form, changes.filter(([, act], number) => act === "rename" && !answer.refusals[number]));
        changes.forEach((change, number) => this.tellRefusal(change, answer.refusals[number]));
    }

    replace(markup, renames) {
        if (markup === this.markup && !this.hasRefusals) return;
        this.markup = markup;
        this.hasRefusals = false;
        const active = this.place.contains(document.activeElement) ? document.activeElement : null;
        const selection = active?.matches(TYPED) ? [active.selectionStart, active.selectionEnd] : null;
        const map = active?.closest("[data-option]:has(> [data-adding])");
        const mapPath = map && JSON.stringify(pathOf(map));
        const open = this.turnedByHand();
        const begun = [...this.place.querySelectorAll("[data-adding] input")].map((each) => [each.id, each.value]);
        this.place.innerHTML = markup;
        for (const each of this.place.querySelectorAll("details")) {
            each.dataset.open = each.open;
            each.open = open.get(each.dataset.path) ?? each.open;
        }
        for (const [id, value] of begun) Object.assign(document.getElementById(id) ?? {}, {value});
        const again = active && (document.getElementById(active.id) ?? this.findTwin(active, renames));
        if (selection && again) restore(again, active, selection);
        else if (active) (again ?? this.find(mapPath)?.querySelector("[data-adding] input"))?.focus({preventScroll: true});
    }

    // Returns the groups that somebody opened or closed, by path: these stay so.
    turnedByHand() {
        const groups = [...this.place.querySelectorAll("details")];
        const turned = groups.filter((each) => each.open !== (each.dataset.open === "true"));
        return new Map(turned.map((each) => [each.dataset.path, each.open]));
    }

    addingInputs(path) {
        return this.find(JSON.stringify(path))?.querySelectorAll(":scope > [data-adding] input") ?? [];
    }

    find(path) {
        const isSame = (each) => JSON.stringify(pathOf(each)) === path;
        return path && [...this.place.querySelectorAll("[data-option]")].find(isSame);
    }

    // Finds what an input has become whose key, or one around it, was renamed.
    findTwin(before, renames) {
        if (!before.matches(TYPED) || !before.dataset.path) return null;
        const path = pathOf(before);
        for (const [old, , [key]] of renames) {
            if (old.every((step, number) => step === path[number])) path[old.length - 1] = key.trim();
        }
        const wanted = JSON.stringify(path), {act} = before.dataset;
        const all = [...this.place.querySelectorAll("[data-act]")];
        return all.find((each) => each.dataset.act === act && JSON.stringify(pathOf(each)) === wanted);
    }

    // What was refused stays as it was typed, with the reason below it.
    tellRefusal([path, act, texts], problem) {
        if (!problem) return;
        this.hasRefusals = true;
        const option = this.find(JSON.stringify(path));
        if (!option) return;
        const name = option.dataset.path, isIt = (each) => each.dataset.act === act && each.dataset.path === name;
        const input = [...option.querySelectorAll("[data-act]")].find((each) => each.matches(TYPED) && isIt(each));
        if (input) Object.assign(input, {value: texts.join("\n"), ariaInvalid: "true"});
        const said = option.querySelector(":scope > [data-refusal]");
        said.textContent = problem;
        said.hidden = false;
    }
}

// Brings the cursor back to where it was, and what was typed, unless the server made something else of it.
function restore(again, before, selection) {
    const isSame = again.value.trim() === before.value.trim();
    if (isSame || before.dataset.act !== "set" || before.type === "password") again.value = before.value;
    again.focus({preventScroll: true});
    again.setSelectionRange(...selection);
}

// The path is a list of texts, which the server wrote.
function pathOf(control) {
    return JSON.parse(control.dataset.path);
}

function textsOf(control) {
    if (control.type === "checkbox") {
        const boxes = control.closest("fieldset").querySelectorAll("input:checked");
        return [...boxes].map((box) => box.value);
    }
    return [control.value];
}
