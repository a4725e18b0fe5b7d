"""Players: registering, looking up, blocking, and what their accounts moved."""

from collections.abc import Mapping

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from operators.models import Scope
from wallet.models import LedgerRow, Player
from wallet.selectors import get_player, list_movements
from wallet.serializers.casino_api import (
    PlayerAnswer,
    PlayerRequest,
    ReasonRequest,
    TransactionAnswer,
    TransactionsQuery,
)
from wallet.services.players import block_player, register_player, unblock_player
from wallet.views.casino_api import schema
from wallet.views.casino_api.base import CasinoApiView
from wallet.views.casino_api.paging import answer_page


class PlayersView(CasinoApiView):
    """POST players"""

    scopes = {"POST": (Scope.LAUNCH, Scope.CASHIER)}

    @schema.register_player
    def post(self, _request: Request) -> Response:
        """Register a player, or find one with the same data."""
        asked = self.read(PlayerRequest)
        created = register_player(casino=self.casino, **asked, by=self.by).created
        player = get_player(self.casino, asked["user_id"])
        return Response(PlayerAnswer(player).data, status.HTTP_201_CREATED if created else status.HTTP_200_OK)


class PlayerView(CasinoApiView):
    """GET players/{user_id}"""

    scopes = {"GET": (Scope.READ,)}

    @schema.get_player
    def get(self, _request: Request, user_id: str) -> Response:
        """Tell who a player is and what the accounts hold."""
        return Response(PlayerAnswer(get_player(self.casino, user_id)).data)


class BlockView(CasinoApiView):
    """POST players/{user_id}/block"""

    scopes = {"POST": (Scope.LAUNCH,)}

    @schema.block_player
    def post(self, _request: Request, user_id: str) -> Response:
        """Refuse the player's launches and bets from now on."""
        reason = self.read(ReasonRequest)["reason"]
        block_player(player=get_player(self.casino, user_id), reason=reason, by=self.by, now=timezone.now())
        return Response(PlayerAnswer(get_player(self.casino, user_id)).data)


class UnblockView(CasinoApiView):
    """POST players/{user_id}/unblock"""

    scopes = {"POST": (Scope.LAUNCH,)}

    @schema.unblock_player
    def post(self, _request: Request, user_id: str) -> Response:
        """Let the player play again."""
        reason = self.read(ReasonRequest)["reason"]
        unblock_player(player=get_player(self.casino, user_id), reason=reason, by=self.by)
        return Response(PlayerAnswer(get_player(self.casino, user_id)).data)


class TransactionsView(CasinoApiView):
    """GET players/{user_id}/transactions"""

    scopes = {"GET": (Scope.READ,)}

    @schema.list_transactions
    def get(self, request: Request, user_id: str) -> Response:
        """List what the player's accounts moved, the newest first."""
        asked = self.read_query(TransactionsQuery)
        player = get_player(self.casino, user_id)
        accounts = [one for one in player.accounts.all() if asked.get("currency", one.currency) == one.currency]
        seen = _numbers_of(player, asked.get("cursor", {}))
        rows = list_movements(accounts, seen, asked["limit"] + 1)
        shown = rows[: asked["limit"]]
        more = len(rows) > len(shown)
        results = TransactionAnswer(instance=shown, many=True).data  # type: ignore[arg-type]
        return answer_page(request, results, _position(seen, shown) if more else None)


def _numbers_of(player: Player, cursor: Mapping[str, int]) -> dict[int, int]:
    own = {str(account.pk): account.pk for account in player.accounts.all()}
    if not cursor.keys() <= own.keys():
        raise serializers.ValidationError({"cursor": "It is another player's."})
    return {own[key]: number for key, number in cursor.items()}


def _position(seen: dict[int, int], shown: list[LedgerRow]) -> dict[str, int]:
    """The last number shown of each account; `shown` runs from the newest to the oldest."""
    lowest = seen | {row.account_id: row.number for row in shown}
    return {str(account_id): number for account_id, number in lowest.items()}
