"""What was played at hizi each day, the same for ever: the facts that its statistics count and add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from sandbox.hizi.games import MULTIPLIERS, is_offered, list_first_games, list_stakes, measure
from sandbox.platform.draws import between, chance, pick

FIRST_DAY = date(2020, 9, 1)
# How many plays a day has: of money, and of tickets (rounds that the operator gave away).
PLAYS_A_DAY: Mapping[str, tuple[int, int]] = {"money": (12, 24), "tickets": (2, 6)}
CURRENCIES = tuple(MULTIPLIERS)
# Players and the one currency of each.
PLAYERS = {f"hizi-player-{number:02}": CURRENCIES[number % len(CURRENCIES)] for number in range(30)}
LANGUAGES = ("en", "de", "pl", "hu", "cs", "sv")
# Units of a currency for one euro, before the day's drift. Coins of a social casino have no rate.
RATES: Mapping[str, Decimal | None] = {
    "EUR": Decimal(1),
    "USD": Decimal("1.09"),
    "GBP": Decimal("0.86"),
    "PLN": Decimal("4.31"),
    "RON": Decimal("4.97"),
    "SEK": Decimal("11.35"),
    "NOK": Decimal("11.62"),
    "CZK": Decimal("24.90"),
    "JPY": Decimal("158.40"),
    "HUF": Decimal("361.00"),
    "IDR": Decimal(17150),
    "GOLD": None,
}
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """So many games of one player at one stake, over by `at`; `stake` in minor units, the amounts in major ones."""

    at: datetime
    player: str
    game: str
    currency: str
    stake: int
    mode: str
    environment: str
    language: str
    games: int
    bet: Decimal
    win: Decimal
    bet_in_euro: Decimal
    win_in_euro: Decimal


@lru_cache(maxsize=1000)
def list_plays(kind: str, day: date) -> Sequence[Play]:
    """All that is played on a day, whether it is over or not. `kind` is `money` or `tickets`."""
    if day < FIRST_DAY:
        return ()
    low, high = PLAYS_A_DAY[kind]
    count = between(low, high, "hizi plays", kind, day)
    return tuple(_make_play(day, "hizi play", kind, day, number) for number in range(count))


def _make_play(day: date, *key: object) -> Play:
    player = pick(tuple(PLAYERS), "player", *key)
    currency = PLAYERS[player]
    game = pick([code for code in list_first_games() if is_offered(code, currency)], "game", *key)
    stake = pick(list_stakes(measure(game).largest_payout), "stake", *key) * MULTIPLIERS[currency]
    games = between(1, 400, "games", *key)
    bet = Decimal(stake * games).scaleb(-2)
    win = _to_cents(bet * between(600, 1300, "win", *key) / 1000)
    return Play(
        at=datetime.combine(day, time(), UTC) + timedelta(seconds=between(0, 86399, "at", *key)),
        player=player,
        game=game,
        currency=currency,
        stake=stake,
        mode="DEMO" if chance(0.08, "mode", *key) else "REAL",
        environment="staging" if chance(0.05, "environment", *key) else "production",
        language=pick(LANGUAGES, "hizi language", player),
        games=games,
        bet=_to_cents(bet),
        win=win,
        bet_in_euro=_to_euro(bet, currency, day),
        win_in_euro=_to_euro(win, currency, day),
    )


def _to_euro(amount: Decimal, currency: str, day: date) -> Decimal:
    """By the rate of that day."""
    rate = RATES[currency]
    if rate is None:
        return Decimal("0.00")
    drift = 0 if currency == "EUR" else between(-100, 100, "hizi rate", currency, day)
    return _to_cents(amount / (rate * (10_000 + drift) / 10_000))


def _to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
