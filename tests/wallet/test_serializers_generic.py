"""Bodies of the `generic` protocol: what is taken, and what is refused by naming the field."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from wallet.serializers.generic import (
    DECODERS,
    Malformed,
    decode_request,
    is_json,
    parse_amount,
    parse_context,
    parse_id,
    parse_stamp,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("17.25", "17.25"),
        ("17.250", "17.25"),
        ("17.2500000000000000000000000000000000000000", "17.25"),
        ("17", "17.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.00", "0.00"),
        ("0e999", "0.00"),
        ("1e1", "10.00"),
        ("1E+1", "10.00"),
        ("1725e-2", "17.25"),
        ('"17.25"', "17.25"),
        ('"0"', "0.00"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("0.01", "0.01"),
    ],
)
def test_amount_is_taken_exactly(text: str, amount: str) -> None:
    found = parse_amount("amount", Raw(text.encode()))
    assert (found, found.as_tuple().exponent) == (Decimal(amount), -2)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("17.255", "`amount` has more than two decimals"),
        ("1e-3", "`amount` has more than two decimals"),
        ("1e-999", "`amount` has more than two decimals"),
        ('"0.001"', "`amount` has more than two decimals"),
        ("10000000000000000", "`amount` has more than 16 digits before the point"),
        ("1e16", "`amount` has more than 16 digits before the point"),
        ("1e999", "`amount` has more than 16 digits before the point"),
        ("-0.01", "`amount` must not be negative"),
        ('"-5"', "`amount` must not be negative"),
        ("true", "`amount` must be a number"),
        ("null", "`amount` must be a number"),
        ("[1]", "`amount` must be a number"),
        ('{"amount":1}', "`amount` must be a number"),
        ('""', "`amount` must be a number"),
        ('" 1"', "`amount` must be a number"),
        ('"1,00"', "`amount` must be a number"),
        ('"+1"', "`amount` must be a number"),
        ('"NaN"', "`amount` must be a number"),
        ('"Infinity"', "`amount` must be a number"),
        ('"1_000"', "`amount` must be a number"),
        ('"٣"', "`amount` must be a number"),
        ("1e9999", "`amount` must be a number"),
    ],
)
def test_amount_out_of_bounds_is_refused(text: str, fault: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_amount("amount", Raw(text.encode()))
    assert str(refusal.value) == fault


@given(st.decimals(min_value=0, max_value=Decimal("9999999999999999.99"), places=2))
def test_every_amount_of_two_decimals_is_itself(amount: Decimal) -> None:
    for text in (str(amount), f'"{amount}"'):
        assert parse_amount("amount", Raw(text.encode())) == amount


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18))
def test_amount_is_taken_unchanged_or_refused_but_never_rounded(amount: Decimal) -> None:
    cents = amount * 100
    fits = 0 <= amount < 10**16 and cents == cents.to_integral_value()
    try:
        assert parse_amount("amount", Raw(f"{amount:f}".encode())) == amount
    except Malformed:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("113", "113"),
        ('"113"', "113"),
        ("0", "0"),
        ("-5", "-5"),
        ('"0113"', "0113"),
        ('"\\u0031"', "1"),
        ('"Zoë 7"', "Zoë 7"),
        ("9" * 20, "9" * 20),
        ("9" * 127, "9" * 127),
        ('"%s"' % ("x" * 127), "x" * 127),
    ],
)
def test_id_is_an_integers_digits_or_a_texts_characters(text: str, id_: str) -> None:
    assert parse_id("round_id", Raw(text.encode())) == id_


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.0", "`round_id` must be an integer or a text"),
        ("1e3", "`round_id` must be an integer or a text"),
        ("true", "`round_id` must be an integer or a text"),
        ("null", "`round_id` must be an integer or a text"),
        ("[]", "`round_id` must be an integer or a text"),
        ('""', "`round_id` must not be empty, nor hold | or a control character"),
        ('"a|b"', "`round_id` must not be empty, nor hold | or a control character"),
        ('"a\\nb"', "`round_id` must not be empty, nor hold | or a control character"),
        ('"a\\u0000"', "`round_id` must not be empty, nor hold | or a control character"),
        ('"a\\u007c"', "`round_id` must not be empty, nor hold | or a control character"),
        ("9" * 128, "`round_id` is longer than 127 characters"),
        ('"%s"' % ("x" * 128), "`round_id` is longer than 127 characters"),
    ],
)
def test_other_id_is_refused(text: str, fault: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_id("round_id", Raw(text.encode()))
    assert str(refusal.value) == fault


def test_user_id_is_refused_beyond_its_own_length() -> None:
    with pytest.raises(Malformed, match="`user_id` is longer than 70 characters"):
        parse_id("user_id", Raw(b'"%b"' % (b"x" * 71)), 70)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2020-12-01 13:44:54", datetime(2020, 12, 1, 13, 44, 54, tzinfo=UTC)),
        ("2020-12-01T13:44:54Z", datetime(2020, 12, 1, 13, 44, 54, tzinfo=UTC)),
        ("2020-12-01t13:44:54z", datetime(2020, 12, 1, 13, 44, 54, tzinfo=UTC)),
        ("2020-12-01 13:44:54.5", datetime(2020, 12, 1, 13, 44, 54, 500000, tzinfo=UTC)),
        ("2020-12-01T13:44:54.123456789Z", datetime(2020, 12, 1, 13, 44, 54, 123456, tzinfo=UTC)),
        ("2020-12-01T13:44:54+02:00", datetime(2020, 12, 1, 11, 44, 54, tzinfo=UTC)),
        ("2020-12-01T13:44:54-0530", datetime(2020, 12, 1, 19, 14, 54, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_time_stamp_is_read_in_utc(text: str, stamp: datetime | None) -> None:
    assert parse_stamp("transaction_timestamp", text) == stamp


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2020-12-01", "13:44:54", "2020-11-31 10:00:00", "2020-12-01 25:00:00", "1606822496000"]
)
def test_what_is_no_time_stamp_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="`transaction_timestamp`"):
        parse_stamp("transaction_timestamp", text)


def test_stamp_before_the_calendar_begins_is_refused() -> None:
    with pytest.raises(Malformed, match="`transaction_timestamp` is no such time"):
        parse_stamp("transaction_timestamp", "0001-01-02T00:00:00+23:00".replace("01-02", "00-00"))


def test_stamp_after_the_calendar_ends_is_refused() -> None:
    with pytest.raises(Malformed, match="`transaction_timestamp` is no such time"):
        parse_stamp("transaction_timestamp", "9999-12-31 23:59:59-00:01")


@pytest.mark.parametrize("text", ["", "null", "[]"])
def test_empty_context_is_none(text: str) -> None:
    assert parse_context(Raw(text.encode()))[1] is None


def test_context_is_kept_as_it_came() -> None:
    text = '{ "reason" : "SPIN", "rake":0.0300, "new":[1.10, {"a":null}], "campaign_details":"x|y" }'
    context, kept = parse_context(Raw(text.encode()))
    assert (context.reason, kept) == ("SPIN", text)


@pytest.mark.parametrize("text", ['"text"', "7", "[1]", '{"reason":7}', '{"reason":"a|b"}', '{"campaign_code":[]}'])
def test_malformed_context_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="`context`"):
        parse_context(Raw(text.encode()))


def write(command: str, data: object) -> bytes:
    return msgspec.json.encode({"command": command, "request_timestamp": "x", "hash": "y", "data": data})


@pytest.mark.parametrize("command", DECODERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{",
        b"{}{}",
        b"\xef\xbb\xbf{}",
        b'{"command":NaN}',
        b"\xff\xfe",
        b"command=balance&data=x",
        b"<html>",
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_object_is_refused(command: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_request(command, body)


def test_command_other_than_the_paths_is_refused() -> None:
    with pytest.raises(Malformed, match="`command` is 'balance', but the path says 'authenticate'"):
        decode_request("authenticate", write("balance", {"token": "x" * 20}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_whatever_is_json_can_be_echoed(value: object) -> None:
    assert is_json(json.dumps(value).encode("utf-8", "surrogatepass")) is True


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"[Infinity]", b"\xff", b"\xef\xbb\xbf{}", b"'x'", b"[" * 100_000])
def test_what_is_not_json_cannot_be_echoed(body: bytes) -> None:
    assert is_json(body) is False


@pytest.mark.parametrize(
    "odd",
    [
        b'"\x01"',
        b'"\\ud800"',
        b'"\\x"',
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"NaN",
        b"-Infinity",
        b"tru",
        b"'x'",
        b"[1,]",
        b'{"a":1,}',
        b"{a:1}",
        b'"\\u12"',
    ],
)
@pytest.mark.parametrize("place", ["extra", "user_id", "context"])
def test_body_that_is_accepted_can_be_echoed(odd: bytes, place: str) -> None:
    """What stands in a member that nobody reads is echoed all the same, so it must be JSON."""
    body = (
        b'{"command":"status","request_timestamp":"x","hash":"y","data":{"user_id":"u","transaction_id":1,'
        b'"%b":%b}}' % (place.encode(), odd)
    )
    try:
        decode_request("status", body)
    except Malformed:
        return
    assert is_json(body)


@given(st.binary(max_size=12))
def test_echo_stays_json_whatever_bytes_stand_in_an_unread_member(noise: bytes) -> None:
    body = b'{"command":"authenticate","request_timestamp":"x","hash":"y","data":{"token":"t"},"z":%b}' % noise
    try:
        decode_request("authenticate", body)
    except Malformed:
        return
    assert is_json(body)
