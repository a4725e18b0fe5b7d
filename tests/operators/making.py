"""A casino, its operator and its players, made as staff would make them, for tests to start from."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from catalog.models import Game, Lobby, Vendor
from operators.models import Casino, Operator, Protocol
from operators.services import activate_operator, create_casino, create_operator
from wallet.models import Player
from wallet.services.players import register_player

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAFF = "staff:anna"
_numbers = count(1)


def make_casino(**more: Any) -> Casino:
    facts = {
        "slug": f"casino-{next(_numbers)}",
        "name": "Lucky House",
        "home_url": "https://lucky.example/games",
        "deposit_url": "https://lucky.example/deposit?from=game",
    }
    return create_casino(**{**facts, "by": STAFF, **more})


def make_operator(casino: Casino, *, active: bool = True, **more: Any) -> Operator:
    facts = {
        "protocol": Protocol.GENERIC,
        "operator_ref": f"lucky{next(_numbers)}",
        "name": "Lucky at Example",
        "secret": "secret_key",
        "api_host": "https://api.example",
        "launch_host": "https://games.example",
        "ip_allow_list": ["192.0.2.0/24"],
    }
    operator = create_operator(**{"casino": casino, **facts, "by": STAFF, **more})
    return activate_operator(operator=operator, by=STAFF, now=NOW) if active else operator


def make_player(casino: Casino, user_id: str = "olga", **more: Any) -> Player:
    facts = {"user_name": "Olga P", "country": "DE", "currencies": ["EUR"]}
    return register_player(**{"casino": casino, "user_id": user_id, **facts, "by": STAFF, **more}).player


def make_game(operator: Operator, game_ref: str = "37", **more: Any) -> Game:
    vendor, _ = Vendor.objects.get_or_create(operator=operator, vendor_ref="Northwind")
    facts = {"title": "Seven Seas", "vendor": vendor, "game_type": "slots", "fun_mode": True}
    return Game.objects.create(**{"operator": operator, "game_ref": game_ref, **facts, **more})


def make_lobby(operator: Operator, lobby_ref: str = "portomaso", **more: Any) -> Lobby:
    vendor, _ = Vendor.objects.get_or_create(operator=operator, vendor_ref="Northwind")
    return Lobby.objects.create(operator=operator, lobby_ref=lobby_ref, vendor=vendor, **more)
