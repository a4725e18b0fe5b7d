"""The slot machine behind every game page: three reels of three, five lines, and free spins for three crowns.

Each of the nine cells is drawn by itself. A line pays a multiple of a fifth of the stake. `return_to_player` works the
machine's return out exactly; it is 95.98 %.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb

# How often a symbol comes, out of 40.
WEIGHTS: Mapping[str, int] = {
    "cherry": 10,
    "lemon": 8,
    "clover": 6,
    "bell": 5,
    "star": 4,
    "seven": 3,
    "diamond": 1,
    "crown": 3,
}
# What three alike on a line pay.
PAYS: Mapping[str, int] = {
    "cherry": 10,
    "lemon": 15,
    "clover": 25,
    "bell": 60,
    "star": 100,
    "seven": 200,
    "diamond": 2000,
}
PAIR_SYMBOL, PAIR_PAYS = "cherry", 3
SCATTER, SCATTERS_NEEDED, FREE_SPINS = "crown", 3, 6

# Cells are numbered by rows from the top left.
LINES: Mapping[str, tuple[int, int, int]] = {
    "middle row": (3, 4, 5),
    "top row": (0, 1, 2),
    "bottom row": (6, 7, 8),
    "falling diagonal": (0, 4, 8),
    "rising diagonal": (6, 4, 2),
}
STAKES = tuple(map(Decimal, ("0.20", "0.50", "1.00", "2.00", "5.00", "10.00")))


@dataclass(frozen=True, slots=True)
class LineWin:
    """`count` cells of a line, from the left, show a symbol and pay `amount`."""

    line: str
    cells: Sequence[int]
    symbol: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Spin:
    """Nine cells by rows, and what they pay."""

    cells: Sequence[str]
    line_wins: Sequence[LineWin]
    win: Decimal

    @property
    def starts_free_spins(self) -> bool:
        return self.cells.count(SCATTER) >= SCATTERS_NEEDED


def spin_round(stake: Decimal, chance: random.Random) -> tuple[Spin, ...]:
    """Spin once, and six times more for free when three crowns show; free spins bring no further ones."""
    first = spin_once(stake, chance)
    more = FREE_SPINS if first.starts_free_spins else 0
    return (first, *(spin_once(stake, chance) for _ in range(more)))


def spin_once(stake: Decimal, chance: random.Random) -> Spin:
    cells = chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()), k=9)
    return judge_cells(cells, stake)


def judge_cells(cells: Sequence[str], stake: Decimal) -> Spin:
    """What nine cells pay for a stake, which must be a multiple of 0.05."""
    unit = stake / len(LINES)
    found = (_judge_line(name, line, cells, unit) for name, line in LINES.items())
    wins = tuple(win for win in found if win)
    return Spin(tuple(cells), wins, sum((win.amount for win in wins), Decimal("0.00")))


def _judge_line(name: str, line: tuple[int, int, int], cells: Sequence[str], unit: Decimal) -> LineWin | None:
    first, second, third = (cells[cell] for cell in line)
    if first == second == third and first in PAYS:
        return LineWin(name, line, first, _cents(unit * PAYS[first]))
    if first == second == PAIR_SYMBOL:
        return LineWin(name, line[:2], first, _cents(unit * PAIR_PAYS))
    return None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def return_to_player() -> Fraction:
    """The exact share of the stakes that comes back in the long run."""
    line = line_return()
    return line * (1 + free_spins_chance() * FREE_SPINS)


def line_return() -> Fraction:
    """What one line pays on average for a stake of 1 on it."""
    total = sum(WEIGHTS.values())
    shares = {symbol: Fraction(weight, total) for symbol, weight in WEIGHTS.items()}
    triples = sum((shares[symbol] ** 3 * pays for symbol, pays in PAYS.items()), Fraction(0))
    return triples + shares[PAIR_SYMBOL] ** 2 * (1 - shares[PAIR_SYMBOL]) * PAIR_PAYS


def free_spins_chance() -> Fraction:
    """How likely nine cells show enough crowns."""
    share = Fraction(WEIGHTS[SCATTER], sum(WEIGHTS.values()))
    counts = range(SCATTERS_NEEDED, 10)
    return sum((comb(9, count) * share**count * (1 - share) ** (9 - count) for count in counts), Fraction(0))
