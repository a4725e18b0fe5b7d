"""A kind of document that is edited in the admin, and all that is to be said of one text of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from operators.documents import JsonFault, Path, propose_repair, read_json, write_json
from operators.editing.changes import Change, Unfit, apply_change
from operators.editing.completion import Offer, suggest
from operators.editing.outline import Section, outline
from operators.editing.remarks import Note, list_help, list_notes
from operators.editing.scanning import find_spot, read_loosely
from operators.editing.vocabulary import Describe, Schema, name_value


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong (an error) or odd (a warning), what to do about it, and where: both from 1, or 0 for the whole."""

    level: Literal["error", "warning"]
    line: int
    column: int
    problem: str
    remedy: str = ""


def _is_never(_path: Path) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Language:
    """A kind of document.

    `find_schema` returns the JSON Schema for a document, which may not be finished yet; `check` returns what there is
    to remark on a text that is JSON; `describe` says what a value means, or nothing. Where `is_secret` says so of a
    path, a form shows the `mask`.
    """

    find_schema: Callable[[Any], Schema]
    check: Callable[[str], Sequence[Remark]]
    describe: Describe = name_value
    is_secret: Callable[[Path], bool] = _is_never
    mask: str = "******"


@dataclass(frozen=True, slots=True)
class Look:
    """All there is to say of a text; without sections where it is no JSON object, so that no form can show it."""

    remarks: Sequence[Remark] = ()
    proposal: str | None = None
    notes: Sequence[Note] = ()
    sections: Sequence[Section] | None = None
    strangers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A text after changes, and why some of them, by their numbers, were not made."""

    text: str
    refusals: Mapping[int, str] = field(default_factory=dict)


def look_at(language: Language, text: str) -> Look:
    """Check a text, annotate it, and lay it out as a form. An empty text is an empty object."""
    text = text if text.strip() else "{}"
    try:
        document = read_json(text)
    except JsonFault as fault:
        return _look_at_faulty(language, text, fault)
    remarks = language.check(text)
    if not isinstance(document.value, dict):
        return Look(remarks=remarks)
    schema = language.find_schema(document.value)
    sections, strangers = outline(
        schema, document.value, describe=language.describe, is_secret=language.is_secret, mask=language.mask
    )
    notes = list_notes(document, schema, language.describe)
    return Look(remarks=remarks, notes=notes, sections=sections, strangers=strangers)


def _look_at_faulty(language: Language, text: str, fault: JsonFault) -> Look:
    remark = Remark("error", fault.line, fault.column, fault.problem, fault.remedy)
    document, keys = read_loosely(text)
    notes = list_help(text, keys, language.find_schema(document), language.describe)
    return Look(remarks=[remark], proposal=propose_repair(text), notes=notes)


def complete_text(language: Language, text: str, at: int) -> Offer:
    """Return what may be typed at an offset into a text that need not be JSON yet."""
    spot = find_spot(text, at)
    if spot is None:
        return Offer(at, at, ())
    return suggest(language.find_schema(spot.document), text, spot, language.describe)


def change_text(language: Language, text: str, changes: Sequence[Change]) -> Changed:
    """Do to a text what was done in its form.

    Keys keep their order and numbers their digits; the layout becomes the usual one, unless nothing has changed.

    :raises JsonFault: the text is not JSON.
    :raises Unfit: it is no object.
    """
    before = read_json(text if text.strip() else "{}").value
    if not isinstance(before, dict):
        raise Unfit("The text is not an object: mend it first.")
    value, refusals = before, {}
    for number, change in enumerate(changes):
        try:
            _refuse_mended_mask(language, change)
            value = apply_change(language.find_schema(value), value, change)
        except Unfit as unfit:
            refusals[number] = str(unfit)
    same = write_json(value) == write_json(before)
    return Changed(text if same else write_json(value), refusals)


def _refuse_mended_mask(language: Language, change: Change) -> None:
    typed = "".join(change.texts)
    if language.is_secret(change.path) and language.mask in typed and typed != language.mask:
        raise Unfit(f"Empty the field first: {language.mask} stands for the secret that is stored.")
