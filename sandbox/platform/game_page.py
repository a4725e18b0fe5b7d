"""The pages at which people play: one game for money or for fun, and a lobby's games side by side."""

from collections.abc import Sequence
from decimal import Decimal

import falcon

from sandbox.platform import reels
from sandbox.platform.catalogue import Game
from sandbox.platform.launch import Launch
from sandbox.platform.lists import thumbnail_path
from sandbox.platform.markup import Html, join, render, show_page
from sandbox.platform.problems import render_link
from sandbox.platform.sessions import PlaySession

PLAY_MONEY = Decimal("1000.00")
DEFAULT_STAKE = Decimal("1.00")
OPENING_CELLS = ("bell", "star", "lemon", "seven", "crown", "seven", "clover", "diamond", "cherry")


def show_game(response: falcon.Response, session: PlaySession, game: Game) -> None:
    """The page of a game played for money."""
    launch, player = session.launch, session.player
    way_back = (f"/play/{session.id}", "Lobby") if launch.lobby else (launch.home_url, "Casino")
    facts = [
        ("Player", player.name, ""),
        ("User id", player.user_id, ""),
        *([("Group", player.group or launch.group, "")] if player.group or launch.group else []),
        ("Currency", player.currency, ""),
        ("Game id", str(game.id), ""),
        ("Round id", "none yet", "round-id"),
    ]
    content = render(
        "game",
        **_describe_game(game, launch, player.currency, session.balance),
        home_link=_back_link(*way_back),
        deposit_link=_deposit_link(launch),
        mode="real",
        mode_label="real money",
        purse_label="Balance",
        spin_address=f"/play/{session.id}/games/{game.id}/spins",
        state_address=f"/play/{session.id}/state",
        facts=_facts("This session", facts),
        log=render("log"),
    )
    show_page(response, game.title, content, body_class="playing", script="game.js")


def show_fun_game(response: falcon.Response, launch: Launch) -> None:
    """The page of a game played for fun: its money is the page's own."""
    game = launch.game
    if game is None:
        raise ValueError("a launch for fun names a game")
    facts = [("Money", "play money, of this page only", ""), ("Game id", str(game.id), "")]
    content = render(
        "game",
        **_describe_game(game, launch, "", PLAY_MONEY),
        home_link=_back_link(launch.home_url or "/", "Casino" if launch.home_url else "Games"),
        deposit_link="",
        mode="fun",
        mode_label="for fun",
        purse_label="Play money",
        spin_address=f"/fun/games/{game.id}/spins",
        state_address="",
        facts=_facts("Just for fun", facts),
        log="",
    )
    show_page(response, game.title, content, body_class="playing", script="game.js")


def show_lobby(response: falcon.Response, session: PlaySession, games: Sequence[Game]) -> None:
    """The page of a lobby: a click plays one of its games with the lobby's token."""
    launch = session.launch
    if launch.lobby is None:
        raise ValueError("this session was opened on a game")
    title = launch.lobby.lobby_id.replace("_", " ").capitalize()
    content = render(
        "lobby",
        title=title,
        maker=f"{launch.lobby.vendor} · {session.player.name}",
        home_link=_back_link(launch.home_url, "Casino"),
        deposit_link=_deposit_link(launch),
        balance=session.balance,
        currency=session.player.currency,
        language=launch.language,
        heading=f"{len(games)} games" if len(games) != 1 else "1 game",
        cards=join(_lobby_card(session, game) for game in games),
    )
    show_page(response, title, content, body_class="front", script="money.js")


def _describe_game(game: Game, launch: Launch, currency: str, balance: Decimal) -> dict[str, object]:
    return {
        "title": game.title,
        "maker": f"{game.vendor} · {game.type}",
        "hue": game.hue,
        "thumbnail": thumbnail_path(game.id),
        "balance": balance,
        "currency": currency,
        "language": launch.language,
        "cells": join(render("cell", number=number, symbol=symbol) for number, symbol in enumerate(OPENING_CELLS)),
        "stakes": join(_stake(amount) for amount in reels.STAKES),
        "pays": join(
            render("pay", symbol=symbol, multiple=f"{pays:,}") for symbol, pays in reversed(list(reels.PAYS.items()))
        ),
        "pair_pays": reels.PAIR_PAYS,
        "free_spins": reels.FREE_SPINS,
        "share": f"{float(reels.return_to_player()):.1%}",
    }


def _stake(amount: Decimal) -> Html:
    return render("stake", amount=amount, checked=Html(" checked") if amount == DEFAULT_STAKE else "")


def _facts(heading: str, facts: Sequence[tuple[str, str, str]]) -> Html:
    rows = join(
        render("fact", name=name, value=value, id=Html(f' id="{place}"') if place else "")
        for name, value, place in facts
    )
    return render("facts", heading=heading, rows=rows)


def _lobby_card(session: PlaySession, game: Game) -> Html:
    return render(
        "card",
        address=f"/play/{session.id}/games/{game.id}",
        thumbnail=thumbnail_path(game.id),
        title=game.title,
        facts=f"{game.id} · {game.subtype.replace('_', ' ')}",
    )


def _back_link(address: str, label: str) -> Html:
    return render_link("back", address, label) if address else Html()


def _deposit_link(launch: Launch) -> Html:
    return render_link("deposit", launch.deposit_url, "Deposit") if launch.deposit_url else Html()
