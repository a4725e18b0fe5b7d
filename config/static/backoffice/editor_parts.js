// What the editor's modules share. Lines and columns come from the server, which counts characters; a browser's texts
// count the halves of those beyond the first plane.

export function element(name, look, text = "") {
    const made = document.createElement(name);
    if (look) made.className = look;
    made.textContent = text;
    return made;
}

export function column(line, from) {
    return [...line].slice(0, from - 1).join("").length;
}

export function toServerIndex(text, index) {
    return [...text.slice(0, index)].length;
}

export function fromServerIndex(text, index) {
    return [...text].slice(0, index).join("").length;
}

// Says something to a screen reader, and only when it is news.
export function announce(place, text) {
    if (place.textContent !== text) place.textContent = text;
}
