"""Pages for people: a launched game to play, and a round as the game's log shows it. No script, forms only."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import falcon
import msgspec

from sandbox.agent.currencies import Currency, get_currency, read_amount, write_amount
from sandbox.agent.gifts import count_free_rounds
from sandbox.agent.history import HistoryOrder, read_movements, read_round
from sandbox.agent.launches import find_launch
from sandbox.agent.offer import read_offer
from sandbox.agent.players import get_active_player, read_balance
from sandbox.agent.refusals import Refusal
from sandbox.agent.rounds import Seat, play_round
from sandbox.agent.settings import Desk, write_home_time
from sandbox.database import Database
from sandbox.platform.markup import Html, join, render, show_page
from sandbox.platform.problems import PageProblem, render_link

# An absolute path names a template outside of the other platform's.
TEMPLATES = Path(__file__).with_name("templates")
GAME, ROUND, LINE = (str(TEMPLATES / name) for name in ("game", "round", "line"))
STAKES = tuple(map(Decimal, ("0.2", "0.5", "1", "2", "5", "10")))
SHOWN_LINES = 20
LONGEST_FORM = 1000
REFUSALS = {
    "PLAYER_INSUFFICIENT_BALANCE": "Your balance does not cover this stake.",
    "PLAYER_INACTIVE": "You cannot play at the moment.",
    "INVALID_AMOUNT": "This is not a stake.",
}


class PlayPage:
    """GET and POST /agent/play/{token}: the game, and a round of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_get(self, request: falcon.Request, response: falcon.Response, token: str) -> None:
        desk, launch = self._open(request, token)
        _show_game(response, desk, launch)

    def on_post(self, request: falcon.Request, response: falcon.Response, token: str) -> None:
        desk, launch = self._open(request, token)
        form = falcon.uri.parse_query_string(request.bounded_stream.read(LONGEST_FORM).decode("latin-1"))
        try:
            stake = read_amount(str(form.get("stake", "")), get_currency(launch["currency"]))
            play_round(desk, _take_seat(desk, launch), stake, random.SystemRandom(), desk.now)
        except Refusal as refusal:
            _show_game(response, desk, launch, REFUSALS.get(refusal.code, refusal.message))
            return
        raise falcon.HTTPSeeOther(request.relative_uri)

    def _open(self, request: falcon.Request, token: str) -> tuple[Desk, sqlite3.Row]:
        desk = Desk(self._database, request.prefix, datetime.now(UTC))
        launch = find_launch(desk, token)
        if launch is None:
            raise PageProblem(falcon.HTTP_404, "This game was not launched", "Open it again from the casino.")
        return desk, launch


class RoundPage:
    """GET /agent/rounds/{page_key}"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_get(self, request: falcon.Request, response: falcon.Response, page_key: str) -> None:
        desk = Desk(self._database, request.prefix, datetime.now(UTC))
        found = self._database.read("SELECT round_id FROM round WHERE page_key = ?", page_key)
        if not found:
            raise PageProblem(falcon.HTTP_404, "There is no such round", "Ask for the game's log again.")
        rows = read_round(desk, found[0]["round_id"])
        game = read_offer(desk).known[rows[0]["game_id"]]
        content = render(
            ROUND,
            title=game.name,
            round_id=rows[0]["round_id"],
            outcome=_show_outcome(msgspec.json.decode(rows[0]["log"])),
            lines=_show_lines(rows),
        )
        show_page(response, game.name, content, body_class="front")


def _take_seat(desk: Desk, launch: sqlite3.Row) -> Seat:
    offer = read_offer(desk)
    game = offer.get_game(launch["game_id"])
    player = get_active_player(desk, launch["username"])
    provider, currency = offer.get_provider(game.provider_id), get_currency(launch["currency"])
    return Seat(username=player.username, game=game, provider=provider, currency=currency)


def _show_game(response: falcon.Response, desk: Desk, launch: sqlite3.Row, problem: str = "") -> None:
    game = read_offer(desk).known[launch["game_id"]]
    currency = get_currency(launch["currency"])
    played = read_movements(desk, HistoryOrder(username=launch["username"], game_id=game.id))
    rows = [row for row in played if row["currency"] == currency.code][:SHOWN_LINES]
    with desk.database.transaction() as connection:
        balance = read_balance(connection, launch["username"], currency.code)
    free_rounds = count_free_rounds(desk, launch["username"], game.id, currency.code)
    content = render(
        GAME,
        title=game.name,
        logo=f"/agent/logos/games/{game.id}.svg",
        balance=f"{write_amount(balance)} {currency.code}",
        username=launch["username"],
        free_rounds=free_rounds,
        message=problem or _say_outcome(rows, currency),
        outcome=_show_outcome(msgspec.json.decode(rows[0]["log"])) if rows else "",
        stakes=join(_show_stakes(currency)),
        lines=_show_lines(rows),
        links=join(_show_links(launch)),
    )
    response.cache_control = ["no-store"]
    show_page(response, game.name, content, body_class="playing")


def _say_outcome(rows: Sequence[sqlite3.Row], currency: Currency) -> str:
    if not rows:
        return "Choose a stake and play."
    won = Decimal(rows[0]["amount"])
    return f"You won {write_amount(won)} {currency.code}." if won else "No win this time."


def _show_stakes(currency: Currency) -> Iterator[Html]:
    for units in STAKES:
        stake = write_amount(currency.floor(units * currency.unit))
        yield render("stake", amount=stake, checked=Html(" checked") if units == 1 else "")


def _show_links(launch: sqlite3.Row) -> Iterator[Html]:
    for name, label in (("lobby_url", "Lobby"), ("cashier_url", "Cashier")):
        if launch[name]:
            yield render_link("button quiet", launch[name], label)


def _show_lines(rows: Sequence[sqlite3.Row]) -> Html:
    return join(
        render(
            LINE,
            at=write_home_time(row["played_at"])[:19].replace("T", " "),
            kind=f"Free {row['kind'].lower()}" if row["is_free"] else row["kind"],
            amount=write_amount(Decimal(row["amount"])),
            balance=write_amount(Decimal(row["balance_after"])),
        )
        for row in rows
    )


def _show_outcome(log: dict[str, Any]) -> Html:
    """Reels as pictures, everything else as names with values."""
    reels = [
        render("cell", number=n, symbol=symbol) for cells in log.get("cells", [])[:1] for n, symbol in enumerate(cells)
    ]
    if reels:
        return Html(f'<div class="reels" role="group" aria-label="Reels">{join(reels)}</div>')
    facts = join(render("fact", id="", name=name, value=value) for name, value in _list_facts(log))
    return Html(f'<dl class="facts panel">{facts}</dl>') if facts else Html()


def _list_facts(log: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for hand in log.get("hands", ()):
        yield hand["title"], f"{' '.join(hand['cards'])} · {hand['result']}"
    for pocket in log.get("pockets", ()):
        yield "Pocket", f"{pocket['number']} {pocket['color']} {pocket['evenOdd']}"
    if "dices" in log:
        yield "Dice", " ".join(log["dices"])
    for row in log.get("rows", ()):
        yield row["key"], row["value"]
