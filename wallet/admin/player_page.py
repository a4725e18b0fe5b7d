"""What a player's page tells: balances, latest movements, rounds, sessions, and what staff did."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from operators.models import AuditEntry
from wallet.admin import columns
from wallet.admin.rows import show_rows
from wallet.enums import AccountKind
from wallet.models import Account, Player, Round, Session
from wallet.selectors import list_movements

ROWS_SHOWN = 25
ROUNDS_SHOWN = 12
SESSIONS_SHOWN = 8
ENTRIES_SHOWN = 8
# The rounds shown are those of this many rows: no index gives a player's rounds in the order of time.
ROWS_FOR_ROUNDS = 200


def show_player(player: Player, now: datetime) -> dict[str, Any]:
    """Return what the page shows beside the player's own fields."""
    accounts = list(Account.objects.filter(player=player, kind=AccountKind.PLAYER).order_by("currency"))
    rows = list_movements(accounts, {}, ROWS_FOR_ROUNDS)
    return {
        "player": player,
        "now": now,
        "player_chip": columns.player_chip(player, now),
        "accounts": accounts,
        "usernames": player.platform_usernames.select_related("operator").order_by("pk"),
        "rows": show_rows(rows[:ROWS_SHOWN]),
        "rounds": show_rounds(list_rounds({row.round_id for row in rows if row.round_id})),
        "sessions": show_sessions(list_sessions(player), now),
        "entries": list_entries(player),
    }


def list_rounds(keys: set[int]) -> QuerySet[Round]:
    """Return the newest of some rounds."""
    return Round.objects.filter(pk__in=keys).select_related("game").order_by("-pk")[:ROUNDS_SHOWN]


def show_rounds(rounds: QuerySet[Round]) -> list[dict[str, Any]]:
    """Return what the sheet says of each round."""
    return [
        {
            "round": each,
            "link": columns.round_link(each),
            "game": columns.game_link(each.game),
            "state": columns.state_chip(each),
            "result": each.win_sum - each.bet_sum,
        }
        for each in rounds
    ]


def list_sessions(player: Player) -> QuerySet[Session]:
    """Return a player's newest sessions."""
    sessions = Session.objects.filter(player=player).select_related("game", "account").order_by("-pk")
    return sessions[:SESSIONS_SHOWN]


def show_sessions(sessions: QuerySet[Session], now: datetime) -> list[dict[str, Any]]:
    """Return what the sheet says of each session."""
    return [
        {"session": each, "opened": columns.opened_on(each), "state": columns.session_chip(each, now)}
        for each in sessions
    ]


def list_entries(player: Player) -> QuerySet[AuditEntry]:
    """Return what was done to a player last."""
    named = f"player {player.pk}: "
    return AuditEntry.objects.filter(subject__startswith=named).order_by("-pk")[:ENTRIES_SHOWN]
