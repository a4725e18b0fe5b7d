"""generic's client against the sandbox's, with which it shares no code; and what happens when that misbehaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Call, Http, PlatformFailure
from operators.platforms.generic import Client, Config, HandHistory, HandHistoryKind, ReportRow
from sandbox.journal import Journal
from sandbox.wallet_client import Reply
from tests.operators.conftest import Misbehave
from tests.operators.misbehaviour import BROKEN, OUTCOMES, PASSING
from tests.sandbox.platform_process import PlatformProcess

HTTP = Http(private_hosts_allowed=True, read_seconds=0.5, whole_seconds=2, backoff_seconds=0.01, attempts=2)
DAY = date(2021, 5, 3)

CALLS: dict[str, Callable[[Client], object]] = {
    "games": lambda client: client.list_games(),
    "lobbies": lambda client: client.list_lobbies(),
    "businessReport": lambda client: client.business_report(DAY),
    "balanceLimits": lambda client: client.balance_limits(["GBP"]),
    "ggrLimits": lambda client: client.ggr_limits(),
    "handHistory": lambda client: client.hand_history("111", "h-1", "Northwind"),
}
# All but handHistory, of which anything that comes is shown.
STRICT = [command for command in CALLS if command != "handHistory"]


@pytest.fixture
def config(sandbox: PlatformProcess) -> Config:
    account = sandbox.accounts["generic"]
    return Config(sandbox.url, account.operator_id, account.secret_key, HTTP)


def client_of(config: Config, calls: list[Call] | None = None, **more: Any) -> Client:
    return Client(replace(config, **more), (calls if calls is not None else []).append)


def play(sandbox: PlatformProcess, game_id: str, kind: str, amount: str, transaction_id: int, **more: Any) -> None:
    """Write into the sandbox's books as its robot, a process of its own, does."""
    data = {
        "user_id": "alice",
        "transaction_type": kind,
        "transaction_id": transaction_id,
        "round_id": transaction_id // 10,
        "game_id": int(game_id),
        "currency_code": "EUR",
        "amount": Decimal(amount),
        "transaction_timestamp": f"{DAY} 12:00:00",
        "context": {"reason": "SPIN", "history_id": f"h-{transaction_id // 10}"},
        **more,
    }
    journal = Journal(sandbox.data)
    journal.note(sandbox.accounts["generic"].operator_id, "changebalance", data, Reply(True, {}, "", "", 1.0, b""))
    journal.flush()
    journal.close()


def find_game(config: Config, *types: str) -> tuple[str, str]:
    """The id and the vendor of a listed game of one of these types."""
    listing = client_of(config).list_games()
    games = (listing.read(text) for text in listing.texts)
    found = next(game for game in games if game and game.game_type in types)
    assert found.vendor is not None
    return found.game_ref, found.vendor.vendor_ref


def test_games_are_listed_with_their_vendors(config: Config) -> None:
    listing = client_of(config).list_games()
    games = [listing.read(text) for text in listing.texts]
    assert len(games) == 3_000
    assert all(game and game.title and game.vendor and game.game_type for game in games)
    assert len({game.game_ref for game in games if game}) == 3_000


def test_lobbies_are_listed_with_their_vendors(config: Config) -> None:
    listing = client_of(config).list_lobbies()
    lobbies = [listing.read(text) for text in listing.texts]
    assert lobbies
    assert all(lobby and lobby.lobby_ref and lobby.vendor and lobby.thumbnails for lobby in lobbies)


def test_a_day_is_reported_as_it_was_played(config: Config, sandbox: PlatformProcess) -> None:
    game_ref, vendor = find_game(config, "slots")
    play(sandbox, game_ref, "BET", "6.10", 90_010)
    play(sandbox, game_ref, "WIN", "3.30", 90_011)
    report = client_of(config).business_report(DAY)
    account = config.operator_ref
    nothing: dict[str, Any] = {"freespins_sum": Decimal(0), "freespins_count": 0, "jackpots_sum": Decimal(0)}
    expected = ReportRow(
        *(vendor, "EUR", DAY, Decimal("6.1"), Decimal("3.3"), account, 1, 1),
        **nothing,
        jackpots_count=0,
        gross_gaming_revenue=Decimal("2.80"),
    )
    assert (report.rows, report.unreadable) == ((expected,), ())
    assert report.rows[0].difference == 0


def test_a_day_without_play_is_an_empty_report(config: Config) -> None:
    assert client_of(config).business_report(date(2020, 1, 1)).rows == ()


def test_one_pot_is_told_in_the_currencies_asked_for(config: Config) -> None:
    limits = client_of(config).balance_limits(["GBP", "EUR"])
    assert (limits.enabled, limits.currency_code, limits.limit_exceeded) == (True, "USD", False)
    assert limits.available_balance == Decimal("107881.02")
    assert limits.in_other_currencies == {"GBP": Decimal("86347.97"), "EUR": Decimal("99164.23")}


def test_the_older_limit_is_told_too(config: Config) -> None:
    limits = client_of(config).ggr_limits()
    assert (limits.enabled, limits.currency_code, limits.limit) == (True, "EUR", Decimal(1111111))
    assert (limits.current_usage, limits.percentage_usage) == (Decimal(0), Decimal(0))


