"""The exchange log: every error of the wallet's, masked, beside the answer and never in its way."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from operators.models import Direction, Exchange
from operators.services import exchanges
from operators.services.exchanges import (
    LOG,
    LONGEST_TEXT,
    MASK,
    QUEUE_LENGTH,
    ExchangeLog,
    Record,
    mask,
    purge_exchanges,
)
from tests.databases import postgres_url
from tests.wallet.platform import Answer, sha1
from tests.wallet.test_play_bet import block
from tests.wallet.world import Seat, World

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def record(**facts: Any) -> Record:
    usual: dict[str, Any] = {
        "at": NOW,
        "direction": Direction.INBOUND,
        "operator_id": None,
        "command": "balance",
        "http_status": 200,
        "error_code": "OP_21",
        "milliseconds": Decimal("1.25"),
        "caller_ip": "127.0.0.1",
    }
    return Record(**usual | facts)


def test_refused_bet_is_logged_with_all_that_names_it(world: World, seat: Seat) -> None:
    started = datetime.now(UTC)
    world.bet(seat, "500.00", transaction_id=7, round_id="r-8")
    (found,) = world.exchanges()
    assert (found.direction, found.command, found.http_status) == ("in", "changebalance", 200)
    assert (found.error_code, found.user_ref, found.transaction_ref, found.round_ref) == (
        "OP_31",
        seat.user_id,
        "7",
        "r-8",
    )
    assert (found.caller_ip, found.unresolved) == ("127.0.0.1", False)
    assert started <= found.at <= datetime.now(UTC)
    assert Decimal(0) < found.milliseconds < Decimal(4000)


def test_request_and_response_are_kept_with_token_and_hashes_masked(world: World, seat: Seat) -> None:
    world.bet(seat, "500.00", transaction_id=7, context={"reason": "SPIN", "rake": Decimal("0.0300")})
    (found,) = world.exchanges()
    request, response = json.loads(found.request), json.loads(found.response)
    assert (request["hash"], request["data"]["token"], response["hash"]) == (MASK, MASK, MASK)
    assert '"transaction_id":7,' in found.request
    assert '"amount":500.00,' in found.request
    assert response["data"] == {"error_code": "OP_31", "error_message": "Insufficient funds"}
    for secret in (seat.token, world.platform.secret, sha1("changebalance", world.platform.secret)):
        assert secret not in found.request + found.response


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("authenticate", "OP_21"),
        ("balance", "OP_33"),
        ("changebalance", "OP_49"),
        ("status", "OP_41"),
        ("cancel", "OP_34"),
        ("finishround", "OP_41"),
    ],
)
def test_every_command_answered_with_an_error_has_a_row(world: World, seat: Seat, command: str, code: str) -> None:
    world.bet(seat, "1.00", round_id=8, round_finished=True)
    if code == "OP_33":
        block(seat)
    send: dict[str, Callable[[], Answer]] = {
        "authenticate": lambda: world.authenticate(seat, token="x" * 32),
        "balance": lambda: world.ask_balance(seat),
        "changebalance": lambda: world.bet(seat, "1.00", round_id=8),
        "status": lambda: world.status(seat, 99),
        "cancel": lambda: world.cancel(seat, 99, user_id="nobody"),
        "finishround": lambda: world.finish_round(seat, 99),
    }
    assert send[command]().verdict == code
    assert [(found.command, found.error_code) for found in world.exchanges()] == [(command, code)]


def test_what_is_answered_ok_has_no_row(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", transaction_id=7, round_id=8)
    world.cancel(seat, 7, 8)
    assert world.exchanges() == []


def test_wrong_hash_has_a_row(world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token}, hash=sha1("another"))
    world.platform.send("authenticate", body)
    (found,) = world.exchanges()
    assert found.error_code == "OP_20"
    assert seat.token not in found.request
    assert sha1("another") not in found.request


@pytest.mark.parametrize(
    "body",
    [
        b'{"command":"authenticate","data":{"token":"TOKEN"},',
        b"command=authenticate&token=TOKEN&hash=HASH",
        b'{"command":"authenticate","data":{"token":"TOKEN"}',
        b"token: TOKEN",
        b"TOKEN",
        b'["TOKEN"]',
        b'"TOKEN"',
        b'{"TOKEN":1}',
        b'{"data":"{\\"token\\":\\"TOKEN\\"}"}',
        b'{"data":{"session":"TOKEN","player_token":"TOKEN","Token":"TOKEN","TOKEN":["TOKEN"]}}',
        b'{"data":{"token":["TOKEN"],"hash":{"a":"HASH"}}}',
        b'{"url":"https://games.example/?mode=real&token=TOKEN&currency=EUR"}',
    ],
)
def test_no_token_or_hash_is_kept_in_whatever_form_it_came(world: World, seat: Seat, body: bytes) -> None:
    signature = sha1("authenticate", world.platform.secret)
    sent = body.replace(b"TOKEN", seat.token.encode()).replace(b"HASH", signature.encode())
    assert world.platform.send("authenticate", sent).verdict == "OP_50"
    (found,) = world.exchanges()
    assert seat.token not in found.request + found.response
    assert signature not in found.request + found.response


@pytest.mark.parametrize("name", ["user_id", "transaction_id", "round_id"])
def test_token_sent_as_an_id_is_not_kept_as_one(world: World, seat: Seat, name: str) -> None:
    assert world.bet(seat, "1000.00", **{name: seat.token}).verdict in {"OP_31", "OP_34"}
    (found,) = world.exchanges()
    refs = {"user_id": found.user_ref, "transaction_id": found.transaction_ref, "round_id": found.round_ref}
    assert refs[name] == "******"
    assert seat.token not in found.request + found.response


@pytest.mark.parametrize(
    "kept", ["350-a1Basdf", "1682880c76095f979a63d0b4", "9" * 32, "f" * 32, "Anna Karenina", "PROMO-FREESPIN"]
)
def test_what_is_no_secret_stays_readable(kept: str) -> None:
    body = '{ "data":{"history_id":"KEPT", "amount":17.250} }'.replace("KEPT", kept)
    assert mask(body) == body


def test_long_bodies_are_cut() -> None:
    assert len(mask(json.dumps({"x": "a b " * 10_000}))) == LONGEST_TEXT
    assert len(mask("a b " * 10_000)) == LONGEST_TEXT


@pytest.mark.parametrize("noise", [b"\x00", b'{"a":"\\ud800"}', b"\xff\xfe", b'{"a":"\\u0000"}'], ids=repr)
def test_body_that_the_database_cannot_store_is_logged_all_the_same(world: World, seat: Seat, noise: bytes) -> None:
    world.platform.send("balance", noise)
    world.status(seat, 99)
    assert [(found.command, found.error_code) for found in world.exchanges()] == [
        ("balance", "OP_50"),
        ("status", "OP_41"),
    ]


def test_row_that_cannot_be_written_takes_no_other_with_it(world: World) -> None:
    log = ExchangeLog()
    for command in ("first", "x" * 65, "last"):
        log.put(record(operator_id=world.operator.pk, command=command))
    log.flush()
    assert [found.command for found in world.exchanges()] == ["first", "last"]


def test_batch_waits_for_a_database_that_cannot_be_reached(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    log, write = ExchangeLog(), Exchange.objects.bulk_create
    refused: list[int] = []

    def write_the_third_time(rows: list[Exchange]) -> object:
        if len(refused) < 2:
            refused.append(len(rows))
            raise OperationalError("the database is down")
        return write(rows)

    monkeypatch.setattr(Exchange.objects, "bulk_create", write_the_third_time)
    monkeypatch.setattr(exchanges, "PAUSE_SECONDS", 0.0)
    log.put(record(operator_id=world.operator.pk, command="kept", unresolved=True))
    log.flush()
    assert (refused, [found.command for found in world.exchanges()]) == ([1, 1], ["kept"])


def test_batch_is_dropped_when_the_database_stays_away(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_rows: list[Exchange]) -> None:
        raise OperationalError("the database is down")

    log = ExchangeLog()
    with monkeypatch.context() as broken:
        broken.setattr(Exchange.objects, "bulk_create", fail)
        broken.setattr(exchanges, "PAUSE_SECONDS", 0.0)
        broken.setattr(exchanges, "PATIENCE_SECONDS", 0.0)
        log.put(record(operator_id=world.operator.pk, command="lost"))
        log.flush()
    log.put(record(operator_id=world.operator.pk, command="next"))
    log.flush()
    assert [found.command for found in world.exchanges()] == ["next"]
    assert "1 exchanges not logged: OperationalError" in caplog.text


def test_log_that_cannot_be_written_neither_delays_nor_changes_an_answer(world: World, seat: Seat) -> None:
    LOG.flush()
    with psycopg.connect(postgres_url()) as other:
        other.execute("LOCK TABLE operators_exchange IN SHARE MODE")
        started = time.perf_counter()
        answers = [world.bet(seat, "500.00").verdict, world.bet(seat, "5.00").verdict, world.status(seat, 99).verdict]
        seconds = time.perf_counter() - started
        assert (answers, LOG._queue.unfinished_tasks) == (["OP_31", "OK", "OP_41"], 2)
        assert seconds < 1
    assert [found.error_code for found in world.exchanges()] == ["OP_31", "OP_41"]


def test_full_queue_drops_and_neither_blocks_nor_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = ExchangeLog()
    monkeypatch.setattr(log, "_start", lambda: None)
    for _ in range(QUEUE_LENGTH + 3):
        log.put(record())
    assert caplog.text.count("exchange log is full: one balance OP_21 dropped") == 3


def test_log_goes_on_after_its_thread_has_died(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    log, ended = ExchangeLog(), threading.Event()

    def die() -> None:
        ended.set()

    with monkeypatch.context() as broken:
        broken.setattr(log, "_write_all", die)
        log.put(record(operator_id=world.operator.pk, command="first"))
        assert ended.wait(5)
        assert log._thread is not None
        log._thread.join(5)
    log.put(record(operator_id=world.operator.pk, command="second"))
    log.flush()
    assert [found.command for found in world.exchanges()] == ["first", "second"]


@pytest.mark.django_db
def test_purge_deletes_what_is_old_in_batches_and_keeps_the_unresolved() -> None:
    Exchange.objects.filter(at__lt=NOW).delete()
    old, recent = NOW - timedelta(days=7, seconds=1), NOW - timedelta(days=7) + timedelta(seconds=1)
    for at, unresolved in [(old, False)] * 5 + [(old, True), (recent, False), (recent, True)]:
        Exchange.objects.create(at=at, direction="in", command="purged", milliseconds=Decimal(1), unresolved=unresolved)
    assert purge_exchanges(now=NOW, days=7, batch=2) == 5
    left = Exchange.objects.filter(command="purged").order_by("pk").values_list("at", "unresolved")
    assert list(left) == [(old, True), (recent, False), (recent, True)]
    assert purge_exchanges(now=NOW, days=7) == 0
