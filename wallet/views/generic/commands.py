"""What each command does: the request's data in, one call, the answer's data out."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from msgspec import Raw

from geoblock.rules import read_excepted_countries
from operators.selectors.directory import ListedOperator
from wallet.enums import Kind
from wallet.serializers import generic as messages
from wallet.serializers.generic import Malformed, parse_amount, parse_context, parse_id, parse_stamp
from wallet.services import play
from wallet.services.play import Caller, Movement
from wallet.views.generic.envelope import members, money, text

KINDS = {"BET": Kind.BET.value, "WIN": Kind.WIN.value, "REFUND": Kind.REFUND.value}
PROMOTIONAL_REASON = "PROMO-FREESPIN"
# A win in a round without a bet is tagged anyway; from this amount on it is tagged as large.
LARGE_WIN = Decimal(1000)
LONGEST_USER_ID = 70
COUNTRY_NAMES: dict[str, str] = dict(Locale("en").territories)


class Repeated(bytes):
    """The data of an answer that only tells again what was done before. The others' are bytes, at no cost."""


def caller_of(operator: ListedOperator) -> Caller:
    """Return what the ledger needs to know of an operator."""
    return Caller(
        operator_id=operator.operator_id,
        casino_id=operator.casino_id,
        suspended=operator.suspended,
        skip_closing=operator.settings.get("doNotUseClosingState") is True,
        large_win=LARGE_WIN,
    )


def authenticate(operator: ListedOperator, data: messages.Authenticate, now: datetime) -> bytes:
    """Answer whose session a token opens."""
    identity = play.authenticate(
        caller=caller_of(operator),
        token=data.token,
        excepted_countries=read_excepted_countries(operator.settings),
        now=now,
    )
    optional = {"display_name": identity.display_name, "group": identity.group}
    return members(
        user_id=text(identity.user_id),
        user_name=text(identity.user_name),
        user_country=text(_country(identity.country, operator)),
        currency_code=text(identity.currency),
        balance=money(identity.balance),
        **{name: text(value) for name, value in optional.items() if value},
    )


def _country(code: str, operator: ListedOperator) -> str:
    if operator.settings.get("userCountryAsCode") is True:
        return code
    return COUNTRY_NAMES.get(code, code)


def balance(operator: ListedOperator, data: messages.Balance, now: datetime) -> bytes:
    """Answer what an account holds."""
    held = play.get_balance(
        caller=caller_of(operator),
        token=data.token,
        user_id=_user_id(data.user_id),
        currency=data.currency_code,
        now=now,
    )
    return members(balance=money(held), currency_code=text(data.currency_code))


def changebalance(operator: ListedOperator, data: messages.ChangeBalance, now: datetime) -> bytes:
    """Book a bet, win or refund."""
    moved = play.post_movement(caller=caller_of(operator), movement=_movement(data), now=now)
    answered = members(balance=money(moved.balance), currency_code=text(data.currency_code))
    return Repeated(answered) if moved.replayed else answered


def _movement(data: messages.ChangeBalance) -> Movement:
    if data.transaction_type not in KINDS:
        raise Malformed("`transaction_type` must be BET, WIN or REFUND")
    context, context_text = parse_context(data.context)
    return Movement(
        kind=KINDS[data.transaction_type],
        user_id=_user_id(data.user_id),
        token=data.token,
        reference=parse_id("transaction_id", data.transaction_id),
        round_ref=parse_id("round_id", data.round_id),
        round_finished=data.round_finished is True,
        game_ref=parse_id("game_id", data.game_id),
        currency=data.currency_code,
        amount=parse_amount("amount", data.amount),
        promotional=context.reason == PROMOTIONAL_REASON or bool(context.campaign_code),
        platform_at=parse_stamp("transaction_timestamp", data.transaction_timestamp),
        context=context_text,
    )


def status(operator: ListedOperator, data: messages.Status, _now: datetime) -> bytes:
    """Answer what became of a transaction."""
    canceled = play.get_transaction_status(
        caller=caller_of(operator),
        user_id=_user_id(data.user_id),
        reference=parse_id("transaction_id", data.transaction_id),
    )
    return _transaction(data.user_id, data.transaction_id, b'"CANCELED"' if canceled else b'"OK"')


def cancel(operator: ListedOperator, data: messages.Cancel, now: datetime) -> bytes:
    """Reverse a transaction."""
    parse_id("game_id", data.game_id)
    canceled_before = play.cancel_transaction(
        caller=caller_of(operator),
        user_id=_user_id(data.user_id),
        reference=parse_id("transaction_id", data.transaction_id),
        round_ref=parse_id("round_id", data.round_id),
        round_finished=data.round_finished is True,
        now=now,
    )
    answered = _transaction(data.user_id, data.transaction_id, b'"CANCELED"')
    return Repeated(answered) if canceled_before else answered


def finishround(operator: ListedOperator, data: messages.FinishRound, now: datetime) -> bytes:
    """End a round."""
    parse_id("game_id", data.game_id)
    play.finish_round(
        caller=caller_of(operator),
        user_id=_user_id(data.user_id),
        round_ref=parse_id("round_id", data.round_id),
        now=now,
    )
    return members(round_id=data.round_id, user_id=data.user_id, game_id=data.game_id)


def _user_id(raw: Raw) -> str:
    return parse_id("user_id", raw, LONGEST_USER_ID)


def _transaction(user_id: Raw, transaction_id: Raw, transaction_status: bytes) -> bytes:
    return members(user_id=user_id, transaction_id=transaction_id, transaction_status=transaction_status)


Command = Callable[[ListedOperator, Any, datetime], bytes]
COMMANDS: dict[str, Command] = {
    "authenticate": authenticate,
    "balance": balance,
    "changebalance": changebalance,
    "status": status,
    "cancel": cancel,
    "finishround": finishround,
}
