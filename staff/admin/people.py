"""The people who use the admin, and the roles that say what they may."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from config.admin import ActAdmin, BackOfficeAdmin, actor, posted
from config.display import NOTHING, chip, chips, moment
from config.theme import AdminPasswordChangeForm, Checkboxes, Textarea, UserChangeForm, UserCreationForm, act
from operators.selectors.refusals import Refusal
from staff.roles import ROLES
from staff.services.second_factor import reset_second_factor

admin.site.unregister(User)
admin.site.unregister(Group)

# Django's own page takes its model as a type parameter only in the stubs.
if TYPE_CHECKING:
    StockUserAdmin = UserAdmin[User]
else:
    StockUserAdmin = UserAdmin

# Whoever could hand these out could make anybody, or himself, more than he is.
POWERS = ("is_superuser", "user_permissions")


class ResetForm(forms.Form):
    """Why somebody's second factor is taken away."""

    reason = forms.CharField(max_length=500, widget=Textarea(), help_text="How you know that it is really that person.")


@admin.register(User)
class PeopleAdmin(StockUserAdmin, ActAdmin):
    """People are never deleted, since the audit trail names them; they are made inactive."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "named", "roles", "state", "factor", "last")
    list_filter = ("is_active", "is_superuser", "groups")
    filter_horizontal = ()
    actions_detail = ("set_password", "reset_factor")
    empty_text = "Nobody fits."

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return people with their roles and second factors."""
        roles = Prefetch("groups", Group.objects.order_by("name"))
        return super().get_queryset(request).select_related("second_factor").prefetch_related(roles)

    def get_fieldsets(self, _request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the password, of which the stock page shows the beginning of the hash, and single permissions."""
        if obj is None:
            return self.add_fieldsets
        return [
            (None, {"fields": ("username",)}),
            ("Person", {"fields": ("first_name", "last_name", "email")}),
            ("What they may", {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
            ("Dates", {"fields": ("last_login", "date_joined")}),
        ]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer roles as boxes to tick."""
        told = {"label": "Roles", "help_text": "What each may is on its page.", "widget": Checkboxes()}
        return super().formfield_for_manytomany(db_field, request, **(options | told))

    @act("Set password", path="set-password", icon="password", permissions=["auth.change_user"])
    def set_password(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page that sets a new password."""
        return HttpResponseRedirect(reverse("admin:auth_user_password_change", args=[object_id]))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Set somebody's password, with the audit entry or not at all."""
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    @act(
        "Reset second factor",
        path="reset-second-factor",
        icon="phonelink_erase",
        permissions=["staff.reset_second_factor"],
        danger=True,
    )
    def reset_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and take a lost second factor away."""
        person = self.find_row(request, object_id)
        if person.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        form = ResetForm(posted(request))

        def do() -> tuple[User, str]:
            reset_second_factor(
                person=person,
                reason=form.cleaned_data["reason"],
                by=actor(request),
                is_own=person.pk == request.user.pk,
            )
            return person, f"{person} sets up a new second factor at the next sign-in."

        lead = "All sessions of this person end, and the next sign-in asks to set up another authenticator."
        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=person, title="Reset second factor", submit="Reset", lead=lead, danger=True
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep roles from who may not assign them and from their owner, powers from all but superusers.

        A name stays: requests and the audit trail know people by it, and under another one could approve one's own.
        """
        kept = ("last_login", "date_joined") if obj is None else ("username", "last_login", "date_joined")
        if request.user.is_superuser:
            return kept
        may_assign = request.user.has_perm("staff.assign_roles") and obj is not None and obj.pk != request.user.pk
        return (*kept, *POWERS) if may_assign else (*kept, *POWERS, "groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only superusers change superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    @admin.display(description="Name", ordering="last_name")
    def named(self, person: User) -> str | SafeString:
        return person.get_full_name() or NOTHING

    @admin.display(description="Roles")
    def roles(self, person: User) -> SafeString:
        superuser = [("superuser", "warning")] if person.is_superuser else []
        return chips(superuser + [(role.name, "info") for role in person.groups.all()])

    @admin.display(description="State", ordering="is_active")
    def state(self, person: User) -> SafeString:
        return chip("Active", "success") if person.is_active and person.is_staff else chip("Cannot sign in")

    @admin.display(description="Second factor")
    def factor(self, person: User) -> SafeString:
        factor = getattr(person, "second_factor", None)
        return chip("Set up", "success") if factor and factor.confirmed_at else chip("None yet", "warning")

    @admin.display(description="Last sign-in", ordering="last_login")
    def last(self, person: User) -> SafeString:
        return moment(person.last_login)


@admin.register(Group)
class RoleAdmin(GroupAdmin, BackOfficeAdmin):
    """What a job's people may. The roles that come along are as the release has them; superusers may add others."""

    empty_text = "No role yet."

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only superusers say what a role of their own may."""
        return request.user.is_superuser and (obj is None or obj.name not in ROLES)

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let only superusers make roles."""
        return request.user.is_superuser
