"""Editing JSON by a schema: what may stand where, what values mean, and the same document as a form."""

from operators.editing.changes import Change, Unfit, apply_change
from operators.editing.completion import Offer, Suggestion, suggest
from operators.editing.language import Changed, Language, Look, Remark, change_text, complete_text, look_at
from operators.editing.outline import Field, Kind, Row, Section, outline
from operators.editing.remarks import Note, list_notes
from operators.editing.vocabulary import name_value

__all__ = [
    "Change",
    "Changed",
    "Field",
    "Kind",
    "Language",
    "Look",
    "Note",
    "Offer",
    "Remark",
    "Row",
    "Section",
    "Suggestion",
    "Unfit",
    "apply_change",
    "change_text",
    "complete_text",
    "list_notes",
    "look_at",
    "name_value",
    "outline",
    "suggest",
]
