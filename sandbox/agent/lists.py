"""The lists: games and providers."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.agent.bet_limits import BetLimit, list_limits
from sandbox.agent.catalogue import CATEGORY_LABELS, Game, Provider
from sandbox.agent.currencies import BASE_CURRENCY, Currency, get_currency
from sandbox.agent.offer import Offer, read_offer
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk


class GamesOrder(msgspec.Struct, rename="camel"):
    query: str | None = None
    provider_id: str | None = None


class ProvidersOrder(msgspec.Struct, rename="camel"):
    agent_system_currency: str | None = None


def list_games(desk: Desk, order: GamesOrder) -> object:
    offer = read_offer(desk)
    if order.provider_id and order.provider_id not in offer.providers:
        raise Refusal("AGENT_PROVIDER_NOT_FOUND")
    games = [game for game in offer.games.values() if _fits(game, order)]
    return {"items": [_describe_game(game, offer.providers[game.provider_id], desk.origin) for game in games]}


def list_providers(desk: Desk, order: ProvidersOrder) -> object:
    """Every provider, those too that are not configured for the agent."""
    offer = read_offer(desk)
    currency = get_currency(order.agent_system_currency or BASE_CURRENCY)
    return {"items": [_describe_provider(provider, offer, currency, desk) for provider in offer.providers.values()]}


def _fits(game: Game, order: GamesOrder) -> bool:
    text = (order.query or "").casefold()
    found = text in game.id or text in game.name.casefold()
    return found and order.provider_id in {None, "", game.provider_id}


def _describe_game(game: Game, provider: Provider, origin: str) -> dict[str, Any]:
    return {
        "id": game.id,
        "name": game.name,
        "logoUrl": f"{origin}/agent/logos/games/{game.id}.svg",
        "category": _describe_category(game.category),
        "hasFreeRound": game.has_free_round,
        "rtp": game.rtp,
        "provider": {
            "id": provider.id,
            "name": provider.name,
            "restrictedCountries": provider.restricted,
            "prohibitedCountries": provider.prohibited,
        },
        "activePlayers": int(random.expovariate(1 / 40)),
    }


def _describe_provider(provider: Provider, offer: Offer, currency: Currency, desk: Desk) -> dict[str, Any]:
    limits = list_limits(offer, provider.id, currency) if provider.active else {}
    return {
        "id": provider.id,
        "name": provider.name,
        "logoUrl": f"{desk.origin}/agent/logos/providers/{provider.id}.svg",
        "active": provider.active,
        "online": provider.online,
        "categories": [
            _describe_category(category) | _describe_offered(kind, limits.get(category, ()))
            for category, kind in provider.limits.items()
        ],
    }


def _describe_category(category: str) -> dict[str, Any]:
    return {"id": category, "label": CATEGORY_LABELS[category]}


def _describe_offered(kind: str, limits: Sequence[BetLimit]) -> dict[str, Any]:
    # As in the document: a provider without bet limits does not name them at all.
    if not kind:
        return {}
    described = [
        {"id": limit.id, "label": limit.label, "isDefault": number == 0, "info": limit.info}
        for number, limit in enumerate(limits)
    ]
    return {"betLimits": described}
