"""The game launch URL: document 001, "Game launch URL / Lobby launch URL" and "Player game session token"."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from sandbox.casino_client import CasinoRefusal
from sandbox.certify.case import Case
from sandbox.certify.expectations import Failed, expect
from sandbox.certify.registry import rule
from sandbox.certify.stage import HOME_URL


def read_query(url: str) -> dict[str, str]:
    """The parameters of a launch URL; one that comes twice keeps both, joined by a space."""
    return {name: " ".join(values) for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def expect_parameters(found: dict[str, str], wanted: dict[str, object]) -> None:
    for name, value in wanted.items():
        expect(found.get(name) == str(value), f"expected {name}={value} in the launch URL, got {found.get(name)}")


@rule("launch-01", "The launch URL has mode, game, token, currency, language and operator.")
def launch_url(case: Case) -> None:
    player = case.stage.create_player("0")
    launch = case.launch(player)
    wanted = {
        "mode": "real",
        "game_id": player.game_id,
        "token": launch.token,
        "currency": player.currency,
        "operator_id": case.wallet.operator_id,
    }
    expect_parameters(read_query(launch.url), wanted)
    expect(read_query(launch.url).get("language", "").startswith("en"), "the launch URL has no language=en")


@rule("launch-02", "A session token has 20 to 50 letters and digits.")
def token_alphabet(case: Case) -> None:
    token = case.launch(case.stage.create_player("0")).token
    expect(re.fullmatch("[A-Za-z0-9]{20,50}", token) is not None, f"a token of {len(token)} characters breaks the rule")


@rule("launch-03", "Each launch has a token of its own.")
def token_per_launch(case: Case) -> None:
    player = case.stage.create_player("0")
    tokens = {player.token, *(case.launch(player).token for _ in range(4))}
    expect(len(tokens) == 5, f"five launches gave {len(tokens)} different tokens")


@rule("launch-04", "home_url and deposit_url arrive whole, with their own ampersands, percent signs and fragments.")
def urls_are_encoded(case: Case) -> None:
    player = case.stage.create_player("0")
    url = case.launch(player, home_url=HOME_URL, deposit_url=f"{HOME_URL}-cashier").url
    expect_parameters(read_query(url), {"home_url": HOME_URL, "deposit_url": f"{HOME_URL}-cashier"})


@rule("launch-05", "The device, the group and the client's name are passed on.")
def device_and_client_name(case: Case) -> None:
    url = case.launch(case.stage.create_player("0"), device="mobile", group="vip1", client_name="certify").url
    expect_parameters(read_query(url), {"device": "mobile", "group": "vip1", "clientName": "certify"})


@rule("launch-06", "A lobby's launch URL has lobby_id where a game's has game_id.")
def lobby_launch(case: Case) -> None:
    player = case.stage.create_player("0")
    query = read_query(case.launch(player, lobby=True).url)
    expect_parameters(query, {"lobby_id": case.stage.lobby_id, "mode": "real"})
    expect("game_id" not in query, "a lobby's launch URL has a game_id")


@rule("launch-07", "A blocked player is not launched into a game.")
def blocked_is_not_launched(case: Case) -> None:
    player = case.stage.create_player("0")
    case.stage.cashier.block(player.user_id, "certification")
    try:
        case.launch(player)
    except CasinoRefusal as refusal:
        expect(400 <= refusal.status < 500, f"the launch of a blocked player ended in {refusal.status}")
        return
    raise Failed("a blocked player was launched")


@rule("launch-08", "A launch for fun has mode, game, operator and home_url, and no token.")
def fun_launch(case: Case) -> None:
    player = replace(case.stage.create_player("0"), game_id=case.stage.fun_game)
    query = read_query(case.launch(player, mode="fun", home_url=HOME_URL).url)
    operator_id = case.wallet.operator_id
    wanted = {"mode": "fun", "game_id": player.game_id, "operator_id": operator_id, "home_url": HOME_URL}
    expect_parameters(query, wanted)
    expect("token" not in query, "a launch for fun has a token")
