"""Reads of the synchronisations: how each operator's catalogue stands, and what a run found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Func, OuterRef, QuerySet, Subquery, Value, When

from catalog.models import Change, Game, Lobby, OperatorCurrency, RunState, Subject, SyncRun, Vendor
from operators.models import Operator
from operators.selectors.accounts import list_operators_with_catalogue
from operators.selectors.schedule import is_late, list_entries, next_run_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SYNC_ALL, SYNC_ONE = "catalog.sync_catalogs", "catalog.sync_catalog"
SUCCEEDED = (RunState.APPLIED, RunState.UNCHANGED)
# The states of runs after which an earlier one's differences are out of date.
TOLD_OF_THE_LIST = (*SUCCEEDED, RunState.HELD)
# A run whose heart has been silent for so long has lost its worker; it beats every second.
SILENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class CatalogueStanding:
    """How one operator's catalogue stands: its newest run that was no preview, its last success, and what is due.

    `last` has `shown_state` as `list_runs` gives it; `next_run_at` is None where no schedule entry synchronises it.
    """

    operator: Operator
    last: Any
    succeeded_at: datetime | None
    next_run_at: datetime | None
    late: bool

    @property
    def needs_a_person(self) -> bool:
        """Whether the newest run failed, was broken off or waits for a yes."""
        return self.last is not None and self.last.shown_state in {RunState.FAILED, RunState.LOST, RunState.HELD}


def list_catalogue_standings(now: datetime) -> list[CatalogueStanding]:
    """Return the standing of every operator whose catalogue is kept in step; in three queries, however many."""
    runs = SyncRun.objects.filter(operator=OuterRef("pk"), dry_run=False).order_by("-pk")
    succeeded = runs.filter(state__in=SUCCEEDED)
    found: list[Any] = list(
        list_operators_with_catalogue().annotate(
            last_id=Subquery(runs.values("pk")[:1]), succeeded_at=Subquery(succeeded.values("ended_at")[:1])
        )
    )
    last = list_runs(now).in_bulk([operator.last_id for operator in found])
    entries = list(list_entries().filter(task__in=[SYNC_ALL, SYNC_ONE], enabled=True))
    return [_standing(operator, last.get(operator.last_id), entries, now) for operator in found]


def list_made_changes() -> QuerySet[Change]:
    """The changes that were made, not those that a preview or a held run found."""
    return Change.objects.filter(run__state=RunState.APPLIED)


def add_row_ids(changes: QuerySet[Change]) -> QuerySet[Any]:
    """Add `row_id` to changes: the id of the row that each is about, a configuration's game; None where it is gone."""
    ours, ref = {"operator": OuterRef("operator")}, OuterRef("ref")
    game_ref = Func(ref, Value(r" \S+$"), Value(""), function="regexp_replace")
    rows: dict[Subject, QuerySet[Any]] = {
        Subject.GAME: Game.objects.filter(game_ref=ref, **ours),
        Subject.LOBBY: Lobby.objects.filter(lobby_ref=ref, **ours),
        Subject.VENDOR: Vendor.objects.filter(vendor_ref=ref, **ours),
        Subject.CURRENCY: OperatorCurrency.objects.filter(currency=ref, **ours),
        Subject.CONFIGURATION: Game.objects.filter(game_ref=game_ref, **ours),
    }
    cases = [When(subject=subject, then=Subquery(found.values("pk")[:1])) for subject, found in rows.items()]
    return changes.annotate(row_id=Case(*cases))


def count_changes(run: SyncRun) -> list[Mapping[str, Any]]:
    """Return how many changes of which kind a run found, by subject, kind and count."""
    counted = run.changes.order_by().values("subject", "kind").annotate(count=Count("pk"))
    return list(counted.order_by("subject", "-count"))


def find_successor(run: SyncRun) -> SyncRun | None:
    """Return the newest run of the same operator that has been told of the list since."""
    later = SyncRun.objects.filter(operator=run.operator_id, pk__gt=run.pk, state__in=TOLD_OF_THE_LIST)
    return later.order_by("-pk").first()


def find_newest_told(operator_id: int) -> SyncRun | None:
    """Return the operator's newest run that has been told of the list."""
    told = SyncRun.objects.filter(operator=operator_id, state__in=TOLD_OF_THE_LIST)
    return told.order_by("-pk").first()


def list_runs(now: datetime) -> "QuerySet[WithAnnotations[SyncRun]]":
    """The runs with `shown_state`: a run that says it is running, though its heart is silent, is lost."""
    silent = When(state=RunState.RUNNING, heartbeat_at__lt=now - SILENCE, then=Value(RunState.LOST.value))
    return SyncRun.objects.annotate(
        shown_state=Case(silent, default=F("state"), output_field=CharField())
    ).select_related("operator")


def _standing(operator: Any, last: Any, entries: list[Any], now: datetime) -> CatalogueStanding:
    ours = [entry for entry in entries if entry.task == SYNC_ALL or _operator_of(entry) == operator.pk]
    # An account that is younger than the schedule is not late from its first moment.
    since = operator.succeeded_at or operator.created_at
    return CatalogueStanding(
        operator=operator,
        last=last,
        succeeded_at=operator.succeeded_at,
        next_run_at=min((next_run_of(entry) for entry in ours), default=None),
        late=any(is_late(entry, since, now) for entry in ours),
    )


def _operator_of(entry: Any) -> int | None:
    """Return whose catalogue an entry synchronises; None for one that only previews, or names nobody."""
    arguments, options = json.loads(entry.args), json.loads(entry.kwargs)
    if options.get("dry_run"):
        return None
    named = options.get("operator_id", *arguments[:1])
    return named if isinstance(named, int) else None
