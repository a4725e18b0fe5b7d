"""Which calls to document 004's platform are repeated, and what is known of those that were not answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from operators.platforms.agent import Client, GrantedIdUnknown, LaunchOrder, Search
from operators.platforms.base import OutcomeUnknown, PlatformFailure
from tests.operators.agent_client import AUGUST, AWARD, NotedClient, granted, laid, refused, reply, sent, well
from tests.operators.platform_stub import Answer, Stub

BROKEN = Answer(500)
GRANT = well({"id": "1837", "gameId": "pg_00013", "rounds": 10, "betAmount": "1.6", "playerCurrency": "IDR"})
EXISTS = refused("BONUS_CODE_ALREADY_EXISTS")
ASKED_AT = datetime(2025, 8, 1, 12, tzinfo=UTC)

READS: list[tuple[str, Any, Callable[[Client], object]]] = [
    ("getPlayerBalance", "getPlayerBalance", lambda c: c.get_player_balance("player0001", currency="THB")),
    ("getPlayerStatus", "getPlayerStatus", lambda c: c.get_player_status("player0001", currency="THB")),
    ("games", "games", lambda c: c.list_games()),
    ("providers", "providers", lambda c: c.list_providers()),
    ("history", "history", lambda c: c.get_history(Search())),
    ("playerDailyReport", "playerDailyReport", lambda c: c.get_player_daily_report(Search("p"), period=AUGUST)),
    ("gameLogs", "gameLogs", lambda c: c.get_game_log(username="p", game_ref="g", round_ref="r")),
    ("getFreeRound", "getFreeRound", lambda c: c.get_free_round("1837")),
    ("getFreeChip", "getFreeChip", lambda c: c.get_free_chip("1837", username="player0001")),
]
WRITES: list[tuple[str, Callable[[Client], object]]] = [
    ("createPlayer", lambda c: c.create_player("player0001")),
    ("launchGame", lambda c: c.launch_game(LaunchOrder("player0001", "pg_00001", "THB", "203.0.113.7"))),
    ("deposit", lambda c: c.deposit(username="player0001", amount=Decimal(100), currency="EUR")),
    ("withdraw", lambda c: c.withdraw(username="player0001", amount=Decimal(100), currency="EUR")),
    (
        "setPlayerBetLimits",
        lambda c: c.set_player_bet_limits(username="player0001", provider_ref="sbo", currency="IDR", limits={}),
    ),
]
GRANTS: list[tuple[str, Callable[..., Any]]] = [
    ("freeRound", lambda c, **more: c.create_free_round(AWARD, username="player0001", **more)),
    ("freeChip", lambda c, **more: c.create_free_chip(AWARD, usernames=["player0001"], **more)),
]


@pytest.mark.parametrize(("call", "name", "ask"), READS)
def test_reads_are_repeated(stub: Stub, call: str, name: str, ask: Callable[[Client], object]) -> None:
    client = laid(stub, call, BROKEN, reply(name))
    ask(client)
    assert client.outcomes == [(call, "HTTP_500"), (call, "")]
    assert [(one.wrote, one.unresolved) for one in client.calls] == [(False, False), (False, False)]
    assert sent(stub)[0] == sent(stub)[1]


@pytest.mark.parametrize(("call", "ask"), WRITES)
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (BROKEN, "HTTP_500"),
        (Answer(500, b'{"ok": false, "error": {"code": "INTERNAL_ERROR"}}'), "INTERNAL_ERROR"),
        (Answer(body=b'{"ok": true, "result"'), "BAD_REPLY"),
        (Answer(body=b"<html>"), "BAD_REPLY"),
        (Answer(body=b"{}", length=500), "UNREACHABLE"),
    ],
    ids=["500", "500 with a code", "cut", "page", "hung up"],
)
def test_a_write_without_a_clear_answer_is_sent_once_and_unknown(
    stub: Stub, call: str, ask: Callable[[Client], object], answer: Answer, code: str
) -> None:
    client = laid(stub, call, answer)
    with pytest.raises(OutcomeUnknown) as unknown:
        ask(client)
    assert unknown.value.code == code
    assert client.outcomes == [(call, code)]
    assert [(one.wrote, one.unresolved) for one in client.calls] == [(True, True)]


@pytest.mark.parametrize("call", ["deposit", "withdraw"])
@pytest.mark.parametrize("lacking", ["agent", "player"])
def test_a_transfer_that_does_not_tell_what_it_moved_is_unknown(stub: Stub, call: str, lacking: str) -> None:
    answer = reply(call)
    del answer["result"][lacking]
    client = laid(stub, call, answer)
    with pytest.raises(OutcomeUnknown):
        getattr(client, call)(username="player0001", amount=Decimal(100), currency="EUR")
    assert len(stub.asked) == 1


@pytest.mark.parametrize(("call", "ask"), WRITES)
@pytest.mark.parametrize("status", [200, 403])
def test_a_refused_write_was_not_done(stub: Stub, call: str, ask: Callable[[Client], object], status: int) -> None:
    client = laid(stub, call, Answer(status, b'{"ok": false, "error": {"code": "PLAYER_INACTIVE"}}'))
    with pytest.raises(PlatformFailure) as failure:
        ask(client)
    assert (type(failure.value), failure.value.code) == (PlatformFailure, "PLAYER_INACTIVE")
    assert [(one.wrote, one.unresolved) for one in client.calls] == [(True, False)]


@pytest.mark.parametrize(("call", "ask"), WRITES)
def test_a_write_that_met_nobody_was_not_done(call: str, ask: Callable[[Client], object]) -> None:
    client = NotedClient("http://127.0.0.1:9")
    with pytest.raises(PlatformFailure) as failure:
        ask(client)
    assert (type(failure.value), failure.value.code, failure.value.permanent) == (PlatformFailure, "UNREACHABLE", False)
    assert client.outcomes == [(call, "UNREACHABLE")]


@pytest.mark.parametrize(("call", "create"), GRANTS)
def test_a_grant_is_asked_for_again_with_the_same_bonus_code(stub: Stub, call: str, create: Callable[..., Any]) -> None:
    client = laid(stub, call, BROKEN, GRANT)
    assert granted(create(client)).grant_ref == "1837"
    assert [body["bonusCode"] for body in sent(stub)] == ["freeRound0001", "freeRound0001"]


@pytest.mark.parametrize(("call", "create"), GRANTS)
@pytest.mark.parametrize("lost", [BROKEN, well({}), Answer(body=b"<html>")], ids=["500", "no id", "page"])
def test_a_bonus_code_that_exists_after_an_unclear_answer_was_granted(
    stub: Stub, call: str, create: Callable[..., Any], lost: Any
) -> None:
    client = laid(stub, call, lost, EXISTS)
    assert create(client) == GrantedIdUnknown("freeRound0001")
    assert len(stub.asked) == 2


@pytest.mark.parametrize(("call", "create"), GRANTS)
def test_a_bonus_code_that_exists_at_once_is_somebody_elses(stub: Stub, call: str, create: Callable[..., Any]) -> None:
    client = laid(stub, call, EXISTS)
    with pytest.raises(PlatformFailure) as failure:
        create(client)
    assert (type(failure.value), failure.value.code) == (PlatformFailure, "BONUS_CODE_ALREADY_EXISTS")
    assert len(stub.asked) == 1


@pytest.mark.parametrize(("call", "create"), GRANTS)
def test_a_bonus_code_that_exists_was_granted_where_a_call_before_went_unanswered(
    stub: Stub, call: str, create: Callable[..., Any]
) -> None:
    assert create(laid(stub, call, EXISTS), sent_before=True) == GrantedIdUnknown("freeRound0001")


@pytest.mark.parametrize(("call", "create"), GRANTS)
@pytest.mark.parametrize(
    ("answers", "outcome"),
    [([BROKEN], ("HTTP_500", 3)), ([BROKEN, refused("PLAYER_INACTIVE")], ("PLAYER_INACTIVE", 2))],
    ids=["never answered", "then refused"],
)
def test_a_grant_that_stays_unclear_is_unknown(
    stub: Stub, call: str, create: Callable[..., Any], answers: list[Any], outcome: tuple[str, int]
) -> None:
    client = laid(stub, call, *answers)
    with pytest.raises(OutcomeUnknown) as unknown:
        create(client)
    assert (unknown.value.code, len(stub.asked)) == outcome


@pytest.mark.parametrize(
    ("created_at", "ours"),
    [
        ("2025-08-01T12:00:07Z", True),
        ("2025-08-01T11:56:00Z", True),
        ("2025-08-01T11:54:00Z", False),
        ("2023-03-04T09:20:13Z", False),
        (None, False),
    ],
)
def test_an_unanswered_player_is_ours_if_it_was_made_since(stub: Stub, created_at: str | None, ours: bool) -> None:
    status = well({"username": "player0001", "active": True, "createdAt": created_at})
    client = laid(stub, "getPlayerStatus", status)
    found = client.find_created_player("player0001", currency="THB", asked_at=ASKED_AT)
    assert (found is not None and found.username == "player0001") is ours


@pytest.mark.parametrize("code", ["PLAYER_NOT_FOUND", "AGENT_NOT_UNDER"])
def test_an_unanswered_player_that_is_none_or_another_agents_is_not_ours(stub: Stub, code: str) -> None:
    client = laid(stub, "getPlayerStatus", refused(code))
    assert client.find_created_player("player0001", currency="THB", asked_at=ASKED_AT) is None


def test_an_unanswered_player_of_whom_nothing_is_said_is_not_decided(stub: Stub) -> None:
    client = laid(stub, "getPlayerStatus", refused("AGENT_NOT_ACTIVE"))
    with pytest.raises(PlatformFailure, match="AGENT_NOT_ACTIVE"):
        client.find_created_player("player0001", currency="THB", asked_at=ASKED_AT)


CANCELS: list[tuple[str, str, Callable[[Client], Any]]] = [
    ("cancelFreeRound", "getFreeRound", lambda c: c.cancel_free_round("1837")),
    ("cancelFreeChip", "getFreeChip", lambda c: c.cancel_free_chip("1837", username="player0001")),
]
CANCELED = well({"id": "1837", "canceledAt": "2025-04-17T12:03:46.190973Z"})
NOT_CANCELED = well({"id": "1837", "canceledAt": "0001-01-01T00:00:00Z"})
CANCELED_AT = datetime(2025, 4, 17, 12, 3, 46, 190973, tzinfo=UTC)


@pytest.mark.parametrize(("cancel", "get", "ask"), CANCELS)
@pytest.mark.parametrize("answer", [{"ok": True}, well({}), {"ok": True, "data": None}])
def test_a_cancellation_says_ok_and_its_time_is_read(
    stub: Stub, cancel: str, get: str, ask: Callable[[Client], Any], answer: Any
) -> None:
    client = laid(stub, cancel, answer)
    laid(stub, get, CANCELED)
    assert ask(client).canceled_at == CANCELED_AT
    assert client.outcomes == [(cancel, ""), (get, "")]
    assert sent(stub)[0] == {"id": "1837"}


@pytest.mark.parametrize(("cancel", "get", "ask"), CANCELS)
def test_a_cancellation_that_cannot_be_read_again_was_done_all_the_same(
    stub: Stub, cancel: str, get: str, ask: Callable[[Client], Any]
) -> None:
    client = laid(stub, cancel, {"ok": True})
    laid(stub, get, BROKEN)
    assert ask(client) is None


@pytest.mark.parametrize(("cancel", "get", "ask"), CANCELS)
def test_an_unanswered_cancellation_is_settled_by_reading(
    stub: Stub, cancel: str, get: str, ask: Callable[[Client], Any]
) -> None:
    client = laid(stub, cancel, BROKEN)
    laid(stub, get, CANCELED)
    assert ask(client).canceled_at == CANCELED_AT
    assert client.outcomes == [(cancel, "HTTP_500"), (get, "")]


@pytest.mark.parametrize(("cancel", "get", "ask"), CANCELS)
@pytest.mark.parametrize("read", [NOT_CANCELED, BROKEN], ids=["not cancelled", "not read"])
def test_an_unanswered_cancellation_that_reading_does_not_settle_is_unknown(
    stub: Stub, cancel: str, get: str, ask: Callable[[Client], Any], read: Any
) -> None:
    client = laid(stub, cancel, BROKEN)
    laid(stub, get, read)
    with pytest.raises(OutcomeUnknown):
        ask(client)
    assert [path for path, _, _ in stub.asked].count(f"/{cancel}") == 1


@pytest.mark.parametrize(("cancel", "get", "ask"), CANCELS)
def test_a_refused_cancellation_was_not_done(stub: Stub, cancel: str, get: str, ask: Callable[[Client], Any]) -> None:
    client = laid(stub, cancel, refused("FREE_ROUND_NOT_FOUND"))
    with pytest.raises(PlatformFailure) as failure:
        ask(client)
    assert (type(failure.value), failure.value.code) == (PlatformFailure, "FREE_ROUND_NOT_FOUND")
    assert client.outcomes == [(cancel, "FREE_ROUND_NOT_FOUND")]
