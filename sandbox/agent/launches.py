"""launchGame: an address or a page that opens a game for a player."""

import ipaddress
import secrets
import sqlite3
from html import escape
from typing import Annotated

import msgspec

from sandbox.agent.catalogue import Game
from sandbox.agent.currencies import get_currency
from sandbox.agent.offer import read_offer
from sandbox.agent.players import get_active_player
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk
from sandbox.platform.launch import keep_web_address

# Opens by itself where the frame around it lets it, and at a click elsewhere.
HTML = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
    '<meta http-equiv="refresh" content="0; url={address}"></head>'
    '<body><p><a href="{address}">{name}</a></p></body></html>'
)


class LaunchOrder(msgspec.Struct, rename="camel"):
    username: str
    is_mobile: bool
    game_id: str
    player_ip: str
    currency: str
    lang: Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,4})?\Z")] = "en"
    lobby_url: str | None = None
    cashier_url: str | None = None


def launch_game(desk: Desk, order: LaunchOrder) -> object:
    """A launch in the shape of the game's provider: most give an address, some a page.

    :raises Refusal: the player, the game or the currency is unknown, or cannot be played at the moment.
    """
    player = get_active_player(desk, order.username)
    offer = read_offer(desk)
    game = offer.get_game(order.game_id)
    provider = offer.get_provider(game.provider_id)
    if not provider.online:
        raise Refusal("PROVIDER_NOT_ONLINE")
    _require_address(order.player_ip)
    address = f"{desk.origin}/agent/play/{_open(desk, player.username, order)}"
    if provider.launches_html:
        return {"type": "html", "html": _make_page(game, address)}
    return {"type": "url", "url": address}


def find_launch(desk: Desk, token: str) -> sqlite3.Row | None:
    rows = desk.database.read("SELECT * FROM launch WHERE token = ?", token)
    return rows[0] if rows else None


def _require_address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise Refusal("INVALID_PARAMETER", f"playerIp: {text!r} is not an IP address") from None


def _open(desk: Desk, username: str, order: LaunchOrder) -> str:
    token = secrets.token_hex(16)
    links = (keep_web_address(order.lobby_url or ""), keep_web_address(order.cashier_url or ""))
    row = (token, username, order.game_id, get_currency(order.currency).code, order.lang.replace("_", "-"), *links)
    with desk.database.transaction() as connection:
        connection.execute("INSERT INTO launch VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return token


def _make_page(game: Game, address: str) -> str:
    return HTML.format(name=escape(game.name), address=escape(address))
