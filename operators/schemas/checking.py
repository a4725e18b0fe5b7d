"""What is wrong with operator settings, and what looks odd: each with its place and what to do about it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any

import pycountry
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from operators.schemas.options import (
    ANY_TYPE,
    PROTOCOL_TYPES,
    TYPES,
    ValuePath,
    combine_schema,
    find_option,
    is_secret,
    name_path,
)

TYPE_NAMES = {
    "boolean": "true or false",
    "integer": "a whole number, without quotation marks",
    "string": "a text between quotation marks",
    "array": "a list: [ … ]",
    "object": "an object: { … }",
}
# What small numbers of a unit are probably meant to be.
DOUBTS = {
    "ms": ("milliseconds", "seconds"),
    "s": ("seconds", "hours"),
    "minor EUR": ("minor units (cents)", "whole euros"),
}
GAME_SETTINGS = ANY_TYPE["$defs"]["gameSettings"]["properties"]


def _check_pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Hold a text against a pattern as JSON Schema means it: Python's `$` would let a line break through at its end."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _check_unique(_validator: Any, demanded: bool, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Find what a list has twice by what it is written like: the library's way takes minutes where objects are many."""
    if demanded and isinstance(instance, list) and len(set(map(repr, instance))) < len(instance):
        yield ValidationError("has non-unique elements")


Validator = extend(Draft202012Validator, {"pattern": _check_pattern, "uniqueItems": _check_unique})


class Level(Enum):
    """Whether it refuses, or is shown and saved."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong or odd: the path to it, whether its key is meant, what it is, and the remedy."""

    path: ValuePath
    problem: str
    remedy: str
    level: Level = Level.ERROR
    at_key: bool = False


def check_settings(settings: Any) -> list[Fault]:
    """Return what is wrong with settings, and after it what is odd; what is odd only where nothing is wrong."""
    protocol_type = read_protocol_type(settings)
    validator = Validator(combine_schema(protocol_type))
    found = sorted(validator.iter_errors(settings), key=lambda error: [str(part) for part in error.absolute_path])
    errors = [fault for error in found for fault in _explain(error, protocol_type)]
    if errors or not isinstance(settings, dict):
        return errors
    errors = [*_find_odd_secrets(settings, ()), *_find_prefix_errors(settings, protocol_type)]
    return errors or [warning for find in WARNINGS for warning in find(settings, protocol_type)]


def read_protocol_type(settings: Any) -> int | None:
    """Return the protocol type that settings name, if it is one that there is."""
    number = settings.get("protocolType") if isinstance(settings, dict) else None
    return number if isinstance(number, int) and number in TYPES else None


def _explain(error: ValidationError, protocol_type: int | None) -> Iterator[Fault]:
    path: ValuePath = tuple(error.absolute_path)
    if error.validator == "required":
        yield from _explain_missing(error, path, protocol_type)
    elif error.validator == "additionalProperties":
        yield from (_explain_stranger((*path, key), error.schema) for key in _strangers(error))
    elif "propertyNames" in error.absolute_schema_path:
        yield _explain_name(error, path)
    else:
        problem, remedy = _say(error)
        yield Fault(path, f"{name_path(path)} {problem}", remedy)


def _explain_missing(error: ValidationError, path: ValuePath, protocol_type: int | None) -> Iterator[Fault]:
    for name in error.validator_value:
        if name not in error.instance and f"'{name}'" in error.message:
            needed = f"protocol type {protocol_type} ({PROTOCOL_TYPES[protocol_type]})" if protocol_type else "it"
            yield Fault(path, f"{name_path((*path, name))} is missing.", f"Add it: {needed} cannot do without.")


def _strangers(error: ValidationError) -> list[str]:
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _explain_stranger(path: ValuePath, schema: Mapping[str, Any]) -> Fault:
    near = _find_near(str(path[-1]), schema["properties"])
    remedy = f"Did you mean {near}?" if near else "Take it away; the table of options names all there are."
    return Fault(path, f"There is no option {name_path(path)}.", remedy, at_key=True)


def _explain_name(error: ValidationError, path: ValuePath) -> Fault:
    says = error.schema.get("x-says", "a name of 1 to 127 characters")
    return Fault((*path, error.instance), f"“{error.instance}” is not {says}.", "Change the key.", at_key=True)


