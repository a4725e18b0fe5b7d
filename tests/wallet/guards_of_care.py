"""Statements that the queue of open rounds, closings and notes refuse, each alone."""

from django.contrib.auth.models import User
from django.utils import timezone

from tests.wallet.world import STAFF, Seat
from wallet.models import PlayerNote, Round, RoundNote, StuckRound

CONSTRAINTS = {
    "wallet_playernote_says_something": (
        "INSERT INTO wallet_playernote (player_id, at, by, text) VALUES ({player}, now(), 'x', '')"
    ),
    "wallet_roundclosing_by_someone": (
        "INSERT INTO wallet_roundclosing (round_id, at, by, reason, details) VALUES ({round}, now(), '', 'age', '{{}}')"
    ),
    "wallet_roundnote_says_something": (
        "INSERT INTO wallet_roundnote (round_id, at, by, text) VALUES ({round}, now(), '', 'x')"
    ),
    "wallet_roundwatch_one": "INSERT INTO wallet_roundwatch (id, up_to) VALUES (2, 0)",
    "wallet_stuckround_owned_since": "UPDATE wallet_stuckround SET owned_at = NULL",
    "wallet_stuckround_round_id_key": (
        "INSERT INTO wallet_stuckround (round_id, noted_at) SELECT round_id, now() FROM wallet_stuckround"
    ),
}


def of(table: str, word: str) -> dict[str, tuple[str, list[str]]]:
    """The cases of a table that is only ever added to."""
    said = f"of {table} is refused: {word} are append-only"
    changes = [f"UPDATE {table} SET by = by", f"DELETE FROM {table}"]
    return {
        f"{table} {table}_never_changed": (said, changes),
        f"{table} {table}_never_emptied": (said, [f"TRUNCATE {table}"]),
    }


TRIGGERS: dict[str, tuple[str, list[str]]] = {
    **of("wallet_playernote", "notes"),
    **of("wallet_roundclosing", "closings"),
    **of("wallet_roundnote", "notes"),
}


def add_rows(seat: Seat, played: Round) -> None:
    """One row in each of the tables."""
    now = timezone.now()
    olga = User.objects.create_user("olga")
    StuckRound.objects.create(round=played, noted_at=now, owner=olga, owned_at=now)
    RoundNote.objects.create(round=played, at=now, by=STAFF, text="Asked the platform.")
    PlayerNote.objects.create(player=seat.player, at=now, by=STAFF, text="Called.")
