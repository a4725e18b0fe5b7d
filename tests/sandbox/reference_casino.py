"""The casino API of the reference wallet: only what the sandbox's casino client asks for."""

from collections.abc import Callable
from decimal import Decimal
from email.message import Message
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from tests.sandbox.reference_request import parse_json
from tests.sandbox.reference_wallet import Player, ReferenceWallet

API_KEY = "reference_key"
GAMES = [
    {
        "operator_id": "examplecasino",
        "game_id": str(number),
        "title": f"Game {number}",
        "enabled": True,
        "fun_mode": True,
        "vendor": "Studio",
    }
    for number in range(200, 240)
]
LOBBIES = [{"operator_id": "examplecasino", "lobby_id": "portomaso", "title": "Portomaso"}]
NOT_IN_LAUNCH_URL = {"user_id", "ip"}

Answer = tuple[int, dict[str, object]]
Headers: TypeAlias = "Message[str, str]"
Reply = tuple[int, str, bytes]
Fields = dict[str, object]

encoder = msgspec.json.Encoder(decimal_format="string")


class Problem(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.answer: Answer = status, {"code": code, "detail": code, "fields": {}}


def answer_casino(wallet: ReferenceWallet, method: str, path: str, headers: Headers, body: bytes) -> Reply:
    """What the casino API says to one HTTP request."""
    try:
        check_key(headers)
        with wallet.lock:
            status, found = route(wallet, method, path, parse_json(body) if body else {})
    except Problem as problem:
        status, found = problem.answer
    return status, "application/json", encoder.encode(found)


def check_key(headers: Headers) -> None:
    if headers.get("Authorization") != f"Bearer {API_KEY}":
        raise Problem(401, "not_authenticated")


def route(wallet: ReferenceWallet, method: str, path: str, fields: object) -> Answer:
    assert isinstance(fields, dict)
    match method, path.removeprefix("api/v1/").split("/"):
        case "GET", ["games", *second]:
            return 200, {"results": GAMES[25:], "next": None} if second else {"results": GAMES[:25], "next": "games/2"}
        case "GET", ["lobbies"]:
            return 200, {"results": LOBBIES, "next": None}
        case "POST", ["players"]:
            return register_player(wallet, fields)
        case "POST", ["launch"]:
            return launch(wallet, fields)
        case "GET", ["players", user_id]:
            return 200, describe(get_player(wallet, user_id))
        case "POST", ["players", user_id, action] if action in PLAYER_ACTIONS:
            return PLAYER_ACTIONS[action](wallet, get_player(wallet, user_id), fields)
    raise Problem(404, "not_found")


def get_player(wallet: ReferenceWallet, user_id: object) -> Player:
    if str(user_id) not in wallet.players:
        raise Problem(404, "unknown_player")
    return wallet.players[str(user_id)]


def describe(player: Player) -> Fields:
    accounts = [{"currency": currency, "balance": balance} for currency, balance in player.balances.items()]
    return {"user_id": player.user_id, "blocked": player.blocked, "accounts": accounts}


def register_player(wallet: ReferenceWallet, fields: Fields) -> Answer:
    user_id, currencies = str(fields["user_id"]), fields["currencies"]
    assert isinstance(currencies, list)
    known = wallet.players.get(user_id)
    player = known or wallet.add_player(user_id, {}, str(fields["user_name"]))
    for currency in currencies:
        player.balances.setdefault(currency, Decimal("0.00"))
    player.country = str(fields["country"])
    player.display_name, player.group = str(fields.get("display_name", "")), str(fields.get("group", ""))
    return (200 if known else 201), describe(player)


def launch(wallet: ReferenceWallet, fields: Fields) -> Answer:
    player = get_player(wallet, fields["user_id"])
    game_id = fields.get("game_id")
    if player.blocked or str(game_id) in wallet.games_disabled:
        raise Problem(409, "launch_refused")
    if fields["mode"] == "fun":
        return 201, {"token": None, "url": launch_url(fields)}
    currency = str(fields["currency"])
    token = wallet.launch(player.user_id, currency, None if game_id is None else str(game_id))
    return 201, {"token": token, "url": launch_url({**fields, "token": token})}


def launch_url(fields: Fields) -> str:
    """The address that document 001 builds of a launch; `client_name` is the one name that it spells otherwise."""
    spelled = {"client_name": "clientName"}
    sent = {spelled.get(name, name): value for name, value in fields.items() if name not in NOT_IN_LAUNCH_URL}
    return f"https://games.example/?{urlencode(sent)}"


def deposit(wallet: ReferenceWallet, player: Player, fields: Fields) -> Answer:
    facts = player.user_id, Decimal(str(fields["amount"])), str(fields["currency"])
    reference = str(fields["reference"])
    if reference in wallet.deposits:
        if wallet.deposits[reference] != facts:
            raise Problem(409, "reference_used")
        return 200, describe(player)
    wallet.deposits[reference] = facts
    wallet.deposit(player.user_id, facts[2], facts[1])
    return 201, describe(player)


def block(_: ReferenceWallet, player: Player, __: Fields) -> Answer:
    player.blocked = True
    return 200, describe(player)


def unblock(_: ReferenceWallet, player: Player, __: Fields) -> Answer:
    player.blocked = False
    return 200, describe(player)


PLAYER_ACTIONS: dict[str, Callable[[ReferenceWallet, Player, Fields], Answer]] = {
    "deposits": deposit,
    "block": block,
    "unblock": unblock,
}
