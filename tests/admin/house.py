"""A casino of the test's own, and rounds played in it at times of the test's choosing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from operators.models import Casino
from tests.wallet.platform import Transport, numbers
from tests.wallet.world import Seat, World
from wallet.models import LedgerRow, Transaction
from wallet.services.play import Caller, Movement, UnknownTransaction, cancel_transaction, finish_round, post_movement

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Moved:
    """A movement as a test names it afterwards."""

    reference: str
    round_ref: str

    @property
    def row(self) -> LedgerRow:
        return LedgerRow.objects.select_related("transaction", "round").get(transaction__reference=self.reference)


def no_line(*_call: object) -> Any:
    raise AssertionError("the admin's tests play through the services")


class House(World):
    """Plays through the wallet's services, so that the back office's URLs stay in place."""

    def __init__(self, transport: Transport = no_line) -> None:
        super().__init__(transport)

    @property
    def caller(self) -> Caller:
        return Caller(self.operator.pk, self.casino.pk, False, False, Decimal(1000))

    def post(
        self, kind: str, seat: Seat, amount: str, *, at: datetime | None = None, round_ref: str = "", **facts: Any
    ) -> Moved:
        """Book a movement, in a round of its own unless one is named."""
        moved = Moved(str(next(numbers)), round_ref or str(next(numbers)))
        usual: dict[str, Any] = {
            "kind": kind,
            "user_id": seat.user_id,
            "token": seat.token,
            "reference": moved.reference,
            "round_ref": moved.round_ref,
            "round_finished": False,
            "game_ref": str(seat.game_ref),
            "currency": seat.currency,
            "amount": Decimal(amount),
            "promotional": False,
            "platform_at": at,
            "context": '{"reason": "SPIN", "rake": 0.0500}',
        }
        post_movement(caller=self.caller, movement=Movement(**(usual | facts)), now=at or timezone.now())
        return moved

    def undo(self, seat: Seat, reference: str, *, at: datetime | None = None) -> None:
        """Cancel a transaction, or leave a tombstone for it."""
        cancel_transaction(
            caller=self.caller,
            user_id=seat.user_id,
            reference=reference,
            round_ref="1",
            round_finished=False,
            now=at or timezone.now(),
        )

    def leave_tombstone(self, seat: Seat) -> Transaction:
        reference = str(next(numbers))
        with pytest.raises(UnknownTransaction):
            self.undo(seat, reference)
        return Transaction.objects.get(reference=reference)

    def end(self, seat: Seat, round_ref: str) -> None:
        finish_round(caller=self.caller, user_id=seat.user_id, round_ref=round_ref, now=timezone.now())


def move_zone(casino: Casino, zone: str) -> None:
    Casino.objects.filter(pk=casino.pk).update(time_zone=zone)


def hire(username: str, *permissions: str) -> User:
    """A member of staff who may do what is named, as app.codename; the password is PASSWORD."""
    person = User.objects.create_user(username, password=PASSWORD, is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)
