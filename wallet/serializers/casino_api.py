"""The casino API's bodies: what they must look like coming in, and what they tell going out."""

import base64
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wallet.enums import Kind, Mode
from wallet.models import LedgerRow, Player, country_code, currency_code
from wallet.services.launch import FORMS, OpenIn

AMOUNT = r"^[0-9]{1,16}(?:\.[0-9]{1,2})?$"
NOT_PLAIN = re.compile(r"[|\x00-\x1f\x7f]")
LONGEST_REF = 127
MOST_CURRENCIES = 20
# What may follow a player's id in an address.
ACTS = ("/block", "/unblock", "/deposits", "/withdrawals", "/transactions", "/limits", "/exclusion")
USUAL_LIMIT = 100
LARGEST_LIMIT = 500
NO_CURSOR = "Follow the address in `next`; this is none of its cursors."


def tell_money(amount: Decimal) -> str:
    """Return an amount as text, with two decimals or as many more as it has."""
    whole, _, decimals = f"{amount:.8f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


class PlainText(serializers.CharField):
    """A JSON text as it came, without | and control characters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(trim_whitespace=False, **more)

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is no JSON text, or no plain one."""
        if not isinstance(data, str):
            raise serializers.ValidationError("Must be a text, in quotes.")
        if NOT_PLAIN.search(data):
            raise serializers.ValidationError("The character | and control characters are not allowed.")
        return super().to_internal_value(data)


class OptionalText(PlainText):
    """A text of a launch that may be left out."""

    def __init__(self, form: str, **more: Any) -> None:
        super().__init__(validators=FORMS[form], required=False, allow_blank=True, default="", **more)


class Reference(PlainText):
    """An id: a text, or a whole number, which is the same id as its digits."""

    def to_internal_value(self, data: Any) -> str:
        """Make a text of a whole number."""
        whole = isinstance(data, int) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if whole else data)


@extend_schema_field({"type": "string", "pattern": AMOUNT, "example": "25.00"})
class AmountText(serializers.Field[Decimal, Any, str, Any]):
    """An amount above zero as text: a JSON number could have lost digits on its way."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Parse it exactly."""
        if not isinstance(data, str):
            raise serializers.ValidationError('Send the amount as text in quotes, for example "25.00".')
        if not re.fullmatch(AMOUNT, data, re.ASCII) or not Decimal(data):
            raise serializers.ValidationError(
                "Must be above zero, with at most 16 digits before the point and two after it."
            )
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        """As text."""
        return tell_money(value)


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2,8}$", "example": "103.50"})
class MoneyText(serializers.Field[Decimal, Any, str, Any]):
    """An amount or balance as text."""

    def to_representation(self, value: Decimal) -> str:
        """With two decimals or more."""
        return tell_money(value)


class PageQuery(serializers.Serializer[Any]):
    """How much of a list, and from where."""

    # What a cursor holds.
    position: Any = dict[str, int]
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_LIMIT, default=USUAL_LIMIT, required=False)
    cursor = serializers.CharField(
        required=False, max_length=2_000, help_text="As `next` has it; a first page has none."
    )

    def validate_cursor(self, text: str) -> Mapping[str, int | str]:
        """Unpack where the page before ended."""
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            position: Mapping[str, int | str] = msgspec.json.decode(packed, type=self.position)
        except (msgspec.MsgspecError, ValueError) as error:
            raise serializers.ValidationError(NO_CURSOR) from error
        if any("\0" in str(value) for value in position.values()):
            raise serializers.ValidationError(NO_CURSOR)
        return position


class TransactionsQuery(PageQuery):
    """A page of transactions, of all accounts or of one."""

    currency = PlainText(validators=[currency_code], required=False, help_text="Only this account's.")


def pack_cursor(position: Mapping[str, int | str]) -> str:
    """Return where a page ended as the text that `PageQuery` unpacks."""
    return base64.urlsafe_b64encode(msgspec.json.encode(dict(position))).decode().rstrip("=")


class PlayerRequest(serializers.Serializer[Any]):
    """Who is to be registered."""

    user_id = Reference(max_length=70, help_text="The casino's own id of the player.")
    user_name = PlainText(max_length=255)
    display_name = PlainText(max_length=100, required=False, allow_blank=True, default="", help_text="Shown in games.")
    country = PlainText(validators=[country_code], help_text="ISO 3166-1, two capital letters.")
    group = PlainText(max_length=100, required=False, allow_blank=True, default="")
    currencies = serializers.ListField(
        child=PlainText(validators=[currency_code]), allow_empty=False, max_length=MOST_CURRENCIES
    )

    def validate_user_id(self, user_id: str) -> str:
        """Refuse an id that no address of this API could name."""
        if user_id in {".", ".."} or user_id.endswith(ACTS):
            raise serializers.ValidationError(f"Must not be a dot or two, nor end in {', '.join(ACTS)}.")
        return user_id


