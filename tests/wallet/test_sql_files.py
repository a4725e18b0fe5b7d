"""The SQL functions: what the migrated database has is what the files say, one function a file."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import RunPython

from wallet.services.privileges import grant_privileges

ROOT = Path(__file__).parents[2]
# The application owns nothing since 0014: what replaces functions has to let them act as their owner.
MIGRATIONS = ROOT / "wallet/migrations"
SINCE_PRIVILEGES = sorted(
    path.stem
    for path in MIGRATIONS.glob("0*.py")
    if path.stem > "0015" and (MIGRATIONS / f"frozen_{path.stem[:4]}").exists()
)
FILES = sorted(ROOT.glob("*/sql/*.sql"))
DEFINITIONS = """
SELECT proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
    pg_get_functiondef(pg_proc.oid)
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname ~ '^(operators|geoblock|catalog|wallet)_'
"""


def read_functions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS)
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_migrated_database_and_files_agree() -> None:
    migrated = read_functions()
    with connection.cursor() as cursor:
        for file in FILES:
            cursor.execute(file.read_text())
    grant_privileges(role=settings.APPLICATION_ROLE)
    assert read_functions() == migrated
    assert {signature.partition("(")[0] for signature in migrated} == {file.stem for file in FILES}
    assert len(migrated) == len(FILES) > 20


@pytest.mark.django_db
def test_file_that_differs_from_the_database_is_noticed() -> None:
    migrated = read_functions()
    text = (ROOT / "wallet/sql/wallet_is_pending.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute(text.replace("AND unresolved", ""))
    assert read_functions() != migrated


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_holds_one_function_of_its_name_with_a_sentence_on_top(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"CREATE OR REPLACE FUNCTION (\w+)", text) == [file.stem]
    assert file.stem.startswith(f"{file.parents[1].name}_")
    assert re.match(r"-- [A-Z].*[.]\n", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_newest_migration_that_has_the_function_has_it_frozen_as_it_is(file: Path) -> None:
    copies = sorted(file.parents[1].glob(f"migrations/frozen_*/{file.name}"))
    assert copies
    assert copies[-1].read_text() == file.read_text()
    migration = next(file.parents[1].glob(f"migrations/{copies[-1].parent.name.removeprefix('frozen_')}_*.py"))
    assert file.stem in migration.read_text()


def test_nothing_is_frozen_that_has_no_file_today() -> None:
    frozen = {copy.stem for copy in ROOT.glob("*/migrations/frozen_*/*.sql")}
    assert frozen == {file.stem for file in FILES}


ENTRIES = "SELECT proname FROM pg_proc WHERE prosecdef AND proname LIKE 'wallet_%' ORDER BY 1"


@pytest.mark.django_db
@pytest.mark.parametrize("name", SINCE_PRIVILEGES)
def test_function_that_a_migration_replaces_acts_as_its_owner_before_the_next(name: str) -> None:
    """Else the application's bets are refused until all migrations are through, which may be never."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        entries = cursor.fetchall()
    assert len(entries) == 9
    with connection.schema_editor() as editor:
        for operation in import_module(f"wallet.migrations.{name}").Migration.operations:
            if isinstance(operation, RunPython):
                operation.code(apps, editor)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        assert cursor.fetchall() == entries
