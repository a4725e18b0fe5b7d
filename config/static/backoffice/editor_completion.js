// Completion: the server says what may stand at the cursor, with help; what is chosen replaces what was typed of it.
import {fromServerIndex, toServerIndex} from "./editor_parts.js";

export function completeWith(editor) {
    const completer = {
        id: "schema",
        identifierRegexps: [/[\w$.-]/],
        triggerCharacters: ['"'],
        getCompletions(_ace, session, position, _prefix, answer) {
            offer(editor, session, position, completer).then((items) => answer(null, items));
        },
        insertMatch: (ace, item) => insert(ace, item),
    };
    return completer;
}

async function offer(editor, session, position, completer) {
    const text = session.getValue(), at = toServerIndex(text, session.doc.positionToIndex(position));
    const found = await editor.ask({ask: "complete", text, at});
    if (found === null) return [];
    const index = fromServerIndex(text, found.start);
    return found.suggestions.map((suggestion, number) => ({
        caption: suggestion.label,
        value: suggestion.insert,
        meta: suggestion.sort,
        score: found.suggestions.length - number,
        docText: [suggestion.help, suggestion.facts.join(" · ")].filter(Boolean).join("\n\n"),
        caret: suggestion.caret,
        start: session.doc.indexToPosition(index),
        completer,
    }));
}

function insert(ace, item) {
    const {session} = ace, end = ace.getCursorPosition(), line = session.getLine(end.row);
    const isQuoted = line[item.start.column] === '"';
    end.column += line.slice(end.column).match(isQuoted ? /^[\w$.-]*"?/ : /^[\w$.-]*/)[0].length;
    session.replace({start: item.start, end}, item.value);
    const at = session.doc.positionToIndex(item.start) + item.caret;
    ace.moveCursorToPosition(session.doc.indexToPosition(at));
    ace.clearSelection();
    const inside = item.value.slice(item.caret - 1, item.caret + 1);
    if (['""', "{}", "[]"].includes(inside)) setTimeout(() => ace.execCommand("startAutocomplete"));
}
