"""“Test connection”: what is called and shown, what is kept, and what is written down."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from operators.models import AuditEntry, Direction, Exchange, Operator, Protocol
from operators.platforms.base import CircuitOpen, PlatformFailure
from operators.services import connections
from operators.services.connection_tests import (
    KEY_AND_FIELD,
    KEY_ONLY,
    ConnectionTest,
    HostMissing,
    run_connection_test,
)
from operators.services.connections import connect_generic
from operators.services.operators import SecretMissing
from operators.services.settings import require_second_person, save_settings
from tests.operators.conftest import Misbehave
from tests.operators.making import make_casino, make_operator
from tests.operators.platform_stub import Answer, Stub
from tests.sandbox.platform_process import PlatformProcess

pytestmark = pytest.mark.django_db
BY = "staff:bruno"
SECRET = "a-secret-of-the-platforms"
LOBBIES = "/api/generic/lobbies/list/all"
CURRENCIES = "/backoffice/getCurrencyList"
PAGE = {"error": "0", "total": 7, "pages": 7, "size": 1, "records": []}


@pytest.fixture(autouse=True)
def private_hosts(settings: Settings) -> None:
    settings.PLATFORM_PRIVATE_HOSTS_ALLOWED = True


def account(host: str, protocol: str = Protocol.GENERIC, **more: Any) -> Operator:
    facts = {"protocol": protocol, "api_host": host, "secret": SECRET, **more}
    return make_operator(make_casino(), active=False, **facts)


def run(operator: Operator) -> ConnectionTest:
    return run_connection_test(operator=operator, by=BY, now=datetime.now(UTC))


def outcomes(result: ConnectionTest) -> list[tuple[str, str]]:
    return [(attempt.way, attempt.code) for attempt in result.attempts]


def entries_of(operator: Operator) -> list[tuple[str, Any]]:
    entries = AuditEntry.objects.filter(by=BY, subject__startswith=f"operator {operator.pk}:").order_by("pk")
    return [(entry.action, entry.details) for entry in entries]


@pytest.fixture
def hizi(sandbox: PlatformProcess) -> Iterator[Operator]:
    known = sandbox.accounts["hizi"]
    yield account(f"{sandbox.url}/hizi", Protocol.HIZI, operator_ref=known.operator_id, secret=known.secret_key)
    sandbox.post("/control/hizi/settings", {"secret_is_first_field": False, "allowed_ips": None})


def test_generic_is_asked_for_its_lobbies(stub: Stub) -> None:
    stub.lay_json(LOBBIES, {"lobbies": [{"lobby_id": 1}, {"lobby_id": 2}]})
    operator = account(stub.url, operator_ref="examplecasino-1")
    (attempt,) = run(operator).attempts
    assert (attempt.accepted, attempt.call, attempt.said.found) == (True, "lobbies", "2 lobbies")
    assert 0 < attempt.said.milliseconds < 5000
    signed = attempt.said.signed
    assert signed is not None
    assert (signed.text, signed.place) == ("lobbiesexamplecasino-1******", "X-Authorization")
    digest = hashlib.sha1(f"lobbiesexamplecasino-1{SECRET}".encode()).hexdigest()  # noqa: S324
    ((_, headers, _),) = stub.asked
    assert headers["X-Authorization"] == signed.signature == digest
    assert signed.signature_shown == f"{digest[:4]}…{digest[-4:]}"


def test_gmag_is_asked_for_one_round_of_a_past_minute_on_its_data_host(stub: Stub) -> None:
    stub.lay_json("/history/game", PAGE)
    operator = account("https://unused.example", Protocol.GMAG, game_data_host=stub.url)
    (attempt,) = run(operator).attempts
    assert attempt.said.found.startswith("7 rounds ended between ")
    sent = json.loads(stub.bodies[0])
    assert (sent["size"], sent["page"], sent["brandId"]) == (1, 1, operator.operator_ref)
    start, end = (datetime.fromisoformat(sent[name]) for name in ("startTime", "endTime"))
    assert (end - start).total_seconds() == 60
    signed = attempt.said.signed
    assert signed is not None
    assert signed.text.endswith("******")
    text = signed.text.removesuffix("******") + SECRET
    assert stub.asked[0][0] == f"/history/game?hash={hashlib.md5(text.encode()).hexdigest()}"  # noqa: S324
    assert stub.asked[0][0].endswith(signed.signature)


def test_agent_is_asked_for_its_providers_and_its_key_is_not_shown(stub: Stub) -> None:
    stub.lay_json("/providers", {"ok": True, "result": {"items": [{"providerId": "pg"}]}})
    (attempt,) = run(account(stub.url, Protocol.AGENT)).attempts
    assert (attempt.accepted, attempt.said.found) == (True, "1 provider")
    assert [path for path, _, _ in stub.asked] == ["/providers"]
    assert stub.asked[0][1]["Authorization"] == f"Bearer {SECRET}"
    signed = attempt.said.signed
    assert signed is not None
    assert (signed.text, signed.signature_shown) == ("", "Bearer ******")


@pytest.mark.parametrize(("first", "way"), [(False, KEY_ONLY), (True, KEY_AND_FIELD)])
def test_hizi_is_asked_both_ways_and_the_accepted_one_is_kept(
    sandbox: PlatformProcess, hizi: Operator, first: bool, way: str
) -> None:
    sandbox.post("/control/hizi/settings", {"secret_is_first_field": first})
    Operator.objects.filter(pk=hizi.pk).update(settings={"isSocial": True, "hizi": {"other": 1}})
    result = run(hizi)
    codes = ["INVALID_SIGNATURE", ""] if first else ["", "INVALID_SIGNATURE"]
    assert outcomes(result) == list(zip((KEY_ONLY, KEY_AND_FIELD), codes, strict=True))
    assert result.choice == (f"The platform accepts one way of signing: {way}. From now on every call is signed so.")
    hizi.refresh_from_db()
    assert hizi.settings == {"isSocial": True, "hizi": {"other": 1, "secretIsFirstField": first}}
    with connections.connect_hizi(hizi, now=datetime.now(UTC)) as client:
        assert client.list_currencies().texts
    assert entries_of(hizi)[1] == ("choose_signing", {"secretIsFirstField": {"from": None, "to": first}})


def test_outcome_is_told_though_a_pending_version_keeps_it_from_being_kept(hizi: Operator) -> None:
    require_second_person(operator=hizi, required=True, by=BY)
    save_settings(operator=hizi, text='{"deniedGames": ["a"]}', reason="x", by=BY, now=datetime.now(UTC))
    result = run(hizi)
    assert outcomes(result) == [(KEY_ONLY, ""), (KEY_AND_FIELD, "INVALID_SIGNATURE")]
    assert result.choice == (
        f"The platform accepts one way of signing: {KEY_ONLY}. It could not be kept: a version of the settings waits "
        "for a second person. Decide on that, test again."
    )
    hizi.refresh_from_db()
    assert hizi.settings == {}
    ((action, details),) = entries_of(hizi)[2:]
    assert (action, [call["outcome"] for call in details["calls"]]) == (
        "test_connection",
        ["accepted", "INVALID_SIGNATURE"],
    )


def test_each_way_shows_the_text_that_it_signed(hizi: Operator) -> None:
    key_only, key_and_field = (attempt.said.signed for attempt in run(hizi).attempts)
    assert key_only is not None
    assert key_and_field is not None
    assert key_only.text.startswith(f"{hizi.operator_ref}#20")
    assert key_and_field.text.startswith(f"******#{hizi.operator_ref}#20")
    for signed in (key_only, key_and_field):
        text = signed.text.replace("******", hizi.secret)
        assert signed.signature == b64encode(hmac.digest(hizi.secret.encode(), text.encode(), "sha256")).decode()


def test_a_way_of_signing_that_is_kept_already_is_not_kept_again(hizi: Operator) -> None:
    run(hizi)
    run(hizi)
    assert [action for action, _ in entries_of(hizi)] == ["test_connection", "choose_signing", "test_connection"]


def test_neither_way_accepted_changes_nothing(hizi: Operator) -> None:
    Operator.objects.filter(pk=hizi.pk).update(secret=SECRET)
    hizi.refresh_from_db()
    result = run(hizi)
    assert outcomes(result) == [(KEY_ONLY, "INVALID_SIGNATURE"), (KEY_AND_FIELD, "INVALID_SIGNATURE")]
    assert result.choice == "The platform accepts neither way of signing. Nothing was changed."
    assert not result.passed
    hizi.refresh_from_db()
    assert hizi.settings == {}


def test_a_way_that_was_not_answered_is_not_taken_for_refused(stub: Stub) -> None:
    stub.lay(CURRENCIES, Answer(403, b'{"errorCode": "INVALID_SIGNATURE"}'), Answer(dropped=True))
    operator = account(stub.url, Protocol.HIZI)
    result = run(operator)
    assert outcomes(result) == [(KEY_ONLY, "INVALID_SIGNATURE"), (KEY_AND_FIELD, "UNREACHABLE")]
    assert result.choice == "One way of signing is not accepted, and the other was not answered. Nothing was changed."
    operator.refresh_from_db()
    assert operator.settings == {}


def test_both_ways_accepted_changes_nothing(stub: Stub) -> None:
    stub.lay_json(CURRENCIES, {"currencyList": {"EUR": 1}})
    operator = account(stub.url, Protocol.HIZI)
    result = run(operator)
    assert outcomes(result) == [(KEY_ONLY, ""), (KEY_AND_FIELD, "")]
    assert result.choice == "The platform accepts both ways of signing, so that it tells nothing. Nothing was changed."
    operator.refresh_from_db()
    assert operator.settings == {}


def test_the_other_way_is_not_tried_where_nobody_answered() -> None:
    result = run(account("http://nowhere.invalid", Protocol.HIZI))
    assert outcomes(result) == [(KEY_ONLY, "DNS")]
    assert result.choice == "The other way of signing was not tried: the platform did not answer. Nothing was changed."


def test_a_way_is_kept_though_the_other_could_not_be_tried(stub: Stub) -> None:
    stub.lay(CURRENCIES, Answer(503), Answer(body=b'{"currencyList": {"EUR": 1}}'))
    operator = account(stub.url, Protocol.HIZI)
    assert outcomes(run(operator)) == [(KEY_ONLY, "HTTP_503"), (KEY_AND_FIELD, "")]
    operator.refresh_from_db()
    assert operator.settings == {"hizi": {"secretIsFirstField": True}}


def test_settings_of_another_shape_are_replaced_where_the_choice_is_kept(stub: Stub) -> None:
    stub.lay(CURRENCIES, Answer(403), Answer(body=b'{"currencyList": {"EUR": 1}}'))
    operator = account(stub.url, Protocol.HIZI)
    Operator.objects.filter(pk=operator.pk).update(settings={"hizi": "odd"})
    run(operator)
    operator.refresh_from_db()
    assert operator.settings == {"hizi": {"secretIsFirstField": True}}


def test_a_test_is_written_down_with_who_and_how_it_went(stub: Stub) -> None:
    stub.lay(LOBBIES, Answer(403))
    operator = account(stub.url)
    (attempt,) = run(operator).attempts
    milliseconds = round(attempt.said.milliseconds)
    details = {"calls": [{"call": "lobbies", "outcome": "HTTP_403", "milliseconds": milliseconds}]}
    assert entries_of(operator) == [("test_connection", details)]


def test_a_failure_is_in_the_exchange_log_without_what_signs(stub: Stub) -> None:
    stub.lay("/history/game", Answer(500, f'{{"error": "P_00", "message": "{SECRET}"}}'.encode()))
    operator = account(stub.url, Protocol.GMAG)
    (attempt,) = run(operator).attempts
    logged = Exchange.objects.get(operator=operator)
    assert attempt.exchange == logged
    assert (logged.command, logged.error_code, logged.http_status) == ("GameHistory", "P_00", 500)
    signed = attempt.said.signed
    assert signed is not None
    assert SECRET not in logged.request + logged.response
    assert signed.signature not in logged.request + logged.response
    assert attempt.said.failure is not None
    assert attempt.said.failure.detail == "******"


def test_a_failure_is_shown_with_its_own_row_of_the_log(stub: Stub) -> None:
    """A sync of the same account may fail at the same moment."""
    stub.lay(LOBBIES, Answer(403, b"IP not allowed"))
    operator = account(stub.url)
    later = datetime.now(UTC) + timedelta(minutes=1)
    facts = {"direction": Direction.OUTBOUND, "http_status": 500, "milliseconds": 1, "response": "wrong signature"}
    Exchange.objects.create(operator=operator, at=later, command="games", **facts)
    (attempt,) = run(operator).attempts
    assert attempt.exchange is not None
    assert attempt.exchange.command == "lobbies"
    assert attempt.explanation is not None
    assert attempt.explanation.what == "The platform refuses our address."


def test_a_test_that_passes_leaves_nothing_in_the_exchange_log(stub: Stub) -> None:
    stub.lay_json(LOBBIES, {"lobbies": []})
    operator = account(stub.url)
    assert run(operator).passed
    assert not Exchange.objects.filter(operator=operator).exists()


def test_a_failed_call_is_not_repeated(stub: Stub) -> None:
    stub.lay(LOBBIES, Answer(503))
    assert outcomes(run(account(stub.url))) == [("", "HTTP_503")]
    assert len(stub.asked) == 1


def test_a_test_goes_past_an_open_circuit_and_closes_it_where_it_is_answered(stub: Stub) -> None:
    stub.lay(LOBBIES, *[Answer(503)] * 6, Answer(body=b'{"lobbies": []}'))
    operator = account(stub.url)

    def sync() -> None:
        with connect_generic(operator, now=datetime.now(UTC)) as client:
            client.list_lobbies()

    for _ in range(5):
        run(operator)
    with pytest.raises(CircuitOpen):
        sync()
    assert outcomes(run(operator)) == [("", "HTTP_503")]
    assert outcomes(run(operator)) == [("", "")]
    sync()


@pytest.mark.parametrize(("facts", "refusal"), [({"api_host": ""}, HostMissing), ({"secret": ""}, SecretMissing)])
@pytest.mark.parametrize("protocol", Protocol)
def test_an_account_without_host_or_secret_is_not_tested(
    stub: Stub, protocol: str, facts: Any, refusal: type[Exception]
) -> None:
    operator = account(stub.url, protocol)
    Operator.objects.filter(pk=operator.pk).update(**facts)
    operator.refresh_from_db()
    with pytest.raises(refusal):
        run(operator)
    assert (stub.asked, entries_of(operator)) == ([], [])


def test_a_platform_that_does_not_answer_is_waited_for_only_so_long(
    sandbox: PlatformProcess, misbehave: Misbehave, hizi: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TRIAL_SECONDS", 0.3)
    misbehave("hizi", "getCurrencyList", "slow", seconds=1.5)
    (attempt,) = run(hizi).attempts
    assert (attempt.code, attempt.said.milliseconds < 1400) == ("TIMEOUT", True)


FAULTS = {
    "http_500": "HTTP_500",
    "http_429": "HTTP_429",
    "html_502": "HTTP_502",
    "html": "BAD_REPLY",
    "truncated": "BAD_REPLY",
    "wrong_types": "BAD_REPLY",
    "dropped": "UNREACHABLE",
}
CALLS = {
    Protocol.GENERIC: "lobbies",
    Protocol.HIZI: "getCurrencyList",
    Protocol.GMAG: "game",
    Protocol.AGENT: "providers",
}


def account_at(sandbox: PlatformProcess, protocol: Protocol) -> Operator:
    known = sandbox.accounts[protocol.value]
    host = sandbox.url if protocol == Protocol.GENERIC else f"{sandbox.url}/{protocol.value}"
    return account(host, protocol, operator_ref=known.operator_id, secret=known.secret_key)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("protocol", CALLS)
def test_a_misbehaving_platform_is_explained(
    sandbox: PlatformProcess, misbehave: Misbehave, protocol: Protocol, kind: str
) -> None:
    misbehave(protocol.value, CALLS[protocol], kind)
    operator = account_at(sandbox, protocol)
    attempt = run(operator).attempts[0]
    # With every text a number, gmag's error is no longer "0".
    expected = "1" if (protocol, kind) == (Protocol.GMAG, "wrong_types") else FAULTS[kind]
    assert attempt.code == expected
    assert attempt.explanation is not None
    assert attempt.explanation.remedies
    assert attempt.exchange == Exchange.objects.filter(operator=operator).order_by("pk")[0]


@pytest.mark.parametrize("protocol", Protocol)
def test_the_sandbox_takes_every_protocols_test(sandbox: PlatformProcess, protocol: Protocol) -> None:
    result = run(account_at(sandbox, protocol))
    assert result.passed, [attempt.said.failure for attempt in result.attempts]


def test_a_failure_names_no_exception_of_a_library(stub: Stub) -> None:
    (attempt,) = run(account("http://127.0.0.1:9")).attempts
    assert isinstance(attempt.said.failure, PlatformFailure)
    assert attempt.said.failure.detail == "no connection could be made"
