"""Bodies that are wrong in a way that is easily overlooked, or that come in pieces, and what the log says of them."""

import logging
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory

from tests.wallet.world import Seat, World
from wallet.views.generic.views import LARGEST_BODY, BodyTooLarge, read_chunks


def test_bytes_that_are_no_text_are_refused_in_a_field_that_nobody_reads(world: World, seat: Seat) -> None:
    body = world.platform.write("balance", {"token": seat.token, "user_id": seat.user_id, "currency_code": "EUR"})
    assert world.platform.send("balance", body[:-1] + b',"extra":"\xc3\xa9"}').verdict == "OK"
    answer = world.platform.send("balance", body[:-1] + b',"extra":"\xff"}')
    assert (answer.verdict, answer.message) == ("OP_50", "Malformed request: the body is not UTF-8")


@pytest.mark.parametrize(
    ("what", "code"), [("malformed", "OP_50"), ("another hash", "OP_20"), ("refused", "OP_34"), ("no JSON", "OP_50")]
)
def test_what_is_wrong_with_the_caller_is_no_failure_of_ours(
    world: World, seat: Seat, caplog: pytest.LogCaptureFixture, what: str, code: str
) -> None:
    data: dict[str, Any] = {"user_id": seat.user_id, "transaction_id": 7}
    changes: dict[str, dict[str, Any]] = {"malformed": {"transaction_id": None}, "refused": {"user_id": "nobody"}}
    data |= changes.get(what, {})
    body = world.platform.write("status", data)
    body = {"another hash": body.replace(b'"hash":"', b'"hash":"0'), "no JSON": b"{"}.get(what, body)
    with caplog.at_level(logging.ERROR, "wallet.views.generic.views"):
        assert world.platform.send("status", body).verdict == code
    assert caplog.messages == []


@pytest.mark.parametrize("length", [0, 1, LARGEST_BODY])
def test_chunks_are_read_to_their_end(length: int) -> None:
    request = RequestFactory().generic("POST", "/wallet/balance")
    request.environ["wsgi.input"] = BytesIO(b"x" * length)
    read_chunks(request)
    assert request.body == b"x" * length


def test_chunks_that_come_to_a_byte_too_many_are_refused_without_reading_on() -> None:
    request = RequestFactory().generic("POST", "/wallet/balance")
    request.environ["wsgi.input"] = sent = BytesIO(b"x" * (LARGEST_BODY + 100))
    with pytest.raises(BodyTooLarge):
        read_chunks(request)
    assert sent.tell() == LARGEST_BODY + 1
