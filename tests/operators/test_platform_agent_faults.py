"""What a call to document 004's platform says, does and leaves behind when the sandbox misbehaves."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from operators.platforms.agent import Award, Grant, GrantedIdUnknown, LaunchOrder, Search, make_username
from operators.platforms.base import Malformed, OutcomeUnknown, PlatformFailure
from tests.operators.agent_client import AUGUST, NotedClient, award, granted
from tests.operators.conftest import Misbehave
from tests.sandbox.platform_process import PlatformProcess

# How long the client waits for an answer, and how long the sandbox keeps one back.
PATIENCE, KEPT_BACK = 0.4, 1.2

Read = tuple[str, Callable[[NotedClient, str], Any]]

READS: list[Read] = [
    ("getPlayerBalance", lambda c, player: c.get_player_balance(player, currency="EUR")),
    ("getPlayerStatus", lambda c, player: c.get_player_status(player, currency="EUR")),
    ("games", lambda c, _: c.list_games().texts[:1] and "listed"),
    ("providers", lambda c, _: c.list_providers()),
    ("history", lambda c, player: c.get_history(Search(player))),
    ("playerDailyReport", lambda c, player: c.get_player_daily_report(Search(player), period=AUGUST)),
    ("gameLogs", lambda c, player: c.get_game_log(username=player, game_ref="pg_00001", round_ref="1")),
    ("getFreeRound", lambda c, player: c.get_free_round(give_rounds(c, player))),
    ("getFreeChip", lambda c, player: c.get_free_chip(give_chips(c, player), username=player)),
]


class Fault(NamedTuple):
    """What the sandbox does wrong, and what the client calls it.

    `passes` says of reads that another attempt may help, `done` of writes that the sandbox spoils the answer only.
    """

    kind: str
    code: str
    passes: bool = False
    done: bool = False

    def __str__(self) -> str:
        return self.kind


SPOILED = [
    Fault("http_500", "HTTP_500", passes=True),
    Fault("html_502", "HTTP_502", passes=True),
    Fault("dropped", "UNREACHABLE", passes=True),
    Fault("html", "BAD_REPLY"),
    Fault("truncated", "BAD_REPLY", done=True),
    Fault("wrong_types", "BAD_REPLY", done=True),
]
TOO_MANY = Fault("http_429", "HTTP_429", passes=True)
LATE = Fault("late", "TIMEOUT", passes=True, done=True)
SLOW = Fault("slow", "TIMEOUT", passes=True)


@pytest.fixture
def client(sandbox: PlatformProcess) -> NotedClient:
    return NotedClient(f"{sandbox.url}/agent")


@pytest.fixture
def player(client: NotedClient) -> str:
    return client.make_player()


def hasten(client: NotedClient, fault: Fault) -> NotedClient:
    """The client, or one of less patience where the fault is to take time."""
    return NotedClient(client.api_host, read_seconds=PATIENCE) if fault.kind in {"late", "slow"} else client


def give_rounds(client: NotedClient, player: str) -> str:
    return granted(client.create_free_round(award("pg_00001"), username=player)).grant_ref


def give_chips(client: NotedClient, player: str) -> str:
    return granted(client.create_free_chip(award("pp_00315"), usernames=[player])).grant_ref


def outcomes_of(client: NotedClient, call: str) -> list[str]:
    return [failure for command, failure in client.outcomes if command == call]


@pytest.mark.parametrize("read", READS, ids=[call for call, _ in READS])
@pytest.mark.parametrize("fault", [*SPOILED, TOO_MANY], ids=str)
def test_a_read_is_repeated_where_that_helps_and_fails_with_a_reason_where_not(
    client: NotedClient, player: str, misbehave: Misbehave, read: Read, fault: Fault
) -> None:
    call, ask = read
    misbehave("agent", call, fault.kind, retry_after=0)
    if fault.passes:
        assert ask(client, player)
        assert outcomes_of(client, call) == [fault.code, ""]
        return
    with pytest.raises(Malformed) as failure:
        ask(client, player)
    assert (failure.value.code, outcomes_of(client, call)) == (fault.code, [fault.code])
    assert ask(client, player)


@pytest.mark.parametrize("fault", [SLOW, LATE], ids=str)
def test_a_read_that_is_not_answered_in_time_is_repeated(
    client: NotedClient, misbehave: Misbehave, fault: Fault
) -> None:
    hasty = hasten(client, fault)
    misbehave("agent", "games", fault.kind, seconds=KEPT_BACK)
    assert len(hasty.list_games().texts) >= 400
    assert hasty.outcomes == [("games", "TIMEOUT"), ("games", "")]


def test_a_read_that_goes_on_failing_fails_after_three_attempts(client: NotedClient, misbehave: Misbehave) -> None:
    misbehave("agent", "games", "html_502", times=None)
    with pytest.raises(PlatformFailure) as failure:
        client.list_games()
    assert (failure.value.code, failure.value.http_status, failure.value.permanent) == ("HTTP_502", 502, False)
    assert outcomes_of(client, "games") == ["HTTP_502"] * 3


def test_a_platform_that_wants_to_be_left_alone_for_long_is(client: NotedClient, misbehave: Misbehave) -> None:
    misbehave("agent", "games", "http_429", retry_after=600)
    with pytest.raises(PlatformFailure) as failure:
        client.list_games()
    assert (failure.value.code, failure.value.retry_after) == ("HTTP_429", 600)
    assert outcomes_of(client, "games") == ["HTTP_429"]


def test_a_walk_through_pages_survives_a_passing_fault(
    client: NotedClient, sandbox: PlatformProcess, player: str, misbehave: Misbehave
) -> None:
    order = {"username": player, "gameId": "pg_00001", "currency": "EUR", "rounds": 2}
    assert sandbox.post("/control/agent/play", order).status_code == 200
    walk = client.walk_history(Search(player, per_page=2))
    first = next(walk)
    misbehave("agent", "history", "http_500")
    assert [len(page.rows) for page in (first, *walk)] == [2, 2]
    assert outcomes_of(client, "history") == ["", "HTTP_500", ""]


@pytest.mark.parametrize("transfer", [("deposit", Decimal(100)), ("withdraw", Decimal(-100))], ids=["in", "out"])
@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_money_whose_answer_is_unclear_is_sent_once_whether_it_was_moved_or_not(
    client: NotedClient, player: str, misbehave: Misbehave, transfer: tuple[str, Decimal], fault: Fault
) -> None:
    call, moves = transfer
    hasty = hasten(client, fault)
    before = len(hasty.calls)
    misbehave("agent", call, fault.kind, seconds=KEPT_BACK)
    with pytest.raises(OutcomeUnknown) as unknown:
        getattr(hasty, call)(username=player, amount=Decimal(100), currency="EUR")
    assert unknown.value.code == fault.code
    assert [(one.command, one.failure, one.wrote, one.unresolved) for one in hasty.calls[before:]] == [
        (call, fault.code, True, True)
    ]
    balance = client.get_player_balance(player, currency="EUR").balance
    assert balance == (Decimal(1000) + moves if fault.done else Decimal(1000))


def test_money_may_arrive_after_its_outcome_was_unknown(client: NotedClient, player: str, misbehave: Misbehave) -> None:
    """So a balance that has not changed yet proves nothing."""
    hasty = hasten(client, SLOW)
    misbehave("agent", "deposit", "slow", seconds=KEPT_BACK)
    with pytest.raises(OutcomeUnknown):
        hasty.deposit(username=player, amount=Decimal(100), currency="EUR")
    assert client.get_player_balance(player, currency="EUR").balance == Decimal(1000)
    deadline = time.monotonic() + 5
    while client.get_player_balance(player, currency="EUR").balance == Decimal(1000) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.get_player_balance(player, currency="EUR").balance == Decimal(1100)
    assert outcomes_of(hasty, "deposit") == ["TIMEOUT"]


def test_money_that_was_sent_back_at_the_door_was_not_moved(
    client: NotedClient, player: str, misbehave: Misbehave
) -> None:
    misbehave("agent", "deposit", "http_429", retry_after=0)
    with pytest.raises(PlatformFailure) as failure:
        client.deposit(username=player, amount=Decimal(100), currency="EUR")
    assert (type(failure.value), failure.value.code, failure.value.permanent) == (PlatformFailure, "HTTP_429", False)
    assert client.get_player_balance(player, currency="EUR").balance == Decimal(1000)


@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_a_player_whose_making_was_not_answered_is_looked_for(
    client: NotedClient, misbehave: Misbehave, fault: Fault
) -> None:
    username, asked_at = make_username("alice"), datetime.now(UTC)
    hasty = hasten(client, fault)
    misbehave("agent", "createPlayer", fault.kind, seconds=KEPT_BACK)
    with pytest.raises(OutcomeUnknown) as unknown:
        hasty.create_player(username)
    assert (unknown.value.code, outcomes_of(hasty, "createPlayer")) == (fault.code, [fault.code])
    found = client.find_created_player(username, currency="EUR", asked_at=asked_at)
    assert (found is not None) is fault.done


GRANTS: list[tuple[str, Callable[[NotedClient, Award, str], Grant | GrantedIdUnknown]]] = [
    ("freeRound", lambda c, asked, player: c.create_free_round(asked, username=player)),
    ("freeChip", lambda c, asked, player: c.create_free_chip(asked, usernames=[player])),
]


@pytest.mark.parametrize("grant", GRANTS, ids=["rounds", "chips"])
@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_a_grant_whose_answer_is_unclear_is_asked_for_again_and_given_once(
    client: NotedClient, player: str, misbehave: Misbehave, grant: tuple[str, Callable[..., Any]], fault: Fault
) -> None:
    call, create = grant
    asked = award("pg_00001" if call == "freeRound" else "pp_00315")
    hasty = hasten(client, fault)
    misbehave("agent", call, fault.kind, seconds=KEPT_BACK)
    outcome = create(hasty, asked, player)
    if fault.done:
        assert outcome == GrantedIdUnknown(asked.bonus_code)
        assert outcomes_of(hasty, call) == [fault.code, "BONUS_CODE_ALREADY_EXISTS"]
    else:
        assert granted(outcome).usernames == (player,)
        assert outcomes_of(hasty, call) == [fault.code, ""]


class Kept(NamedTuple):
    """How a kind of grant is given, cancelled and read."""

    cancel_call: str
    give: Callable[[NotedClient, str], str]
    cancel: Callable[[NotedClient, str, str], Grant | None]
    get: Callable[[NotedClient, str, str], Grant]


KEPT = [
    Kept(
        "cancelFreeRound",
        give_rounds,
        lambda c, grant_ref, _: c.cancel_free_round(grant_ref),
        lambda c, grant_ref, _: c.get_free_round(grant_ref),
    ),
    Kept(
        "cancelFreeChip",
        give_chips,
        lambda c, grant_ref, player: c.cancel_free_chip(grant_ref, username=player),
        lambda c, grant_ref, player: c.get_free_chip(grant_ref, username=player),
    ),
]


@pytest.mark.parametrize("kept", KEPT, ids=["rounds", "chips"])
@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_a_cancellation_whose_answer_is_unclear_is_settled_by_reading(
    client: NotedClient, player: str, misbehave: Misbehave, kept: Kept, fault: Fault
) -> None:
    grant_ref = kept.give(client, player)
    hasty = hasten(client, fault)
    misbehave("agent", kept.cancel_call, fault.kind, seconds=KEPT_BACK)
    if fault.done:
        cancelled = kept.cancel(hasty, grant_ref, player)
        assert cancelled is not None
        assert cancelled.canceled_at is not None
    else:
        with pytest.raises(OutcomeUnknown) as unknown:
            kept.cancel(hasty, grant_ref, player)
        assert unknown.value.code == fault.code
        assert kept.get(client, grant_ref, player).canceled_at is None
    assert outcomes_of(hasty, kept.cancel_call) == [fault.code]


@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_a_launch_whose_answer_is_unclear_is_not_repeated(
    client: NotedClient, player: str, misbehave: Misbehave, fault: Fault
) -> None:
    hasty = hasten(client, fault)
    misbehave("agent", "launchGame", fault.kind, seconds=KEPT_BACK)
    with pytest.raises(OutcomeUnknown):
        hasty.launch_game(LaunchOrder(player, "pg_00001", "EUR", "203.0.113.7"))
    assert outcomes_of(hasty, "launchGame") == [fault.code]


@pytest.mark.parametrize("fault", [*SPOILED, LATE], ids=str)
def test_bet_limits_whose_answer_is_unclear_are_sent_once(
    client: NotedClient, player: str, misbehave: Misbehave, fault: Fault
) -> None:
    hasty = hasten(client, fault)
    misbehave("agent", "setPlayerBetLimits", fault.kind, seconds=KEPT_BACK)
    with pytest.raises(OutcomeUnknown):
        hasty.set_player_bet_limits(
            username=player, provider_ref="sbo", currency="EUR", limits={"live_casino": ["1", "3"]}
        )
    assert outcomes_of(hasty, "setPlayerBetLimits") == [fault.code]
    limits = client.get_player_status(player, currency="EUR").bet_limits
    given = [limit.limit_ref for limit in limits["sbo"]["live_casino"]] if limits else []
    assert given == (["1", "3"] if fault.done else [])


def test_the_log_gets_no_key(client: NotedClient, player: str, misbehave: Misbehave) -> None:
    misbehave("agent", "games", "html")
    with pytest.raises(Malformed):
        client.list_games()
    assert "agent-key-0123456789" not in repr(client.calls)
