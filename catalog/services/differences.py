"""What a platform's lists change in the catalogue: counted, kept as history, and written unless a person is to look."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection, transaction

from catalog.models import RunState, Subject, SyncRun
from catalog.selectors.runs import SILENCE, find_newest_told
from catalog.services.fetching import Fetched
from catalog.services.heartbeat import Progress
from catalog.services.registry import register_currencies
from catalog.services.runs import end_run
from catalog.services.staging import Tally, stage_catalogue
from operators.platforms.failures import PlatformFailure
from operators.services import write_audit_entry

# The first key of the advisory lock under which one run of an operator writes at a time.
LOCK_SPACE = 1_729
# One that holds it beside us was declared lost. Frozen perhaps, it would keep its locks for as long as it likes.
EVICT = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# Lists of fewer rows lose more than a fifth by a single row: only their becoming empty waits for a person.
SMALLEST_LIST = 5
LARGEST_LOSS = 5  # as a divisor: a fifth
CHANGES = ("added", "changed", "gone", "back", "resolved")
LISTS = (Subject.GAME, Subject.LOBBY, Subject.VENDOR, Subject.CURRENCY)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one kind: the rows that the catalogue lists, that the platform lists, and what becomes of them."""

    listed: int
    fetched: int
    unreadable: int
    added: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    resolved: int = 0

    def shrinks(self) -> bool:
        """Say whether a list has become empty, or has lost more than a fifth of its rows."""
        if self.listed and not self.fetched:
            return True
        return self.listed >= SMALLEST_LIST and self.gone * LARGEST_LOSS > self.listed


def apply_catalogue(run: SyncRun, fetched: Fetched, progress: Progress, now: datetime) -> None:
    """Bring the catalogue in step with a platform's lists, or only note the differences, and end the run.

    All in one transaction, of which nothing stays if the run was declared lost meanwhile.

    :raises RunWasLost:
    :raises PlatformFailure: not one row of a list can be read.
    """
    operator = run.operator
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        _lock_out_others(operator.pk)
        tallies = stage_catalogue(operator, fetched, progress)
        _refuse_unreadable(tallies)
        progress.begin("Comparing")
        counts = _count_changes(tallies)
        state = _judge(run, counts)
        cursor.execute("SELECT catalog_write_changes(%s, %s, %s)", [operator.pk, run.pk, now])
        if state in {RunState.APPLIED, RunState.UNCHANGED}:
            progress.begin("Writing")
            _write_catalogue(operator.pk, counts, now)
        summary = {subject.value: asdict(each) | {"shrinks": each.shrinks()} for subject, each in counts.items()}
        if state == RunState.APPLIED:
            write_audit_entry(by=run.by, action="sync_catalog", subject=operator, details=summary)
        end_run(run, progress, state=state, counts=summary, **_add_up(counts))


def _lock_out_others(operator_id: int) -> None:
    """Be the only one who writes this catalogue, and let go of it where we freeze in the middle."""
    with connection.cursor() as cursor:
        silence = f"{SILENCE.seconds}s"
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [silence])
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, operator_id])
        if cursor.fetchone() != (True,):
            cursor.execute(EVICT, [LOCK_SPACE, operator_id])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, operator_id])


def _refuse_unreadable(tallies: dict[Subject, Tally]) -> None:
    for subject in LISTS:
        tally = tallies.get(subject)
        if tally and tally.fetched and tally.unreadable == tally.fetched:
            detail = f"not one of the {tally.fetched:,} rows of the list ({subject.label}) can be read"
            raise PlatformFailure("BAD_REPLY", detail, permanent=True)


def _count_changes(tallies: dict[Subject, Tally]) -> dict[Subject, Counts]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT of_subject, added, changed, gone, back, resolved FROM catalog_count_changes()")
        found = {subject: dict(zip(CHANGES, counts, strict=True)) for subject, *counts in cursor.fetchall()}
    return {
        subject: Counts(tally.listed, tally.fetched, tally.unreadable, **found.get(subject.value, {}))
        for subject, tally in tallies.items()
    }


def _judge(run: SyncRun, counts: dict[Subject, Counts]) -> RunState:
    """How the run ends: shown only, held for a person, or done."""
    totals = _add_up(counts)
    if run.dry_run:
        return RunState.PREVIEWED
    if any(each.shrinks() for each in counts.values()) and not _is_agreed(run, totals["gone"]):
        return RunState.HELD
    return RunState.APPLIED if any(totals[name] for name in CHANGES) else RunState.UNCHANGED


def _is_agreed(run: SyncRun, gone: int) -> bool:
    """Say whether a person's yes covers it: one that was used since, or is out of date, does not."""
    if run.agreed_gone is None or gone > run.agreed_gone:
        return False
    newest = find_newest_told(run.operator_id)
    return newest is not None and newest.state == RunState.HELD


def _add_up(counts: dict[Subject, Counts]) -> dict[str, int]:
    names = ("fetched", "unreadable", *CHANGES)
    return {name: sum(getattr(each, name) for each in counts.values()) for name in names}


def _write_catalogue(operator_id: int, counts: dict[Subject, Counts], now: datetime) -> None:
    # Also where rows only go: these functions lock what is staged in the order in which staff's switches do.
    differing = {subject for subject, each in counts.items() if any(getattr(each, name) for name in CHANGES)}
    with connection.cursor() as cursor:
        if Subject.CURRENCY in differing:
            cursor.execute("SELECT ref FROM catalog_staged WHERE subject = 'currency' AND facts IS NOT NULL")
            register_currencies(ref for (ref,) in cursor.fetchall())
        if Subject.VENDOR in differing:
            cursor.execute("SELECT catalog_write_vendors(%s)", [operator_id])
        # A game's text may be another though its facts are the same.
        cursor.execute("SELECT catalog_write_games(%s, %s)", [operator_id, now])
        if Subject.LOBBY in differing:
            cursor.execute("SELECT catalog_write_lobbies(%s)", [operator_id])
        if Subject.CURRENCY in differing:
            cursor.execute("SELECT catalog_write_currencies(%s)", [operator_id])
        if Subject.CONFIGURATION in differing:
            cursor.execute("SELECT catalog_write_configurations(%s)", [operator_id])
        if any(each.gone for each in counts.values()):
            cursor.execute("SELECT catalog_mark_gone(%s, %s)", [operator_id, now])