def test_an_account_without_limits_is_told_so(config: Config, sandbox: PlatformProcess) -> None:
    assert sandbox.post("/control/generic/limits", {"ggr_limit": None, "balance": None}).status_code == 200
    try:
        assert (client_of(config).balance_limits().enabled, client_of(config).ggr_limits().enabled) == (False, False)
    finally:
        sandbox.post("/control/generic/limits", {"reset": True})


def test_a_hand_is_shown_and_a_spin_is_linked(config: Config, sandbox: PlatformProcess) -> None:
    hands, vendor = find_game(config, "live", "table")
    spins, maker = find_game(config, "slots")
    play(sandbox, hands, "BET", "5.50", 80_010, transaction_timestamp="2021-05-04 12:00:00")
    play(sandbox, spins, "BET", "1.00", 80_020, transaction_timestamp="2021-05-04 12:00:00")
    hand = client_of(config, hand_history_host=config.api_host).hand_history("80010", "h-8001", vendor)
    assert (hand.kind, hand.data["participants"][0]["bets"][0]["stake"]) == (HandHistoryKind.JSON, Decimal("5.5"))
    spin = client_of(config).hand_history("80020", "h-8002", maker)
    assert spin.kind is HandHistoryKind.URL
    assert spin.address.startswith(f"{config.api_host}/rounds/80020/h-8002/")


def test_a_hand_that_nobody_played_is_not_found(config: Config) -> None:
    with pytest.raises(PlatformFailure) as failure:
        client_of(config).hand_history("1", "h-0", "Northwind")
    assert (failure.value.code, failure.value.permanent) == ("HTTP_404", True)


@pytest.mark.parametrize("command", CALLS)
def test_a_wrong_secret_is_refused_at_every_call(config: Config, command: str) -> None:
    with pytest.raises(PlatformFailure) as failure:
        CALLS[command](client_of(config, secret="wrong"))
    assert (failure.value.code, failure.value.permanent) == ("HTTP_403", True)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_misbehaving_platform_is_told_by_what_it_does(config: Config, misbehave: Misbehave, kind: str) -> None:
    misbehave("generic", "lobbies", kind, times=None, seconds=1.0, retry_after=0)
    code, status, passing = OUTCOMES[kind]
    calls: list[Call] = []
    with pytest.raises(PlatformFailure) as failure:
        client_of(config, calls).list_lobbies()
    assert (failure.value.code, failure.value.permanent) == (code, not passing)
    # A connection that is dropped may end before the status or after it.
    assert kind == "dropped" or failure.value.http_status == status
    assert [call.failure for call in calls] == [code] * (2 if passing else 1)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("command", STRICT)
def test_no_call_takes_a_broken_answer(config: Config, misbehave: Misbehave, command: str, kind: str) -> None:
    misbehave("generic", command, kind)
    with pytest.raises(PlatformFailure) as failure:
        CALLS[command](client_of(config))
    assert failure.value.code == "BAD_REPLY"
    CALLS[command](client_of(config))


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("command", STRICT)
def test_every_call_gets_over_a_passing_fault(config: Config, misbehave: Misbehave, command: str, kind: str) -> None:
    misbehave("generic", command, kind, seconds=0.6, retry_after=0)
    calls: list[Call] = []
    CALLS[command](client_of(config, calls))
    assert [call.failure for call in calls] == [OUTCOMES[kind][0], ""]


@pytest.mark.parametrize("kind", PASSING)
def test_a_hand_history_gets_over_a_passing_fault_too(
    config: Config, sandbox: PlatformProcess, misbehave: Misbehave, kind: str
) -> None:
    game_ref, vendor = find_game(config, "slots")
    play(sandbox, game_ref, "BET", "1.00", 60_010, transaction_timestamp="2021-05-06 12:00:00")
    misbehave("generic", "handHistory", kind, seconds=0.6, retry_after=0)
    calls: list[Call] = []
    assert client_of(config, calls).hand_history("60010", "h-6001", vendor).kind is HandHistoryKind.URL
    assert [call.failure for call in calls] == [OUTCOMES[kind][0], ""]


def test_a_platform_that_asks_for_a_pause_is_given_it(config: Config, misbehave: Misbehave) -> None:
    misbehave("generic", "lobbies", "http_429", retry_after=1)
    started = datetime.now(UTC)
    assert client_of(config).list_lobbies().texts
    assert (datetime.now(UTC) - started).total_seconds() >= 1


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_hand_history_is_shown_as_it_came(
    config: Config, sandbox: PlatformProcess, misbehave: Misbehave, kind: str
) -> None:
    game_ref, vendor = find_game(config, "slots")
    play(sandbox, game_ref, "BET", "1.00", 70_010, transaction_timestamp="2021-05-05 12:00:00")
    misbehave("generic", "handHistory", kind)
    broken = client_of(config).hand_history("70010", "h-7001", vendor)
    assert broken == HandHistory(HandHistoryKind.RAW, broken.text)
    assert broken.text
    assert client_of(config).hand_history("70010", "h-7001", vendor).kind is HandHistoryKind.URL
