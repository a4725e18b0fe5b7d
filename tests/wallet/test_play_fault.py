"""Faults of ours: always a signed answer that can be repeated, never a page or a trace."""

import pytest
from django.db import OperationalError

from tests.wallet.platform import Answer
from tests.wallet.world import Seat, World
from wallet.services import play
from wallet.services.play import LedgerTimeout, LedgerUnavailable

SERVICES = {
    "authenticate": "authenticate",
    "balance": "get_balance",
    "BET": "post_movement",
    "WIN": "post_movement",
    "REFUND": "post_movement",
    "status": "get_transaction_status",
    "cancel": "cancel_transaction",
    "finishround": "finish_round",
}


def send(world: World, seat: Seat, act: str) -> Answer:
    if act in {"BET", "WIN", "REFUND"}:
        return world.move(act, seat, "5.00", transaction_id=7, round_id=8)
    if act == "authenticate":
        return world.authenticate(seat)
    if act == "balance":
        return world.ask_balance(seat)
    if act == "status":
        return world.status(seat, 7)
    return world.cancel(seat, 7) if act == "cancel" else world.finish_round(seat, 7)


def break_service(monkeypatch: pytest.MonkeyPatch, act: str, fault: Exception) -> None:
    def fail(**_: object) -> None:
        raise fault

    monkeypatch.setattr(play, SERVICES[act], fail)


@pytest.mark.parametrize("act", SERVICES)
@pytest.mark.parametrize(
    "fault",
    [RuntimeError("secret detail"), OperationalError("secret detail"), LedgerUnavailable("secret detail")],
    ids=lambda fault: type(fault).__name__,
)
def test_fault_is_answered_with_a_signed_op_50_that_tells_nothing(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, act: str, fault: Exception
) -> None:
    break_service(monkeypatch, act, fault)
    answer = send(world, seat, act)
    assert answer.data == {"error_code": "OP_50", "error_message": "Internal error"}
    assert b"detail" not in answer.raw


@pytest.mark.parametrize("act", SERVICES)
def test_time_out_is_op_47_only_where_the_platform_then_cancels(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    break_service(monkeypatch, act, LedgerTimeout("lock"))
    expected = "OP_47" if act in {"BET", "authenticate", "balance"} else "OP_50"
    assert send(world, seat, act).verdict == expected


@pytest.mark.parametrize("act", SERVICES)
@pytest.mark.parametrize("fault", [RuntimeError(), LedgerTimeout(), LedgerUnavailable()], ids=repr)
def test_movement_is_left_in_doubt_by_a_fault_and_nothing_else_is(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, act: str, fault: Exception
) -> None:
    break_service(monkeypatch, act, fault)
    send(world, seat, act)
    (found,) = world.exchanges()
    assert found.unresolved is (act in {"BET", "WIN", "REFUND"})


def test_bug_is_written_to_the_process_log_with_its_trace(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_service(monkeypatch, "BET", RuntimeError("a bug"))
    send(world, seat, "BET")
    (record,) = [record for record in caplog.records if record.name == "wallet.views.generic.views"]
    assert record.getMessage() == "changebalance failed"
    assert record.exc_info is not None
    assert seat.token not in caplog.text
    assert world.platform.secret not in caplog.text


def test_movement_succeeds_once_the_fault_is_mended(world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        break_service(broken, "BET", RuntimeError())
        assert send(world, seat, "BET").verdict == "OP_50"
    assert send(world, seat, "BET").verdict == "OK"
