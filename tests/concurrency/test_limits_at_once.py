"""Bets at the same moment share what is left of a limit; none slips by while one is being set."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from tests.concurrency.at_once import at_once
from tests.databases import postgres_url
from tests.wallet.limit_books import find_use_faults
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, LimitRefusal
from wallet.services.limits import Sitting, WantedLimit, join_sitting, set_limits

pytestmark = pytest.mark.xdist_group("races")
LIMIT = WantedLimit("wager", "month", Decimal(50), "EUR")


def limit(seat: Seat) -> str:
    set_limits(player=seat.player, wanted=[LIMIT], by=STAFF, now=datetime.now(UTC))
    return "set"


def test_twelve_bets_at_once_are_taken_up_to_the_limit(world: World, seat: Seat) -> None:
    limit(seat)
    verdicts = at_once([lambda: world.bet(seat, "10.00").verdict] * 12)
    assert Counter(verdicts) == {"OK": 5, "OP_32": 7}
    assert (seat.balance, LimitRefusal.objects.filter(player=seat.player).count()) == (Decimal("50.00"), 7)
    assert list(find_use_faults([Account.objects.get(pk=seat.account.pk)])) == []


def test_same_refused_bet_sent_twelve_times_at_once_is_kept_once(world: World, seat: Seat) -> None:
    limit(seat)
    verdicts = at_once([lambda: world.bet(seat, "50.01", transaction_id="same", round_id=1).verdict] * 12)
    assert set(verdicts) == {"OP_32"}
    assert LimitRefusal.objects.get(player=seat.player).times == 12


def test_session_is_not_opened_while_limits_are_set_nor_are_they_while_it_is(world: World, seat: Seat) -> None:
    """Or it would not know its end: both wait for the player's row."""

    def join() -> Sitting:
        with transaction.atomic():
            return join_sitting(player=seat.player, now=datetime.now(UTC))

    acts: list[Callable[[], object]] = [join, lambda: limit(seat)]
    with psycopg.connect(postgres_url()) as holder, connection.cursor() as cursor:
        holder.execute("SELECT FROM wallet_player WHERE id = %s FOR NO KEY UPDATE", [seat.player.pk])
        cursor.execute("SET lock_timeout = '50ms'")
        for act in acts:
            with pytest.raises(OperationalError, match="lock timeout"):
                act()
        cursor.execute("RESET lock_timeout")
    assert (join(), limit(seat)) == (Sitting(None, None), "set")


def test_bets_while_the_first_limit_is_set_are_counted_each_once(world: World) -> None:
    for _ in range(4):
        seat = world.seat()

        def bet(seat: Seat = seat) -> str:
            return world.bet(seat, "10.00").verdict

        def set_first(seat: Seat = seat) -> str:
            return limit(seat)

        acts: list[Callable[[], str]] = [bet] * 7
        verdicts = at_once([*acts, set_first])
        account = Account.objects.get(pk=seat.account.pk)
        assert account.limited
        assert list(find_use_faults([account])) == []
        assert set(verdicts) <= {"OK", "OP_32", "set"}
        assert world.bet(seat, "10.00").verdict == ("OP_32" if Counter(verdicts)["OK"] >= 5 else "OK")
