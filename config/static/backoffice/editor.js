// The JSON editor: a text with checks, completion and help, and beside it the same as a form.
// What the text says is read on the server alone: no JSON parser of a browser ever touches its numbers.
import {completeWith} from "./editor_completion.js";
import {FormSide} from "./editor_form.js";
import {announce, column, element} from "./editor_parts.js";

const PAUSE = 400; // ms without typing, after which the server is asked
const SLIMNESS = 0.75; // how wide a letter of a meaning is beside one of the text
const AGAIN = 5000; // ms until it is asked again where it could not be reached
const UNVENDORED = ["showSettingsMenu", "gotoline", "openCommandPalette", "openCommandPallete"];

class Editor {
    constructor(root) {
        this.root = root;
        this.area = root.querySelector("textarea");
        this.page = root.dataset.page;
        this.answer = {remarks: [], notes: []};
        this.markers = [];
        this.asking = null;
        this.open();
        this.form = new FormSide(this.part("form"), () => this.sync());
        this.area.form?.addEventListener("submit", (event) => this.beforeSubmit(event));
        this.part("proposal").querySelector("button").addEventListener("click", () => this.acceptProposal());
        root.querySelectorAll("[data-side]").forEach((tab) => tab.addEventListener("click", () => this.turnTo(tab)));
        this.sync();
    }

    part(name) {
        return this.root.querySelector(`[data-part="${name}"]`);
    }

    open() {
        this.root.classList.add("is-open");
        const ace = window.ace;
        this.ace = ace.edit(this.part("text"), {
            useWorker: false, mode: "ace/mode/json", value: this.area.value, newLineMode: "unix",
            tabSize: 2, useSoftTabs: true, wrap: true, indentedSoftWrap: false, showPrintMargin: false,
            fontSize: 13, minLines: 14, maxLines: 34, scrollPastEnd: 0, enableKeyboardAccessibility: true,
            enableBasicAutocompletion: true, enableLiveAutocompletion: true, fixedWidthGutter: true,
            textInputAriaLabel: this.area.labels[0]?.innerText.trim() || "JSON",
        });
        this.session = this.ace.session;
        this.ace.commands.removeCommands(UNVENDORED);
        this.ace.renderer.setScrollMargin(6, 6);
        this.ace.completers = [completeWith(this)];
        this.meanings = this.ace.renderer.scroller.appendChild(element("div", "editor-meanings"));
        this.meanings.ariaHidden = "true";
        this.ace.renderer.on("afterRender", () => this.showMeanings());
        this.session.on("change", () => this.textChanged());
        this.session.selection.on("changeCursor", () => this.showHelp());
        this.followTheme();
    }

    followTheme() {
        const page = document.documentElement;
        const apply = () => this.ace.setTheme(`ace/theme/cloud_editor${page.classList.contains("dark") ? "_dark" : ""}`);
        new MutationObserver(apply).observe(page, {attributes: true, attributeFilter: ["class"]});
        apply();
    }

    get text() {
        return this.session.getValue();
    }

    // Replaces the whole as one step that can be undone.
    write(text) {
        if (text === this.text) return;
        const cursor = this.ace.getCursorPosition();
        this.session.replace(new window.ace.Range(0, 0, this.session.getLength(), 0), text);
        this.ace.moveCursorToPosition(cursor);
        this.ace.clearSelection();
    }

    textChanged() {
        this.area.value = this.text;
        this.later(PAUSE);
    }

