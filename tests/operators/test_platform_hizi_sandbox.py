"""hizi's client against the sandbox's hizi, with which it shares no code; and what happens when that misbehaves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Call, Http, PlatformFailure
from operators.platforms.hizi import Client, Config, StatsColumn, TicketColumn
from operators.platforms.listings import Currency, Vendor
from tests.operators.conftest import Misbehave
from tests.operators.misbehaviour import OUTCOMES
from tests.sandbox.platform_process import PlatformProcess

HTTP = Http(private_hosts_allowed=True, read_seconds=0.5, whole_seconds=2, backoff_seconds=0.01, attempts=2)
PERIOD: dict[str, Any] = {"date_from": date(2020, 10, 1), "date_to_including": date(2020, 10, 7)}

CALLS: dict[str, Callable[[Client], object]] = {
    "getGameList": lambda client: client.list_games(),
    "getCurrencyList": lambda client: client.list_currencies(),
    "getGameConfiguration": lambda client: client.get_game_configuration("game-bells", "EUR"),
    "getStats": lambda client: client.get_stats([StatsColumn.CURRENCY], **PERIOD),
    "getTicketStats": lambda client: client.get_ticket_stats([TicketColumn.GAME], **PERIOD),
}


@pytest.fixture
def config(sandbox: PlatformProcess) -> Config:
    account = sandbox.accounts["hizi"]
    return Config(f"{sandbox.url}/hizi", account.operator_id, account.secret_key, HTTP)


@pytest.fixture
def settings(sandbox: PlatformProcess) -> Iterator[Callable[..., None]]:
    """Sets the sandbox's hizi, until the end of the test."""

    def set_up(**order: object) -> None:
        assert sandbox.post("/control/hizi/settings", order).status_code == 200

    yield set_up
    set_up(secret_is_first_field=False, allowed_ips=None)


def client_of(config: Config, calls: list[Call] | None = None, **more: Any) -> Client:
    return Client(replace(config, **more), (calls if calls is not None else []).append)


def refusal_of(client: Client) -> tuple[str, int | None]:
    with pytest.raises(PlatformFailure) as failure:
        client.list_currencies()
    assert failure.value.permanent
    return failure.value.code, failure.value.http_status


def test_games_are_listed_with_their_studios(config: Config) -> None:
    listing = client_of(config).list_games()
    games = {game.game_ref: game for text in listing.texts if (game := listing.read(text))}
    assert len(games) == len(listing.texts) > 30
    assert games["game-bells"].title == "Bells"
    assert len({game.vendor for game in games.values() if game.vendor}) == 5
    assert None in {game.vendor for game in games.values()}
    assert all(isinstance(game.vendor, Vendor | None) and game.title for game in games.values())


def test_two_reads_of_the_list_are_the_same_texts(config: Config) -> None:
    first, second = client_of(config).list_games().texts, client_of(config).list_games().texts
    assert first == second


def test_currencies_are_listed_with_their_multipliers(config: Config) -> None:
    listing = client_of(config).list_currencies()
    currencies = [listing.read(text) for text in listing.texts]
    assert {Currency("EUR", Decimal(1)), Currency("PLN", Decimal(5))} <= set(currencies)
    assert None not in currencies


