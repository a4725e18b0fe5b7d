"""Addresses of the `generic` protocol's endpoints.

In one level and the hot one first: Django tries patterns in turn, and a whole address is one comparison.
"""

from django.urls import path

from wallet.views.generic.commands import COMMANDS
from wallet.views.generic.views import CommandView, PingView

HOT_FIRST = sorted(COMMANDS, key="changebalance".__ne__)

urlpatterns = [
    *(
        path(f"wallet/{command}", CommandView.as_view(command=command), name=f"wallet-{command}")
        for command in HOT_FIRST
    ),
    path("wallet/ping", PingView.as_view(), name="wallet-ping"),
]
