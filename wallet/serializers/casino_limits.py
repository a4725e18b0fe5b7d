"""The casino API's bodies about limits of play and exclusions."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wallet.enums import ExclusionKind, LimitKind, LimitPeriod
from wallet.models import Exclusion, LimitChange, currency_code
from wallet.selectors.limits import Limit
from wallet.serializers.casino_api import AMOUNT, AmountText, MoneyText, PlainText, tell_money
from wallet.services.limits import MOST_MINUTES, WantedLimit

# Four kinds in three periods for a player of a few currencies.
MOST_LIMITS = 100


@extend_schema_field({"type": "string", "pattern": AMOUNT, "example": "100.00"})
class LimitText(AmountText):
    """An amount of 0 or more as text."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Parse it exactly."""
        if isinstance(data, str) and re.fullmatch(AMOUNT, data, re.ASCII):
            return Decimal(data)
        raise serializers.ValidationError(
            'Send the amount as text in quotes, for example "100.00": 0 or more, with at most 16 digits before the'
            " point and two after it."
        )


class LimitRequest(serializers.Serializer[Any]):
    """One limit: of money, with `period`, `currency` and `amount`, or of session time, with `minutes`."""

    kind = serializers.ChoiceField(LimitKind.choices)
    period = serializers.ChoiceField(LimitPeriod.choices, required=False, help_text="Left out for session time.")
    currency = PlainText(validators=[currency_code], required=False, help_text="Left out for session time.")
    amount = LimitText(required=False, allow_null=True, help_text="Null takes the limit away.")
    minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MOST_MINUTES, help_text="Null takes the limit away."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold what came against what the kind of limit needs."""
        timed = attrs["kind"] == LimitKind.SESSION_TIME
        needed = {"minutes"} if timed else {"period", "currency", "amount"}
        if missing := sorted(needed - attrs.keys()):
            raise serializers.ValidationError(dict.fromkeys(missing, f"A limit of {attrs['kind']} needs it."))
        allowed = needed | {"kind"} | ({"period"} if timed else set())
        if more := sorted(attrs.keys() - allowed):
            raise serializers.ValidationError(dict.fromkeys(more, f"A limit of {attrs['kind']} has none."))
        return attrs


class LimitsRequest(serializers.Serializer[Any]):
    """The limits to set; those not named stay as they are."""

    limits = LimitRequest(many=True, allow_empty=False, max_length=MOST_LIMITS)  # type: ignore[call-arg]


def read_wanted(asked: dict[str, Any]) -> WantedLimit:
    """Return a limit as the service takes it."""
    if asked["kind"] == LimitKind.SESSION_TIME:
        minutes = asked["minutes"]
        period = asked.get("period", LimitPeriod.SESSION.value)
        return WantedLimit(asked["kind"], period, None if minutes is None else Decimal(minutes))
    return WantedLimit(asked["kind"], asked["period"], asked["amount"], asked["currency"])


class PendingAnswer(serializers.Serializer[LimitChange]):
    """What a limit will be, and from when."""

    amount = serializers.SerializerMethodField(help_text="Null where the limit is to end.")
    minutes = serializers.SerializerMethodField(help_text="Likewise, for session time.")
    effective_at = serializers.DateTimeField()

    @extend_schema_field(MoneyText(allow_null=True))
    def get_amount(self, change: LimitChange) -> str | None:
        """Money, as text."""
        return _tell_amount(change.kind, change.amount)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_minutes(self, change: LimitChange) -> int | None:
        """Minutes."""
        return _tell_minutes(change.kind, change.amount)


class LimitAnswer(serializers.Serializer[Limit]):
    """A limit, what is used of it, and what it will be."""

    kind = serializers.ChoiceField(LimitKind.choices, source="change.kind")
    period = serializers.ChoiceField(LimitPeriod.choices, source="change.period")
    currency = serializers.CharField(source="change.currency", help_text="Empty for session time.")
    amount = serializers.SerializerMethodField(help_text="Null where it does not bind yet, and for session time.")
    minutes = serializers.SerializerMethodField(help_text="Of session time.")
    used = MoneyText(allow_null=True, help_text="In the period so far; below zero where more was won than staked.")
    left = MoneyText(allow_null=True)
    period_started_at = serializers.DateTimeField(source="started_at", allow_null=True)
    changed_at = serializers.DateTimeField(source="change.asked_at")
    pending = PendingAnswer(allow_null=True)

    @extend_schema_field(MoneyText(allow_null=True))
    def get_amount(self, limit: Limit) -> str | None:
        """Money, as text."""
        return _tell_amount(limit.change.kind, limit.amount)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_minutes(self, limit: Limit) -> int | None:
        """Minutes."""
        return _tell_minutes(limit.change.kind, limit.amount)


class ExclusionAnswer(serializers.Serializer[Exclusion]):
    """A time for which a player asked to be kept out."""

    kind = serializers.ChoiceField(ExclusionKind.choices)
    asked_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    reason = serializers.CharField()


class LimitsAnswer(serializers.Serializer[Any]):
    """A player's limits, and the exclusion in force."""

    user_id = serializers.CharField()
    time_zone = serializers.CharField(help_text="The casino's: its days, weeks and months are meant.")
    limits = LimitAnswer(many=True)
    exclusion = ExclusionAnswer(allow_null=True)


class ExclusionRequest(serializers.Serializer[Any]):
    """How, and until when, the player wants to be kept out."""

    kind = serializers.ChoiceField(ExclusionKind.choices)
    until = serializers.DateTimeField(help_text="With its offset. It can be made longer later, never shorter.")
    reason = PlainText(max_length=500, required=False, allow_blank=True, default="")


class ExclusionsAnswer(serializers.Serializer[Any]):
    """Until when a player is kept out, and all that was asked for, the newest first."""

    user_id = serializers.CharField()
    excluded_until = serializers.DateTimeField(allow_null=True, help_text="The latest end; it may have passed.")
    exclusions = ExclusionAnswer(many=True)


def _tell_amount(kind: str, amount: Decimal | None) -> str | None:
    return None if amount is None or kind == LimitKind.SESSION_TIME else tell_money(amount)


def _tell_minutes(kind: str, amount: Decimal | None) -> int | None:
    return int(amount) if amount is not None and kind == LimitKind.SESSION_TIME else None
