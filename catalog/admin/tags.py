"""A casino's own words for games, which say in what part of its site they stand and who sees them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.forms import NewTagForm, TagForm
from catalog.models import Game, Tag
from catalog.services.offers import count_rows
from catalog.services.tags import change_tag, make_tag, remove_tag
from config.admin import MadeByStaffAdmin, actor, posted
from config.display import chips, count, ident
from config.theme import RelatedDropdownFilter, act


@admin.register(Tag)
class TagAdmin(MadeByStaffAdmin):
    """Tags by casino and name."""

    list_display = ("name", "slug_shown", "casino", "groups_shown", "games_shown")
    list_select_related = ("casino",)
    list_filter = (("casino", RelatedDropdownFilter),)
    ordering = ("casino__name", "name", "pk")
    search_fields = ("name", "slug")
    search_help_text = "A part of the name or of the slug"
    change_form_template = "admin/catalog/tag/change_form.html"
    actions_detail = ("rename", "remove")
    empty_text = "No tag fits. Make one, and put it on games from the list of games."

    def has_rename_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those change tags who may."""
        return request.user.has_perm("catalog.change_tag")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        """Count the games along."""
        tags: QuerySet[Tag] = super().get_queryset(request)
        return tags.annotate(game_count=Count("games"))

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for a tag, and make it."""
        form = NewTagForm(posted(request))

        def do() -> tuple[Tag, str]:
            tag = make_tag(**form.cleaned_data, by=actor(request))
            return tag, f"The tag “{tag}” is made. Put it on games from the list of games."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=None,
            title="New tag",
            submit="Make the tag",
            lead="A word of one casino for some games. With player groups, those games are for these groups alone.",
        )

    @act("Change", path="change-tag", icon="edit", permissions=["rename"])
    def rename(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the name and the player groups, and change them."""
        tag = self.find_row(request, object_id)
        form = TagForm(posted(request), initial={"name": tag.name, "player_groups": tag.player_groups})

        def do() -> tuple[Tag, str]:
            change_tag(tag=tag, **form.cleaned_data, by=actor(request))
            return tag, f"The tag “{tag}” is changed."

        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=tag,
            title="Change the tag",
            submit="Save",
            lead=f"On {count_rows(Game, tag.game_count)}. Its slug, {tag.slug}, stays: the casino's site asks for it.",
        )

    @act("Remove", path="remove", icon="delete", permissions=["rename"], danger=True)
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, take the tag off all its games, and delete it."""
        tag = self.find_row(request, object_id)
        form = forms.Form(posted(request))

        def do() -> tuple[None, str]:
            name = str(tag)
            return None, f"The tag “{name}” is removed from {count_rows(Game, remove_tag(tag=tag, by=actor(request)))}."

        groups = " Games that were for its player groups alone are shown to all players then."
        return self.attempt(request, form, do) or self.ask(
            request,
            form,
            row=tag,
            title="Remove the tag",
            submit="Remove",
            danger=True,
            lead=f"It is taken off {count_rows(Game, tag.game_count)}.{groups if tag.player_groups else ''}",
        )

    @admin.display(description="Slug", ordering="slug")
    def slug_shown(self, tag: Tag) -> SafeString:
        return ident(tag.slug)

    @admin.display(description="For player groups")
    def groups_shown(self, tag: Tag) -> str | SafeString:
        return chips([(group, "info") for group in tag.player_groups]) if tag.player_groups else "All players"

    @admin.display(description="Games", ordering="game_count")
    def games_shown(self, tag: Any) -> SafeString:
        return format_html('<span class="figure">{}</span>', count(tag.game_count))
