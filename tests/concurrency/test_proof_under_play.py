"""The ledger is proved, purged and settled while it is played on: nothing is found that is not there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from threading import Event

import pytest
from django.db import connection

from operators.services.exchanges import purge_exchanges
from tests.wallet.platform import numbers
from tests.wallet.world import Seat, World
from wallet.services import verification
from wallet.services.upkeep import settle_pending
from wallet.services.verification import verify_ledger

pytestmark = pytest.mark.xdist_group("races")


def play(world: World, seat: Seat, over: Event) -> int:
    """Bet, win, cancel and finish until told to stop; how many rounds."""
    try:
        for played in count():
            if over.is_set():
                return played
            number = next(numbers)
            told = [
                world.bet(seat, "0.05", transaction_id=number, round_id=number),
                world.win(seat, "0.03", round_id=number),
                world.cancel(seat, number, number),
                world.finish_round(seat, number),
                world.bet(seat, "0.05", round_id=number),
            ]
            assert [answer.verdict for answer in told] == ["OK", "OK", "OK", "OK", "OP_49"]
        raise AssertionError("counting ended")
    finally:
        connection.close()


def prove() -> None:
    assert verify_ledger(now=datetime.now(UTC)).differences == []


@pytest.mark.parametrize(
    "act",
    [prove, lambda: settle_pending(now=datetime.now(UTC)), lambda: purge_exchanges(now=datetime.now(UTC), days=0)],
    ids=["prove", "settle", "purge"],
)
def test_play_goes_on_undisturbed(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    monkeypatch.setattr(verification, "ROWS_A_BATCH", 50)
    over, seats = Event(), [world.seat() for _ in range(3)]
    with ThreadPoolExecutor(len(seats)) as pool:
        playing = [pool.submit(play, world, seat, over) for seat in seats]
        try:
            for _ in range(10):
                act()
        finally:
            over.set()
        rounds = [future.result(20) for future in playing]
    assert [len(seat.rows) for seat in seats] == [3 * played for played in rounds]
