"""Who may do what in the database: `wallet/privileges/*.sql`, applied after every migration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg.sql
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connection, transaction

PRIVILEGES = Path(__file__).parents[1] / "privileges"
RIGHTS = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole,
    EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'USAGE'))
FROM pg_roles
WHERE rolname = current_user
"""


def grant_privileges(*, role: str) -> None:
    """Let the functions act as their owner, and the role do what the application does; no role, no grants.

    It takes the owner of the tables to do it, who keeps all rights.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute((PRIVILEGES / "functions.sql").read_text())
        if role not in {"", connection.settings_dict["USER"]}:
            name = psycopg.sql.Identifier(role).as_string(cursor.connection)
            cursor.execute((PRIVILEGES / "application.sql").read_text().replace("{role}", name))


def list_excess_rights() -> list[str]:
    """Say what the role that this process connects as may do, and should not be able to."""
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS)
        is_powerful, owns_tables = cursor.fetchone()
    user = connection.settings_dict["USER"]
    faults = [f"the database role {user} has the rights of an administrator"] if is_powerful else []
    return faults + ([f"the database role {user} owns tables"] if owns_tables else [])


@register(Tags.database, deploy=True)
def check_rights(*, databases: Sequence[str] | None = None, **_facts: Any) -> list[CheckMessage]:
    """Warn where the application could undo what guards the ledger: `manage.py check --deploy --database default`."""
    hint = "Let DATABASE_URL name a role that owns nothing, and MIGRATION_DATABASE_URL the owner."
    return [Warning(fault, hint=hint, id="wallet.W001") for fault in list_excess_rights()] if databases else []
