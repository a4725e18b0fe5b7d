"""What we offer of what platforms list, switched on and off by us."""

from typing import TypeVar

from django.db import transaction

from catalog.models import Game, Lobby, Vendor
from operators.services import write_audit_entry

Switched = TypeVar("Switched", Game, Lobby, Vendor)


def switch_game(*, game: Game, enabled: bool, by: str) -> Game:
    """Offer a game or take it off; where it is off, bets on it are refused at once."""
    return _switch(game, enabled, by, "switch_game")


def switch_lobby(*, lobby: Lobby, enabled: bool, by: str) -> Lobby:
    """Offer a lobby or take it off: it opens no new session then."""
    return _switch(lobby, enabled, by, "switch_lobby")


def switch_vendor(*, vendor: Vendor, enabled: bool, by: str) -> Vendor:
    """Offer a vendor's games and lobbies or take them off: they open no new session then."""
    return _switch(vendor, enabled, by, "switch_vendor")


def _switch(row: Switched, enabled: bool, by: str, action: str) -> Switched:
    with transaction.atomic():
        row.refresh_from_db(from_queryset=type(row).objects.select_for_update(of=("self",)))
        if row.enabled != enabled:
            row.enabled = enabled
            row.save(update_fields=["enabled"])
            write_audit_entry(by=by, action=action, subject=row, details={"enabled": enabled})
    return row