def _say(error: ValidationError) -> tuple[str, str]:
    limit: Any = error.validator_value
    said: dict[str, tuple[str, str]] = {
        "type": ("is of another kind.", f"Write {TYPE_NAMES.get(str(limit), str(limit))}."),
        "enum": (f"cannot be {error.instance}.", "Choose one of: " + _listed(limit) + "."),
        "pattern": (f"cannot be “{error.instance}”.", f"Write {error.schema.get('x-says', 'it in its form')}."),
        "minimum": (f"is less than {limit:,}." if isinstance(limit, int) else "", f"Write {limit} or more."),
        "maximum": (f"is more than {limit:,}." if isinstance(limit, int) else "", f"Write {limit} or less."),
        "minLength": ("is empty.", "Write it between the quotation marks, as it was given."),
        "maxLength": (f"has more than {limit} characters.", "Shorten it."),
        "minItems": ("is an empty list.", "Name at least one, or take the key away."),
        "uniqueItems": ("names something twice.", "Name each once."),
    }
    return said.get(str(error.validator), (f"does not fit: {error.message}.", "Compare it with the table of options."))


def _listed(values: Any) -> str:
    return ", ".join(str(value) for value in values) if isinstance(values, list) else str(values)


def _find_near(name: str, names: Any) -> str | None:
    by_small = {known.casefold(): known for known in names}
    near = get_close_matches(name.casefold(), by_small, n=1, cutoff=0.8)
    return by_small[near[0]] if near else None


def _find_odd_secrets(value: Any, path: ValuePath) -> Iterator[Fault]:
    if is_secret(path) and not isinstance(path[-1], int) and not isinstance(value, str):
        yield Fault(path, f"{name_path(path)} is no text, but would be kept as a secret.", "Name the key otherwise.")
    for step, inner in _members(value):
        yield from _find_odd_secrets(inner, (*path, step))


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _find_prefix_errors(settings: Mapping[str, Any], protocol_type: int | None) -> Iterator[Fault]:
    for path, prefix, _ in _prefixed(protocol_type):
        value = str(settings.get(path[0], prefix))
        if not value.startswith(prefix):
            remedy = f"Put {prefix} before what you were given."
            yield Fault(path, f"{name_path(path)} does not begin with {prefix}.", remedy)


def _prefixed(protocol_type: int | None) -> Iterator[tuple[tuple[str], str, bool]]:
    for name, schema in TYPES.get(protocol_type or 0, {}).get("properties", {}).items():
        if "x-prefix" in schema:
            yield (name,), schema["x-prefix"], "x-prefix-letters" in schema


def _warn_prefix(settings: Mapping[str, Any], protocol_type: int | None) -> Iterator[Fault]:
    for path, _, letters in _prefixed(protocol_type):
        prefix, dash, rest = str(settings.get(path[0], "")).partition("-")
        if not (dash and rest):
            yield _warning(path, f"{name_path(path)} has nothing behind its prefix.", "Write prefix, hyphen and id.")
        elif letters and not re.fullmatch(r"[A-Za-z]+", prefix):
            yield _warning(
                path, f"The prefix {prefix} has more than letters.", "Compare it with the integrator's mail."
            )


def _warn_strangers(settings: Mapping[str, Any], protocol_type: int | None) -> Iterator[Fault]:
    own = TYPES.get(protocol_type or 0, {}).get("properties", {})
    for name in settings:
        numbers = [number for number, schema in TYPES.items() if name in schema["properties"]]
        if name in ANY_TYPE["properties"] or name in own or not numbers:
            continue
        types = "type " + " or ".join(f"{number} ({PROTOCOL_TYPES[number]})" for number in numbers)
        remedy = "Take it away." if protocol_type else "Say which type this account has: protocolType."
        yield _warning((name,), f"{name} acts only with protocol {types}.", remedy, at_key=True)


def _warn_games(settings: Mapping[str, Any], _: int | None) -> Iterator[Fault]:
    if not ("allowedGames" in settings and settings.get("deniedGames")):
        return
    both = [game for game in settings["deniedGames"] if game in settings["allowedGames"]]
    shown = f" On both: {', '.join(both)}." if both else " The denied are not among the allowed anyway."
    yield _warning(("deniedGames",), f"deniedGames beside allowedGames: denied wins.{shown}", "One list is enough.")


