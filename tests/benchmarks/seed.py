"""Migrates and fills the database: a casino with one operator and its games, and players with money and sessions."""

from pathlib import Path

from django.core.management import call_command
from django.db import connection

from operators.services.casinos import create_casino
from tests.benchmarks.house import PLAYERS
from tests.benchmarks.opening import BY, open_bench, tell

HERE = Path(__file__).parent


def main() -> None:
    """Fill the database, and tell about it."""
    call_command("migrate", verbosity=0)
    casino = create_casino(slug="bench", name="Bench", home_url="http://127.0.0.1/", by=BY)
    ids = open_bench(casino, players=PLAYERS, statements=HERE / "players.sql")
    with connection.cursor() as cursor:
        cursor.execute((HERE / "bare.sql").read_text())
    tell(ids)


if __name__ == "__main__":
    main()
