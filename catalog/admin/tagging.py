"""Putting tags on many games, taking them off, and featuring games: each previewed first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from catalog.admin.acts import ManyAdmin
from catalog.admin.forms import GameTagsForm, TagManyForm
from catalog.admin.selections import Selection
from catalog.models import Game, Tag
from catalog.services.featured import TooManyFeatured, feature_games
from catalog.services.offers import count_rows
from catalog.services.tags import set_tags, tag_games, untag_games
from config.admin import actor, posted
from config.theme import act
from operators.models import Casino

ACTS = {"put": tag_games, "take": untag_games}


class TaggedAdmin(ManyAdmin):
    """Games that can be tagged and featured in bulk."""

    def has_tag_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those tag games who may change them."""
        return request.user.has_perm("catalog.change_game")

    def has_feature_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let those feature games who may change what is featured."""
        return request.user.has_perm("catalog.change_featuredgame")

    def get_urls(self) -> list[URLPattern]:
        """Add where previewed acts are done."""
        view = self.admin_site.admin_view
        return [
            path("tag/", view(self.tag_many), name="catalog_game_tag_many"),
            path("feature/", view(self.feature_many), name="catalog_game_feature_many"),
            *super().get_urls(),
        ]

    @act("Put a tag on…", permissions=["tag"])
    def tag_selected(self, request: HttpRequest, rows: QuerySet[Game]) -> HttpResponse:
        """Show which games a tag would be put on, and ask which tag."""
        return self.preview_tag(request, "put", self.choose(request, list_keys(rows)), None)

    @act("Take a tag off…", permissions=["tag"])
    def untag_selected(self, request: HttpRequest, rows: QuerySet[Game]) -> HttpResponse:
        """Show which games a tag would be taken off, and ask which tag."""
        return self.preview_tag(request, "take", self.choose(request, list_keys(rows)), None)

    @act("Feature…", permissions=["feature"])
    def feature_selected(self, request: HttpRequest, rows: QuerySet[Game]) -> HttpResponse:
        """Show which games would be featured, and ask."""
        selection = self.choose(request, list_keys(rows))
        casinos = list(Casino.objects.filter(operators__games__in=selection.ids).order_by("name").distinct())
        context = {
            "title": f"Feature {count_rows(Game, len(selection.ids))}",
            "casinos": casinos,
            "target": reverse("admin:catalog_game_feature_many"),
        }
        return self.show_many(request, "admin/catalog/feature_many.html", context, act="feature", selection=selection)

    @act("Tags", path="tags", icon="sell", permissions=["tag"])
    def choose_tags(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which tags one game has."""
        game = self.find_row(request, object_id)
        form = GameTagsForm(posted(request), game=game)

        def do() -> tuple[Game, str]:
            set_tags(game=game, tags=form.cleaned_data["tags"], by=actor(request))
            return game, f"The tags of {game} are saved."

        lead = "Words of the casino's own. A tag with player groups keeps the game for these groups alone."
        return self.attempt(request, form, do) or self.ask(
            request, form, row=game, title="Tags", submit="Save", lead=lead
        )

    def preview_tag(
        self, request: HttpRequest, way: str, selection: Selection, form: TagManyForm | None
    ) -> HttpResponse:
        """Show some games, how many of them have each tag, and ask which to put on or take off."""
        tags = Tag.objects.filter(casino__operators__games__in=selection.ids).select_related("casino").distinct()
        tags = tags.order_by("casino__name", "name")
        having = Tag.objects.filter(games__in=selection.ids).select_related("casino").order_by("casino__name", "name")
        words = "Put a tag on" if way == "put" else "Take a tag off"
        context = {
            "title": f"{words} {count_rows(Game, len(selection.ids))}",
            "form": form or TagManyForm(tags=tags),
            "having": having.annotate(count=Count("games", filter=Q(games__in=selection.ids))),
            "way": way,
            "target": reverse("admin:catalog_game_tag_many"),
        }
        return self.show_many(request, "admin/catalog/tag_many.html", context, act=f"tag:{way}", selection=selection)

    def tag_many(self, request: HttpRequest) -> HttpResponse:
        """Do what was previewed."""
        if not self.has_tag_permission(request):
            raise PermissionDenied
        way = "take" if request.POST.get("way") == "take" else "put"
        selection = self.take_selection(request, f"tag:{way}")
        if selection is None:
            return self.back_to_list(None)
        form = TagManyForm(request.POST, tags=Tag.objects.select_related("casino").order_by("casino__name", "name"))
        if not form.is_valid():
            return self.preview_tag(request, way, selection, form)
        tag = form.cleaned_data["tag"]
        try:
            done = ACTS[way](tag=tag, ids=selection.ids, described=selection.described, by=actor(request))
        except ValidationError as error:
            form.add_error("tag", error.messages)
            return self.preview_tag(request, way, selection, form)
        words = "put on" if way == "put" else "taken off"
        messages.success(request, f"“{tag}” is {words} {len(done):,} of {count_rows(Game, len(selection.ids))}.")
        return self.back_to_list(selection)

    def feature_many(self, request: HttpRequest) -> HttpResponse:
        """Do what was previewed."""
        if not self.has_feature_permission(request):
            raise PermissionDenied
        selection = self.take_selection(request, "feature")
        if selection is None:
            return self.back_to_list(None)
        casino = Casino.objects.filter(operators__games__in=selection.ids).order_by("pk").first()
        if casino is None:
            return self.back_to_list(selection)
        try:
            added = feature_games(casino=casino, ids=selection.ids, by=actor(request))
        except (ValidationError, TooManyFeatured) as refusal:
            messages.error(request, "; ".join(getattr(refusal, "messages", [str(refusal)])))
            return self.back_to_list(selection)
        messages.success(request, f"Featured at {casino}, after those that were: {count_rows(Game, len(added))}.")
        return HttpResponseRedirect(f"{reverse('admin:catalog_featuredgame_changelist')}?casino={casino.slug}")


def list_keys(rows: QuerySet[Game]) -> list[int]:
    """Return the keys of the rows that a list's action chose."""
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
