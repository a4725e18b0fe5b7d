"""Calls that wait, over HTTP to the sandbox: sent once, asked about, stranded, and none of them lost or doubled."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import transaction
from pytest_django import Settings

from operators.models import Exchange, Operator
from operators.services.connections import connect_agent
from tests.operators.conftest import Misbehave
from tests.sandbox.platform_process import PlatformProcess
from tests.wallet.call_desk import DELAYING, MINUTE, SECOND, Desk, hurry, result_of, told
from wallet.models import WaitingCall
from wallet.services import call_kinds, waiting_calls
from wallet.services.agent_calls import DEPOSIT
from wallet.services.call_kinds import UnknownKind
from wallet.services.waiting_calls import (
    CallDiffers,
)
from wallet.tasks import make_waiting_calls


@pytest.fixture(autouse=True)
def impatient(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(settings, monkeypatch)


@pytest.fixture
def desk(db: None, sandbox: PlatformProcess) -> Desk:
    return Desk(sandbox)


class TestQueue:
    def test_a_call_is_sent_once_and_keeps_the_answer(self, desk: Desk) -> None:
        call = desk.queue_deposit("25")
        assert (told(call), desk.balance()) == (("waiting", 0, 0, ""), 0)
        assert desk.sweep() == 1
        assert (told(call), desk.balance()) == (("done", 1, 0, ""), 25)
        assert result_of(call)["player"] == {"before": "0", "after": "25"}
        assert (result_of(call)["differences"], call.ended_at) == ([], desk.now)
        assert desk.sweep(timedelta(days=2)) == 0

    def test_free_rounds_are_granted_under_their_bonus_code(self, desk: Desk) -> None:
        call = desk.queue_free_round("bonus0001" + secrets.token_hex(4))
        desk.sweep()
        assert told(call) == ("done", 1, 0, "")
        codes = desk.agent.ask("SELECT bonus_code FROM gift WHERE id = ?", result_of(call)["grant_ref"])
        assert codes == [(call.reference,)]

    def test_the_same_reference_is_the_same_call(self, desk: Desk) -> None:
        first = desk.queue_deposit("25", "payment-1")
        assert desk.queue_deposit("25", "payment-1") == first
        with pytest.raises(CallDiffers):
            desk.queue_deposit("26", "payment-1")
        desk.sweep()
        assert desk.queue_deposit("25", "payment-1").state == "done"
        assert desk.balance() == 25

    def test_a_call_that_its_transaction_takes_back_is_never_sent(self, desk: Desk) -> None:
        with transaction.atomic():
            desk.queue_deposit()
            transaction.set_rollback(True)
        assert desk.sweep() == 0

    def test_what_could_not_be_sent_is_not_queued(self, desk: Desk) -> None:
        with pytest.raises(UnknownKind):
            desk.queue("teleport", {}, "1")
        with pytest.raises(msgspec.ValidationError, match="amount"):
            desk.queue(DEPOSIT, {"username": desk.username, "currency": "EUR"}, "1")

    def test_calls_of_a_kind_that_this_process_does_not_know_wait(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call = desk.queue_deposit()
        monkeypatch.delitem(call_kinds.KINDS, DEPOSIT)
        assert (desk.sweep(), told(call)) == (0, ("waiting", 0, 0, ""))

    def test_transfers_of_one_player_and_currency_go_one_after_the_other(
        self, desk: Desk, misbehave: Misbehave
    ) -> None:
        first, second = desk.queue_deposit("25"), desk.queue_deposit("5")
        misbehave("agent", "deposit", "late", seconds=1.3)
        desk.sweep()
        assert (told(first), told(second)) == (("unknown", 1, 0, "TIMEOUT"), ("waiting", 0, 0, ""))
        desk.sweep(MINUTE)
        assert (told(first), told(second)) == (("done", 1, 1, ""), ("done", 1, 0, ""))
        assert desk.balance() == 30

    def test_beat_sweeps(self, desk: Desk) -> None:
        call = desk.queue_deposit()
        assert make_waiting_calls() == 1
        assert told(call) == ("done", 1, 0, "")


class TestRetries:
    def test_what_never_left_is_sent_again_soon_and_then_seldom(self, desk: Desk) -> None:
        """A platform that is away: the reads before the transfer fail."""
        host, operator = desk.agent.operator.api_host, desk.agent.operator
        self.settle_on(operator, "http://127.0.0.1:9/agent")
        call = desk.queue_deposit()
        desk.sweep()
        assert told(call) == ("waiting", 1, 0, "UNREACHABLE")
        pauses = []
        for _ in range(11):
            pauses.append(call.next_at - desk.now if call.next_at else None)
            desk.sweep(pauses[-1] or SECOND)
            assert told(call)[0] == "waiting"
        assert pauses == [MINUTE] * 10 + [timedelta(hours=1)]
        self.settle_on(operator, host)
        desk.sweep(timedelta(minutes=59))
        assert told(call)[:2] == ("waiting", 12)
        desk.sweep(MINUTE)
        assert (told(call), desk.balance()) == (("done", 13, 0, ""), 25)

    def test_the_operators_own_intervals_hold(self, db: None, sandbox: PlatformProcess) -> None:
        delays = {"shortRetryCount": 0, "longRetryTimeInMS": 7_200_000, "shortRetryTimeInMS": 60_000}
        desk = Desk(sandbox, {"protocolType": 5, "delaySettings": delays})
        self.settle_on(desk.agent.operator, "http://127.0.0.1:9/agent")
        call = desk.queue_deposit()
        desk.sweep()
        assert (told(call)[0], call.next_at) == ("waiting", desk.now + timedelta(hours=2))

    @pytest.mark.parametrize(
        ("options", "state"),
        [
            ({}, "stranded"),
            ({"protocolType": 1}, "stranded"),
            ({"protocolType": 6}, "waiting"),
            ({"protocolType": 6, "shouldWeDelay": False}, "stranded"),
            ({"shouldWeDelay": True}, "waiting"),
        ],
    )
    def test_calls_wait_where_the_settings_or_the_protocol_type_say_so(
        self, db: None, sandbox: PlatformProcess, options: dict[str, Any], state: str
    ) -> None:
        desk = Desk(sandbox, options)
        self.settle_on(desk.agent.operator, "http://127.0.0.1:9/agent")
        call = desk.queue_deposit()
        desk.sweep()
        assert told(call) == (state, 1, 0, "UNREACHABLE")

    def test_what_the_platform_refuses_waits_for_a_person(self, desk: Desk) -> None:
        arguments = {"username": "nobody0000", "currency": "EUR", "amount": "5"}
        call = desk.queue(DEPOSIT, arguments, "1")
        desk.sweep()
        assert told(call) == ("stranded", 1, 0, "PLAYER_NOT_FOUND")
        assert call.may_have_left is False
        assert desk.sweep(timedelta(days=2)) == 0

    @pytest.mark.parametrize(("options", "age"), [(DELAYING, 86_400), (DELAYING | {"maxGameRoundAge": 60}, 60)])
    def test_a_call_is_stranded_at_the_greatest_age(
        self, db: None, sandbox: PlatformProcess, options: dict[str, Any], age: int
    ) -> None:
        desk = Desk(sandbox, options)
        self.settle_on(desk.agent.operator, "http://127.0.0.1:9/agent")
        call = desk.queue_deposit()
        desk.sweep(timedelta(seconds=age - 1))
        assert told(call)[:2] == ("waiting", 1)
        assert desk.sweep(SECOND) == 0
        assert (told(call)[:2], call.next_at) == (("stranded", 1), None)

    def settle_on(self, operator: Operator, host: str) -> None:
        Operator.objects.filter(pk=operator.pk).update(api_host=host)


class TestFaults:
    """A kind's own code fails: its call is kept safe, and the others of the sweep go on."""

    def falter(self, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        """Let the deposits' kind fail at a step, with a fault that no platform has part in."""

        def fail(_call: WaitingCall, _now: datetime) -> Any:
            raise KeyError("player")

        broken: dict[str, Any] = {step: fail}
        kind = replace(call_kinds.get_kind(DEPOSIT), **broken)
        monkeypatch.setitem(call_kinds.KINDS, DEPOSIT, kind)

    @pytest.mark.parametrize("step", ["prepare", "send"])
    def test_a_call_whose_kind_fails_ends_no_sweep(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
    ) -> None:
        left = step == "send"
        call, other = desk.queue_deposit("25"), desk.queue_free_round()
        self.falter(monkeypatch, step)
        assert desk.sweep() == 2
        assert (told(call), call.may_have_left) == (("unknown" if left else "waiting", 1, 0, "PROGRAM_FAILED"), left)
        assert (call.error, call.next_at) == (
            "The program failed over it (KeyError): the log says more.",
            desk.now + MINUTE,
        )
        assert (call.leased_until, told(other)) == (None, ("done", 1, 0, ""))
        assert [record.levelname for record in caplog.records if record.name == waiting_calls.__name__] == ["ERROR"]

    def test_a_question_that_fails_is_asked_again_and_the_call_not_sent(
        self, desk: Desk, misbehave: Misbehave, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", "late", seconds=1.3)
        desk.sweep()
        with monkeypatch.context() as meanwhile:
            self.falter(meanwhile, "poll")
            desk.sweep(MINUTE)
            assert told(call) == ("unknown", 1, 1, "PROGRAM_FAILED")
        desk.sweep(MINUTE)
        assert (told(call), desk.balance()) == (("done", 1, 2, ""), 25)

    def test_what_never_left_is_a_persons_where_calls_do_not_wait(
        self, db: None, sandbox: PlatformProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = Desk(sandbox, {})
        call = desk.queue_deposit()
        self.falter(monkeypatch, "prepare")
        desk.sweep()
        assert (told(call), call.next_at) == (("stranded", 1, 0, "PROGRAM_FAILED"), None)


class TestUnknown:
    """The answer never came: it is asked about, and never sent again for want of one."""

    @pytest.mark.parametrize("fault", ["late", "truncated", "wrong_types"])
    def test_a_deposit_that_was_done_is_found_by_the_balance(
        self, desk: Desk, misbehave: Misbehave, fault: str
    ) -> None:
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", fault, seconds=1.3)
        desk.sweep()
        assert (told(call)[:3], call.may_have_left) == (("unknown", 1, 0), True)
        desk.sweep(MINUTE)
        assert (told(call), desk.balance()) == (("done", 1, 1, ""), 25)
        assert result_of(call)["proved_by"] == "balance"

    @pytest.mark.parametrize("fault", ["http_500", "html_502", "dropped"])
    def test_a_deposit_that_was_not_done_is_asked_about_until_it_strands_and_never_sent_again(
        self, desk: Desk, misbehave: Misbehave, fault: str
    ) -> None:
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", fault)
        desk.sweep()
        for _ in range(3):
            desk.sweep(MINUTE)
        assert told(call) == ("unknown", 1, 3, "NO_TRACE")
        desk.sweep(timedelta(days=1))
        assert (told(call)[:2], desk.balance()) == (("stranded", 1), 0)

    def test_what_was_played_since_does_not_hide_a_deposit(self, desk: Desk, misbehave: Misbehave) -> None:
        desk.queue_deposit("1000")
        desk.sweep()
        desk.play()
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", "late", seconds=1.3)
        desk.sweep()
        desk.play(rounds=5)
        desk.sweep(MINUTE)
        assert told(call) == ("done", 1, 1, "")

    def test_a_win_as_high_as_the_deposit_is_not_taken_for_it(self, desk: Desk, misbehave: Misbehave) -> None:
        desk.queue_deposit("1000")
        desk.sweep()
        before = desk.balance()
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", "http_500")
        desk.sweep()
        desk.play(rounds=5)
        won = desk.balance() - before
        assert won != 0
        WaitingCall.objects.filter(pk=call.pk).update(arguments=call.arguments | {"amount": str(abs(won))})
        desk.sweep(MINUTE)
        assert told(call) == ("unknown", 1, 1, "NO_TRACE")

    def test_a_balance_that_moved_otherwise_is_left_to_a_person(self, desk: Desk, misbehave: Misbehave) -> None:
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", "http_500")
        desk.sweep()
        with connect_agent(desk.agent.operator, now=desk.now) as client:
            client.deposit(username=desk.username, amount=Decimal(7), currency="EUR")
        desk.sweep(MINUTE)
        assert told(call) == ("unknown", 1, 1, "UNEXPLAINED")

    def test_what_was_said_is_kept_in_the_log_until_the_outcome_is_known(
        self, desk: Desk, misbehave: Misbehave
    ) -> None:
        call = desk.queue_deposit("25", "payment-77")
        misbehave("agent", "deposit", "late", seconds=1.3)
        desk.sweep()
        said = Exchange.objects.filter(operator=desk.agent.operator, transaction_ref="payment-77").order_by("pk")
        assert [(one.command, one.unresolved) for one in said] == [("deposit", True)]
        desk.sweep(MINUTE)
        assert told(call)[0] == "done"
        assert [(one.command, one.unresolved) for one in said.all()] == [("deposit", False)]

    def test_a_poll_that_fails_leaves_it_unknown(self, desk: Desk, misbehave: Misbehave) -> None:
        call = desk.queue_deposit("25")
        misbehave("agent", "deposit", "late", seconds=1.3)
        desk.sweep()
        misbehave("agent", "getPlayerBalance", "http_500")
        desk.sweep(MINUTE)
        assert told(call) == ("unknown", 1, 1, "HTTP_500")
        desk.sweep(MINUTE)
        assert told(call) == ("done", 1, 2, "")

    @pytest.mark.parametrize(("fault", "grants"), [("late", 1), ("truncated", 1), ("http_500", 0), ("dropped", 0)])
    def test_free_rounds_are_asked_about_by_their_bonus_code(
        self, desk: Desk, misbehave: Misbehave, fault: str, grants: int
    ) -> None:
        call = desk.queue_free_round()
        misbehave("agent", "freeRound", fault, seconds=1.3)
        desk.sweep()
        assert (told(call)[:3], desk.count_grants()) == (("unknown", 1, 0), grants)
        desk.sweep(MINUTE)
        assert (told(call), desk.count_grants()) == (("done", 1, 1, ""), 1)
        assert (result_of(call)["grant_ref"] is None) is (grants == 1)
        assert ("flag" in result_of(call)) is (grants == 1)
