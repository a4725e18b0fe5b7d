"""A synchronisation's page: how it stands, what it found, and the beginning of the difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from catalog.admin.changes import write_row
from catalog.admin.differences import kind_chip, write_difference
from catalog.models import Change, ChangeKind, RunState, Subject, SyncRun
from catalog.selectors.runs import add_row_ids, count_changes, find_successor
from config.display import age, chip

LOOKS = {
    RunState.RUNNING: "info",
    RunState.APPLIED: "success",
    RunState.UNCHANGED: "",
    RunState.PREVIEWED: "info",
    RunState.HELD: "warning",
    RunState.FAILED: "danger",
    RunState.LOST: "danger",
}
NAMES = {
    Subject.GAME: "Games",
    Subject.LOBBY: "Lobbies",
    Subject.VENDOR: "Vendors",
    Subject.CURRENCY: "Currencies",
    Subject.CONFIGURATION: "Game configurations",
}
CHANGES_SHOWN = 30
# What a person has to look at first stands first; the new ones are many.
FIRST = [
    ChangeKind.GONE,
    ChangeKind.COUNTRIES,
    ChangeKind.RTP,
    ChangeKind.SWITCHED,
    ChangeKind.RENAMED,
    ChangeKind.BACK,
]
FOUND = [("added", "new"), *((name, name) for name in ("changed", "gone", "back", "resolved", "unreadable"))]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found of one kind of row; `changes` are kinds of changes, each with their count and their list."""

    name: str
    listed: int
    fetched: int
    gone: int
    unreadable: int
    shrinks: bool
    changes: list[tuple[str, int, str]]


def show_run(run: Any, now: datetime) -> dict[str, Any]:
    """Return what a run's page tells beside the run itself; `run` is of `list_runs`."""
    found = list_found(run)
    return {
        "chip": state_chip(run),
        "runs": run.shown_state == RunState.RUNNING,
        "progress": describe_progress(run),
        "took": write_time_taken(run, now),
        "found": found,
        "shrunken": [each for each in found if each.shrinks],
        "change_count": sum(number for each in found for _kind, number, _list in each.changes),
        "changes": show_changes(list_first_changes(run)),
        "successor": find_successor(run),
    }


def list_found(run: SyncRun) -> list[Found]:
    """Return what a run found, kind by kind."""
    changes: dict[str, list[tuple[str, int, str]]] = {}
    for row in count_changes(run):
        query = {"run__id__exact": run.pk, "subject__exact": row["subject"], "kind__exact": row["kind"]}
        kind = str(ChangeKind(row["kind"]).label)
        changes.setdefault(row["subject"], []).append((kind, row["count"], urlencode(query)))
    return [_found(subject, counts, changes.get(subject, [])) for subject, counts in run.counts.items()]


def list_shrunken(run: SyncRun) -> list[Found]:
    """Return the kinds of rows of which so many are missing that a person has to agree."""
    found = [_found(subject, counts, []) for subject, counts in run.counts.items()]
    return [each for each in found if each.shrinks]


def _found(subject: str, counts: dict[str, int], changes: list[tuple[str, int, str]]) -> Found:
    return Found(
        name=NAMES[Subject(subject)],
        listed=counts["listed"],
        fetched=counts["fetched"],
        gone=counts["gone"],
        unreadable=counts["unreadable"],
        shrinks=bool(counts["shrinks"]),
        changes=changes,
    )


def list_first_changes(run: SyncRun) -> QuerySet[Any]:
    """Return the changes of a run that its page shows."""
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(FIRST)), default=Value(len(FIRST)))
    return add_row_ids(run.changes.all()).order_by(order, "pk")[:CHANGES_SHOWN]


def show_changes(changes: Iterable[Change]) -> list[dict[str, SafeString]]:
    """Prepare changes, of `add_row_ids`, for a page."""
    return [
        {"kind": kind_chip(change), "row": write_row(change), "difference": write_difference(change)}
        for change in changes
    ]


def state_chip(run: Any) -> SafeString:
    """Write how a run stands."""
    state = RunState(run.shown_state)
    return chip(str(state.label), LOOKS[state])


def describe_found(run: SyncRun) -> str:
    """Say how many rows of which kind a run found."""
    return ", ".join(f"{number:,} {word}" for name, word in FOUND if (number := getattr(run, name)))


def describe_progress(run: SyncRun) -> str:
    """Say what a run is at, and how far."""
    figures = f" {run.progress_done:,} of {run.progress_total:,}" if run.progress_total else ""
    return f"{run.phase or 'Starting'}{figures}"


def write_time_taken(run: SyncRun, now: datetime) -> str:
    """Write how long a run took, or has been under way."""
    span = (run.ended_at or now) - run.started_at
    seconds = span.total_seconds()
    return age(span) if seconds >= 60 else f"{seconds:.1f}\N{NO-BREAK SPACE}s"
