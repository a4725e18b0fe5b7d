"""The database's own guards, as the tests that break them by hand find and name them."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

CONSTRAINTS = """
SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x') AND conrelid::regclass::text ~ '{tables}'
UNION
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text ~ '{tables}'
ORDER BY 1
"""
FOREIGN_KEYS = """
SELECT conname, conrelid::regclass::text, attname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid::regclass::text ~ '{tables}' ORDER BY 1
"""


def refusal_of(statement: str, names: dict[str, Any]) -> psycopg.Error:
    """Run a statement, no check deferred; return why PostgreSQL refused."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError) as refusal, transaction.atomic():
            cursor.execute(statement.format(**names))
    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause


def list_names(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [name for (name,) in cursor.fetchall()]


def list_constraints(tables: str) -> list[str]:
    """Constraints and unique indexes of the tables whose names match."""
    return list_names(CONSTRAINTS.format(tables=tables))


def list_foreign_keys(tables: str) -> list[tuple[str, str, str]]:
    """Name, table and column of each foreign key of the tables whose names match."""
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS.format(tables=tables))
        return list(cursor.fetchall())
