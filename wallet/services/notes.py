"""Notes on players."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from operators.services import write_audit_entry
from wallet.models import Player, PlayerNote


def add_player_note(*, player: Player, text: str, by: str, now: datetime) -> PlayerNote:
    """Add a note to a player.

    :raises ValidationError: the text is empty or too long.
    """
    note = PlayerNote(player=player, at=now, by=by, text=text.strip())
    try:
        note.clean_fields(exclude=["player"])
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from error
    with transaction.atomic():
        note.save(force_insert=True)
        write_audit_entry(by=by, action="add_player_note", subject=player, details={"text": note.text})
    return note
