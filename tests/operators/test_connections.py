"""Operator accounts connected to their platforms: what is logged and hidden, and what one account's failures do."""

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from operators.models import Casino, Direction, Exchange, Operator, Protocol
from operators.platforms.base import OutcomeUnknown, PlatformFailure
from operators.platforms.gmag import Window
from operators.services import rotate_secret
from operators.services.connections import connect_agent, connect_generic, connect_gmag, connect_hizi
from tests.operators.making import NOW, STAFF, make_casino, make_operator
from tests.operators.platform_stub import Answer, Stub

pytestmark = pytest.mark.usefixtures("committed_db")

SECRET = "s3cret/key"
PAST = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
GAMES = "/api/generic/games/list/all"


@pytest.fixture(autouse=True)
def sandbox_allowed(settings: Any) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True


@pytest.fixture
def casino(committed_db: None) -> Casino:
    return make_casino(slug=f"connections-{time.time_ns()}")


def operator_of(casino: Casino, protocol: Protocol, url: str, **more: Any) -> Operator:
    facts = {"operator_ref": f"{protocol}{time.time_ns()}", "secret": SECRET, "launch_host": "", "active": False}
    return make_operator(casino, protocol=protocol, api_host=url, **{**facts, **more})


def exchanges_of(operator: Operator) -> list[Exchange]:
    return list(Exchange.objects.filter(operator_id=operator.pk).order_by("pk"))


def get_games(operator: Operator, **more: Any) -> int:
    with connect_generic(operator, now=NOW, **more) as client:
        return len(client.list_games().texts)


def list_currencies(operator: Operator) -> object:
    with connect_hizi(operator, now=NOW) as client:
        return client.list_currencies()


def get_history(operator: Operator) -> object:
    with connect_gmag(operator, now=NOW) as client:
        return client.get_game_history(Window(PAST, PAST + timedelta(minutes=5)))


def list_vendors(operator: Operator) -> object:
    with connect_agent(operator, now=NOW) as client:
        return client.list_vendors()


CALLS: list[tuple[Protocol, str, Callable[[Operator], object]]] = [
    (Protocol.GENERIC, "X-Authorization", get_games),
    (Protocol.HIZI, "X-H-AUTH-SIG", list_currencies),
    (Protocol.GMAG, "", get_history),
    (Protocol.AGENT, "Authorization", list_vendors),
]


@pytest.mark.parametrize(("protocol", "header", "call"), CALLS)
def test_a_failed_call_is_logged_without_what_signs_it(
    stub: Stub, casino: Casino, protocol: Protocol, header: str, call: Callable[[Operator], object]
) -> None:
    echo = b'{"message": "unknown key s3cret/key, s3cret%2Fkey"}'
    stub.answers = AnyPath(Answer(403, echo))
    operator = operator_of(casino, protocol, stub.url, game_data_host=stub.url)
    with pytest.raises(PlatformFailure) as failure:
        call(operator)
    assert failure.value.http_status == 403
    (row,) = exchanges_of(operator)
    assert (row.direction, row.http_status, row.error_code) == (Direction.OUTBOUND, 403, "HTTP_403")
    assert row.response == '{"message": "unknown key ******, ******"}'
    ((path, headers, _),) = stub.asked
    shown = f"{row.request}\n{row.response}"
    signatures = [headers[header].removeprefix("Bearer ")] if header else [path.partition("hash=")[2]]
    assert all(len(signature) >= 10 for signature in signatures)
    assert [word for word in [*signatures, SECRET, "s3cret"] if word in shown] == []


