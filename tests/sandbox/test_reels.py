import itertools
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest

from sandbox.platform import reels

BLANKS = ("bell", "lemon", "clover", "star", "seven", "lemon", "clover", "bell", "star")


class Scripted(random.Random):
    """Luck that shows the cells it was given, spin by spin."""

    def __init__(self, *spins: Sequence[str]) -> None:
        super().__init__(0)
        self.spins = list(spins)

    def choices(self, *_: object, **__: object) -> list[str]:  # type: ignore[override]
        return list(self.spins.pop(0))


def show(**cells: str) -> list[str]:
    """Blanks with some cells replaced, as c0="seven"."""
    shown = list(BLANKS)
    for name, symbol in cells.items():
        shown[int(name[1:])] = symbol
    return shown


def test_blanks_pay_nothing() -> None:
    assert reels.judge_cells(BLANKS, Decimal("1.00")).win == Decimal("0.00")


def test_three_sevens_on_the_falling_diagonal_pay_200_times_a_fifth_of_the_stake() -> None:
    spin = reels.judge_cells(show(c0="seven", c4="seven", c8="seven"), Decimal("0.50"))
    assert [(win.line, win.symbol, win.amount) for win in spin.line_wins] == [
        ("falling diagonal", "seven", Decimal("20.00"))
    ]
    assert spin.win == Decimal("20.00")


def test_two_cherries_pay_from_the_left_only() -> None:
    assert reels.judge_cells(show(c0="cherry", c1="cherry"), Decimal("1.00")).win == Decimal("0.60")
    assert reels.judge_cells(show(c1="cherry", c2="cherry"), Decimal("1.00")).win == Decimal("0.00")


def test_lines_add_up() -> None:
    spin = reels.judge_cells(["cherry"] * 9, Decimal("1.00"))
    assert [win.amount for win in spin.line_wins] == [Decimal("2.00")] * 5
    assert spin.win == Decimal("10.00")


def test_crowns_pay_nothing_but_bring_six_free_spins() -> None:
    crowns = show(c0="crown", c1="crown", c2="crown")
    spins = reels.spin_round(Decimal("1.00"), Scripted(crowns, *[crowns] * 6))
    assert [spin.win for spin in spins] == [Decimal("0.00")] * 7


def test_two_crowns_bring_no_free_spins() -> None:
    assert len(reels.spin_round(Decimal("1.00"), Scripted(show(c0="crown", c1="crown")))) == 1


@pytest.mark.parametrize("stake", reels.STAKES)
def test_every_win_is_whole_cents(stake: Decimal) -> None:
    for multiple in (*reels.PAYS.values(), reels.PAIR_PAYS):
        exact = stake / 5 * multiple
        assert exact == exact.quantize(Decimal("0.01"))


def test_line_return_agrees_with_every_way_a_line_can_fall() -> None:
    total = sum(reels.WEIGHTS.values())
    returned = Fraction(0)
    for symbols in itertools.product(reels.WEIGHTS, repeat=3):
        cells = show(c3=symbols[0], c4=symbols[1], c5=symbols[2])
        wins = (win.amount for win in reels.judge_cells(cells, Decimal(5)).line_wins if win.line == "middle row")
        share = Fraction(1)
        for symbol in symbols:
            share *= Fraction(reels.WEIGHTS[symbol], total)
        returned += share * Fraction(sum(wins, Decimal(0)))
    assert reels.line_return() == returned == Fraction(2669, 3200)


def test_machine_returns_95_98_percent() -> None:
    share = Fraction(3, 40)
    fewer_than_three = sum(
        count * share**crowns * (1 - share) ** (9 - crowns) for crowns, count in enumerate((1, 9, 36))
    )
    assert reels.free_spins_chance() == 1 - fewer_than_three
    assert reels.return_to_player() == Fraction(2669, 3200) * (1 + 6 * (1 - fewer_than_three))
    assert round(float(reels.return_to_player()), 4) == 0.9598
