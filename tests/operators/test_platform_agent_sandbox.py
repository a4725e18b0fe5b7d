"""Each call of document 004 against the sandbox, and that what it keeps adds up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import requests

from operators.platforms.agent import (
    Client,
    Config,
    Difference,
    LaunchOrder,
    Period,
    Search,
    add_up_by_day,
    make_username,
)
from operators.platforms.agent.game_logs import Dice, Hands, Iframe, LogResult, NoData, Roulette, Table
from operators.platforms.agent.history import HistoryRow
from operators.platforms.agent.players import PlayerBalance
from operators.platforms.base import PlatformFailure
from tests.operators.agent_client import QUICK, NotedClient, award, granted, today
from tests.sandbox.platform_process import PlatformProcess


@pytest.fixture
def client(sandbox: PlatformProcess) -> NotedClient:
    return NotedClient(f"{sandbox.url}/agent")


@pytest.fixture
def set_agent(sandbox: PlatformProcess) -> Iterator[Callable[..., None]]:
    """Sets how the agent stands, until the end of the test."""

    def order(**wish: Any) -> None:
        assert sandbox.post("/control/agent/settings", wish).status_code == 200

    yield order
    sandbox.post("/control/agent/settings", {"reset": True})


@pytest.fixture
def player(client: NotedClient) -> str:
    """A new player with 1,000 EUR."""
    return client.make_player()


def play(sandbox: PlatformProcess, username: str, game_ref: str, rounds: int = 1, **more: Any) -> list[Any]:
    order = {"username": username, "gameId": game_ref, "currency": "EUR", "rounds": rounds, "stake": "2", **more}
    answer = sandbox.post("/control/agent/play", order)
    assert answer.status_code == 200, answer.text
    played: list[Any] = answer.json()["rounds"]
    return played


def code_of(ask: Any) -> str:
    with pytest.raises(PlatformFailure) as failure:
        ask()
    assert type(failure.value) is PlatformFailure
    return failure.value.code


def test_a_players_name_is_taken_once_it_is_made(client: NotedClient) -> None:
    username = make_username("alice")
    client.create_player(username)
    assert code_of(lambda: client.create_player(username)) == "PLAYER_USERNAME_UNAVAILABLE"
    assert client.get_player_balance(username, currency="THB") == PlayerBalance(Decimal(0), "THB")


def test_a_player_that_was_just_made_is_found_and_a_strangers_is_not(client: NotedClient) -> None:
    username, asked_at = make_username("alice"), datetime.now(UTC)
    assert client.find_created_player(username, currency="EUR", asked_at=asked_at) is None
    client.create_player(username)
    found = client.find_created_player(username, currency="EUR", asked_at=asked_at)
    assert found is not None
    assert (found.username, found.active, found.currency, found.bet_limits) == (username, True, "EUR", None)
    assert client.find_created_player("stranger0001", currency="EUR", asked_at=asked_at) is None


def test_money_goes_to_the_player_and_back(client: NotedClient) -> None:
    username = make_username("alice")
    client.create_player(username)
    deposit = client.deposit(username=username, amount=Decimal("100.50"), currency="EUR")
    withdrawal = client.withdraw(username=username, amount=Decimal("0.50"), currency="EUR")
    assert (deposit.player.before_balance, deposit.player.after_balance) == (Decimal(0), Decimal("100.5"))
    assert (deposit.agent.moved, withdrawal.agent.moved) == (Decimal("-100.5"), Decimal("0.5"))
    assert (deposit.differences, withdrawal.differences) == ((), ())
    assert client.get_player_balance(username, currency="EUR") == PlayerBalance(Decimal(100), "EUR")
    assert [(call.command, call.wrote) for call in client.calls][1:3] == [("deposit", True), ("withdraw", True)]


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1000.01", "EUR", "PLAYER_INSUFFICIENT_BALANCE"),
        ("0.001", "EUR", "INVALID_AMOUNT"),
        ("1", "XXX", "CURRENCY_NOT_SUPPORTED"),
    ],
)
def test_a_refused_withdrawal_moves_nothing(
    client: NotedClient, player: str, amount: str, currency: str, code: str
) -> None:
    assert code_of(lambda: client.withdraw(username=player, amount=Decimal(amount), currency=currency)) == code
    assert client.get_player_balance(player, currency="EUR").balance == Decimal(1000)


def test_all_games_are_listed_and_every_row_is_read(client: NotedClient) -> None:
    listing = client.list_games()
    games = {game.game_ref: game for game in map(listing.read, listing.texts) if game is not None}
    assert len(games) == len(listing.texts) >= 400
    game = games["pg_00001"]
    assert (game.title, game.game_type, game.free_rounds) == ("Leprechaun Riches", "slot", True)
    assert game.vendor is not None
    assert (game.vendor.title, game.vendor.prohibited_countries[-2:]) == ("Pocket Games Soft", ("US-NJ", "US-NV"))
    assert requests.get(game.thumbnails["logo"], timeout=10).headers["Content-Type"] == "image/svg+xml"
    assert {game.rtp is None for game in games.values()} == {True, False}
    rtps = [game.rtp for game in games.values() if game.rtp is not None]
    assert (min(rtps) >= 94, max(rtps) <= Decimal("97.25")) == (True, True)


def test_games_are_listed_by_words_and_by_provider(client: NotedClient) -> None:
    found = client.list_games(query="pg_00001")
    assert [game.game_ref for game in map(found.read, found.texts) if game] == ["pg_00001"]
    of_provider = client.list_games(provider_id="cardhall")
    assert {game.vendor.vendor_ref for game in map(of_provider.read, of_provider.texts) if game and game.vendor} == {
        "cardhall"
    }
    assert code_of(lambda: client.list_games(provider_id="nobody")) == "AGENT_PROVIDER_NOT_FOUND"


def test_the_vendors_have_their_standing_and_their_games_countries(client: NotedClient) -> None:
    listing = client.list_vendors(currency="IDR")
    vendors = {vendor.vendor_ref: vendor for vendor in map(listing.read, listing.texts) if vendor is not None}
    assert len(vendors) == len(listing.texts) == 12
    assert (vendors["cardhall"].enabled, vendors["lottolane"].online, vendors["pg"].online) == (False, False, True)
    overlapping = vendors["brindlebay"]
    assert overlapping.restricted_countries == ("DE",)
    assert overlapping.prohibited_countries == ("NL", "UA-14", "UA-43")


def test_bet_limits_are_offered_set_and_kept(client: NotedClient, player: str) -> None:
    offered = {provider.provider_ref: provider for provider in client.list_providers(currency="EUR")}
    sport = next(category for category in offered["sbo"].categories if category.category_ref == "sport")
    chosen = sport.bet_limits[1]
    client.set_player_bet_limits(
        username=player, provider_ref="sbo", currency="EUR", limits={"sport": [chosen.limit_ref]}
    )
    limits = client.get_player_status(player, currency="EUR").bet_limits
    assert limits is not None
    (given,) = limits["sbo"]["sport"]
    assert (given.limit_ref, given.info) == ("100002", {"max": 100000, "maxPerMatch": 500000, "min": 10000})
    assert client.get_player_status(player, currency="THB").bet_limits is None


def test_a_game_opens_at_an_address(client: NotedClient, player: str) -> None:
    launch = client.launch_game(LaunchOrder(player, "pg_00001", "EUR", "203.0.113.7", lobby_url="https://c.example/"))
    page = requests.get(launch.url, timeout=10)
    assert (launch.kind, launch.html, page.status_code) == ("url", "", 200)
    assert "Leprechaun Riches" in page.text
    assert "https://c.example/" in page.text


def test_a_game_opens_as_a_page(client: NotedClient, player: str) -> None:
    launch = client.launch_game(LaunchOrder(player, "ae_00001", "EUR", "203.0.113.7"))
    assert (launch.kind, launch.url, launch.html[:15]) == ("html", "", "<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("game_ref", "player_ip", "code"),
    [
        ("pg_99999", "203.0.113.7", "GAME_NOT_FOUND"),
        ("lottolane_00001", "203.0.113.7", "PROVIDER_NOT_ONLINE"),
        ("cardhall_00001", "203.0.113.7", "AGENT_PROVIDER_NOT_FOUND"),
        ("pg_00001", "", "INVALID_PARAMETER"),
    ],
)
def test_a_game_that_cannot_be_opened_says_why(
    client: NotedClient, player: str, game_ref: str, player_ip: str, code: str
) -> None:
    assert code_of(lambda: client.launch_game(LaunchOrder(player, game_ref, "EUR", player_ip))) == code


def test_the_history_says_what_was_played_and_leads_to_the_balance(
    client: NotedClient, sandbox: PlatformProcess, player: str
) -> None:
    played = play(sandbox, player, "pg_00001", 4)
    pages = list(client.walk_history(Search(player, per_page=3), period=today()))
    rows: list[HistoryRow] = [row for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [3, 3, 2]
    assert len({row.history_ref for row in rows}) == 8
    assert {row.base_currency for row in rows} == {"EUR"}
    assert not any(row.is_mismatched for row in rows)
    assert [row.round_ref for row in rows[::-2]] == [one["roundId"] for one in played]
    assert all(older.after_balance == newer.before_balance for newer, older in pairwise(rows))
    balance = client.get_player_balance(player, currency="EUR").balance
    assert (rows[0].after_balance, sum(row.delta or 0 for row in rows)) == (balance, balance - 1000)


def test_one_rounds_history_is_found(client: NotedClient, sandbox: PlatformProcess, player: str) -> None:
    _, second = play(sandbox, player, "pg_00001", 2)
    page = client.get_history(Search(player, "pg_00001", second["roundId"]))
    assert [row.tx_type.label for row in page.rows] == ["Settle", "Bet"]
    assert page.rows[0].provider_tx_ref == page.rows[1].provider_tx_ref
    assert client.get_history(Search(player, "pg_00002")).is_empty


def test_a_unit_of_a_thousand_is_kept_beside_the_players_amount(client: NotedClient, sandbox: PlatformProcess) -> None:
    username = make_username("ida")
    client.create_player(username)
    client.deposit(username=username, amount=Decimal(500_000), currency="IDR")
    play(sandbox, username, "kirana_00001", currency="IDR", stake="1600")
    bet = client.get_history(Search(username)).rows[-1]
    assert (bet.player.currency, bet.amounts.provider_amount) == ("KIDR", Decimal("-1.6"))
    assert (bet.amounts.player_currency, bet.amounts.player_amount, bet.delta) == (
        "IDR",
        Decimal(-1600),
        Decimal(-1600),
    )
    assert (bet.amounts.settle_currency, bet.amounts.settle_amount) == ("EUR", Decimal("-0.32"))


def test_the_daily_report_adds_up_to_the_history(client: NotedClient, sandbox: PlatformProcess, player: str) -> None:
    now = datetime.now(UTC)
    noon = (now - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    for hour in range(3):
        play(sandbox, player, "pg_00001", 2, at=(noon + timedelta(hours=hour)).isoformat())
    period = Period(noon - timedelta(hours=12), noon + timedelta(hours=12))
    pages = list(client.walk_player_daily_report(Search(player, per_page=2), period=period))
    assert [len(page.rows) for page in pages] == [2, 1]
    (day,) = add_up_by_day(row for page in pages for row in page.rows)
    balance = client.get_player_balance(player, currency="EUR").balance
    assert (day.day, day.rows, day.player_free_rounds) == (noon.date(), 3, ())
    assert (day.figures.player_win_loss, day.figures.valid_turnover) == (balance - 1000, Decimal(12))


LOGS = [
    ("pg_00001", Iframe),
    ("sbo_00101", NoData),
    ("habanero_00001", Table),
    ("habanero_00601", Hands),
    ("evolution_00301", Roulette),
    ("evolution_00304", Dice),
]


@pytest.mark.parametrize(("game_ref", "kind"), LOGS)
def test_a_rounds_log_is_read(
    client: NotedClient, sandbox: PlatformProcess, player: str, game_ref: str, kind: type[LogResult]
) -> None:
    (played,) = play(sandbox, player, game_ref)
    log = client.get_game_log(username=player, game_ref=game_ref, round_ref=played["roundId"], period=today())
    assert (type(log.result), log.round_ref) == (kind, played["roundId"])
    assert log.provider_ref == game_ref.partition("_")[0]
    assert [(one.tx_type, one.is_mismatched) for one in log.transactions] == [("Bet", False), ("Settle", False)]
    assert log.transactions[0].delta == Decimal(-2)
    for content in (getattr(log.result, name) for name in getattr(type(log.result), "__slots__", ())):
        assert content


def test_free_rounds_are_given_used_up_and_cancelled(
    client: NotedClient, sandbox: PlatformProcess, player: str
) -> None:
    asked = award("pg_00001")
    grant = granted(client.create_free_round(asked, username=player))
    assert (grant.usernames, grant.game_ref, grant.rounds, grant.bet_amount) == ((player,), "pg_00001", 3, Decimal(1))
    assert (grant.differences, grant.canceled_at) == ((), None)
    assert (grant.starts_at, grant.ends_at) == (asked.period.starts_at, asked.period.ends_at)
    assert [one["free"] for one in play(sandbox, player, "pg_00001", 2)] == [True, True]
    read = client.get_free_round(grant.grant_ref)
    assert (read.code, read.provider_grant_ref) == (grant.code, grant.provider_grant_ref)
    assert (read.info.content["result"][0]["totalFreeGame"], read.info.content["result"][0]["remainCount"]) == (3, 1)
    cancelled = client.cancel_free_round(grant.grant_ref)
    assert cancelled is not None
    assert cancelled.canceled_at is not None
    assert [one["free"] for one in play(sandbox, player, "pg_00001")] == [False]


def test_a_bonus_code_is_good_for_one_grant(client: NotedClient, player: str) -> None:
    asked = award("pg_00001")
    client.create_free_round(asked, username=player)
    assert code_of(lambda: client.create_free_round(asked, username=player)) == "BONUS_CODE_ALREADY_EXISTS"


def test_fewer_free_rounds_than_asked_for_are_flagged(client: NotedClient, player: str) -> None:
    listing = client.list_games(provider_id="kirana")
    game_ref = next(game.game_ref for game in map(listing.read, listing.texts) if game and game.free_rounds)
    grant = granted(client.create_free_round(award(game_ref, rounds=50), username=player))
    assert (grant.rounds, grant.differences) == (20, (Difference("rounds", "50", "20"),))


def test_free_chips_are_given_to_several_players_and_cancelled(client: NotedClient, player: str) -> None:
    second = make_username("second")
    client.create_player(second)
    grant = granted(client.create_free_chip(award("pp_00315", bet_amount=Decimal(5)), usernames=[player, second]))
    assert (grant.usernames, grant.differences) == ((player, second), ())
    read = client.get_free_chip(grant.grant_ref, username=second)
    assert (read.usernames, read.code, read.info.text) == ((player, second), grant.code, "")
    cancelled = client.cancel_free_chip(grant.grant_ref, username=player)
    assert cancelled is not None
    assert cancelled.canceled_at is not None
    assert code_of(lambda: client.get_free_chip(grant.grant_ref, username="stranger0001")) == "AGENT_NOT_UNDER"


def test_a_wrong_key_is_refused(sandbox: PlatformProcess) -> None:
    client = Client(Config(f"{sandbox.url}/agent", "sandbox-agent", "another key", QUICK), lambda _: None)
    with pytest.raises(PlatformFailure) as failure:
        client.list_games()
    assert (failure.value.code, failure.value.http_status, failure.value.permanent) == ("AGENT_NOT_FOUND", 401, True)


@pytest.mark.parametrize(
    ("wish", "code"), [({"allowed_ips": ["192.0.2.1"]}, "IP_NOT_ALLOWED"), ({"active": False}, "AGENT_NOT_ACTIVE")]
)
def test_an_agent_that_may_not_call_is_told_why(
    client: NotedClient, set_agent: Callable[..., None], wish: dict[str, Any], code: str
) -> None:
    set_agent(**wish)
    assert code_of(client.list_games) == code
    assert client.outcomes == [("games", code)]


def test_a_seamless_agent_holds_no_balances(client: NotedClient, set_agent: Callable[..., None], player: str) -> None:
    set_agent(agent_type="seamless")
    assert code_of(lambda: client.get_player_balance(player, currency="EUR")) == "AGENT_INVALID_TYPE"
