"""Sessions: who was launched into what, and ending one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, actor, posted
from config.display import ident, moment
from config.theme import RelatedDropdownFilter, act
from wallet.admin import columns
from wallet.admin.bounds import BoundedAdmin
from wallet.admin.filters import PlayerFilter
from wallet.models import Session
from wallet.services.launch import end_session


@admin.register(Session)
class SessionAdmin(BoundedAdmin, ActAdmin):
    """Sessions in the order of their launch, the newest first."""

    list_display = ("launched", "player_shown", "state_shown", "opened", "currency", "expires", "ip_shown")
    list_select_related = ("player", "game", "account")
    list_filter = (("operator", RelatedDropdownFilter), ("operator__casino", RelatedDropdownFilter), PlayerFilter)
    ordering = ("-pk",)
    change_form_template = "admin/wallet/session/change_form.html"
    actions_detail = ("end",)
    empty_text = "No session fits."

    def tell(self, session: Session) -> dict[str, Any]:
        """Show a session; its token is not kept, so it cannot be shown."""
        return {"session_chip": columns.session_chip(session, timezone.now())}

    @act("End session", path="end", icon="logout", permissions=["wallet.change_session"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and end a session."""
        session = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[Session, str]:
            end_session(session=session, by=actor(request), now=timezone.now())
            return session, "The session is ended."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=session,
            title="End session",
            submit="End session",
            danger=True,
            lead="Its token places no bet any more. Wins and refunds that are late still arrive.",
        )

    @admin.display(description="Launched")
    def launched(self, session: Session) -> SafeString:
        return moment(session.created_at)

    @admin.display(description="Player")
    def player_shown(self, session: Session) -> SafeString:
        return columns.player_link(session.player)

    @admin.display(description="State")
    def state_shown(self, session: Session) -> SafeString:
        return columns.session_chip(session, timezone.now())

    @admin.display(description="Game or lobby")
    def opened(self, session: Session) -> SafeString:
        return columns.opened_on(session)

    @admin.display(description="Currency")
    def currency(self, session: Session) -> str:
        return session.account.currency

    @admin.display(description="Expires")
    def expires(self, session: Session) -> SafeString:
        return moment(session.expires_at)

    @admin.display(description="Player's IP")
    def ip_shown(self, session: Session) -> SafeString:
        return ident(session.ip)
