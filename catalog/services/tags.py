"""A casino's own words for games: made, changed, and put on games, one or thousands at a time."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import Game, Tag
from catalog.services.offers import describe_many, write_ranges
from operators.models import Casino
from operators.services import write_audit_entry
from operators.services.audit import describe_changes

BATCH = 5000


class OtherCasinos(ValidationError):
    """A tag is one casino's, and some of the games are not."""


def make_tag(*, casino: Casino, slug: str, name: str, player_groups: Sequence[str] = (), by: str) -> Tag:
    """Make a casino's tag.

    :raises ValidationError: the casino has a tag of that slug, or a field is malformed.
    """
    tag = Tag(casino=casino, slug=slug, name=name, player_groups=tidy_groups(player_groups))
    with transaction.atomic():
        tag.full_clean()
        tag.save()
        write_audit_entry(by=by, action="make_tag", subject=tag, details=_facts(tag))
    return tag


def change_tag(*, tag: Tag, name: str, player_groups: Sequence[str], by: str) -> Tag:
    """Rename a tag, or change which player groups see its games.

    :raises ValidationError: a field is malformed.
    """
    with transaction.atomic():
        tag.refresh_from_db(from_queryset=Tag.objects.select_for_update(of=("self",)))
        before = _facts(tag)
        tag.name, tag.player_groups = name, tidy_groups(player_groups)
        tag.full_clean()
        if changes := describe_changes(before, _facts(tag)):
            tag.save(update_fields=["name", "player_groups"])
            write_audit_entry(by=by, action="change_tag", subject=tag, details=changes)
    return tag


def remove_tag(*, tag: Tag, by: str) -> int:
    """Take a tag from all its games and delete it; answers how many games had it."""
    with transaction.atomic():
        Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        games = list(tag.games.order_by("pk").values_list("pk", flat=True))
        details = _facts(tag) | {"games": write_ranges(games)}
        write_audit_entry(by=by, action="remove_tag", subject=tag, details=details)
        Game.tags.through.objects.filter(tag_id=tag.pk).delete()
        tag.delete()
    return len(games)


def tag_games(*, tag: Tag, ids: Iterable[int], described: str, by: str) -> list[int]:
    """Put a tag on all games of these ids or none; answers the ids of those that did not have it.

    :raises OtherCasinos: one of the games is another casino's.
    """
    links: Any = Game.tags.through.objects
    with transaction.atomic():
        wanted = _lock(tag, ids)
        had = set(links.filter(tag_id=tag.pk, game_id__in=wanted).values_list("game_id", flat=True))
        added = [game_id for game_id in wanted if game_id not in had]
        links.bulk_create([Game.tags.through(tag_id=tag.pk, game_id=game_id) for game_id in added], batch_size=BATCH)
        _note("tag_games", tag, added, described, by)
    return added


def untag_games(*, tag: Tag, ids: Iterable[int], described: str, by: str) -> list[int]:
    """Take a tag from all games of these ids or none; answers the ids of those that had it.

    :raises OtherCasinos: one of the games is another casino's.
    """
    with transaction.atomic():
        links = Game.tags.through.objects.filter(tag_id=tag.pk, game_id__in=_lock(tag, ids))
        removed = sorted(links.values_list("game_id", flat=True))
        links.delete()
        _note("untag_games", tag, removed, described, by)
    return removed


def set_tags(*, game: Game, tags: Iterable[Tag], by: str) -> Game:
    """Give one game exactly these tags.

    :raises OtherCasinos: one of the tags is another casino's.
    """
    wanted = {tag.pk: tag for tag in tags}
    with transaction.atomic():
        has = {tag.pk: tag for tag in game.tags.select_related("casino").order_by("pk")}
        for key in sorted(wanted.keys() - has.keys()):
            tag_games(tag=wanted[key], ids=[game.pk], described=str(game), by=by)
        for key in sorted(has.keys() - wanted.keys()):
            untag_games(tag=has[key], ids=[game.pk], described=str(game), by=by)
    return game


def tidy_groups(groups: Iterable[str]) -> list[str]:
    """Return player groups without blanks and repetitions, in order."""
    return sorted({group.strip() for group in groups} - {""})


def _lock(tag: Tag, ids: Iterable[int]) -> list[int]:
    wanted = sorted(set(ids))
    Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
    if strangers := Game.objects.filter(pk__in=wanted).exclude(operator__casino_id=tag.casino_id).count():
        raise OtherCasinos(f"“{tag}” is a tag of {tag.casino}, and {strangers:,} of the games are another casino's.")
    return wanted


def _note(action: str, tag: Tag, ids: list[int], described: str, by: str) -> None:
    if ids:
        details = {"tag": tag.slug, "chosen": described, "changed": len(ids), "ids": write_ranges(ids)}
        write_audit_entry(
            by=by, action=action, subject=f"tag {tag} on {describe_many(Game, len(ids), described)}", details=details
        )


def _facts(tag: Tag) -> dict[str, Any]:
    return {"slug": tag.slug, "name": tag.name, "player_groups": tag.player_groups}
