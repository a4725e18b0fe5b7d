"""What a player's page tells: who it is and what is held, and below it all that happened on one line of time."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path
from django.utils import timezone

from config.admin import ActAdmin, actor, posted
from wallet.admin import columns
from wallet.admin.round_care import NoteForm
from wallet.admin.time_line import show_time_line
from wallet.enums import AccountKind
from wallet.models import Account, Player
from wallet.services.notes import add_player_note

MAY_NOTE = "wallet.add_playernote"


class NotePages(ActAdmin):
    """The page that adds a note to a player."""

    def get_urls(self) -> list[URLPattern]:
        """Add where the time line leads to."""
        note = self.admin_site.admin_view(self.note)
        return [path("<path:object_id>/note/", note, name="wallet_player_note"), *super().get_urls()]

    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the words, and add a note to a player."""
        if not request.user.has_perm(MAY_NOTE):
            raise PermissionDenied
        player, form = self.find_row(request, object_id), NoteForm(posted(request))

        def do() -> tuple[Player, str]:
            add_player_note(player=player, text=form.cleaned_data["text"], by=actor(request), now=timezone.now())
            return player, "The note is added."

        lead = "For whoever looks at this player next. The player never sees it."
        return self.attempt(request, form, do) or self.ask(
            request, form, row=player, title="Add a note", submit="Add note", lead=lead
        )


def show_player(player: Player, asked: QueryDict, now: datetime) -> dict[str, Any]:
    """Return what the page shows beside the player's own fields; `asked` narrows the time line."""
    accounts = list(Account.objects.filter(player=player, kind=AccountKind.PLAYER).order_by("currency"))
    return {
        "player": player,
        "now": now,
        "player_chip": columns.player_chip(player, now),
        "accounts": accounts,
        "usernames": player.platform_usernames.select_related("operator").order_by("pk"),
        **show_time_line(player, accounts, asked),
    }
