"""One player who has done, in every database alike, more than a page of whatever a list can be asked for."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from django.db import connection

from tests.benchmarks.house import GAMES, token_of
from wallet.services.play import Caller, Movement, UnknownTransaction, cancel_transaction, post_movement

HERE = Path(__file__).parent
NUMBER = 6
NAME = f"player{NUMBER}"
# A page has 50 rows.
EACH = 60
# Rounds that stay open are told apart by these ages.
AGES = (timedelta(hours=3), timedelta(hours=12), timedelta(hours=48))

_numbers = count(900_000_000_000)


def play_regularly(ids: dict[str, int], *, now: datetime) -> None:
    """Leave rounds open, cancel bets and have them refunded, cancel what never came, pay out, and launch again."""
    caller = Caller(ids["operator"], ids["casino"], False, False, Decimal(1000))
    for at in (now - age for age in AGES for _ in range(EACH)):
        post_movement(caller=caller, movement=move("bet", next(_numbers), at), now=at)
    for at in last_hours(now):
        bet = move("bet", next(_numbers), at)
        post_movement(caller=caller, movement=bet, now=at)
        cancel(caller, bet.reference, at)
        refund = move("refund", int(bet.round_ref), at)
        post_movement(caller=caller, movement=refund, now=at)
        with suppress(UnknownTransaction):
            cancel(caller, str(next(_numbers)), at)
    with connection.cursor() as cursor:
        cursor.execute((HERE / "regular.sql").read_text(), ids | {"player": NAME, "each": EACH})


def last_hours(now: datetime) -> Iterator[datetime]:
    return (now - timedelta(hours=2, seconds=number) for number in range(EACH))


def move(kind: str, round_ref: int, at: datetime) -> Movement:
    return Movement(
        kind=kind,
        user_id=NAME,
        token=token_of(NUMBER),
        reference=str(next(_numbers)),
        round_ref=str(round_ref),
        round_finished=False,
        game_ref=str(NUMBER % GAMES + 1),
        currency="EUR",
        amount=Decimal("0.10"),
        promotional=False,
        platform_at=at,
        context="{}",
    )


def cancel(caller: Caller, reference: str, at: datetime) -> None:
    cancel_transaction(caller=caller, user_id=NAME, reference=reference, round_ref="1", round_finished=False, now=at)
