"""How rounds end, by kind of game: what comes back of a stake, and what the game's log later shows.

Each kind stands for one simple bet: on Player at baccarat, Dragon, red, big, the wheel's 2, the home team, six numbers.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.platform.reels import spin_round

RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
SUITS = "SHDC"
RED = frozenset({1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36})
WHEEL = ("1",) * 23 + ("2",) * 15 + ("5",) * 7 + ("10",) * 4 + ("20",) * 2 + ("Star",)
TEAMS = ("Bergen", "Cadiz", "Evora", "Faro", "Ghent", "Porto", "Riga", "Trieste", "Uppsala", "Windsor")
ODDS = tuple(map(Decimal, ("1.45", "1.80", "2.10", "2.75", "3.60")))
RETURNED_BY_ODDS = 0.94
NUMBERS_PAY = {3: 5, 4: 40, 5: 500, 6: 20_000}
CATCHES = ("0", "0", "0", "0.50", "1", "1.50", "2", "2.50")
CASH_OUT = Decimal(2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`multiple` of the stake comes back; `shown` is the log's own fields, and `cells` where reels were spun."""

    multiple: Decimal
    log_type: str
    result: str
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """Cards as (rank from the ace's 0, suit), and what they count."""

    title: str
    cards: Sequence[tuple[int, str]]
    points: int


def draw_outcome(kind: str, slot_log: str, luck: random.Random) -> Outcome:
    """Play one round; `slot_log` is the log type of the provider's reels."""
    return _draw_reels(slot_log, luck) if kind == "reels" else DRAWS[kind](luck)


def _draw_reels(log_type: str, luck: random.Random) -> Outcome:
    spins = spin_round(Decimal("1.00"), luck)
    shown: dict[str, Any] = {"cells": [spin.cells for spin in spins]}
    if log_type == "table":
        shown["rows"] = _rows({f"Spin {number}": " ".join(spin.cells) for number, spin in enumerate(spins, 1)})
    return Outcome(sum((spin.win for spin in spins), Decimal(0)), log_type, "", shown)


def _draw_baccarat(luck: random.Random) -> Outcome:
    shoe = [(rank, suit) for rank in range(13) for suit in SUITS] * 8
    cards = luck.sample(shoe, 6)
    player, banker = cards[0:4:2], cards[1:4:2]
    if max(_points(player), _points(banker)) < 8:
        third = cards[4] if _points(player) <= 5 else None
        player = [*player, third] if third else player
        banker = [*banker, cards[5]] if _banker_draws(_points(banker), third) else banker
    return _compare_hands(Hand("Player", player, _points(player)), Hand("Banker", banker, _points(banker)))


def _points(cards: Sequence[tuple[int, str]]) -> int:
    return sum(rank + 1 if rank < 9 else 0 for rank, _ in cards) % 10


def _banker_draws(points: int, third: tuple[int, str] | None) -> bool:
    """The table's rule for the banker's third card."""
    if third is None:
        return points <= 5
    draws_on = {3: range(8), 4: range(2, 8), 5: range(4, 8), 6: range(6, 8)}
    value = _points([third])
    return points <= 2 or (points == 3 and value == 9) or value in draws_on.get(points, ())


def _draw_dragon_tiger(luck: random.Random) -> Outcome:
    dragon, tiger = (luck.randrange(13), luck.choice(SUITS)), (luck.randrange(13), luck.choice(SUITS))
    return _compare_hands(Hand("Dragon", [dragon], dragon[0]), Hand("Tiger", [tiger], tiger[0]))


def _compare_hands(ours: Hand, theirs: Hand) -> Outcome:
    higher = ours.title if ours.points > theirs.points else theirs.title
    winner = higher if ours.points != theirs.points else "Tie"
    multiple = {ours.title: Decimal(2), "Tie": Decimal(1)}.get(winner, Decimal(0))
    hands = [
        {
            "title": hand.title,
            "cards": [RANKS[rank] + suit for rank, suit in hand.cards],
            "result": _judge(hand.title, winner),
        }
        for hand in (ours, theirs)
    ]
    return Outcome(multiple, "hand", winner, {"hands": hands})


def _judge(title: str, winner: str) -> str:
    return "Tie" if winner == "Tie" else "Win" if title == winner else "Lose"


def _draw_roulette(luck: random.Random) -> Outcome:
    number = luck.randrange(37)
    colour = "green" if number == 0 else "red" if number in RED else "black"
    parity = "" if number == 0 else "odd" if number % 2 else "even"
    pocket = {"number": str(number), "color": colour, "evenOdd": parity}
    return Outcome(Decimal(2 if colour == "red" else 0), "roulette", str(number), {"pockets": [pocket]})


def _draw_sic_bo(luck: random.Random) -> Outcome:
    dice = [luck.randint(1, 6) for _ in range(3)]
    is_big = sum(dice) >= 11 and len(set(dice)) > 1
    return Outcome(Decimal(2 if is_big else 0), "dice", str(sum(dice)), {"dices": [str(eyes) for eyes in dice]})


def _draw_wheel(luck: random.Random) -> Outcome:
    segment = luck.choice(WHEEL)
    return _tabulate(3 if segment == "2" else 0, segment, {"Bet": "2", "Segment": segment})


def _draw_match(luck: random.Random) -> Outcome:
    home, away = luck.sample(TEAMS, 2)
    odds, goals, lead = luck.choice(ODDS), luck.randint(0, 2), luck.randint(0, 2)
    is_won = luck.random() < RETURNED_BY_ODDS / float(odds)
    score = f"{goals + lead + 1}:{goals}" if is_won else f"{goals}:{goals + lead}"
    rows = {"Match": f"{home} - {away}", "Selection": home, "Odds": str(odds), "Score": score}
    return _tabulate(odds if is_won else 0, score, rows)


def _draw_numbers(luck: random.Random) -> Outcome:
    drawn, chosen = (sorted(luck.sample(range(1, 37), 6)) for _ in range(2))
    hits = len({*drawn} & {*chosen})
    rows = {"Drawn": " ".join(map(str, drawn)), "Chosen": " ".join(map(str, chosen)), "Hits": str(hits)}
    return _tabulate(NUMBERS_PAY.get(hits, 0), rows["Drawn"], rows)


def _draw_crash(luck: random.Random) -> Outcome:
    height = min(Decimal(97) / Decimal(luck.randint(1, 100)), Decimal(50)).quantize(Decimal("0.01"))
    rows = {"Cash out at": f"{CASH_OUT}.00", "Crashed at": str(height)}
    return _tabulate(CASH_OUT if height >= CASH_OUT else 0, str(height), rows)


def _draw_shoal(luck: random.Random) -> Outcome:
    return Outcome(Decimal(luck.choice(CATCHES)), "nodata", "", {})


def _tabulate(multiple: Decimal | int, result: str, rows: Mapping[str, str]) -> Outcome:
    return Outcome(Decimal(multiple), "table", result, {"rows": _rows(rows)})


def _rows(cells: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in cells.items()]


DRAWS: Mapping[str, Callable[[random.Random], Outcome]] = {
    "baccarat": _draw_baccarat,
    "dragon_tiger": _draw_dragon_tiger,
    "roulette": _draw_roulette,
    "sic_bo": _draw_sic_bo,
    "wheel": _draw_wheel,
    "match": _draw_match,
    "numbers": _draw_numbers,
    "crash": _draw_crash,
    "shoal": _draw_shoal,
}
