"""What happens around a command: another method, a body in pieces, a fault at the door, a ledger that is away."""

import logging
from io import BytesIO

import pytest
from django.test import Client

from tests.wallet.platform import sha1
from tests.wallet.world import Seat, World
from wallet.services import play
from wallet.services.play import LedgerTimeout, LedgerUnavailable
from wallet.views.generic import views


def test_stranger_who_uses_another_method_hears_of_the_method(world: World) -> None:
    answer = world.platform.send("balance", b"", method="GET", x_operator_id=None, x_authorization=None)
    assert (answer.status, answer.raw) == (405, b'{"code": "method_not_allowed"}')


def test_body_that_comes_in_chunks_is_acted_on(world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    answer = Client().request(
        **{
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/wallet/authenticate",
            "CONTENT_TYPE": "application/json",
            "HTTP_TRANSFER_ENCODING": "chunked",
            "HTTP_X_OPERATOR_ID": world.platform.operator_ref,
            "HTTP_X_AUTHORIZATION": sha1("authenticate", world.platform.secret),
            "wsgi.input": BytesIO(body),
        }
    )
    assert answer.json()["response"]["data"]["user_id"] == seat.user_id


@pytest.mark.parametrize("fault", [LedgerUnavailable("away"), LedgerTimeout("late")], ids=["away", "late"])
def test_ledger_that_does_not_answer_is_no_bug_of_the_views(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    def fail(**_: object) -> None:
        raise fault

    monkeypatch.setattr(play, "post_movement", fail)
    with caplog.at_level(logging.ERROR, "wallet.views.generic.views"):
        assert world.win(seat, "1.00").verdict == "OP_50"
    assert caplog.messages == []


def test_fault_at_the_door_is_raised_as_what_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_in(*_: object) -> None:
        raise RuntimeError("the door fell in")

    monkeypatch.setattr(views, "admit", fall_in)
    with pytest.raises(RuntimeError, match="the door fell in"):
        Client().post("/wallet/balance", b"{}", content_type="application/json")
