"""More calls than places, all behind one lock: whom no place is free for is answered in time, and nothing is booked."""

import time
from collections import Counter
from functools import partial

import psycopg
import pytest

from tests.concurrency.at_once import at_once
from tests.databases import postgres_url
from tests.wallet.platform import Platform, over_http
from tests.wallet.world import World

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("races")]
# A process has four places, and a lock is waited for for two seconds: the last of so many would wait for six.
CALLS = 12


def test_calls_that_get_no_place_behind_a_lock_are_answered_within_four_seconds(
    world: World, wallets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, known = world.seat(), world.platform
    monkeypatch.setattr(world, "platform", Platform(known.operator_ref, known.secret, over_http(wallets[0], 20)))
    times: list[float] = []

    def call(number: int) -> str:
        began = time.monotonic()
        answer = world.bet(seat, amount="1.00") if number % 2 else world.win(seat, amount="1.00")
        times.append(time.monotonic() - began)
        return answer.verdict

    with psycopg.connect(postgres_url()) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(id) FROM wallet_player WHERE user_id = %s", [seat.user_id])
        told = at_once([partial(call, number) for number in range(CALLS)])
    assert Counter(told) == {"OP_47": CALLS // 2, "OP_50": CALLS // 2}
    assert max(times) < 4
    assert (seat.rows, world.bet(seat, amount="1.00").verdict) == ([], "OK")
