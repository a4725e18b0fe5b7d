"""Whether a process can take traffic: the database answers, is migrated, and next month's ledger partition is there."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

NEXT_PARTITION = """
SELECT to_regclass(to_char(now() AT TIME ZONE 'UTC' + interval '1 month', '"wallet_ledgerrow_y"YYYY"m"MM')) IS NOT NULL
"""


def list_faults() -> list[str]:
    """Return what stands in the way, in words; nothing means ready."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_PARTITION)
            row = cursor.fetchone()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return ["the database does not answer"]
    faults = [] if row and row[0] else ["the ledger has no partition for next month"]
    return faults + (["migrations are not applied"] if pending else [])


def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when ready, else 503 with the reasons."""
    faults = list_faults()
    return JsonResponse({"ready": not faults, "faults": faults}, status=503 if faults else 200)
