"""The business report: what the platform says was bet and won on a day, by vendor and currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from operators.platforms.base import Malformed
from operators.platforms.reading import (
    LONGEST_REF,
    LONGEST_TITLE,
    LONGEST_WORD,
    read_count,
    read_date,
    read_decimal,
    read_object,
    read_text,
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One vendor's day in one currency, in major units; what the platform leaves out is None.

    A count may be 0 beside a sum that is not: nothing is to be divided by it. `raw` is the row as it came.
    """

    vendor: str
    currency_code: str
    report_date: date
    bets_sum: Decimal
    wins_sum: Decimal
    entity_name: str = ""
    bets_count: int | None = None
    wins_count: int | None = None
    freespins_sum: Decimal | None = None
    freespins_count: int | None = None
    jackpots_sum: Decimal | None = None
    jackpots_count: int | None = None
    gross_gaming_revenue: Decimal | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def own_gross_gaming_revenue(self) -> Decimal:
        """Bets less wins, as we reckon it, whatever the platform's own figure takes in."""
        return self.bets_sum - self.wins_sum

    @property
    def difference(self) -> Decimal | None:
        """The platform's figure less ours."""
        given = self.gross_gaming_revenue
        return None if given is None else given - self.own_gross_gaming_revenue


@dataclass(frozen=True, slots=True)
class BusinessReport:
    """A day's rows, the day being UTC's, and what among them could not be read."""

    rows: tuple[ReportRow, ...]
    unreadable: tuple[Any, ...] = ()


def parse_business_report(answer: Any, day: date) -> BusinessReport:
    """Read the report of a day; a row that names no day of its own is of that one.

    :raises Malformed: it is no list.
    """
    if not isinstance(answer, list):
        raise Malformed("the report is no list")
    read = [(raw, _read_row(read_object(raw), day)) for raw in answer]
    return BusinessReport(
        rows=tuple(row for _, row in read if row is not None),
        unreadable=tuple(raw for raw, row in read if row is None),
    )


def _read_row(raw: Mapping[str, Any], day: date) -> ReportRow | None:
    vendor, currency_code = read_text(raw.get("vendor"), LONGEST_REF), read_text(raw.get("currency_code"), LONGEST_WORD)
    bets_sum, wins_sum = read_decimal(raw.get("bets_sum")), read_decimal(raw.get("wins_sum"))
    if not (vendor and currency_code) or bets_sum is None or wins_sum is None:
        return None
    return ReportRow(
        vendor=vendor,
        currency_code=currency_code,
        report_date=read_date(raw.get("date")) or day,
        bets_sum=bets_sum,
        wins_sum=wins_sum,
        entity_name=read_text(raw.get("entity_name"), LONGEST_TITLE),
        bets_count=read_count(raw.get("bets_count")),
        wins_count=read_count(raw.get("wins_count")),
        freespins_sum=read_decimal(raw.get("freespins_sum")),
        freespins_count=read_count(raw.get("freespins_count")),
        jackpots_sum=read_decimal(raw.get("jackpots_sum")),
        jackpots_count=read_count(raw.get("jackpots_count")),
        gross_gaming_revenue=read_decimal(raw.get("gross_gaming_revenue")),
        raw=raw,
    )