class AnyPath(dict[str, list[Answer]]):
    """The same answer at every path."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def __contains__(self, path: object) -> bool:
        return True

    def __getitem__(self, path: str) -> list[Answer]:
        return [self.answer]


def test_a_hash_in_an_address_is_not_logged(stub: Stub, casino: Casino) -> None:
    stub.lay("/history/game", Answer(403))
    operator = operator_of(casino, Protocol.GMAG, "", operator_ref=f"1{time.time_ns()}", game_data_host=stub.url)
    with pytest.raises(PlatformFailure):
        get_history(operator)
    (row,) = exchanges_of(operator)
    line, _, body = row.request.partition("\n")
    assert line == f"POST {stub.url}/history/game?hash=******"
    assert f'"brandId":"{operator.operator_ref}"' in body


def test_a_secret_that_is_being_retired_is_hidden_too(stub: Stub, casino: Casino) -> None:
    stub.lay(GAMES, Answer(403, b'{"message": "not old-secret-key nor new-secret-key"}'))
    operator = operator_of(casino, Protocol.GENERIC, stub.url, secret="old-secret-key")
    rotate_secret(operator=operator, secret="new-secret-key", by=STAFF)
    operator.refresh_from_db()
    with pytest.raises(PlatformFailure):
        get_games(operator)
    assert exchanges_of(operator)[0].response == '{"message": "not ****** nor ******"}'


def test_a_read_that_succeeds_is_not_logged(stub: Stub, casino: Casino) -> None:
    stub.lay_json(GAMES, {"games": [{"id": 1}]})
    operator = operator_of(casino, Protocol.GENERIC, stub.url)
    assert (get_games(operator), exchanges_of(operator)) == (1, [])


def test_each_failed_attempt_is_logged_with_its_time_and_its_own_status(stub: Stub, casino: Casino) -> None:
    stub.lay(GAMES, Answer(503, b"down"), Answer(body=b'{"games": []}'))
    operator = operator_of(casino, Protocol.GENERIC, stub.url)
    assert get_games(operator) == 0
    (row,) = exchanges_of(operator)
    assert (row.command, row.http_status, row.error_code, row.response) == ("games", 503, "HTTP_503", "down")
    assert (row.request, row.caller_ip, row.unresolved) == (f"GET {stub.url}{GAMES}", None, False)
    assert NOW <= row.at < NOW + timedelta(seconds=5)
    assert Decimal(0) < row.milliseconds < 5_000


def deposit(operator: Operator) -> object:
    with connect_agent(operator, now=NOW) as client:
        return client.deposit(username="olga12345", amount=Decimal("5.00"), currency="EUR")


def test_every_write_is_logged(stub: Stub, casino: Casino) -> None:
    stub.lay_json("/deposit", {"ok": False, "error": {"code": "PLAYER_NOT_FOUND", "message": "No such player"}})
    operator = operator_of(casino, Protocol.AGENT, stub.url)
    with pytest.raises(PlatformFailure):
        deposit(operator)
    (row,) = exchanges_of(operator)
    assert (row.command, row.error_code, row.unresolved) == ("deposit", "PLAYER_NOT_FOUND", False)
    assert '"username":"olga12345"' in row.request


def test_a_write_whose_outcome_is_unknown_stays_in_the_log_as_unresolved(stub: Stub, casino: Casino) -> None:
    stub.lay("/deposit", Answer(500, b"oops"))
    operator = operator_of(casino, Protocol.AGENT, stub.url)
    with pytest.raises(OutcomeUnknown):
        deposit(operator)
    assert [(row.error_code, row.unresolved) for row in exchanges_of(operator)] == [("HTTP_500", True)]


class RolledBack(Exception):
    """What the caller did with the answer went wrong."""


def deposit_and_roll_back(operator: Operator) -> None:
    with transaction.atomic(durable=True):
        with pytest.raises(OutcomeUnknown):
            deposit(operator)
        raise RolledBack


def test_what_was_said_stays_on_record_when_the_callers_transaction_does_not(stub: Stub, casino: Casino) -> None:
    stub.lay("/deposit", Answer(500))
    operator = operator_of(casino, Protocol.AGENT, stub.url)
    with pytest.raises(RolledBack):
        deposit_and_roll_back(operator)
    assert [row.command for row in exchanges_of(operator)] == ["deposit"]


def test_an_operator_whose_platform_is_dead_is_refused_at_once_and_the_others_go_on(stub: Stub, casino: Casino) -> None:
    stub.lay_json(GAMES, {"games": []})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = operator_of(casino, Protocol.GENERIC, f"http://127.0.0.1:{unused.getsockname()[1]}")
        codes = [code_of(dead, trial=True) for _ in range(5)]
        started = time.monotonic()
        codes += [code_of(dead) for _ in range(20)]
    assert codes == ["UNREACHABLE"] * 5 + ["CIRCUIT_OPEN"] * 20
    assert time.monotonic() - started < 1
    assert len(exchanges_of(dead)) == 5
    assert get_games(operator_of(casino, Protocol.GENERIC, stub.url)) == 0


def code_of(operator: Operator, **more: Any) -> str:
    with pytest.raises(PlatformFailure) as failure:
        get_games(operator, **more)
    return failure.value.code


def test_a_trial_is_one_attempt_that_goes_past_the_open_circuit_and_closes_it(stub: Stub, casino: Casino) -> None:
    stub.lay(GAMES, *[Answer(503)] * 5, Answer(body=b'{"games": []}'))
    operator = operator_of(casino, Protocol.GENERIC, stub.url)
    assert [code_of(operator, trial=True) for _ in range(5)] == ["HTTP_503"] * 5
    assert code_of(operator) == "CIRCUIT_OPEN"
    assert len(stub.asked) == 5
    assert get_games(operator, trial=True) == 0
    assert get_games(operator) == 0


def test_private_hosts_are_refused_unless_the_setting_allows_them(settings: Any, stub: Stub, casino: Casino) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = False
    operator = operator_of(casino, Protocol.GENERIC, stub.url)
    assert (code_of(operator), stub.asked) == ("NOT_HTTPS", [])
    operator.api_host = stub.url.replace("http://", "https://")
    assert (code_of(operator), stub.asked) == ("PRIVATE_ADDRESS", [])


def test_hand_histories_are_asked_for_at_their_own_host(stub: Stub, casino: Casino) -> None:
    stub.lay("/api/generic/handHistory/1/a", Answer(body=b"{}"))
    operator = operator_of(casino, Protocol.GENERIC, "http://127.0.0.1:9", hand_history_host=stub.url)
    with connect_generic(operator, now=NOW) as client:
        client.hand_history("1", "a", "evolution")
    assert len(stub.asked) == 1
