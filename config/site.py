"""The admin site: behind which log-in its pages are, and what they may load."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from config.theme import AdminSite
from operators.services.audit import name_of, write_audit_entry
from staff import views
from staff.forms import SignInForm
from staff.services.sessions import end_session
from wallet.services.privileges import list_excess_rights

# The theme's scripts make functions from attributes (Alpine), and its page carries a style element for its colours.
THEME_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}

View = TypeVar("View", bound=Callable[..., Any])


def with_theme_policy(view: View) -> View:
    """Let a view's pages do what the theme needs."""
    wrap: Any = csp_update(THEME_POLICY)
    return cast("View", wrap(view))


class BackOfficeSite(AdminSite):
    """The staff's site; its pages, and no others, have the content policy that the theme needs."""

    index_title = "Overview"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Wrap every page behind the login."""
        return with_theme_policy(super().admin_view(view, cacheable))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of the second factor, of which the first two are for who is not signed in yet."""
        return [
            path("second-factor/", with_theme_policy(views.second_factor), name="second_factor"),
            path("enrol/", with_theme_policy(views.enrol), name="enrol"),
            path("own-second-factor/", self.admin_view(views.own_second_factor), name="own_second_factor"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the first page, which says in production what the database would let this process undo."""
        excess = [] if settings.DEBUG else list_excess_rights()
        return super().index(request, {"excess_rights": excess, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Answer the login page, which `admin_view` does not wrap."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": "Log in",
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        view = views.SignIn.as_view(
            extra_context=context, authentication_form=SignInForm, template_name="admin/login.html"
        )
        return with_theme_policy(view)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out, on record."""
        if request.method == "POST":
            end_session(request, why="asked for")
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Let a person choose a new password, on record; all other sessions of that person end by it."""
        with transaction.atomic():
            response = super().password_change(request, extra_context)
            if response.status_code == 302:
                person = cast("Model", request.user)
                write_audit_entry(by=name_of(person), action="change_own_password", subject=person)
        return response
