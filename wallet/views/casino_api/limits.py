"""Limits of play, cool-offs and self-exclusions, as a casino's site sets them for its players."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from operators.models import Scope
from wallet.models import Player
from wallet.selectors import get_player
from wallet.selectors.limits import find_exclusion, list_exclusions, list_limits
from wallet.serializers.casino_limits import (
    ExclusionRequest,
    ExclusionsAnswer,
    LimitsAnswer,
    LimitsRequest,
    read_wanted,
)
from wallet.services.limits import set_limits
from wallet.services.players import exclude_player
from wallet.views.casino_api import schema_of_limits as schema
from wallet.views.casino_api.base import CasinoApiView

# Limits are set on the site and in its cashier alike.
SETTERS = (Scope.LAUNCH, Scope.CASHIER)


class LimitsView(CasinoApiView):
    """GET and PUT players/{user_id}/limits"""

    http_method_names = ["get", "head", "put"]
    scopes = {"GET": (Scope.READ,), "PUT": SETTERS}

    @schema.get_limits
    def get(self, _request: Request, user_id: str) -> Response:
        """Tell a player's limits, what is used of them, and what is to change."""
        return self.tell(get_player(self.casino, user_id))

    @schema.set_limits
    def put(self, _request: Request, user_id: str) -> Response:
        """Set limits: tighter ones at once, looser ones after a day."""
        wanted = [read_wanted(asked) for asked in self.read(LimitsRequest)["limits"]]
        set_limits(player=get_player(self.casino, user_id), wanted=wanted, by=self.by, now=timezone.now())
        return self.tell(get_player(self.casino, user_id))

    def tell(self, player: Player) -> Response:
        """Answer what holds now."""
        now = timezone.now()
        told = {
            "user_id": player.user_id,
            "time_zone": self.casino.time_zone,
            "limits": list_limits(player, now),
            "exclusion": find_exclusion(player, now),
        }
        return Response(LimitsAnswer(told).data)


class ExclusionView(CasinoApiView):
    """GET and POST players/{user_id}/exclusion"""

    scopes = {"GET": (Scope.READ,), "POST": SETTERS}

    @schema.get_exclusions
    def get(self, _request: Request, user_id: str) -> Response:
        """Tell until when a player is kept out, and what was asked for before."""
        return self.tell(get_player(self.casino, user_id))

    @schema.exclude
    def post(self, _request: Request, user_id: str) -> Response:
        """Keep a player out until a time."""
        asked = self.read(ExclusionRequest)
        exclude_player(player=get_player(self.casino, user_id), **asked, by=self.by, now=timezone.now())
        return self.tell(get_player(self.casino, user_id))

    def tell(self, player: Player) -> Response:
        """Answer what holds now."""
        told = {
            "user_id": player.user_id,
            "excluded_until": player.excluded_until,
            "exclusions": list(list_exclusions(player)),
        }
        return Response(ExclusionsAnswer(told).data)