def _warn_currency(settings: Mapping[str, Any], _: int | None) -> Iterator[Fault]:
    fixed = settings.get("useFixedCurrency")
    if fixed and fixed not in settings.get("currenciesRestricted", [fixed]):
        problem = f"useFixedCurrency is {fixed}, which currenciesRestricted leaves out: nothing can be launched."
        yield _warning(("useFixedCurrency",), problem, f"Add {fixed} to currenciesRestricted, or take that away.")
    if settings.get("isSocial") is True and not fixed and not settings.get("customCurrencies"):
        problem = "isSocial without a currency of its own: only games for fun can be launched."
        yield _warning(("isSocial",), problem, "Set useFixedCurrency or customCurrencies.")


def _warn_amounts(settings: Mapping[str, Any], protocol_type: int | None) -> Iterator[Fault]:
    for path, value in _walk(settings, ()):
        option = find_option(path, protocol_type)
        schema = option.schema if option else {}
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        if value > schema.get("x-doubtful-above", value):
            yield _warning(
                path, f"{name_path(path)} counts seconds, and {value:,} looks like milliseconds.", "Check it."
            )
        if 0 < value < schema.get("x-doubtful-below", 0):
            unit, other = DOUBTS[schema["x-unit"]]
            yield _warning(path, f"{name_path(path)} counts {unit}, and {value:,} looks like {other}.", "Check it.")
        if value == 0 and "x-zero" in schema:
            remedy = f"Write {schema['default']}, as usual, or take it away."
            yield _warning(path, f"{name_path(path)} is 0: {schema['x-zero']}.", remedy)


def _warn_usual(settings: Mapping[str, Any], protocol_type: int | None) -> Iterator[Fault]:
    for name, schema in TYPES.get(protocol_type or 0, {}).get("properties", {}).items():
        usual = schema.get("x-usual")
        if usual and settings.get(name) != usual:
            yield _warning((name,), f"{name} is {usual} in all cases known.", f"Write “{usual}”.")


def _warn_countries(settings: Mapping[str, Any], _: int | None) -> Iterator[Fault]:
    for number, code in enumerate(settings.get("restrictedCountriesAllowed", ())):
        known = pycountry.subdivisions.get(code=code) if "-" in code else pycountry.countries.get(alpha_2=code)
        if known is None and code != "XK":
            path = ("restrictedCountriesAllowed", number)
            remedy = "It allows nothing. Write a code such as GB or CA-QC."
            yield _warning(path, f"{code} is no country or region of ISO 3166.", remedy)


def _warn_game_settings(settings: Mapping[str, Any], _: int | None) -> Iterator[Fault]:
    for path, value in _walk(settings, ()):
        if not _is_game_setting(path):
            continue
        near = _find_near(str(path[-1]), GAME_SETTINGS)
        if path[-1] not in GAME_SETTINGS and near:
            yield _warning(path, f"{name_path(path)} is none we know.", f"Did you mean {near}?", at_key=True)
        if path[-1] == "customStakes" and settings.get("allowCustomStakes") is not True and value:
            yield _warning(path, "customStakes count only with allowCustomStakes.", "Set allowCustomStakes to true.")


def _is_game_setting(path: ValuePath) -> bool:
    general = len(path) == 2 and path[0] in {"defaultSettings", "demoSettings"}
    return general or (len(path) == 3 and path[0] == "defaultGameSpecificSettings")


def _walk(value: Any, path: ValuePath) -> Iterator[tuple[ValuePath, Any]]:
    for step, inner in _members(value):
        yield (*path, step), inner
        yield from _walk(inner, (*path, step))


def _warning(path: ValuePath, problem: str, remedy: str, *, at_key: bool = False) -> Fault:
    return Fault(path, problem, remedy, Level.WARNING, at_key)


WARNINGS: tuple[Callable[[Mapping[str, Any], int | None], Iterator[Fault]], ...] = (
    _warn_strangers,
    _warn_prefix,
    _warn_usual,
    _warn_games,
    _warn_currency,
    _warn_amounts,
    _warn_countries,
    _warn_game_settings,
)
