"""The cashier: deposits and withdrawals."""

from collections.abc import Callable

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from operators.models import Scope
from wallet.enums import Kind
from wallet.serializers.casino_api import CashAnswer, CashRequest
from wallet.services.cashier import CashMovement, deposit, withdraw
from wallet.views.casino_api import schema
from wallet.views.casino_api.base import CasinoApiView


class CashView(CasinoApiView):
    """Moves money once for each reference."""

    scopes = {"POST": (Scope.CASHIER,)}

    def move(self, kind: Kind, act: Callable[..., CashMovement], user_id: str) -> Response:
        """Do it, and answer 201, or 200 where it was done before."""
        asked = self.read(CashRequest)
        moved = act(casino=self.casino, user_id=user_id, **asked, by=self.by, now=timezone.now())
        told = {"transaction_id": moved.transaction_id, "user_id": user_id, "kind": kind.value, **asked}
        answer = CashAnswer({**told, "balance": moved.balance}).data
        return Response(answer, status.HTTP_201_CREATED if moved.applied else status.HTTP_200_OK)


class DepositsView(CashView):
    """POST players/{user_id}/deposits"""

    @schema.deposit
    def post(self, _request: Request, user_id: str) -> Response:
        """Pay money into an account."""
        return self.move(Kind.DEPOSIT, deposit, user_id)


class WithdrawalsView(CashView):
    """POST players/{user_id}/withdrawals"""

    @schema.withdraw
    def post(self, _request: Request, user_id: str) -> Response:
        """Pay money out of an account."""
        return self.move(Kind.WITHDRAWAL, withdraw, user_id)
