"""What the database knows of how the whole system does, as figures: asked for by the back office's `/metrics`."""

from collections.abc import Iterator
from datetime import datetime

from django.db import Error, connection
from django.db.models import Count, Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from config.readings import Reading
from operators.models import EntryStanding, Exchange
from operators.selectors.schedule import describe_entry, list_entries
from wallet.enums import CallState
from wallet.models import LedgerVerification, WaitingCall
from wallet.services.privileges import list_excess_rights

# Ends long before the scraper would.
PATIENCE = 4.0
OPEN_STATES = [state.value for state in CallState if state not in {CallState.DONE, CallState.SETTLED}]
LAST_PARTITION = """
SELECT max(substring(relname FROM 'y([0-9]{4}m[0-9]{2})$'))
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'wallet_ledgerrow'::regclass
"""


def gauge(name: str, told: str, value: float | None) -> Metric:
    """A figure of its own; without a value there is none."""
    family = GaugeMetricFamily(name, told)
    if value is not None:
        family.add_metric([], value)
    return family


def seconds_since(at: datetime | None, now: datetime) -> float | None:
    """How long ago something was."""
    return (now - at).total_seconds() if at else None


def list_facts() -> list[Metric]:
    """Return all of them, as they are now."""
    now = timezone.now()
    return [*list_task_facts(now), *list_open_facts(), *list_ledger_facts(now)]


def list_task_facts(now: datetime) -> Iterator[Metric]:
    """How the schedule's entries go."""
    labels = ["task", "entry"]
    age = GaugeMetricFamily("task_age_seconds", "Since an entry of the schedule last succeeded.", labels=labels)
    late = GaugeMetricFamily("task_late", "1 where an entry was due and has not succeeded since.", labels=labels)
    failed = GaugeMetricFamily("task_failed", "1 where an entry's last run failed.", labels=labels)
    for entry in list_entries().filter(enabled=True).order_by("task", "name"):
        scheduled = describe_entry(entry, now)
        since = seconds_since(entry.succeeded_at, now)
        if since is not None:
            age.add_metric([entry.task, entry.name], since)
        late.add_metric([entry.task, entry.name], scheduled.late)
        failed.add_metric([entry.task, entry.name], bool(scheduled.error))
    begun = EntryStanding.objects.aggregate(at=Max("started_at"))["at"]
    told = "Since any entry last began, which takes both beat and a worker."
    yield from (age, late, failed, gauge("beat_age_seconds", told, seconds_since(begun, now)))


def list_open_facts() -> Iterator[Metric]:
    """What waits to be settled with platforms."""
    unresolved = Exchange.objects.filter(unresolved=True).count()
    yield gauge("exchanges_unresolved", "Calls whose outcome the other side does not know.", unresolved)
    calls = GaugeMetricFamily("waiting_calls", "Calls to platforms that must still happen.", labels=["state"])
    rows = WaitingCall.objects.exclude(state__in=[CallState.DONE, CallState.SETTLED]).order_by("state")
    counted = dict(rows.values_list("state").annotate(count=Count("pk")))
    for state in OPEN_STATES:
        calls.add_metric([state], counted.get(state, 0))
    yield calls


def list_ledger_facts(now: datetime) -> Iterator[Metric]:
    """How the ledger stands."""
    last = LedgerVerification.objects.order_by("-pk").first()
    age, found = (seconds_since(last.finished_at, now), last.difference_count) if last else (None, None)
    yield gauge("ledger_verification_age_seconds", "Since the ledger was last proved.", age)
    yield gauge("ledger_differences", "What the last proof found wrong.", found)
    yield gauge("ledger_partitions_ahead", "Months to come whose partition is there.", count_months_ahead(now))
    told = "What the application's role may do in the database, and should not be able to: 0 in production."
    yield gauge("application_rights_in_excess", told, len(list_excess_rights()))


def count_months_ahead(now: datetime) -> int | None:
    """Return for how many months after this one the ledger has a partition."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_PARTITION)
        (last,) = cursor.fetchone()
    if last is None:
        return None
    return 12 * (int(last[:4]) - now.year) + int(last[5:]) - now.month


LAST = Reading(list_facts, seconds=5.0, patience=PATIENCE)


def tell_facts() -> list[Metric]:
    """Return what they were some seconds ago; none but that they could not be read, where the database is silent."""
    try:
        facts = LAST.take()
    except (Error, TimeoutError):
        return [gauge("facts_readable", "1 where the database could be asked.", 0)]
    return [*facts, gauge("facts_readable", "1 where the database could be asked.", 1)]
