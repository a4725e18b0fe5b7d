"""What happens in a made-up history: people register, pay in, sit down at games, play round after round, pay out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from operator import itemgetter
from random import Random

from wallet.enums import Kind, RoundState, Tag
from wallet.services.history.books import SECOND, Books, Played, Sitting, Table
from wallet.services.history.encoding import UNIT, as_microseconds

CURRENCIES = ("EUR", "EUR", "EUR", "EUR", "SEK", "EUR", "USD", "EUR", "NOK", "EUR")
STAKES = tuple(UNIT * cents // 100 for cents in (20, 20, 50, 50, 100, 100, 200, 500, 2_500, 10_000))
# What a win pays, in halves of the stake: 94% of it in the mean.
PAYS = (0,) * 9 + (1, 2, 2, 3, 4, 4, 6, 10)
DEPOSITS = tuple(UNIT * whole for whole in (10, 20, 20, 50, 50, 100, 200, 1_000))
CASH_SHARE, ROUNDS_A_SITTING = 10, 9
# Of the newest rounds, or the newest tenth of few, some are not finished yet; of the older ones we closed some.
NEWEST, NEWEST_SHARE = 1_000, 10
PLATFORM, UPKEEP = "platform", "upkeep"


class UnlikelySize(Exception):
    """So many rows, rounds and players do not go together."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made up, over how many months, the present one being the last."""

    rows: int
    rounds: int
    players: int
    months: int

    @property
    def cash(self) -> int:
        """How many of the rows are deposits and withdrawals."""
        return self.rows // CASH_SHARE

    def check(self) -> None:
        """:raises UnlikelySize:"""
        if self.months < 1 or min(self.players, self.rounds) < 2 * self.months:
            raise UnlikelySize("Every month needs two players and two rounds at least.")
        if self.rows - self.cash < self.rounds:
            raise UnlikelySize("Every round needs a row, and a tenth of the rows is the cashier's.")


@dataclass(frozen=True, slots=True)
class Month:
    """A stretch of time, and how much of everything has happened at its end; the end is now in the last one."""

    since: int
    until: int
    players: int
    cash: int
    rounds: int
    moves: int


