"""What happened in a round, in the shape in which its kind of game tells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from operators.platforms.agent.fields import first_of, need_text, read_objects, read_optional_ref
from operators.platforms.agent.history import find_delta, is_mismatched
from operators.platforms.reading import (
    LONGEST_TITLE,
    LONGEST_WORD,
    read_decimal,
    read_object,
    read_text,
    read_time,
    read_web_address,
)


@dataclass(frozen=True, slots=True)
class NoData:
    """The provider tells nothing of the round."""


@dataclass(frozen=True, slots=True)
class Iframe:
    """A page of the provider's: only linked to; empty where it is no web address."""

    url: str


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand of cards, such as the banker's."""

    title: str
    cards: tuple[str, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Hands:
    """All hands of a card game's round."""

    hands: tuple[Hand, ...]


@dataclass(frozen=True, slots=True)
class Pocket:
    """Where a roulette ball fell."""

    number: str
    color: str
    even_odd: str


@dataclass(frozen=True, slots=True)
class Roulette:
    """All pockets of a roulette's round."""

    pockets: tuple[Pocket, ...]


@dataclass(frozen=True, slots=True)
class Dice:
    """What the dice showed."""

    dices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and values to show as a table, in their order."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnknownLog:
    """A kind of log that the document does not know: to be shown as it came."""

    log_type: str


LogResult = NoData | Iframe | Hands | Roulette | Dice | Table | UnknownLog


@dataclass(frozen=True, slots=True)
class LogTransaction:
    """A bet or settlement of the round."""

    tx_ref: str
    tx_type: str
    provider_amount: Decimal | None
    provider_currency: str
    player_amount: Decimal | None
    player_currency: str
    before_balance: Decimal | None
    after_balance: Decimal | None
    created_at: datetime | None

    @property
    def delta(self) -> Decimal | None:
        """What the transaction moved: the difference of the balances, whatever the amounts say."""
        return find_delta(self.before_balance, self.after_balance)

    @property
    def is_mismatched(self) -> bool:
        """Whether the player's amount is not what was moved."""
        return is_mismatched(self.player_amount, self.delta)


@dataclass(frozen=True, slots=True)
class GameLog:
    """A round as its provider tells it."""

    provider_ref: str
    game_type: str
    game_title: str
    round_ref: str
    result: LogResult
    game_result: str
    transactions: tuple[LogTransaction, ...]
    raw: Mapping[str, Any]


def parse_game_log(result: Mapping[str, Any]) -> GameLog:
    """:raises Malformed: the answer does not say what kind of log it is."""
    inner = read_object(result.get("result"))
    log_type = need_text(inner, "logType")
    # The document lists the hands and so on beside the result; whoever puts them into it is understood, too.
    read = READERS.get(log_type)
    return GameLog(
        provider_ref=read_optional_ref(result.get("providerId")),
        game_type=read_text(result.get("gameType"), LONGEST_WORD),
        game_title=read_text(first_of(result, "gameName") or inner.get("gameName"), LONGEST_TITLE),
        round_ref=read_optional_ref(result.get("roundId")),
        result=read({**inner, **result, "url": inner.get("url")}) if read else UnknownLog(log_type),
        game_result=read_text(inner.get("gameResult"), LONGEST_TITLE),
        transactions=tuple(_read_transaction(raw) for raw in read_objects(result.get("transactions"))),
        raw=result,
    )


def _read_iframe(raw: Mapping[str, Any]) -> Iframe:
    return Iframe(read_web_address(raw.get("url")))


def _read_hands(raw: Mapping[str, Any]) -> Hands:
    return Hands(
        tuple(
            Hand(_read_word(hand.get("title")), _read_words(hand.get("cards")), _read_word(hand.get("result")))
            for hand in read_objects(raw.get("hands"))
        )
    )


def _read_roulette(raw: Mapping[str, Any]) -> Roulette:
    return Roulette(
        tuple(
            Pocket(_read_word(one.get("number")), _read_word(one.get("color")), _read_word(one.get("evenOdd")))
            for one in read_objects(raw.get("pockets"))
        )
    )


def _read_dice(raw: Mapping[str, Any]) -> Dice:
    return Dice(_read_words(raw.get("dices")))


def _read_table(raw: Mapping[str, Any]) -> Table:
    return Table(
        tuple((_read_word(row.get("key")), _read_word(row.get("value"))) for row in read_objects(raw.get("rows")))
    )


READERS: Mapping[str, Callable[[Mapping[str, Any]], LogResult]] = {
    "nodata": lambda _raw: NoData(),
    "iframe": _read_iframe,
    "hand": _read_hands,
    "roulette": _read_roulette,
    "dice": _read_dice,
    "table": _read_table,
}


def _read_transaction(raw: Mapping[str, Any]) -> LogTransaction:
    return LogTransaction(
        tx_ref=read_optional_ref(raw.get("id")),
        tx_type=read_text(raw.get("type"), LONGEST_WORD),
        provider_amount=read_decimal(raw.get("providerAmount")),
        provider_currency=read_text(raw.get("providerCurrency"), LONGEST_WORD),
        player_amount=read_decimal(raw.get("playerAmount")),
        player_currency=read_text(raw.get("playerCurrency"), LONGEST_WORD),
        before_balance=read_decimal(raw.get("beforeBalance")),
        after_balance=read_decimal(raw.get("afterBalance")),
        created_at=read_time(raw.get("createdAt")),
    )


def _read_word(value: Any) -> str:
    """A number is shown like the text of it."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return str(value) if number else read_text(value, LONGEST_TITLE)


def _read_words(value: Any) -> tuple[str, ...]:
    return tuple(_read_word(item) for item in value) if isinstance(value, list) else ()
