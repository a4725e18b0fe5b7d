"""Opens an operator in the made-up casino, with a number of active players, the same in every database."""

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
from tests.benchmarks.house import ACTIVE_PLAYERS, GAMES, OPERATOR_REF
from wallet.services.history.making import SLUG
from wallet.services.stuck_rounds import watch_rounds

HERE = Path(__file__).parent
BY = "benchmark"


def main() -> None:
    """Prints the ids of casino and operator, and the options that the wallet connects with."""
    casino = Casino.objects.get(slug=SLUG)
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
        cursor.execute((HERE / "players.sql").read_text(), ids | {"players": ACTIVE_PLAYERS, "games": GAMES})
    watch_rounds(now=timezone.now())
    connection.cursor().execute("VACUUM ANALYZE")
    sys.stdout.write(json.dumps(ids | {"options": settings.WALLET_CONNECTION["OPTIONS"]["options"]}))


if __name__ == "__main__":
    main()
