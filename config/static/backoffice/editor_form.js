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
        this.replace(answer.form);
        changes.forEach((change, number) => this.tellRefusal(change, answer.refusals[number]));
    }

    replace(markup) {
        if (markup === this.markup && !this.hasRefusals) return;
        this.markup = markup;
        this.hasRefusals = false;
        const active = this.place.contains(document.activeElement) ? document.activeElement : null;
        const open = [...this.place.querySelectorAll("details[open]")].map((each) => each.dataset.path);
        const selection = active?.matches(TYPED) ? [active.selectionStart, active.selectionEnd] : null;
        this.place.innerHTML = markup;
        for (const each of this.place.querySelectorAll("details")) each.open ||= open.includes(each.dataset.path);
        const again = active && document.getElementById(active.id);
        if (!again) return;
        again.focus({preventScroll: true});
        if (!selection) return;
        const isSame = again.value.trim() === active.value.trim() || again.type === "password";
        if (again.dataset.act === "set" && isSame) again.value = active.value;
        again.setSelectionRange(...selection);
    }

    // What was refused stays as it was typed, with the reason below it.
    tellRefusal([path, act, texts], problem) {
        if (!problem) return;
        this.hasRefusals = true;
        const name = JSON.stringify(path);
        const options = [...this.place.querySelectorAll("[data-option]")];
        const option = options.find((each) => each.dataset.path === name);
        if (!option) return;
        const input = [...option.querySelectorAll("[data-act]")].find(
            (each) => each.matches(TYPED) && each.dataset.act === act && each.dataset.path === name,
        );
        if (input) input.value = texts.join("\n");
        if (input) input.ariaInvalid = "true";
        const adding = act === "add" && option.querySelectorAll(":scope > [data-adding] input");
        if (adding) adding.forEach((each, number) => (each.value = texts[number] ?? ""));
        const said = option.querySelector(":scope > [data-refusal]");
        said.textContent = problem;
        said.hidden = false;
    }
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
