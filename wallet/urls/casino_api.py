"""Addresses of the casino API, below /api/v1/.

A player's id may hold anything but | and control characters; a slash too, since Django sees addresses decoded. Ids that
end like an address of ours, in `/block` say, are not registered.
"""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from wallet.views.casino_api.cashier import DepositsView, WithdrawalsView
from wallet.views.casino_api.catalogue import GamesView, LobbiesView, VendorsView
from wallet.views.casino_api.launch import LaunchView
from wallet.views.casino_api.limits import ExclusionView, LimitsView
from wallet.views.casino_api.nothing import NothingHere
from wallet.views.casino_api.players import BlockView, PlayersView, PlayerView, TransactionsView, UnblockView


class UserId(StringConverter):
    """A player's id."""

    regex = r"[^|\x00-\x1f\x7f]{1,70}"


register_converter(UserId, "user_id")

app_name = "casino-api"
urlpatterns = [
    path("players", PlayersView.as_view(), name="players"),
    path("players/<user_id:user_id>/block", BlockView.as_view(), name="block"),
    path("players/<user_id:user_id>/unblock", UnblockView.as_view(), name="unblock"),
    path("players/<user_id:user_id>/deposits", DepositsView.as_view(), name="deposits"),
    path("players/<user_id:user_id>/withdrawals", WithdrawalsView.as_view(), name="withdrawals"),
    path("players/<user_id:user_id>/transactions", TransactionsView.as_view(), name="transactions"),
    path("players/<user_id:user_id>/limits", LimitsView.as_view(), name="limits"),
    path("players/<user_id:user_id>/exclusion", ExclusionView.as_view(), name="exclusion"),
    path("players/<user_id:user_id>", PlayerView.as_view(), name="player"),
    path("games", GamesView.as_view(), name="games"),
    path("lobbies", LobbiesView.as_view(), name="lobbies"),
    path("vendors", VendorsView.as_view(), name="vendors"),
    path("launch", LaunchView.as_view(), name="launch"),
    re_path(r"", NothingHere.as_view()),
]
