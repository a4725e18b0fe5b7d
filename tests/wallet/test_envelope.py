"""The envelope around every answer: the request's own bytes, the signature, and how values are written."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.wallet.platform import sha1
from tests.wallet.world import Seat, World
from wallet import ledger
from wallet.models import Account
from wallet.serializers.generic import Authenticate, Envelope
from wallet.views.generic import envelope
from wallet.views.generic.verdicts import InvalidHash
from wallet.views.generic.views import check_hash

SECRET = b"secret_key"


def test_published_vector_of_an_ok_answer_is_made() -> None:
    now = datetime(2020, 12, 1, 15, 33, 11, tzinfo=UTC)
    answer = envelope.ok(body=b'{"a":1}', secret=SECRET, now=now, data=b"{}")
    assert answer.content == (
        b'{"request":{"a":1},"response":{"status":"OK","response_timestamp":"2020-12-01 15:33:11",'
        b'"hash":"fcc641fb4885911b30861927ad20c5ac3687928f","data":{}}}'
    )


def test_published_vector_of_an_error_answer_is_made() -> None:
    now = datetime(2020, 12, 1, 13, 44, 55, tzinfo=UTC)
    answer = envelope.error(body=b"<html>", secret=SECRET, now=now, code="OP_50", message='a "b" ä')
    assert answer.content.decode() == (
        '{"request":null,"response":{"status":"ERROR","response_timestamp":"2020-12-01 13:44:55",'
        '"hash":"a28565adb019ff3e1b2e5c23ff79f9287487d0a0",'
        '"data":{"error_code":"OP_50","error_message":"a \\"b\\" ä"}}}'
    )


def test_response_timestamp_is_utc_wherever_the_clock_stands() -> None:
    now = datetime(2020, 12, 1, 1, 33, 11, tzinfo=timezone(timedelta(hours=3)))
    answer = envelope.ok(body=b"{}", secret=SECRET, now=now, data=b"{}")
    assert b'"response_timestamp":"2020-11-30 22:33:11"' in answer.content


def signed(hash_: str) -> Envelope[Authenticate]:
    return Envelope("authenticate", "2020-12-01 13:44:54", hash_, Authenticate("t"))


def test_published_vector_of_a_request_verifies() -> None:
    check_hash(signed("5f672eb7f0286f30ce13ce4c4d622b2e0c1ad40f"), SECRET)


@pytest.mark.parametrize(
    "hash_",
    ["43afab643ee5b94e3b4edbe438f30fa3e97e10c4", "5F672EB7F0286F30CE13CE4C4D622B2E0C1AD40F", "", "é"],
    ids=["the document's placeholder", "upper case", "empty", "not ASCII"],
)
def test_another_hash_does_not_verify(hash_: str) -> None:
    with pytest.raises(InvalidHash):
        check_hash(signed(hash_), SECRET)


@pytest.mark.parametrize(
    ("held", "written"),
    [
        ("327.1", b"327.10"),
        ("0", b"0.00"),
        ("0.00000001", b"0.00"),
        ("327.199999", b"327.19"),
        ("-0.001", b"-0.01"),
        ("-5.5", b"-5.50"),
        ("1234567890123456.78", b"1234567890123456.78"),
        ("1E+3", b"1000.00"),
    ],
)
def test_balance_is_written_with_two_decimals_rounded_down(held: str, written: bytes) -> None:
    assert envelope.money(Decimal(held)) == written


def sign(world: World, body: bytes) -> bytes:
    signature = sha1("status", "2026-11-20 13:44:54", world.platform.secret)
    return body.replace(b"HASH", signature.encode())


@pytest.mark.parametrize(
    "body",
    [
        (
            b'{"hash":"HASH","data":{"transaction_id":1,"user_id":"nobody"},"command":"status",'
            b'"request_timestamp":"2026-11-20 13:44:54"}'
        ),
        (
            b'{"command":"status","request_timestamp":"2026-11-20 13:44:54","hash":"HASH","data":{"user_id":"nobody",'
            b'"transaction_id":1,"amount":17.250,"rake":1e1,"big":12345678901234567890123,"tiny":0.10000000000000000001}}'
        ),
        (
            b'{"command":"status","request_timestamp":"2026-11-20 13:44:54","hash":"HASH","debug":null,"data":{'
            b'"user_id":"nobody","transaction_id":1,"round_finished":null}}'
        ),
        (
            b' \t\r\n{ "command" : "status",\n"request_timestamp":"2026-11-20 13:44:54","hash":"HASH",\n  "data":{'
            b'"user_id":"nobody","transaction_id":1 } }\n\n'
        ),
        (
            b'{"command":"st\\u0061tus","request_timestamp":"2026-11-20 13:44:54","hash":"HASH","data":{'
            b'"user_id":"Zo\\u00eb \\/ \\ud83d\\ude00","transaction_id":1}}'
        ),
        '{"command":"status","request_timestamp":"2026-11-20 13:44:54","hash":"HASH","data":{'
        '"user_id":"Zoë 😀","transaction_id":1}}'.encode(),
        (
            b'{"command":"status","request_timestamp":"2026-11-20 13:44:54","hash":"HASH","data":{"user_id":"x",'
            b'"user_id":"nobody","transaction_id":1}}'
        ),
    ],
    ids=["key order", "number text", "nulls", "white space", "escapes", "UTF-8", "repeated key"],
)
def test_request_is_echoed_byte_for_byte(world: World, body: bytes) -> None:
    body = sign(world, body)
    answer = world.platform.send("status", body).check_envelope(body, world.platform.secret)
    assert answer.verdict == "OP_34"


@pytest.mark.parametrize("body", [b'{"command": "status"}', b"[1.50]", b'"text"', b"null", b"17.250", b" {} "])
def test_refused_json_is_echoed_byte_for_byte(world: World, body: bytes) -> None:
    assert world.platform.send("status", body).check_envelope(body, world.platform.secret).verdict == "OP_50"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"command=status", b"\xff\xfe{}", b'{"a":"\xe9"}', b"\xef\xbb\xbf{}", b"NaN", b"[" * 60_000],
    ids=["empty", "cut off", "a form", "UTF-16 mark", "Latin-1", "UTF-8 mark", "NaN", "deep"],
)
def test_what_is_not_json_in_utf8_is_echoed_as_null(world: World, body: bytes) -> None:
    answer = world.platform.send("status", body).check_envelope(b"null", world.platform.secret)
    assert (answer.verdict, answer.document["request"]) == ("OP_50", None)


@pytest.mark.parametrize("as_sent", [7, "7"])
def test_ids_are_answered_in_the_type_they_came_in(world: World, seat: Seat, as_sent: object) -> None:
    world.bet(seat, transaction_id=7, round_id=7)
    assert world.status(seat, as_sent).data["transaction_id"] == as_sent
    assert world.finish_round(seat, as_sent).data["round_id"] == as_sent
    assert world.finish_round(seat, as_sent, game_id=as_sent).data["game_id"] == as_sent
    assert world.cancel(seat, as_sent).data["transaction_id"] == as_sent


def test_user_id_is_answered_as_a_number_where_it_came_as_one(world: World) -> None:
    seat = world.seat(user_id="113")
    world.bet(seat, transaction_id=8)
    assert world.status(seat, 8, user_id=113).data == {
        "user_id": 113,
        "transaction_id": 8,
        "transaction_status": "OK",
    }
    assert world.status(seat, 8).data["user_id"] == "113"


def test_balance_of_more_decimals_goes_out_rounded_down(world: World) -> None:
    seat = world.seat("0")
    for reference, amount in (("a", "10.00999999"), ("b", "0.00000001")):
        ledger.move_cash(
            casino_id=world.casino.pk,
            kind="deposit",
            user_id=seat.user_id,
            reference=reference,
            currency="EUR",
            amount=Decimal(amount),
            context="{}",
            now=datetime.now(UTC),
        )
        expected = {"a": b'"balance":10.00,', "b": b'"balance":10.01,'}[reference]
        assert expected in world.ask_balance(seat).raw
    assert Account.objects.get(pk=seat.account.pk).balance == Decimal("10.01")


def test_every_command_answers_its_own_members_and_no_more(world: World, seat: Seat) -> None:
    name = seat.player.user_name
    assert world.authenticate(seat).data == {
        "user_id": seat.user_id,
        "user_name": name,
        "user_country": "Germany",
        "currency_code": "EUR",
        "balance": Decimal("100.00"),
    }
    assert world.ask_balance(seat).data == {"balance": Decimal("100.00"), "currency_code": "EUR"}
    assert world.bet(seat, "1.00", transaction_id=5, round_id=9).data == {
        "balance": Decimal("99.00"),
        "currency_code": "EUR",
    }
    ids = {"user_id": seat.user_id, "transaction_id": 5}
    assert world.status(seat, 5).data == ids | {"transaction_status": "OK"}
    assert world.cancel(seat, 5).data == ids | {"transaction_status": "CANCELED"}
    assert world.finish_round(seat, 9).data == {"round_id": 9, "user_id": seat.user_id, "game_id": 200}


def test_error_has_a_code_and_a_message_and_no_more(world: World, seat: Seat) -> None:
    assert world.bet(seat, "100.01").data == {"error_code": "OP_31", "error_message": "Insufficient funds"}


def test_timestamp_is_written_to_the_second(world: World, seat: Seat) -> None:
    stamp = world.authenticate(seat).response["response_timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", stamp)


def test_wrong_hash_is_answered_with_a_signed_op_20(world: World, seat: Seat) -> None:
    for command in ("authenticate", "balance", "changebalance", "status", "cancel", "finishround"):
        data = {
            "user_id": seat.user_id,
            "token": seat.token,
            "currency_code": "EUR",
            "transaction_type": "BET",
            "amount": 5,
            "transaction_id": 1,
            "round_id": 1,
            "game_id": 200,
            "transaction_timestamp": "2026-11-20 13:44:53",
        }
        with world.unmoved():
            body = world.platform.write(command, data, hash=sha1(command, "2026-11-20 13:44:54", "another"))
            answer = world.platform.send(command, body).check_envelope(body, world.platform.secret)
            assert (answer.verdict, answer.message) == ("OP_20", "Invalid hash")


def test_hash_covers_the_request_timestamp(world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    moved = body.replace(b"13:44:54", b"13:44:55")
    assert world.platform.send("authenticate", moved).verdict == "OP_20"


def test_body_is_judged_before_its_hash(world: World) -> None:
    body = world.platform.write("authenticate", {}, hash="wrong")
    assert world.platform.send("authenticate", body).verdict == "OP_50"


def test_unknown_members_are_let_pass(world: World, seat: Seat) -> None:
    data = {"token": seat.token, "shape": [1, {"a": None}]}
    body = world.platform.write("authenticate", data, debug={"code": 200, "time": "0.04"})
    assert world.platform.send("authenticate", body).check_envelope(body, world.platform.secret).verdict == "OK"
