"""The rounds of a GameHistory: a page of them, read row by row, and the failures that an answer can tell of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from operators.platforms.base import Malformed, PlatformFailure
from operators.platforms.decoding import read_number
from operators.platforms.reading import LONGEST_WORD, read_decimal, read_ref, read_text, read_time, read_web_address

LONGEST_MESSAGE = 255
LARGEST_COUNT = 10**15
# Amounts are below this, and multiples of the unit.
LARGEST_AMOUNT = Decimal(10) ** 12
SMALLEST_UNIT = Decimal("0.0001")
JACKPOT_TOLERANCE = Decimal("0.0001")


class ErrorCode(StrEnum):
    """The codes that a failure of GameHistory is known to have."""

    SERVER = "P_00"
    HASH = "P_02"
    PARAMETER = "P_03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One settled round. Amounts have at most four decimals and are in `currency`; times are UTC."""

    brand_ref: str
    provider_code: str
    player_ref: str
    round_ref: str
    session_ref: str
    game_code: str
    game_type: str
    currency: str
    platform: str
    round_type: str
    round_status: str
    bets: Decimal
    wins: Decimal
    cancels: Decimal
    trans_in: Decimal | None
    trans_out: Decimal | None
    balance_end: Decimal | None
    bonus_balance_end: Decimal | None
    rake: Decimal | None
    jackpot_contribution: Decimal | None
    jackpot_win: Decimal | None
    jackpot_details: Any
    started_at: datetime | None
    ended_at: datetime
    created_at: datetime | None
    detail_url: str
    additional_data: Any
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a round is told from others by at one operator account; a later row of the same key replaces it."""
        return self.brand_ref, self.provider_code, self.player_ref, self.round_ref

    def sum_gross_gaming_revenue(self, *, jackpot_win_inside_wins: bool = True) -> Decimal:
        """Return what the house keeps: bets less wins and cancels, and less a jackpot win that wins leave out."""
        outside = Decimal(0) if jackpot_win_inside_wins else self.jackpot_win or Decimal(0)
        return self.bets - self.wins - self.cancels - outside

    @property
    def jackpot_differs(self) -> bool:
        """Whether the contribution is another than its details add up to, by more than rounding explains."""
        parts = _list_contributions(self.jackpot_details)
        if self.jackpot_contribution is None or not parts:
            return False
        return abs(self.jackpot_contribution - sum(parts)) > JACKPOT_TOLERANCE


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be booked as it is, and why."""

    reason: str
    raw: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a window: `pages` and `total` are the platform's, `size` is what it takes for a full page."""

    number: int
    pages: int
    total: int
    size: int
    rounds: tuple[Round, ...]
    refused: tuple[RefusedRow, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the platform sent no row at all."""
        return not self.rounds and not self.refused


def find_error(answer: Any) -> tuple[str, str] | None:
    """Return the code and the words of an answer that tells of an error; "0" and 0 tell of none."""
    given = answer if isinstance(answer, dict) else {}
    code, message = given.get("error"), read_text(given.get("message"), LONGEST_MESSAGE)
    return None if str(code or 0) == "0" else (str(code)[:LONGEST_WORD], message or "the platform gave no reason")


def parse_page(answer: Any, number: int) -> Page:
    """:raises PlatformFailure: the answer is an error, or not a page."""
    if error := find_error(answer):
        raise PlatformFailure(*error, permanent=error[0] != ErrorCode.SERVER)
    records = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(records, list):
        raise Malformed("there is no list “records”")
    rows = [read_round(record) for record in records]
    return Page(
        number=number,
        pages=_need_count(answer, "pages"),
        total=_need_count(answer, "total"),
        size=_need_count(answer, "size"),
        rounds=tuple(row for row in rows if isinstance(row, Round)),
        refused=tuple(row for row in rows if isinstance(row, RefusedRow)),
    )


def _need_count(answer: Mapping[str, Any], name: str) -> int:
    count = read_decimal(answer.get(name))
    if count is None or not 0 <= count < LARGEST_COUNT or count % 1:
        raise Malformed(f"“{name}” is not a count")
    return int(count)


def read_round(raw: Any) -> Round | RefusedRow:
    """Read a row, or say why it cannot be booked: no id, no amount, one that numeric(16, 4) does not hold, no end."""
    if not isinstance(raw, dict):
        return RefusedRow("it is not an object", raw)
    try:
        return _read_round(raw)
    except Malformed as fault:
        return RefusedRow(fault.detail, raw)


def _read_round(raw: Mapping[str, Any]) -> Round:
    ended_at = read_time(raw.get("endTime"))
    if ended_at is None:
        raise Malformed("“endTime” is not a time")
    return Round(
        brand_ref=_need_ref(raw, "brandId"),
        provider_code=_need_ref(raw, "providerCode"),
        player_ref=_need_ref(raw, "playerId"),
        round_ref=_need_ref(raw, "roundId"),
        session_ref=_read_word(raw, "sessionId"),
        game_code=_need_ref(raw, "gameCode"),
        game_type=_read_word(raw, "gameType"),
        currency=_need_ref(raw, "currency"),
        platform=_read_word(raw, "platform"),
        round_type=_read_word(raw, "roundType"),
        round_status=_read_word(raw, "roundStatus"),
        bets=_need_amount(raw, "bets"),
        wins=_need_amount(raw, "wins"),
        cancels=_read_amount(raw, "cancels") or Decimal(0),
        trans_in=_read_amount(raw, "transIn"),
        trans_out=_read_amount(raw, "transOut"),
        balance_end=_read_amount(raw, "balanceEnd"),
        bonus_balance_end=_read_amount(raw, "bonusBalanceEnd"),
        rake=_read_amount(raw, "rake"),
        jackpot_contribution=_read_amount(raw, "jpc"),
        jackpot_win=_read_amount(raw, "jpw"),
        jackpot_details=raw.get("jpDetails"),
        started_at=read_time(raw.get("startTime")),
        ended_at=ended_at,
        created_at=read_time(raw.get("createdAt")),
        detail_url=read_web_address(raw.get("detailUrl")),
        additional_data=raw.get("additionalData"),
        raw=raw,
    )


def _need_ref(raw: Mapping[str, Any], name: str) -> str:
    ref = read_ref(raw.get(name))
    if ref is None:
        raise Malformed(f"“{name}” is not an id")
    return ref


def _read_word(raw: Mapping[str, Any], name: str) -> str:
    return read_text(raw.get(name), LONGEST_WORD)


def _need_amount(raw: Mapping[str, Any], name: str) -> Decimal:
    amount = _read_amount(raw, name)
    if amount is None:
        raise Malformed(f"“{name}” is missing")
    return amount


def _read_amount(raw: Mapping[str, Any], name: str) -> Decimal | None:
    value = raw.get(name)
    if value is None:
        return None
    amount = read_decimal(value)
    if amount is None:
        raise Malformed(f"“{name}” is not an amount")
    if abs(amount) >= LARGEST_AMOUNT or amount % SMALLEST_UNIT:
        raise Malformed(f"“{name}” has more digits than an amount may have")
    return amount


def _list_contributions(details: Any) -> list[Decimal]:
    """The contributions of a jackpot's details, where these are the list of the document's example, or its text."""
    if isinstance(details, str):
        details = _parse_details(details)
    rows = [row for row in details if isinstance(row, dict)] if isinstance(details, list) else []
    return [part for row in rows if (part := read_decimal(row.get("contribution"))) is not None]


def _parse_details(text: str) -> Any:
    try:
        return json.loads(text, parse_float=read_number)
    except (ValueError, RecursionError):
        return None
