"""A round that is due is looked at again once its player's lock is had: what came meanwhile decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from tests.concurrency.at_once import wait_for_waiters
from tests.databases import postgres_url
from tests.wallet.platform import numbers
from tests.wallet.world import Seat, World
from wallet.models import RoundClosing
from wallet.services.upkeep import Seen, close_old_rounds

pytestmark = pytest.mark.xdist_group("races")
END = "UPDATE wallet_round SET state = 'finished', finished_at = now(), finished_by = 'platform' WHERE id = %s"


def close_due() -> Seen:
    try:
        return close_old_rounds(now=datetime.now(UTC) + timedelta(hours=7))
    finally:
        connection.close()


@pytest.mark.parametrize("meanwhile", ["in doubt", "ended"])
def test_round_is_not_closed_for_what_came_while_its_player_was_waited_for(
    world: World, seat: Seat, meanwhile: str
) -> None:
    close_due()
    number = str(next(numbers))
    world.bet(seat, "5.00", round_id=number)
    played = world.round(number)
    with psycopg.connect(postgres_url()) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [seat.player.pk])
        closing = pool.submit(close_due)
        wait_for_waiters()
        if meanwhile == "ended":
            holder.execute(END, [played.pk])
        else:
            world.leave_in_doubt(seat.user_id, f"{number}7", round_ref=number)
        holder.commit()
        assert closing.result(10) == (0, 0)
    assert not RoundClosing.objects.filter(round=played).exists()
    world.cancel(seat, f"{number}7", number)
    world.finish_round(seat, number)
    assert world.round(number).finished_by == "platform"
