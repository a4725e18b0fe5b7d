"""Bets through `wallet.services`, without HTTP, in a process with the wallet's own settings."""

import itertools
import os
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from operators.models import Operator
from tests.benchmarks.house import GAMES, OPERATOR_REF, PLAYERS, token_of
from tests.benchmarks.worker import serve
from wallet.services.play import Caller, Movement, post_movement
from wallet.views.generic.commands import LARGE_WIN

numbers = itertools.count()


def movement_of(player: int, draw: Random, now: datetime) -> Movement:
    reference = f"{os.getpid()}-{next(numbers)}"
    return Movement(
        kind="bet",
        user_id=f"player{player}",
        token=token_of(player),
        reference=reference,
        round_ref=reference,
        round_finished=False,
        game_ref=str(player % GAMES + 1),
        currency="EUR",
        amount=Decimal(draw.randint(1, 20)) / 4,
        promotional=False,
        platform_at=now,
        context=f'{{"reason":"SPIN","history_id":"{reference}"}}',
    )


def main() -> None:
    operator = Operator.objects.get(operator_ref=OPERATOR_REF)
    caller = Caller(operator.pk, operator.casino_id, suspended=False, skip_closing=False, large_win=LARGE_WIN)

    def bet(draw: Random) -> None:
        now = datetime.now(UTC)
        post_movement(caller=caller, movement=movement_of(draw.randint(1, PLAYERS), draw, now), now=now)

    serve({"bet": bet})


if __name__ == "__main__":
    main()
