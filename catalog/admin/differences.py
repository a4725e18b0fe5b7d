"""A change in words: what a field was and what it is now, as staff say it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.places import name_place
from catalog.models import Change, ChangeKind, Game, GameConfiguration, Lobby, OperatorCurrency, Subject, Vendor
from config.display import NOTHING, amount_text, chip, figure, laid_out

MODELS = {
    Subject.GAME: Game,
    Subject.LOBBY: Lobby,
    Subject.VENDOR: Vendor,
    Subject.CURRENCY: OperatorCurrency,
    Subject.CONFIGURATION: GameConfiguration,
}
LOOKS = {
    ChangeKind.NEW: "success",
    ChangeKind.GONE: "danger",
    ChangeKind.BACK: "success",
    ChangeKind.RESOLVED: "success",
    ChangeKind.RENAMED: "info",
    ChangeKind.RTP: "warning",
    ChangeKind.COUNTRIES: "warning",
    ChangeKind.SWITCHED: "warning",
}
# What a list tells of a new row, and of that only what is said at all; its page tells the rest.
TELLING = ("vendor", "game_type", "platform", "rtp", "expected_rtp", "multiplier")
LONGEST_VALUE, LONGEST_LIST = 80, 6
PER_CENT = {"rtp", "expected_rtp"}
COUNTRIES = {"restricted_countries", "prohibited_countries"}
NAMES = {"platform_enabled": "On at the platform", "online": "Reachable"}
# In hundredths of the currency.
MINOR_UNITS = {"stakes", "max_exposure", "calculated_max_exposure"}


def kind_chip(change: Change) -> SafeString:
    """Write what kind of change it was."""
    kind = ChangeKind(change.kind)
    return chip(str(kind.label), LOOKS.get(kind, ""))


def write_difference(change: Change) -> SafeString:
    """Write what a change is, in so few words that a list of them can be read."""
    if change.before or not change.after:
        lines = [_write_field(change, field) for field in sorted({*change.before, *change.after})]
    else:
        lines = [_write_new(change)]
    return format_html_join("", '<div class="difference">{}</div>', ((line,) for line in lines if line)) or NOTHING


def list_fields(change: Change) -> list[tuple[str, str, str]]:
    """Return each field of a change by its name, with its whole value before and after."""
    before, after = change.before, change.after
    return [
        (
            name_field(change, field),
            tell(field, before[field]) if field in before else "",
            tell(field, after[field]) if field in after else "",
        )
        for field in sorted({*before, *after})
    ]


def name_field(change: Change, field: str) -> str:
    """Name a field as the page of its row does."""
    if field in NAMES:
        return NAMES[field]
    columns = {column.name: column for column in MODELS[Subject(change.subject)]._meta.fields}  # noqa: SLF001 - Django documents it
    name = str(columns[field].verbose_name) if field in columns else field.replace("_", " ")
    return name[:1].upper() + name[1:]


def tell(field: str, value: Any) -> str:
    """Say a value in words, whole."""
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, dict):
        return laid_out(value)
    return ", ".join(tell_items(field, value)) if isinstance(value, list) else _tell_one(field, value)


def tell_items(field: str, values: Iterable[Any]) -> list[str]:
    """Say each value of a list in words, countries by their names and in their order."""
    told = [_tell_one(field, value) for value in values]
    return sorted(told) if field in COUNTRIES else told


def _tell_one(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _tell_number(field, Decimal(str(value)))
    if field in COUNTRIES:
        return f"{name_place(str(value))} ({value})"
    return value if isinstance(value, str) else laid_out(value)


def _tell_number(field: str, number: Decimal) -> str:
    if field in MINOR_UNITS:
        return amount_text(number / 100)
    return f"{figure(number)} %" if field in PER_CENT else figure(number)


def _write_new(change: Change) -> SafeString:
    said = [field for field in TELLING if change.after.get(field) not in (None, "")]
    told = [(name_field(change, field), _cut(tell(field, change.after[field]))) for field in said]
    return format_html_join(", ", "{} <ins>{}</ins>", told)


def _write_field(change: Change, field: str) -> SafeString:
    before, after = change.before.get(field), change.after.get(field)
    name = name_field(change, field)
    if isinstance(before, list) and isinstance(after, list):
        return _write_lists(name, field, before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        return _write_mappings(name, before, after)
    written = '<b>{}</b> <del>{}</del> <span aria-hidden="true">→</span> <ins>{}</ins>'
    return format_html(written, name, _cut(tell(field, before)), _cut(tell(field, after)))


def _write_lists(name: str, field: str, before: list[Any], after: list[Any]) -> SafeString:
    """Write what was added to a list and what was taken from it."""
    added = tell_items(field, [each for each in after if each not in before])
    removed = tell_items(field, [each for each in before if each not in after])
    return _write_sides(name, added, removed, [])


def _write_mappings(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> SafeString:
    """Write which keys were added to a mapping, taken from it, or given another value."""
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    return _write_sides(
        name, added, removed, sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
    )


def _write_sides(name: str, added: list[str], removed: list[str], altered: list[str]) -> SafeString:
    sides = [
        format_html("added <ins>{}</ins>", _enumerate(added)) if added else "",
        format_html("removed <del>{}</del>", _enumerate(removed)) if removed else "",
        format_html("changed {}", _enumerate(altered)) if altered else "",
    ]
    told = [(side,) for side in sides if side] or [("in another order",)]
    return format_html("<b>{}</b> {}", name, format_html_join("; ", "{}", told))


def _enumerate(words: list[str]) -> str:
    rest = len(words) - LONGEST_LIST
    told = ", ".join(_cut(word) for word in words[:LONGEST_LIST])
    return f"{told} and {rest:,} more" if rest > 0 else told


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
