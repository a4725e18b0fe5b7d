"""Whether a process can take traffic: the database answers, takes writes, is migrated, and the ledger can go on."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

from config.readings import Reading

PATIENCE = 2.0
ASK = """
SELECT
    pg_is_in_recovery(),
    to_regclass(to_char(now() AT TIME ZONE 'UTC' + interval '1 month', '"wallet_ledgerrow_y"YYYY"m"MM')) IS NOT NULL,
    ARRAY(SELECT app || '.' || name FROM django_migrations)
"""
SILENT = "the database does not answer"


def list_faults() -> list[str]:
    """Return what stands in the way, in words; nothing means ready."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(ASK)
            only_reads, has_partition, applied = cursor.fetchone()
    except Error:
        return [SILENT]
    found = {
        "the database takes no writes": only_reads,
        "the ledger has no partition for next month": not has_partition,
        "migrations are not applied": not list_last_migrations().issubset(applied),
    }
    return [fault for fault, holds in found.items() if holds]


@cache
def list_last_migrations() -> frozenset[str]:
    """The newest migrations of this process's code, on which all others rest."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).graph.leaf_nodes())


LAST = Reading(list_faults, seconds=1.0, patience=PATIENCE)


def tell_faults() -> list[str]:
    """Return what stood in the way a second ago at most, for whoever asks and however often."""
    try:
        return LAST.take()
    except TimeoutError:
        return [SILENT]
