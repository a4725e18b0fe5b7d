"""Migrates and fills the database: a casino with one operator and its games, and players with money and sessions."""

import json
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Game
from operators.models import Operator, Protocol
from operators.services.casinos import create_casino
from operators.services.operators import activate_operator, create_operator
from tests.benchmarks.house import GAMES, OPERATOR_REF, PLAYERS

HERE = Path(__file__).parent
BY = "benchmark"


def open_operator() -> Operator:
    casino = create_casino(slug="bench", name="Bench", home_url="http://127.0.0.1/", by=BY)
    operator = create_operator(
        casino=casino,
        protocol=Protocol.GENERIC,
        operator_ref=OPERATOR_REF,
        name="Bench",
        secret=os.environ["BENCH_SECRET"],
        ip_allow_list=["127.0.0.1/32"],
        by=BY,
    )
    return activate_operator(operator=operator, by=BY, now=timezone.now())


def main() -> None:
    """Fill the database; prints the ids of casino and operator, and the options that the wallet connects with."""
    call_command("migrate", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        operator = open_operator()
        Game.objects.bulk_create(
            Game(operator=operator, game_ref=str(number), title=f"Game {number}") for number in range(1, GAMES + 1)
        )
        ids = {"casino": operator.casino_id, "operator": operator.pk}
        cursor.execute((HERE / "players.sql").read_text(), ids | {"players": PLAYERS, "games": GAMES})
        cursor.execute((HERE / "bare.sql").read_text())
    connection.cursor().execute("VACUUM ANALYZE")
    sys.stdout.write(json.dumps(ids | {"options": settings.WALLET_CONNECTION["OPTIONS"]["options"]}))


if __name__ == "__main__":
    main()
