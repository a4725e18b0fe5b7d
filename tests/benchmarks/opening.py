"""Opens the benchmark's operator in a casino, with its games and players, the same in every database."""

import json
import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Game
from operators.models import Casino, Protocol
from operators.services.operators import activate_operator, create_operator
from tests.benchmarks.house import GAMES, OPERATOR_REF

BY = "benchmark"


def open_bench(casino: Casino, *, players: int, statements: Path) -> dict[str, int]:
    """Open it, and let a file's statements fill in the players; returns the ids of casino and operator."""
    with transaction.atomic(), connection.cursor() as cursor:
        operator = create_operator(
            casino=casino,
            protocol=Protocol.GENERIC,
            operator_ref=OPERATOR_REF,
            name="Bench",
            secret=os.environ["BENCH_SECRET"],
            ip_allow_list=["127.0.0.1/32"],
            by=BY,
        )
        activate_operator(operator=operator, by=BY, now=timezone.now())
        Game.objects.bulk_create(
            Game(operator=operator, game_ref=str(number), title=f"Game {number}") for number in range(1, GAMES + 1)
        )
        ids = {"casino": casino.pk, "operator": operator.pk}
        cursor.execute(statements.read_text(), ids | {"players": players, "games": GAMES})
    return ids


def tell(ids: dict[str, int]) -> None:
    """Print the ids, and the options that the wallet connects with, once PostgreSQL has taken stock."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sys.stdout.write(json.dumps(ids | {"options": settings.WALLET_CONNECTION["OPTIONS"]["options"]}))
