"""Settings as typed, read into what is kept: the value, the text without secrets, the secrets, and what looked odd."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operators.documents import Document, JsonFault, Path, propose_repair, read_json
from operators.documents.reading import STRING
from operators.models import Operator
from operators.schemas import MASK, Fault, Level, check_settings, is_secret, name_path
from operators.selectors.refusals import Refusal
from operators.selectors.settings import to_pointer

MASKED = re.compile(r"\*{3,}")
LIGHT_AND_WONDER = 12


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """Something wrong or odd in a text: where (both from 1), what, and what to do about it."""

    line: int
    column: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.problem} {self.remedy}"


class SettingsRefused(Refusal):
    """The text is no JSON, or says what no settings can say. `proposal` is the text mended, where that can be done."""

    code = "settings_refused"

    def __init__(self, faults: Sequence[PlacedFault], proposal: str | None = None) -> None:
        super().__init__(" ".join(str(fault) for fault in faults), fields={"text": str(faults[0])})
        self.faults, self.proposal = faults, proposal


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What a text says: `value` and `text` with secrets masked, and the secrets typed anew by JSON pointer."""

    value: dict[str, Any]
    text: str
    new_secrets: Mapping[str, str]
    warnings: Sequence[PlacedFault]


def read_settings(*, operator: Operator, text: str) -> ReadSettings:
    """Read settings as somebody typed them for an operator. Nothing is saved.

    :raises SettingsRefused:
    """
    try:
        document = read_json(text)
    except JsonFault as fault:
        raise SettingsRefused(
            [PlacedFault(fault.line, fault.column, fault.problem, fault.remedy)], propose_repair(text)
        ) from fault
    faults = [*check_settings(document.value)]
    if not any(fault.level is Level.ERROR for fault in faults):
        faults += [*_check_masks(operator, document.value), *_check_default_profile(operator, document.value)]
    errors = [_place(document, fault) for fault in faults if fault.level is Level.ERROR]
    if errors:
        raise SettingsRefused(errors)
    return _take_apart(document, text, [_place(document, fault) for fault in faults])


def list_secret_pointers(value: Any) -> list[str]:
    """Return where settings hold secrets, as JSON pointers."""
    return [to_pointer(path) for path, _ in _find_secrets(value, ())]


def _take_apart(document: Document, text: str, warnings: Sequence[PlacedFault]) -> ReadSettings:
    secrets = dict(_find_secrets(document.value, ()))
    masked = _mask_text(document, text, secrets)
    return ReadSettings(
        value=read_json(masked).value,
        text=masked,
        new_secrets={to_pointer(path): secret for path, secret in secrets.items() if not MASKED.fullmatch(secret)},
        warnings=warnings,
    )


def _find_secrets(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str) and path and isinstance(path[-1], str) and is_secret(path):
        yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in members:
        yield from _find_secrets(inner, (*path, step))


def _mask_text(document: Document, text: str, secrets: Mapping[Path, str]) -> str:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    places = (document.position_of(path) for path in secrets)
    for start in sorted((starts[line - 1] + column - 1 for line, column in places), reverse=True):
        found = STRING.match(text, start)
        text = text[:start] + f'"{MASK}"' + text[found.end() if found else start :]
    return text


def _check_masks(operator: Operator, value: Mapping[str, Any]) -> Iterator[Fault]:
    known = set(operator.settings_secrets.filter(pending=False).values_list("path", flat=True))
    for path, secret in _find_secrets(value, ()):
        if MASKED.fullmatch(secret) and to_pointer(path) not in known:
            yield Fault(path, f"{name_path(path)} is masked, but no secret is kept there.", "Type the secret itself.")


def _check_default_profile(operator: Operator, value: Mapping[str, Any]) -> Iterator[Fault]:
    """Calls of Light & Wonder that name no operator fall to the default profile of their prefix: one has to exist."""
    if value.get("protocolType") != LIGHT_AND_WONDER:
        return
    default = str(value["licenseeId"]).partition("-")[0] + "-default"
    others = Operator.objects.exclude(pk=operator.pk).filter(settings__licenseeId=default)
    if value["licenseeId"] != default and not others.exists():
        problem = f"No operator has the licensee id {default}, to which calls without an operator fall."
        yield Fault(("licenseeId",), problem, "Make that operator too.", Level.WARNING)


def _place(document: Document, fault: Fault) -> PlacedFault:
    at = document.position_of_key(fault.path) if fault.at_key else document.position_of(fault.path)
    return PlacedFault(*at, fault.problem, fault.remedy)
