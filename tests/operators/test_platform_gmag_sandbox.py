"""gmag's client against the sandbox's gmag, with which it shares no code; and what happens when that misbehaves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.base import Call, Http, PlatformFailure
from operators.platforms.gmag import Client, Config, Filter, Round, Window, plan_windows
from tests.operators.conftest import Misbehave
from tests.operators.misbehaviour import OUTCOMES
from tests.sandbox.platform_process import PlatformProcess

HTTP = Http(private_hosts_allowed=True, read_seconds=0.5, whole_seconds=2, backoff_seconds=0.01, attempts=2)
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(hour=20, minute=0, second=0, microsecond=0)
WINDOW = Window(YESTERDAY, YESTERDAY + timedelta(minutes=20))


@pytest.fixture
def config(sandbox: PlatformProcess) -> Config:
    account = sandbox.accounts["gmag"]
    return Config(f"{sandbox.url}/gmag", account.operator_id, account.secret_key, HTTP)


@pytest.fixture
def settings(sandbox: PlatformProcess) -> Iterator[Callable[..., None]]:
    """Sets the sandbox's gmag, until the end of the test."""

    def set_up(**order: object) -> None:
        assert sandbox.post("/control/gmag/settings", order).status_code == 200

    yield set_up
    set_up(largest_size=10_000, failing=False)


def client_of(config: Config, calls: list[Call] | None = None, **more: Any) -> Client:
    return Client(replace(config, **more), (calls if calls is not None else []).append)


def read_rounds(client: Client, window: Window = WINDOW, **more: Any) -> dict[tuple[str, ...], Round]:
    """The window's rounds by their keys; a row that was refused fails the test."""
    pages = list(client.list_pages(window, **more))
    assert [row for page in pages for row in page.refused] == []
    rounds = [row for page in pages for row in page.rounds]
    by_key: dict[tuple[str, ...], Round] = {row.key: row for row in rounds}
    assert len(by_key) == len(rounds)
    return by_key


def test_a_windows_rounds_are_read(config: Config) -> None:
    rounds = read_rounds(client_of(config)).values()
    assert len(rounds) > 50
    assert all(WINDOW.start <= row.ended_at < WINDOW.end for row in rounds)
    assert all(isinstance(row.bets, Decimal) and not row.jackpot_differs for row in rounds)
    assert any(row.jackpot_details for row in rounds)
    assert {row.brand_ref for row in rounds} == {config.operator_ref}


def test_smaller_pages_bring_the_same_rounds(config: Config, settings: Callable[..., None]) -> None:
    whole = read_rounds(client_of(config))
    settings(largest_size=20)
    calls: list[Call] = []
    assert read_rounds(client_of(config, calls), size=10_000) == whole
    assert len(calls) == -(-len(whole) // 20) > 1


def test_windows_side_by_side_bring_what_one_brings(config: Config) -> None:
    client = client_of(config)
    middle = WINDOW.start + timedelta(minutes=7)
    halves = read_rounds(client, Window(WINDOW.start, middle)) | read_rounds(client, Window(middle, WINDOW.end))
    assert halves == read_rounds(client)


def test_a_gap_is_pulled_window_by_window(config: Config) -> None:
    client = client_of(config)
    plan = plan_windows(WINDOW.start, WINDOW.start + timedelta(minutes=65), now=datetime.now(UTC))
    found = [set(read_rounds(client, window)) for window in plan.list_windows()]
    assert (len(found), plan.lost) == (3, None)
    assert all(found)
    assert sum(map(len, found)) == len(set().union(*found))


def test_filters_narrow(config: Config) -> None:
    client = client_of(config)
    everything = read_rounds(client)
    one = next(iter(everything.values()))
    assert list(read_rounds(client, only=Filter(round_ref=one.round_ref))) == [one.key]
    of_player = read_rounds(client, only=Filter(player_ref=one.player_ref))
    assert set(of_player) == {key for key in everything if key[2] == one.player_ref}
    assert len(read_rounds(client, only=Filter(show_all=True))) > len(everything)


def test_a_round_that_was_settled_anew_replaces_the_one_read_before(sandbox: PlatformProcess, config: Config) -> None:
    client = client_of(config)
    before = read_rounds(client)
    key, played = next(iter(before.items()))
    order = {"roundId": played.round_ref, "wins": "77.1234"}
    assert sandbox.post("/control/gmag/change", order).status_code == 200
    after = before | read_rounds(client)
    assert (len(after), after[key].wins) == (len(before), Decimal("77.1234"))


@pytest.mark.parametrize("more", [{"secret": "another"}, {"operator_ref": "1002"}])
def test_another_secret_or_brand_is_a_wrong_hash_or_parameter(config: Config, more: Any) -> None:
    with pytest.raises(PlatformFailure) as failure:
        client_of(config, **more).get_game_history(WINDOW)
    assert failure.value.code in {"P_02", "P_03"}
    assert failure.value.permanent


def test_a_window_beyond_the_platforms_own_clock_is_a_wrong_parameter(config: Config) -> None:
    ahead = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=30)
    with pytest.raises(PlatformFailure) as failure:
        client_of(config, clock=lambda: ahead).get_game_history(Window(ahead - timedelta(minutes=5), ahead))
    assert (failure.value.code, failure.value.permanent) == ("P_03", True)


def test_the_platforms_own_fault_is_repeated(config: Config, settings: Callable[..., None]) -> None:
    settings(failing=True)
    calls: list[Call] = []
    with pytest.raises(PlatformFailure) as failure:
        client_of(config, calls).get_game_history(WINDOW)
    assert (failure.value.code, failure.value.permanent, len(calls)) == ("P_00", False, 2)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_misbehaving_platform_is_told_by_what_it_does(config: Config, misbehave: Misbehave, kind: str) -> None:
    # With every text a number, the answer's error is no longer "0".
    code, status, may_pass = ("1", None, False) if kind == "wrong_types" else OUTCOMES[kind]
    calls: list[Call] = []
    misbehave("gmag", "game", kind, times=None, seconds=1.0, retry_after=0)
    with pytest.raises(PlatformFailure) as failure:
        client_of(config, calls).get_game_history(WINDOW)
    assert (failure.value.code, failure.value.permanent) == (code, not may_pass)
    assert status is None or failure.value.http_status == status
    assert [(call.command, call.failure, call.wrote) for call in calls] == [("GameHistory", code, False)] * (
        1 + may_pass
    )
    assert calls[0].request.startswith(f"POST {config.api_host}/history/game?hash=")
