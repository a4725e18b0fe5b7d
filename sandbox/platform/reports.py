"""A day's business report as document 001 has it, added up from the journal."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.journal import Sum

CENT = Decimal("0.01")


@dataclass(slots=True)
class Totals:
    """A vendor's movements of a day in one currency.

    Nothing canceled is in it. A refund lowers `bets_sum`, for its bet was made all the same. What free spins won
    is in `wins_sum` too, so that the house's revenue is always `bets_sum - wins_sum`.
    """

    bets_sum: Decimal = Decimal(0)
    bets_count: int = 0
    wins_sum: Decimal = Decimal(0)
    wins_count: int = 0
    freespins_sum: Decimal = Decimal(0)
    freespins_count: int = 0

    def add(self, each: Sum) -> None:
        total = each.amount * each.times
        if each.kind == "BET":
            self.bets_sum += total
            self.bets_count += 0 if each.is_free else each.times
            self.freespins_count += each.times if each.is_free else 0
        elif each.kind == "WIN":
            self.wins_sum += total
            self.wins_count += each.times if each.amount else 0
            self.freespins_sum += total if each.is_free else 0
        else:
            self.bets_sum -= total


def report_day(
    sums: Iterable[Sum], vendor_of: Callable[[str], str], entity_name: str, day: date
) -> list[dict[str, object]]:
    """One row for each vendor and currency that was played, in their order."""
    totals: defaultdict[tuple[str, str], Totals] = defaultdict(Totals)
    for each in sums:
        totals[vendor_of(each.game_id), each.currency].add(each)
    return [
        {"entity_name": entity_name, "vendor": vendor, "currency_code": currency, **_figures(found), "date": str(day)}
        for (vendor, currency), found in sorted(totals.items())
    ]


def _figures(totals: Totals) -> dict[str, object]:
    return {
        "bets_sum": as_number(totals.bets_sum),
        "bets_count": totals.bets_count,
        "wins_count": totals.wins_count,
        "wins_sum": as_number(totals.wins_sum),
        "freespins_sum": as_number(totals.freespins_sum),
        "freespins_count": totals.freespins_count,
        "jackpots_count": 0,
        "jackpots_sum": 0,
        "gross_gaming_revenue": str((totals.bets_sum - totals.wins_sum).quantize(CENT)),
    }


def as_number(amount: Decimal) -> Decimal:
    """The amount without zeros at its end, as the document's examples write it."""
    return Decimal(f"{amount.normalize():f}")
