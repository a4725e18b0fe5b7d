"""Launches."""

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from operators.models import Scope
from operators.selectors.accounts import get_operator_to_launch
from wallet.selectors import get_player
from wallet.serializers.casino_api import LaunchAnswer, LaunchRequest
from wallet.services.launch import launch_game
from wallet.views.casino_api import schema
from wallet.views.casino_api.base import CasinoApiView


class LaunchView(CasinoApiView):
    """POST launch"""

    scopes = {"POST": (Scope.LAUNCH,)}

    @schema.launch
    def post(self, _request: Request) -> Response:
        """Open a session for a game or a lobby, and tell the address that starts it."""
        asked = self.read(LaunchRequest)
        mode = asked["mode"]
        launched = launch_game(
            player=get_player(self.casino, asked.pop("user_id")),
            operator=get_operator_to_launch(self.casino, asked.pop("operator_id")),
            game_ref=asked.pop("game_id"),
            lobby_ref=asked.pop("lobby_id"),
            **asked,
            by=self.by,
            now=timezone.now(),
        )
        ends = launched.session and launched.session.expires_at
        told = {
            "token": launched.token,
            "url": launched.url,
            "open_in": launched.open_in,
            "mode": mode,
            "currency": launched.currency,
            "expires_at": ends,
        }
        return Response(LaunchAnswer(told).data, status.HTTP_201_CREATED)
