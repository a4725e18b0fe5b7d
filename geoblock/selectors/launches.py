"""What was blocked, and what would have been.

The wallet has the launches. It stands above and is not imported here: the setting PLAY_FIGURES names the module.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.db.models import Count, QuerySet

from geoblock.models import BlockedLaunch
from geoblock.rules import Lists, VendorCountries
from geoblock.selectors.judgements import judge
from geoblock.selectors.rules import InForce, get_lists_in_force
from operators.models import Operator


@dataclass(frozen=True, slots=True)
class Launched:
    """So many launches of an operator from one address."""

    operator_id: int
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class WouldBlock:
    """How many launches there were, and how many of them rules would have blocked, by country ("" is unknown)."""

    launches: int
    blocked: int
    by_country: tuple[tuple[str, int], ...]


class Launches(Protocol):
    """What the module that has the launches offers."""

    def count_launches(self, *, operator: Operator | None, since: datetime) -> list[Launched]:
        """Count an operator's or everybody's launches for money by address."""


def launches() -> Launches:
    """Return the module that has the launches."""
    return cast("Launches", import_module(settings.PLAY_FIGURES))


def list_blocked(operator: Operator | None, since: datetime) -> QuerySet[BlockedLaunch]:
    """Return an operator's or everybody's blocked launches since a moment."""
    blocked = BlockedLaunch.objects.filter(at__gte=since)
    return blocked.filter(operator=operator) if operator else blocked


def count_by_country(blocked: QuerySet[BlockedLaunch]) -> list[tuple[str, int]]:
    """Count blocked launches by country, the most first; "" is the unknown one."""
    rows = blocked.order_by().values("country").annotate(count=Count("*")).order_by("-count", "country")
    return [(row["country"], row["count"]) for row in rows]


def count_would_block(*, operator: Operator | None, lists: Lists, launches: Iterable[Launched]) -> WouldBlock:
    """Judge launches that have been by lists that are not in force yet, for one operator or, with none, for all.

    Only the GeoIP rules are judged, not the vendors' countries. A place is where the address is today.
    """
    total, blocked = 0, Counter[str]()
    in_force: dict[int, InForce] = {}
    for launched in launches:
        if launched.operator_id not in in_force:
            now = get_lists_in_force(launched.operator_id)
            in_force[launched.operator_id] = InForce(lists, now.global_rules) if operator else InForce(now.rules, lists)
        found = judge(
            in_force=in_force[launched.operator_id], vendor=VendorCountries(), address=launched.address, is_real=True
        )
        total += launched.count
        if not found.decision.allowed:
            blocked[found.place.country] += launched.count
    by_country = sorted(blocked.items(), key=lambda row: (-row[1], row[0]))
    return WouldBlock(total, blocked.total(), tuple(by_country))