    later(pause) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.sync(), pause);
    }

    async ask(question) {
        const token = this.area.form?.elements.csrfmiddlewaretoken?.value;
        const body = new URLSearchParams({...question, csrfmiddlewaretoken: token});
        try {
            const answer = await fetch(this.page, {method: "POST", body, credentials: "same-origin"});
            return answer.ok ? await answer.json() : null;
        } catch {
            return null; // the server is being restarted, or the laptop was asleep
        }
    }

    // Brings text and form to the same, one question at a time.
    sync() {
        clearTimeout(this.timer);
        this.asking = (this.asking ?? Promise.resolve()).then(() => this.askOnce());
        return this.asking;
    }

    async askOnce() {
        const changes = this.form.takeChanges(), text = this.text;
        this.isSending = changes.length > 0;
        const question = changes.length ? {ask: "change", changes: JSON.stringify(changes)} : {ask: "look"};
        const answer = await this.ask({...question, text});
        this.isSending = false;
        this.part("lost").hidden = answer !== null;
        this.part("held").hidden = true;
        if (answer === null || text !== this.text) {
            this.form.giveBack(changes);
            return this.later(answer === null ? AGAIN : PAUSE);
        }
        this.write(answer.text);
        clearTimeout(this.timer);
        await this.form.show(answer, changes);
        if (this.text === answer.text) this.show(answer);
    }

    show(answer) {
        this.answer = answer;
        this.markers.forEach((marker) => this.session.removeMarker(marker));
        this.markers = answer.remarks.filter((remark) => remark.line).map((remark) => this.mark(remark));
        this.session.setAnnotations(answer.remarks.map((remark) => ({
            row: Math.max(remark.line - 1, 0), column: 0, type: remark.level, text: `${remark.problem} ${remark.remedy}`,
        })));
        this.listRemarks();
        this.part("proposal").hidden = answer.proposal === null;
        this.part("proposed").textContent = answer.proposal ?? "";
        this.ace.renderer.updateFull();
        this.showHelp();
    }

    place({line, column: from}) {
        return {row: line - 1, column: column(this.session.getLine(line - 1), from)};
    }

    mark(remark) {
        const start = this.place(remark), rest = this.session.getLine(start.row).slice(start.column);
        const length = rest.match(/^("(?:[^"\\]|\\.)*"|[^\s,:{}[\]]+|.)/)?.[0].length ?? 1;
        const Range = window.ace.Range;
        const range = new Range(start.row, start.column, start.row, start.column + length);
        return this.session.addMarker(range, `editor-fault is-${remark.level}`, "text", false);
    }

    listRemarks() {
        const {remarks} = this.answer, list = this.part("remarks");
        list.replaceChildren(...remarks.map((remark) => this.itemOf(remark)));
        const errors = remarks.filter((remark) => remark.level === "error").length, warnings = remarks.length - errors;
        const count = (number, what) => number ? [`${number} ${what}${number > 1 ? "s" : ""}`] : [];
        const said = [...count(errors, "error"), ...count(warnings, "warning")].join(" and ");
        announce(this.part("standing"), said || "No errors.");
    }

    itemOf(remark) {
        const item = element("li", `is-${remark.level}`);
        item.append(element("strong", "", remark.level === "error" ? "Error" : "Warning"), " ");
        if (remark.line) {
            const jump = element("button", "place", `Line ${remark.line}, column ${remark.column}`);
            jump.type = "button";
            jump.addEventListener("click", () => this.jumpTo(remark));
            item.append(jump, " ");
        }
        item.append(`${remark.problem} `, element("span", "quiet", remark.remedy));
        return item;
    }

    jumpTo(remark) {
        this.turnTo(this.root.querySelector('[data-side="text"]'));
        const {row, column: at} = this.place(remark);
        this.ace.gotoLine(row + 1, at, false);
        this.ace.focus();
    }

    // Behind each line what its values mean, where there is room.
    showMeanings() {
        const renderer = this.ace.renderer, {lineHeight, padding} = renderer.layerConfig;
        const width = renderer.$size.scrollerWidth, shown = [];
        for (const [row, meaning] of this.text === this.answer.text ? this.meaningsByRow() : []) {
            const end = this.session.documentToScreenPosition(row, this.session.getLine(row).length);
            const left = padding + (end.column + 2) * renderer.characterWidth;
            if (left + meaning.length * renderer.characterWidth * SLIMNESS > width) continue;
            const place = element("span", "", meaning);
            place.style.transform = `translate(${left}px, ${end.row * lineHeight - renderer.scrollTop}px)`;
            shown.push(place);
        }
        this.meanings.style.lineHeight = `${lineHeight}px`;
        this.meanings.replaceChildren(...shown);
    }

    meaningsByRow() {
        const rows = new Map();
        for (const {line, meaning} of this.answer.notes.filter((note) => note.meaning)) {
            rows.set(line - 1, [...(rows.get(line - 1) ?? []), meaning]);
        }
        return [...rows].map(([row, meanings]) => [row, meanings.join(", ")]);
    }

    showHelp() {
        const {row, column: at} = this.ace.getCursorPosition();
        const isBefore = (note) =>
            note.name && (note.line - 1 < row || (note.line - 1 === row && this.place(note).column <= at));
        const note = this.answer.notes.filter((each) => each.line <= this.session.getLength()).findLast(isBefore);
        const help = this.part("help");
        if (!note) return help.replaceChildren(element("p", "quiet", help.dataset.empty));
        const title = element("p", "");
        title.append(element("code", "", note.name), note.meaning ? ` = ${note.meaning}` : "");
        help.replaceChildren(title, element("p", "", note.help), element("p", "quiet", note.facts.join(" · ")));
    }

    acceptProposal() {
        this.write(this.answer.proposal);
        this.ace.focus();
        this.sync();
    }

    turnTo(tab) {
        const side = tab.dataset.side;
        this.root.dataset.shown = side;
        this.root.querySelectorAll("[data-side]").forEach((each) => (each.ariaPressed = each === tab));
        if (side === "text") this.ace.resize();
    }

    // A save waits until what was typed in the form has reached the text; what was refused there holds it up once.
    async beforeSubmit(event) {
        if (!this.form.isDirty && !this.isSending && !this.form.hasRefusals) return;
        event.preventDefault();
        await this.asking;
        if (this.form.isDirty) await this.sync();
        if (!this.form.isDirty && !this.form.hasRefusals) return this.area.form.requestSubmit(event.submitter);
        this.form.hasRefusals = false;
        this.part("held").hidden = false;
        this.turnTo(this.root.querySelector('[data-side="form"]'));
    }
}

for (const root of document.querySelectorAll("[data-editor]")) root.editor = new Editor(root);