def test_the_documents_configuration_is_answered(config: Config) -> None:
    bells = client_of(config).get_game_configuration("game-bells", "EUR")
    assert bells.stakes == (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
    assert (bells.expected_rtp, bells.max_payout) == (Decimal("96.19"), Decimal(1000))
    assert bells.calculated_max_exposure == Decimal(10_000_000)


@pytest.mark.parametrize(
    ("game", "currency", "code"), [("game-none", "EUR", "UNKNOWN_GAME"), ("game-bells", "XXX", "UNKNOWN_CURRENCY")]
)
def test_what_the_platform_does_not_know_is_told_by_its_code(
    config: Config, game: str, currency: str, code: str
) -> None:
    with pytest.raises(PlatformFailure) as failure:
        client_of(config).get_game_configuration(game, currency)
    assert (failure.value.code, failure.value.http_status, failure.value.permanent) == (code, 404, True)


def test_totals_add_up_from_the_days_except_for_the_players(config: Config) -> None:
    client = client_of(config)
    days = client.get_stats([StatsColumn.CURRENCY], **PERIOD)
    totals = client.get_stats([StatsColumn.CURRENCY], show_totals=True, **PERIOD)
    assert {record.day for record in totals} == {None}
    assert min(record.day for record in days if record.day) == date(2020, 10, 1)
    for total in totals:
        of_days = [record for record in days if record.columns == total.columns]
        assert total.bet == sum(record.bet for record in of_days)
        assert total.win == sum(record.win for record in of_days)
        assert total.games == sum(record.games for record in of_days)
        assert total.rtp == total.platform_rtp
    everybody = client.get_stats([], show_totals=True, **PERIOD)[0].unique_players
    by_day = [record.unique_players for record in client.get_stats([], **PERIOD)]
    assert everybody is not None
    assert everybody < sum(players for players in by_day if players is not None)


def test_the_operators_column_is_filled_in(config: Config) -> None:
    records = client_of(config).get_stats([StatsColumn.OPERATOR, StatsColumn.STAKE, StatsColumn.MODE], **PERIOD)
    assert {record.columns["operator"] for record in records} == {config.operator_ref}
    assert {record.columns["mode"] for record in records} <= {"REAL", "DEMO"}
    assert all(record.columns["stake"] for record in records)


def test_tickets_have_statistics_of_their_own(config: Config) -> None:
    client = client_of(config)
    tickets = client.get_ticket_stats([TicketColumn.OPERATOR], show_totals=True, **PERIOD)
    money = client.get_stats([StatsColumn.OPERATOR], show_totals=True, **PERIOD)
    assert 0 < tickets[0].games < money[0].games


def test_both_ways_of_signing_are_spoken(config: Config, settings: Callable[..., None]) -> None:
    settings(secret_is_first_field=True)
    assert refusal_of(client_of(config)) == ("INVALID_SIGNATURE", 403)
    client = client_of(config, secret_is_first_field=True)
    assert [call(client) is not None for call in CALLS.values()] == [True] * 5


def test_refusals_at_the_door_are_told_apart(config: Config, settings: Callable[..., None]) -> None:
    assert refusal_of(client_of(config, secret="another")) == ("INVALID_SIGNATURE", 403)
    assert refusal_of(client_of(config, operator_ref="stranger")) == ("UNKNOWN_OPERATOR", 403)
    stale = datetime.now(UTC) - timedelta(minutes=6)
    assert refusal_of(client_of(config, clock=lambda: stale)) == ("TIMESTAMP_EXPIRED", 403)
    settings(allowed_ips=["192.0.2.1"])
    assert refusal_of(client_of(config)) == ("IP_NOT_ALLOWED", 403)


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("command", ["getCurrencyList", "getStats"])
def test_a_misbehaving_platform_is_told_by_what_it_does(
    config: Config, misbehave: Misbehave, command: str, kind: str
) -> None:
    code, status, may_pass = OUTCOMES[kind]
    calls: list[Call] = []
    misbehave("hizi", command, kind, times=None, seconds=1.0, retry_after=0)
    with pytest.raises(PlatformFailure) as failure:
        CALLS[command](client_of(config, calls))
    assert (failure.value.code, failure.value.permanent) == (code, not may_pass)
    assert status is None or failure.value.http_status == status
    assert [(call.command, call.failure, call.wrote) for call in calls] == [(command, code, False)] * (1 + may_pass)


@pytest.mark.parametrize("command", ["getGameList", "getGameConfiguration", "getTicketStats"])
@pytest.mark.parametrize("kind", ["truncated", "html", "wrong_types"])
def test_no_call_takes_a_broken_answer(config: Config, misbehave: Misbehave, command: str, kind: str) -> None:
    misbehave("hizi", command, kind)
    with pytest.raises(PlatformFailure) as failure:
        CALLS[command](client_of(config))
    assert failure.value.code == "BAD_REPLY"


def test_a_passing_fault_is_got_over(config: Config, misbehave: Misbehave) -> None:
    misbehave("hizi", "getCurrencyList", "http_429", retry_after=1)
    calls: list[Call] = []
    assert client_of(config, calls).list_currencies().texts
    assert [call.failure for call in calls] == ["HTTP_429", ""]
