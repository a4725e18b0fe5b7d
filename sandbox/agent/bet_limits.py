"""Bet limits: what providers offer in each category, and what a player was given (setPlayerBetLimits)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sandbox.agent.currencies import Currency, get_currency
from sandbox.agent.offer import Offer, read_offer
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk

TIERS = ("Low", "Medium", "High", "VIP")
# Smallest and largest stake and the most in one match, in units of the currency.
STAKES = ((1, 50_000, 200_000), (10_000, 100_000, 500_000), (100_000, 500_000, 1_000_000))
FIRST_STAKES_ID = 100_001


@dataclass(frozen=True, slots=True)
class BetLimit:
    """One choice of a category; the first of a category is the one that holds when none was chosen."""

    id: str
    label: str
    info: dict[str, Any]


class CategoryLimits(msgspec.Struct):
    category: str
    ids: list[str]


class BetLimitsOrder(msgspec.Struct, rename="camel"):
    username: str
    provider_id: str
    agent_system_currency: str
    categories: list[CategoryLimits]


def set_limits(desk: Desk, username: str, order: BetLimitsOrder) -> None:
    """Give a player limits of a provider in place of those it has in the same categories.

    :raises Refusal: the provider, a category, a limit or the currency is unknown.
    """
    currency = get_currency(order.agent_system_currency)
    offered = list_limits(read_offer(desk), order.provider_id, currency)
    for given in order.categories:
        if not set(given.ids) <= {limit.id for limit in offered.get(given.category, ())}:
            raise Refusal("BET_LIMIT_NOT_FOUND", f"{given.category} has no such bet limit at {order.provider_id}")
    with desk.database.transaction() as connection:
        for given in order.categories:
            key = (username, currency.code, order.provider_id, given.category)
            connection.execute(
                "DELETE FROM bet_limit WHERE (username, currency, provider_id, category) = (?, ?, ?, ?)", key
            )
            rows = [(*key, limit_id) for limit_id in dict.fromkeys(given.ids)]
            connection.executemany("INSERT INTO bet_limit VALUES (?, ?, ?, ?, ?)", rows)


def list_limits(offer: Offer, provider_id: str, currency: Currency) -> dict[str, Sequence[BetLimit]]:
    """The limits by category.

    :raises Refusal: the agent has no such provider.
    """
    kinds = offer.get_provider(provider_id).limits
    return {category: _make_limits(kind, currency) for category, kind in kinds.items()}


def describe_limits(desk: Desk, username: str, currency: Currency) -> dict[str, Any] | None:
    """What a player was given, by provider and category; None if nothing, {} for a provider of which nothing."""
    rows = desk.database.read(
        "SELECT provider_id, category, limit_id FROM bet_limit WHERE username = ? AND currency = ? ORDER BY limit_id",
        username,
        currency.code,
    )
    if not rows:
        return None
    providers = read_offer(desk).providers.values()
    given: dict[str, Any] = {provider.id: {} for provider in providers if any(provider.limits.values())}
    for provider_id, category, limit_id in rows:
        kind = read_offer(desk).providers[provider_id].limits[category]
        limit = next(limit for limit in _make_limits(kind, currency) if limit.id == limit_id)
        given[provider_id].setdefault(category, []).append({"id": limit.id, "info": limit.info})
    return given


def _make_limits(kind: str, currency: Currency) -> Sequence[BetLimit]:
    if kind == "tiers":
        return [BetLimit(str(number), label, {}) for number, label in enumerate(TIERS, 1)]
    if kind == "stakes":
        return [_make_stakes(number, currency) for number in range(len(STAKES))]
    return ()


def _make_stakes(number: int, currency: Currency) -> BetLimit:
    low, high, match = (sum_ * currency.unit for sum_ in STAKES[number])
    label = f"{low:,} - {high:,} (max per match {match:,})"
    return BetLimit(str(FIRST_STAKES_ID + number), label, {"max": high, "maxPerMatch": match, "min": low})
