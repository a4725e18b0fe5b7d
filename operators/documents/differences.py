"""What differs between two JSON values, place by place."""

from dataclasses import dataclass
from typing import Any

from operators.documents.reading import Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One place; `kind` is added, removed or changed, and `was` or `now` is None where nothing was or is."""

    path: Path
    kind: str
    was: Any
    now: Any


def compare_values(before: Any, after: Any, path: Path = ()) -> list[Difference]:
    """Return where two values differ, down to the innermost members of objects, in the order of their keys.

    Lists are compared whole: of a list of games one wants to see both.
    """
    if not (isinstance(before, dict) and isinstance(after, dict)):
        same = type(before) is type(after) and before == after
        return [] if same else [Difference(path, "changed", before, after)]
    keys = dict.fromkeys([*before, *after])
    return [each for key in keys for each in _compare_member(before, after, key, path)]


def _compare_member(before: dict[str, Any], after: dict[str, Any], key: str, path: Path) -> list[Difference]:
    place = (*path, key)
    if key in before and key in after:
        return compare_values(before[key], after[key], place)
    kind, there = ("added", after[key]) if key in after else ("removed", before[key])
    if isinstance(there, dict) and there:
        return compare_values({}, there, place) if kind == "added" else compare_values(there, {}, place)
    return [Difference(place, kind, None, there) if kind == "added" else Difference(place, kind, there, None)]
