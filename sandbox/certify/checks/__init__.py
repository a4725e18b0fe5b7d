"""The rules, a module a group. Importing them puts them on the list."""

from sandbox.certify.checks import (
    audit,
    authenticate,
    balance,
    bets,
    bodies,
    cancel,
    door,
    envelope,
    finishround,
    launch,
    races,
    replays,
    rounds,
    signing,
    status,
    wins,
)

__all__ = [
    "audit",
    "authenticate",
    "balance",
    "bets",
    "bodies",
    "cancel",
    "door",
    "envelope",
    "finishround",
    "launch",
    "races",
    "replays",
    "rounds",
    "signing",
    "status",
    "wins",
]
