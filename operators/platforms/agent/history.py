"""What players did, transaction by transaction, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from operators.platforms.agent.fields import Period, read_named, read_optional_ref, write_time
from operators.platforms.agent.paging import Page, read_page
from operators.platforms.base import Malformed
from operators.platforms.reading import (
    LONGEST_TITLE,
    LONGEST_WORD,
    read_decimal,
    read_object,
    read_ref,
    read_text,
    read_time,
)

# The document's own page size.
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Search:
    """Whose history, of which game and round; what is empty narrows nothing down."""

    username: str = ""
    game_ref: str = ""
    round_ref: str = ""
    per_page: int = PER_PAGE

    def write(self, period: Period | None, page: int) -> dict[str, object]:
        """Return the body that asks for one page; every field is in it, also those that narrow nothing down."""
        return {
            "username": self.username,
            "gameId": self.game_ref,
            "roundId": self.round_ref,
            "from": None if period is None else write_time(period.starts_at),
            "to": None if period is None else write_time(period.ends_at),
            "paginate": {"page": page, "perPage": self.per_page},
        }


@dataclass(frozen=True, slots=True)
class PlayerInGame:
    """A player as the provider knows it."""

    user_in_game: str
    player_ref: str
    agent_ref: str
    agent_prefix: str
    currency: str
    username: str


@dataclass(frozen=True, slots=True)
class TxType:
    """What kind of transaction, in the platform's number and words."""

    type_ref: str
    label: str
    flag: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """One amount in the provider's currency, the player's and the agent's, as far as they were sent."""

    player_currency: str
    settle_currency: str
    player_to_settle_rate: Decimal | None
    provider_amount: Decimal | None
    player_amount: Decimal | None
    settle_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One transaction; its key is `history_ref`: a bet and its settlement may share `provider_tx_ref`."""

    history_ref: str
    base_currency: str
    provider_ref: str
    provider_title: str
    player: PlayerInGame
    game_ref: str
    game_title: str
    category: str
    round_ref: str
    wallet_tx_ref: str
    provider_tx_ref: str
    tx_type: TxType
    amounts: Amounts
    before_balance: Decimal | None
    after_balance: Decimal | None
    received_at: datetime | None
    raw: Mapping[str, Any]

    @property
    def delta(self) -> Decimal | None:
        """What the transaction moved: the difference of the balances, whatever the amounts say."""
        return find_delta(self.before_balance, self.after_balance)

    @property
    def is_mismatched(self) -> bool:
        """Whether the player's amount is not what was moved."""
        return is_mismatched(self.amounts.player_amount, self.delta)


def find_delta(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Return what was moved, where both balances are known."""
    return None if before is None or after is None else after - before


def is_mismatched(amount: Decimal | None, delta: Decimal | None) -> bool:
    """Say whether an amount and a balance's change contradict each other; what is not known contradicts nothing."""
    return amount is not None and delta is not None and amount != delta


def parse_history(result: Mapping[str, Any]) -> Page[HistoryRow]:
    """Return one page of all currencies.

    :raises Malformed: there are no groups by currency.
    """
    groups = result.get("currencyGroup", False)
    if groups is not None and not isinstance(groups, dict):
        raise Malformed("the answer has no object “currencyGroup”")
    raw_rows = [_ground(raw, currency) for currency, group in (groups or {}).items() for raw in _find_items(group)]
    return read_page(raw_rows, result.get("paginate"), _read_row)


def _find_items(group: Any) -> list[Any]:
    """The document's text has a list here, its example an object that holds it."""
    items = group.get("items") if isinstance(group, dict) else group
    if items is not None and not isinstance(items, list):
        raise Malformed("a currency's history is no list")
    return items or []


def _ground(raw: Any, currency: str) -> Any:
    """A row says itself in whose group it came: its raw record is of use alone."""
    return {**raw, "baseCurrency": currency} if isinstance(raw, dict) else raw


def _read_row(raw: Mapping[str, Any]) -> HistoryRow | None:
    history_ref = read_ref(raw.get("id"))
    if history_ref is None:
        return None
    provider_ref, provider_title = read_named(raw.get("provider"))
    game_ref, game_title = read_named(raw.get("game"))
    return HistoryRow(
        history_ref=history_ref,
        base_currency=read_text(raw.get("baseCurrency"), LONGEST_WORD),
        provider_ref=provider_ref,
        provider_title=provider_title,
        player=_read_player(read_object(raw.get("userInGame"))),
        game_ref=game_ref,
        game_title=game_title,
        category=read_named(read_object(raw.get("game")).get("category"))[0],
        round_ref=read_optional_ref(raw.get("roundId")),
        wallet_tx_ref=read_optional_ref(raw.get("walletTxId")),
        provider_tx_ref=read_optional_ref(raw.get("providerTxId")),
        tx_type=_read_tx_type(read_object(raw.get("txType"))),
        amounts=_read_amounts(read_object(raw.get("amount"))),
        before_balance=read_decimal(raw.get("walletBeforeBalance")),
        after_balance=read_decimal(raw.get("walletAfterBalance")),
        received_at=read_time(raw.get("receivedAt")),
        raw=raw,
    )


def _read_player(raw: Mapping[str, Any]) -> PlayerInGame:
    return PlayerInGame(
        user_in_game=read_optional_ref(raw.get("userInGame")),
        player_ref=read_optional_ref(raw.get("playerId")),
        agent_ref=read_optional_ref(raw.get("agentId")),
        agent_prefix=read_text(raw.get("agentPrefix"), LONGEST_WORD),
        currency=read_text(raw.get("currency"), LONGEST_WORD),
        username=read_text(raw.get("username"), LONGEST_TITLE),
    )


def _read_tx_type(raw: Mapping[str, Any]) -> TxType:
    label = read_text(raw.get("label"), LONGEST_WORD)
    return TxType(read_optional_ref(raw.get("id")), label, read_text(raw.get("flag"), LONGEST_WORD))


def _read_amounts(raw: Mapping[str, Any]) -> Amounts:
    inner = {**raw, **read_object(raw.get("amount"))}
    return Amounts(
        player_currency=read_text(raw.get("playerCurrency"), LONGEST_WORD),
        settle_currency=read_text(raw.get("settleCurrency"), LONGEST_WORD),
        player_to_settle_rate=read_decimal(raw.get("playerToSettleRate")),
        provider_amount=read_decimal(inner.get("providerAmount")),
        player_amount=read_decimal(inner.get("playerAmount")),
        settle_amount=read_decimal(inner.get("settleAmount")),
    )
