"""What takes two people: asked for by one, decided on by another, done once."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from operators.models import AuditEntry, Exchange
from operators.selectors.refusals import Refusal
from operators.services.second_person import SecondPersonNeeded
from tests.operators.making import NOW
from tests.wallet.platform import numbers
from tests.wallet.world import Seat, World
from wallet import ledger
from wallet.enums import RequestKind
from wallet.models import ApprovalRequest, Ceiling, RoundClosing, Transaction
from wallet.services.approvals import (
    NotTheRequester,
    RequestEnded,
    RequestExpired,
    RequestOvertaken,
    approve_request,
    expire_requests,
    reject_request,
    withdraw_request,
)
from wallet.services.cashier import BalanceTooLow, InvalidAmount, NoSuchAccount
from wallet.services.ceilings import AboveCeiling, Ceilings, OwnCeiling, find_ceilings, set_ceiling
from wallet.services.requests import (
    AlreadyRequested,
    NotCancelable,
    RoundIsFinished,
    request_adjustment,
    request_forced_cancel,
    request_forced_close,
)
from wallet.tasks import expire_requests as beat

pytestmark = pytest.mark.django_db
ANNA, BORIS, SUPPORT = "staff:anna", "staff:boris", "staff:sven"
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
LATER = NOW + timedelta(hours=1)
WHY: dict[str, Any] = {"note": "Case 4711", "by": ANNA, "now": NOW}
approve = partial(approve_request, by=BORIS, now=LATER)
reject = partial(reject_request, note="No receipt", by=BORIS, now=LATER)
withdraw = partial(withdraw_request, by=ANNA, now=LATER)


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    """Two of finance, and one of support."""
    for role, *names in (("finance", "anna", "boris"), ("support", "sven")):
        group = Group.objects.get_or_create(name=role)[0]
        for name in names:
            User.objects.create_user(name).groups.add(group)


def adjust(seat: Seat, amount: str, **other: Any) -> ApprovalRequest:
    asked: dict[str, Any] = {"player": seat.player, "currency": "EUR", "amount": Decimal(amount), "reason": "goodwill"}
    return request_adjustment(**(asked | WHY | other))


def cancel(target: Transaction, **other: Any) -> ApprovalRequest:
    return request_forced_cancel(target=target, **({"reason": "game_fault"} | WHY | other))


def close(world: World, round_id: int, **other: Any) -> ApprovalRequest:
    return request_forced_close(played=world.round(round_id), **({"reason": "stuck"} | WHY | other))


def book(world: World, seat: Seat, kind: str = "bet", amount: str = "40.00") -> tuple[int, Transaction]:
    """A movement in a round of the same number."""
    number = next(numbers)
    getattr(world, kind)(seat, amount, transaction_id=number, round_id=number)
    return number, Transaction.objects.get(owner_id=world.operator.pk, reference=str(number))


def refused(kind: type[Exception], act: Callable[[], object], world: World) -> str:
    """What a refusal says, after which no money has moved and nobody is on record with anything."""
    entries, requests = AuditEntry.objects.count(), list(ApprovalRequest.objects.order_by("pk").values())
    with world.unmoved(), pytest.raises(kind) as refusal:
        act()
    assert AuditEntry.objects.count() == entries
    assert list(ApprovalRequest.objects.order_by("pk").values()) == requests
    return str(refusal.value)


def state_of(made: ApprovalRequest) -> tuple[str, str, datetime | None]:
    made.refresh_from_db()
    return made.state, made.decided_by, made.decided_at


class TestAdjustments:
    """Credits and debits."""

    @pytest.mark.parametrize(
        ("amount", "kind", "balance"), [("25.00", "credit", "125.00"), ("-100.00", "debit", "0.00")]
    )
    def test_an_approved_adjustment_moves_money_between_the_player_and_the_casinos_adjustments(
        self, world: World, seat: Seat, amount: str, kind: str, balance: str
    ) -> None:
        made = adjust(seat, amount)
        assert (seat.balance, seat.rows) == (Decimal("100.00"), [])
        approve(request=made, note="Seen")
        (row,) = seat.rows
        assert (row.kind, row.amount, row.balance) == (kind, abs(Decimal(amount)), Decimal(balance))
        assert world.system_balance("adjustments") == -Decimal(amount)
        asked = row.transaction
        assert (asked.source, asked.owner_id, asked.reference) == ("adjustment", world.casino.pk, str(made.pk))
        assert json.loads(row.context or "") == {
            "request": made.pk,
            "reason": "goodwill",
            "note": "Case 4711",
            "requested_by": ANNA,
            "approved_by": BORIS,
        }
        assert (*state_of(made), made.booked_id, made.decision_note) == ("approved", BORIS, LATER, asked.pk, "Seen")
        entries = AuditEntry.objects.order_by("-pk")[:2]
        assert [(entry.by, entry.action) for entry in entries] == [
            (BORIS, "approve_adjustment"),
            (ANNA, "request_adjustment"),
        ]
        assert entries[0].details == {
            "request": made.pk,
            "code": "goodwill",
            "reason": "Requested by staff:anna. Goodwill: Case 4711",
            "amount": f"{Decimal(amount):.2f}",
            "currency": "EUR",
            "requested_by": ANNA,
            "decision_note": "Seen",
        }

    def test_what_cannot_be_asked_for_is_refused(self, world: World, seat: Seat) -> None:
        for amount in ("0", "0.001", "NaN", "1E+20"):
            refused(InvalidAmount, partial(adjust, seat, amount), world)
        said = refused(BalanceTooLow, partial(adjust, seat, "-100.01"), world)
        assert said == "The account holds 100.00 EUR: less than the debit."
        refused(NoSuchAccount, partial(adjust, seat, "1", currency="GBP"), world)
        for wrong in ({"reason": "stuck"}, {"reason": ""}, {"note": " "}):
            refused(ValidationError, partial(adjust, seat, "1", **wrong), world)

    def test_a_debit_of_more_than_is_left_waits_until_there_is_enough(self, world: World, seat: Seat) -> None:
        made = adjust(seat, "-100.00")
        book(world, seat)
        refused(BalanceTooLow, partial(approve, request=made), world)
        assert state_of(made)[0] == "open"
        book(world, seat, "win")
        approve(request=made)
        assert (seat.balance, state_of(made)[0]) == (Decimal("0.00"), "approved")

    def test_the_ledger_itself_refuses_the_requester_and_a_request_that_was_decided(
        self, world: World, seat: Seat
    ) -> None:
        made = adjust(seat, "25.00")
        with world.unmoved():
            assert ledger.adjust(request_id=made.pk, by=ANNA, now=NOW).outcome == "not_approved"
            assert ledger.adjust(request_id=0, by=BORIS, now=NOW).outcome == "not_approved"
            assert ledger.force_cancel(request_id=made.pk, by=BORIS, now=NOW).outcome == "not_approved"
            assert ledger.force_close(request_id=made.pk, by=BORIS, now=NOW).outcome == "not_approved"
        reject(request=made)
        with world.unmoved():
            assert ledger.adjust(request_id=made.pk, by=BORIS, now=NOW).outcome == "not_approved"


class TestForcedCancels:
    """Transactions that the platform does not cancel itself."""

    def test_a_canceled_bet_is_to_the_platform_what_its_own_cancel_makes_of_it(self, world: World, seat: Seat) -> None:
        number, bet = book(world, seat)
        made = cancel(bet)
        assert (made.amount, seat.balance) == (Decimal("40.00"), Decimal("60.00"))
        approve(request=made)
        row = seat.rows[-1]
        assert (row.kind, row.reverses_id, row.round_id, row.operator_id) == (
            *("cancel", bet.pk, bet.round_id, world.operator.pk),
        )
        assert (row.transaction.source, row.transaction.owner_id) == ("platform", world.operator.pk)
        assert json.loads(row.context or "")["requested_by"] == ANNA
        assert (seat.balance, world.round(number).bet_sum, world.round(number).cancel_count) == (
            Decimal(100),
            Decimal(0),
            1,
        )
        assert (state_of(made)[0], made.booked_id) == ("approved", row.pk)
        with world.unmoved():
            assert world.cancel(seat, number, number).data["transaction_status"] == "CANCELED"
            assert world.bet(seat, "40.00", transaction_id=number, round_id=number).verdict == "OP_49"
            assert world.status(seat, number).data["transaction_status"] == "CANCELED"

    def test_canceling_a_win_that_was_spent_leaves_the_account_below_zero_and_flagged(
        self, world: World, seat: Seat
    ) -> None:
        _, win = book(world, seat, "win", "50.00")
        book(world, seat, "bet", "140.00")
        made = cancel(win)
        assert made.amount == Decimal("-50.00")
        approve(request=made)
        assert (seat.balance, seat.rows[-1].tags) == (Decimal("-40.00"), ["overdrawn"])
        assert world.bet(seat, "0.00").verdict == "OP_31"

    def test_only_what_a_platform_moved_and_nobody_canceled_can_be_canceled(self, world: World, seat: Seat) -> None:
        number, bet = book(world, seat)
        deposited = Transaction.objects.get(player=seat.player, kind="deposit")
        refused(NotCancelable, partial(cancel, deposited), world)
        waiting = cancel(bet)
        said = refused(AlreadyRequested, partial(cancel, bet, by=BORIS), world)
        assert said == "staff:anna asked for it already: it waits for approval."
        withdraw(request=waiting)
        world.cancel(seat, number, number)
        refused(NotCancelable, partial(cancel, bet), world)
        refused(NotCancelable, partial(cancel, seat.rows[-1].transaction), world)

    def test_a_cancel_that_the_platform_came_before_is_overtaken(self, world: World, seat: Seat) -> None:
        number, bet = book(world, seat)
        made = cancel(bet)
        world.cancel(seat, number, number)
        with world.unmoved(), pytest.raises(RequestOvertaken) as refusal:
            approve(request=made)
        assert str(refusal.value) == "The transaction was canceled since: nothing is left to do."
        assert (*state_of(made), made.booked_id) == ("overtaken", BORIS, LATER, None)
        assert AuditEntry.objects.latest("pk").action == "overtake_forced_cancel"


class TestForcedCloses:
    """Rounds that nobody ends."""

    def test_a_forced_close_says_why_and_names_both(self, world: World, seat: Seat) -> None:
        number, _ = book(world, seat)
        Exchange.objects.create(
            operator=world.operator,
            direction="in",
            command="changebalance",
            at=NOW,
            http_status=200,
            milliseconds=1,
            user_ref=seat.user_id,
            round_ref=str(number),
            transaction_ref="77",
            unresolved=True,
        )
        made = close(world, number)
        approve(request=made)
        played = world.round(number)
        assert (played.state, played.finished_by, played.finished_at) == ("finished", BORIS, LATER)
        closing = RoundClosing.objects.get(round=played)
        assert (closing.by, closing.reason, closing.at) == (BORIS, "forced", LATER)
        assert closing.details == {
            "request": made.pk,
            "code": "stuck",
            "reason": "Nothing more will come for it: Case 4711",
            "round": played.pk,
            "requested_by": ANNA,
            "was": "open",
            "pending": ["77"],
        }
        assert (state_of(made)[0], made.booked_id, seat.balance) == ("approved", None, Decimal("60.00"))
        assert world.win(seat, "5.00", round_id=number).verdict == "OK"
        assert world.bet(seat, "1.00", round_id=number).verdict == "OK"
        assert (world.round(number).state, seat.rows[-1].tags) == ("open", ["round_reopened"])

    def test_a_round_that_was_finished_is_not_closed(self, world: World, seat: Seat) -> None:
        number, _ = book(world, seat)
        made = close(world, number)
        refused(AlreadyRequested, partial(close, world, number), world)
        world.finish_round(seat, number)
        with world.unmoved(), pytest.raises(RequestOvertaken) as refusal:
            approve(request=made)
        assert str(refusal.value) == "The round was finished since: nothing is left to do."
        assert (state_of(made)[0], RoundClosing.objects.filter(round=world.round(number)).count()) == ("overtaken", 0)
        refused(RoundIsFinished, partial(close, world, number), world)


class TestTwoPeople:
    """Who decides, once, in time, and up to how much."""

    @pytest.fixture
    def each(self, world: World, seat: Seat) -> dict[RequestKind, ApprovalRequest]:
        """One request of each kind."""
        number, bet = book(world, seat)
        return {
            RequestKind.ADJUSTMENT: adjust(seat, "5.00"),
            RequestKind.FORCED_CANCEL: cancel(bet),
            RequestKind.FORCED_CLOSE: close(world, number),
        }

    @pytest.mark.parametrize("kind", RequestKind)
    def test_nobody_decides_on_what_they_asked_for(
        self, world: World, each: dict[RequestKind, ApprovalRequest], kind: RequestKind
    ) -> None:
        for act in (approve, reject):
            said = refused(SecondPersonNeeded, partial(act, request=each[kind], by=ANNA), world)
            assert said == "You asked for it yourself: somebody else has to approve it; you may withdraw it."
        refused(NotTheRequester, partial(withdraw, request=each[kind], by=BORIS), world)

    @pytest.mark.parametrize("kind", RequestKind)
    @pytest.mark.parametrize(
        ("act", "then"),
        [(reject, ("rejected", BORIS)), (withdraw, ("withdrawn", ANNA)), (approve, ("approved", BORIS))],
    )
    def test_a_request_is_decided_once(
        self,
        world: World,
        each: dict[RequestKind, ApprovalRequest],
        kind: RequestKind,
        act: Callable[..., ApprovalRequest],
        then: tuple[str, str],
    ) -> None:
        before = world.snapshot()
        act(request=each[kind])
        assert state_of(each[kind]) == (*then, LATER)
        assert (world.snapshot() == before) == (act is not approve)
        for again in (approve, reject, withdraw):
            refused(RequestEnded, partial(again, request=each[kind]), world)

    def test_requests_expire_after_a_week(self, world: World, each: dict[RequestKind, ApprovalRequest]) -> None:
        late = each.pop(RequestKind.ADJUSTMENT)
        with world.unmoved():
            assert expire_requests(now=NOW + WEEK - SECOND) == 0
            with pytest.raises(RequestExpired):
                approve(request=late, now=NOW + WEEK)
            assert state_of(late) == ("expired", BORIS, NOW + WEEK)
            assert expire_requests(now=NOW + WEEK) == 2
        for made in each.values():
            assert state_of(made) == ("expired", "upkeep", NOW + WEEK)
        assert beat() == 0

    def test_an_approval_just_in_time_counts(self, each: dict[RequestKind, ApprovalRequest]) -> None:
        approve(request=each[RequestKind.ADJUSTMENT], now=NOW + WEEK - SECOND)
        assert state_of(each[RequestKind.ADJUSTMENT])[0] == "approved"

    def test_amounts_are_held_against_the_ceiling_of_whoever_asks_and_whoever_approves(
        self, world: World, seat: Seat
    ) -> None:
        said = refused(AboveCeiling, partial(adjust, seat, "100.01", by=SUPPORT), world)
        assert said == "Your roles may request up to 100.00 EUR; this is 100.01."
        refused(AboveCeiling, partial(adjust, seat, "10000.01"), world)
        _, win = book(world, seat, "win", "150.00")
        refused(AboveCeiling, partial(cancel, win, by=SUPPORT), world)
        made = adjust(seat, "100.00", by=SUPPORT)
        Ceiling.objects.filter(role="finance", currency="EUR").update(approve_up_to=Decimal("99.99"))
        said = refused(AboveCeiling, partial(approve, request=made), world)
        assert said == "Your roles may approve up to 99.99 EUR; this is 100.00."
        Ceiling.objects.filter(role="finance", currency="EUR").update(approve_up_to=Decimal(100))
        approve(request=made)
        assert seat.balance == Decimal("350.00")

    def test_who_has_no_role_with_a_ceiling_in_the_currency_may_move_nothing(self, world: World, seat: Seat) -> None:
        User.objects.create_superuser("root")
        said = refused(AboveCeiling, partial(adjust, seat, "0.01", by="staff:root"), world)
        remedy = "an administrator has to set a ceiling for EUR under Ceilings"
        assert said == f"No role of yours may request anything in EUR: {remedy}."
        Ceiling.objects.filter(currency="USD").delete()
        refused(AboveCeiling, partial(adjust, seat, "0.01", currency="USD"), world)
        User.objects.filter(username="anna").update(is_active=False)
        refused(AboveCeiling, partial(adjust, seat, "0.01"), world)

    def test_of_several_roles_the_highest_counts(self, world: World, seat: Seat) -> None:
        sven = User.objects.get(username="sven")
        assert find_ceilings(by=SUPPORT, currency="EUR") == Ceilings(Decimal(100), Decimal(0), Decimal(500))
        sven.groups.add(Group.objects.get(name="finance"))
        assert find_ceilings(by=SUPPORT, currency="EUR") == Ceilings(Decimal(10_000), Decimal(10_000), Decimal(50_000))
        assert find_ceilings(by=SUPPORT, currency="SEK") == Ceilings(None, None, None)

    def test_a_ceiling_is_set_by_somebody_without_the_role_and_is_on_record(self, world: World) -> None:
        amounts: dict[str, Any] = {"request_up_to": Decimal("250.00"), "approve_up_to": Decimal(0), "now": NOW}
        amounts |= {"daily_up_to": Decimal("500.00")}
        made = set_ceiling(role="support", currency="EUR", by=ANNA, **amounts)
        assert (made.request_up_to, made.changed_by, made.changed_at) == (Decimal(250), ANNA, NOW)
        assert Ceiling.objects.filter(role="support", currency="EUR").count() == 1
        entry = AuditEntry.objects.latest("pk")
        assert (entry.by, entry.action) == (ANNA, "set_ceiling")
        assert entry.details == {"request_up_to": {"from": "100.00", "to": "250.00"}}
        set_ceiling(role="support", currency="SEK", by=ANNA, **amounts)
        assert find_ceilings(by=SUPPORT, currency="SEK") == Ceilings(Decimal(250), Decimal(0), Decimal(500))
        wrong: list[tuple[dict[str, Any], type[Exception]]] = [
            ({"role": "finance"}, OwnCeiling),
            ({"role": "stranger"}, ValidationError),
            ({"role": "support", "approve_up_to": Decimal(-1)}, ValidationError),
        ]
        for facts, refusal in wrong:
            refused(refusal, partial(set_ceiling, **({"currency": "EUR", "by": ANNA} | amounts | facts)), world)

    def test_the_refusals_are_sentences_with_a_code(self) -> None:
        kinds: list[type[Refusal]] = [SecondPersonNeeded, NotTheRequester, RequestEnded, RequestExpired]
        kinds += [RequestOvertaken, AboveCeiling, OwnCeiling, AlreadyRequested, NotCancelable, RoundIsFinished]
        assert len({kind.code for kind in kinds}) == len(kinds)
