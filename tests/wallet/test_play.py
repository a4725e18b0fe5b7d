"""changebalance: what it moves, in the order of its decisions."""

from decimal import Decimal

from tests.wallet.world import Seat, World


def test_bet_takes_the_stake(world: World, seat: Seat) -> None:
    answer = world.bet(seat, "17.25")
    assert (answer.verdict, answer.balance, seat.balance) == ("OK", Decimal("82.75"), Decimal("82.75"))