class AccountAnswer(serializers.Serializer[Any]):
    """What a player holds in one currency."""

    currency = serializers.CharField()
    balance = MoneyText()


class PlayerAnswer(serializers.Serializer[Player]):
    """A player and the balances."""

    user_id = serializers.CharField()
    user_name = serializers.CharField()
    display_name = serializers.CharField()
    country = serializers.CharField()
    group = serializers.CharField()
    blocked = serializers.BooleanField(source="is_blocked")
    blocked_at = serializers.DateTimeField(allow_null=True)
    excluded_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    accounts = AccountAnswer(many=True)


class ReasonRequest(serializers.Serializer[Any]):
    """Why a player is blocked or unblocked."""

    reason = PlainText(max_length=500)


class CashRequest(serializers.Serializer[Any]):
    """Money to be moved once under the casino's reference."""

    amount = AmountText()
    currency = PlainText(validators=[currency_code])
    reference = Reference(max_length=LONGEST_REF, help_text="The casino's own id of the movement.")


class CashAnswer(serializers.Serializer[Any]):
    """The movement, and the balance now."""

    transaction_id = serializers.IntegerField()
    user_id = serializers.CharField()
    kind = serializers.ChoiceField([Kind.DEPOSIT.value, Kind.WITHDRAWAL.value])
    reference = serializers.CharField()
    amount = MoneyText()
    currency = serializers.CharField()
    balance = MoneyText(help_text="As it is now, on a repetition too.")


class TransactionAnswer(serializers.Serializer[LedgerRow]):
    """One movement of a player's account."""

    transaction_id = serializers.IntegerField()
    at = serializers.DateTimeField(source="created_at")
    kind = serializers.ChoiceField([kind.value for kind in Kind if kind != Kind.TOMBSTONE])
    reference = serializers.CharField(source="transaction.reference", allow_null=True, help_text="None for a cancel.")
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True, help_text="What a cancel reversed.")
    currency = serializers.CharField(source="account.currency")
    amount = serializers.SerializerMethodField(help_text="Negative where it was taken from the player.")
    balance = MoneyText(help_text="After it.")
    operator_id = serializers.CharField(source="operator.operator_ref", default=None, allow_null=True)
    game_id = serializers.CharField(source="game.game_ref", default=None, allow_null=True)
    round_id = serializers.CharField(source="round.round_ref", default=None, allow_null=True)

    @extend_schema_field(MoneyText)
    def get_amount(self, row: LedgerRow) -> str:
        """Signed from the player's side."""
        return tell_money(row.amount if row.credit_id == row.account_id else -row.amount)


class LaunchRequest(serializers.Serializer[Any]):
    """What to open, for whom, and how; either `game_id` or `lobby_id`."""

    user_id = Reference(max_length=70)
    operator_id = Reference(max_length=LONGEST_REF)
    game_id = Reference(max_length=LONGEST_REF, required=False, allow_blank=True, default="")
    lobby_id = Reference(max_length=LONGEST_REF, required=False, allow_blank=True, default="")
    mode = serializers.ChoiceField(Mode.choices)
    currency = PlainText(validators=FORMS["currency"])
    language = PlainText(validators=FORMS["language"], help_text="A tag such as en or en-US.")
    device = serializers.ChoiceField(["desktop", "mobile"])
    ip = PlainText(validators=FORMS["ip"], help_text="The player's own address, IPv4 or IPv6.")
    home_url = OptionalText("home_url", max_length=500, help_text="Where the home button leads; else the casino's.")
    deposit_url = OptionalText("deposit_url", max_length=500, help_text="Likewise the deposit button.")
    group = OptionalText("group", max_length=14)
    client_name = OptionalText("client_name", max_length=14)


class LaunchAnswer(serializers.Serializer[Any]):
    """The address to open. A launch for fun has no token and no end."""

    token = serializers.CharField(allow_null=True)
    url = serializers.URLField()
    open_in = serializers.ChoiceField(
        [place.value for place in OpenIn], help_text="Where it may be shown; in a frame only where it says so."
    )
    mode = serializers.ChoiceField(Mode.choices)
    currency = serializers.CharField(help_text="The operator's settings may force another than was asked for.")
    expires_at = serializers.DateTimeField(allow_null=True)


class ErrorAnswer(serializers.Serializer[Any]):
    """What every refusal looks like."""

    code = serializers.CharField(help_text="Names the situation, for programs.")
    detail = serializers.CharField(help_text="Says it in a sentence, for people.")
    fields = serializers.DictField(child=serializers.CharField(), help_text="What is wrong with which field.")  # type: ignore[assignment]