def list_months(size: Size, now: datetime) -> list[Month]:
    """Cut the time into months, and share everything out by their length."""
    last = now.year * 12 + now.month - 1
    starts = [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(last - size.months + 1, last + 1)]
    bounds = [as_microseconds(moment) for moment in [*starts, now]]
    whole = bounds[-1] - bounds[0]

    def shared(since: int, until: int) -> Month:
        players, cash, rounds = (of * (until - bounds[0]) // whole for of in (size.players, size.cash, size.rounds))
        return Month(since, until, players, cash, rounds, (size.rows - size.cash) * rounds // size.rounds)

    return [shared(since, until) for since, until in pairwise(bounds)]


def list_joined(months: Sequence[Month], draw: Random) -> list[int]:
    """Return when each player registered, in the order of time."""
    joined: list[int] = []
    for month in months:
        span = int((month.until - month.since) * 0.8)
        joined += sorted(month.since + draw.randrange(span) for _ in range(month.players - len(joined)))
    return joined


def tell(books: Books, tables: Sequence[Table], months: Sequence[Month], joined: Sequence[int]) -> Iterator[None]:
    """Let everything happen in the order of time; pauses now and then for the rows to be taken."""
    before = Month(0, 0, 0, 0, 0, 0)
    rounds = months[-1].rounds
    newest = books.next_round + rounds - min(NEWEST, rounds // NEWEST_SHARE)
    for month in months:
        happenings = [*list_payments(books, before, month, joined), *list_rounds(books, tables, before, month, joined)]
        happenings.sort(key=itemgetter(0))
        for place, (at, player, sitting, slots) in enumerate(happenings):
            if sitting is None:
                pay(books, player, at)
            else:
                play(books, sitting, at, slots, is_newest=books.next_round >= newest)
            if not place % 5_000:
                yield
        before = month
    yield


Happening = tuple[int, int, Sitting | None, int]


def list_payments(books: Books, before: Month, month: Month, joined: Sequence[int]) -> Iterator[Happening]:
    """Payments: of those who have just registered first, as far as they go."""
    new = range(before.players, month.players)[: month.cash - before.cash]
    for player in new:
        yield joined[player] + 60 * SECOND, player, None, 0
    for _ in range(month.cash - before.cash - len(new)):
        player = choose_player(books.draw, month.players)
        yield after_joining(books.draw, month, joined[player]), player, None, 0


def list_rounds(
    books: Books, tables: Sequence[Table], before: Month, month: Month, joined: Sequence[int]
) -> Iterator[Happening]:
    """Rounds, some after another in each sitting, with so many movements each."""
    draw = books.draw
    rounds, moves = month.rounds - before.rounds, month.moves - before.moves
    slots = iter(cut(draw, moves, rounds))
    pace = min(7 * SECOND, (month.until - month.since) // 100_000)
    for count in cut(draw, rounds, -(-rounds // ROUNDS_A_SITTING)):
        player = choose_player(draw, month.players)
        table = tables[int(len(tables) * draw.random() ** 2)]
        sitting = Sitting(player, table, table.games[int(len(table.games) * draw.random() ** 2)])
        at = after_joining(draw, month, joined[player])
        books.open_session(sitting, at - SECOND)
        for number in range(count):
            yield at + number * pace, player, sitting, next(slots)


def choose_player(draw: Random, players: int) -> int:
    """Return one of the players so far: of two of them, the one who came first is the likelier to be active."""
    return int(players * draw.random() ** 2)


def after_joining(draw: Random, month: Month, joined: int) -> int:
    """Return a time of the month after a player has registered and paid in, and a sitting before its end."""
    since = max(month.since, joined + (month.until - month.since) // 100)
    return since + int((month.since + (month.until - month.since) * 0.999 - since) * draw.random())


def cut(draw: Random, whole: int, parts: int) -> list[int]:
    """Cut a number into so many parts of 1 or more, at random; most are small and few large."""
    if not parts:
        return []
    return [b - a for a, b in pairwise([0, *sorted(draw.sample(range(1, whole), parts - 1)), whole])]


def pay(books: Books, player: int, at: int) -> None:
    """A player pays in, or of what there is some out."""
    balance = books.balances[player]
    if balance >= 100 * UNIT and books.draw.random() < 0.5:
        books.move_cash(player, -(balance // 2 // UNIT * UNIT), at)
    else:
        books.move_cash(player, books.draw.choice(DEPOSITS) * (10 if player % 100 == 0 else 1), at)


def play(books: Books, sitting: Sitting, at: int, slots: int, *, is_newest: bool) -> None:
    """Play a round of so many movements: it begins with a bet, or now and then with a win that has none."""
    draw = books.draw
    played = books.open_round(sitting, at)
    stake = STAKES[sitting.player % len(STAKES)]
    for slot in range(slots):
        move(books, played, stake, at + slot * SECOND // 4, 0.0 if slot == 0 else draw.random())
    ended = at + slots * SECOND // 4
    if draw.random() < 0.001:
        books.leave_tombstone(sitting, ended)
    end(books, played, ended, draw.random(), is_newest=is_newest)


def move(books: Books, played: Played, stake: int, at: int, chance: float) -> None:
    """Book the next movement of a round, whatever chance makes it."""
    player, draw = played.sitting.player, books.draw
    has_bet = any(entry.kind == Kind.BET.value for entry in played.standing)
    if chance == 0 and draw.random() < 0.002:
        chance = 0.5
    if chance < 0.48:
        free = books.balances[player] < stake
        books.move(played, Kind.BET, 0 if free else stake, at, None, promotional=free)
    elif chance < 0.985 or not played.standing:
        tag = None if has_bet else Tag.WITHOUT_BET
        books.move(played, Kind.WIN, stake * draw.choice(PAYS) // 2, at, tag, promotional=False)
    elif chance < 0.99:
        tag = Tag.WITHOUT_BET if not has_bet else Tag.REFUND_AFTER_CANCEL if played.cancels else None
        books.move(played, Kind.REFUND, stake, at, tag, promotional=False)
    else:
        books.cancel(played, at)


def end(books: Books, played: Played, at: int, chance: float, *, is_newest: bool) -> None:
    """End a round as platforms do; some of the newest are still open, some older ones nobody but us ended."""
    if is_newest and chance < 0.1:
        state, by = (RoundState.OPEN, "") if chance < 0.08 else (RoundState.CLOSING, PLATFORM)
    else:
        state, by = RoundState.FINISHED, UPKEEP if chance < 0.002 else PLATFORM
    books.end_round(played, state, at + (24 * 3600 * SECOND if by == UPKEEP else 0), by)
