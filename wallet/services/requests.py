"""Asking for what takes a second person: an adjustment, a forced cancel, a forced close; and taking it back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet.enums import AccountKind, Kind, RequestKind, RequestReason, RequestState, RoundState, Source
from wallet.models import Account, ApprovalRequest, Player, Round, Transaction
from wallet.services.cashier import BalanceTooLow, NoSuchAccount, check_amount
from wallet.services.ceilings import check_ceiling

LIFETIME = timedelta(days=7)
CANCELABLE = (Kind.BET, Kind.WIN, Kind.REFUND)
# The reasons that each kind of request may have.
REASONS: Mapping[RequestKind, list[RequestReason]] = {
    RequestKind.ADJUSTMENT: [
        RequestReason.GOODWILL,
        RequestReason.CORRECTION,
        RequestReason.GAME_FAULT,
        RequestReason.CHARGEBACK,
        RequestReason.FRAUD,
        RequestReason.AUTHORITY,
    ],
    RequestKind.FORCED_CANCEL: [
        RequestReason.GAME_FAULT,
        RequestReason.PLATFORM_ASKED,
        RequestReason.CORRECTION,
        RequestReason.FRAUD,
        RequestReason.AUTHORITY,
    ],
    RequestKind.FORCED_CLOSE: [
        RequestReason.STUCK,
        RequestReason.PLATFORM_ASKED,
        RequestReason.GAME_FAULT,
        RequestReason.AUTHORITY,
    ],
}


class AlreadyRequested(Refusal):
    """Somebody has asked for it, and it waits."""

    code = "already_requested"


class NotCancelable(Refusal):
    """It is not what a platform moved, or it was canceled."""

    code = "not_cancelable"


class RoundIsFinished(Refusal):
    """There is nothing to close."""

    code = "round_finished"


def request_adjustment(
    *, player: Player, currency: str, amount: Decimal, reason: str, note: str, by: str, now: datetime
) -> ApprovalRequest:
    """Ask that a player's account be credited, or debited with a negative amount.

    :raises InvalidAmount, AboveCeiling, NoSuchAccount, BalanceTooLow:
    :raises ValidationError: the reason is none for it, or the note is empty.
    """
    check_amount(abs(amount))
    with transaction.atomic():
        check_ceiling(by=by, step="request", amount=amount, currency=currency, casino=player.casino, now=now)
        player = _lock(player.pk)
        account = Account.objects.filter(player=player, kind=AccountKind.PLAYER, currency=currency).first()
        if account is None:
            raise NoSuchAccount(f"The player has no account in {currency}.")
        held = account.balance or Decimal()
        if amount < 0 and held + amount < 0:
            raise BalanceTooLow(f"The account holds {held:,.2f} {currency}: less than the debit.")
        facts = {"account": account, "amount": amount, "currency": currency}
        return _open(RequestKind.ADJUSTMENT, player, facts, reason=reason, note=note, by=by, now=now)


def request_forced_cancel(*, target: Transaction, reason: str, note: str, by: str, now: datetime) -> ApprovalRequest:
    """Ask that a bet, win or refund be reversed, whatever the balance is then.

    :raises NotCancelable, AlreadyRequested, AboveCeiling:
    :raises ValidationError: the reason is none for it, or the note is empty.
    """
    if target.source != Source.PLATFORM or target.kind not in CANCELABLE or target.account is None:
        raise NotCancelable("Only bets, wins and refunds can be canceled; anything else is adjusted.")
    amount = target.amount if target.kind == Kind.BET else -target.amount
    currency = target.account.currency
    with transaction.atomic():
        check_ceiling(by=by, step="request", amount=amount, currency=currency, casino=target.player.casino, now=now)
        player = _lock(target.player_id)
        if Transaction.objects.filter(reverses=target).exists():
            raise NotCancelable("It was canceled already.")
        _refuse_second(transaction=target)
        facts = {"account": target.account, "transaction": target, "amount": amount, "currency": currency}
        return _open(RequestKind.FORCED_CANCEL, player, facts, reason=reason, note=note, by=by, now=now)


def request_forced_close(*, played: Round, reason: str, note: str, by: str, now: datetime) -> ApprovalRequest:
    """Ask that a round be ended, whatever is pending in it.

    :raises RoundIsFinished, AlreadyRequested:
    :raises ValidationError: the reason is none for it, or the note is empty.
    """
    with transaction.atomic():
        player = _lock(played.player_id)
        played.refresh_from_db(fields=["state"])
        if played.state == RoundState.FINISHED:
            raise RoundIsFinished("The round is finished: there is nothing to close.")
        _refuse_second(round=played)
        facts = {"round": played, "currency": played.currency}
        return _open(RequestKind.FORCED_CLOSE, player, facts, reason=reason, note=note, by=by, now=now)


def _lock(player_id: int) -> Player:
    """Let one request of a player's be made at a time; bets do not wait for it."""
    return Player.objects.select_for_update(of=("self",), no_key=True).get(pk=player_id)


def _refuse_second(**target: Transaction | Round) -> None:
    waiting = ApprovalRequest.objects.filter(state=RequestState.OPEN, **target).first()
    if waiting:
        raise AlreadyRequested(f"{waiting.requested_by} asked for it already: it waits for approval.")


def _open(
    kind: RequestKind, player: Player, facts: dict[str, Any], *, reason: str, note: str, by: str, now: datetime
) -> ApprovalRequest:
    if reason not in REASONS[kind]:
        raise ValidationError({"reason": "Choose one of the reasons."})
    if not note.strip():
        raise ValidationError({"note": "Say what happened."})
    made = ApprovalRequest(
        kind=kind,
        player=player,
        **facts,
        reason=reason,
        note=note.strip(),
        requested_by=by,
        requested_at=now,
        expires_at=now + LIFETIME,
    )
    made.clean_fields()
    made.save()
    write_audit_entry(by=by, action=f"request_{kind}", subject=player, details=describe_request(made))
    return made


def describe_request(request: ApprovalRequest) -> dict[str, Any]:
    """Return what the audit trail says of a request."""
    told = f"{request.get_reason_display()}: {request.note}"
    details: dict[str, Any] = {"request": request.pk, "code": request.reason, "reason": told}
    if request.amount is not None:
        details |= {"amount": f"{request.amount:.2f}", "currency": request.currency}
    if request.transaction_id is not None:
        details["transaction"] = request.transaction_id
    if request.round_id is not None:
        details["round"] = request.round_id
    return details
