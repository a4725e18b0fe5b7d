"""Addresses of the `generic` protocol's endpoints, below /wallet/."""

from django.urls import path

from wallet.views.generic.commands import COMMANDS
from wallet.views.generic.views import CommandView, PingView

urlpatterns = [
    path("ping", PingView.as_view(), name="wallet-ping"),
    *(path(command, CommandView.as_view(command=command), name=f"wallet-{command}") for command in COMMANDS),
]
