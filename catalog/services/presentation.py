"""What our casino shows in place of the platform's own words and pictures."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from catalog.models import Game
from operators.services import write_audit_entry
from operators.services.audit import describe_changes

FIELDS = ("custom_title", "custom_thumbnail_url")
check_address = URLValidator(schemes=["https"], message="Enter an address that begins with https://.")


def present_game(*, game: Game, title: str, thumbnail_url: str, by: str) -> Game:
    """Give a game a title and a picture of our own; empty goes back to the platform's.

    :raises ValidationError: the picture's address is not https, or something is too long.
    """
    with transaction.atomic():
        game.refresh_from_db(from_queryset=Game.objects.select_for_update(of=("self",), no_key=True))
        before = {name: getattr(game, name) for name in FIELDS}
        game.custom_title, game.custom_thumbnail_url = " ".join(title.split()), thumbnail_url.strip()
        _check(game)
        if changes := describe_changes(before, {name: getattr(game, name) for name in FIELDS}):
            game.save(update_fields=FIELDS)
            write_audit_entry(by=by, action="present_game", subject=game, details=changes)
    return game


def _check(game: Game) -> None:
    if game.custom_thumbnail_url:
        try:
            check_address(game.custom_thumbnail_url)
        except ValidationError as error:
            raise ValidationError({"custom_thumbnail_url": error.messages}) from error
    others = {field.name for field in Game._meta.fields} - set(FIELDS)  # noqa: SLF001 - Django documents it
    game.clean_fields(exclude=others)
