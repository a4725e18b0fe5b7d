"""The people who use the admin, and the groups that say what they may."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.admin import BackOfficeAdmin
from config.theme import AdminPasswordChangeForm, UserChangeForm, UserCreationForm, act

admin.site.unregister(User)
admin.site.unregister(Group)

# Django's own page takes its model as a type parameter only in the stubs.
if TYPE_CHECKING:
    StockUserAdmin = UserAdmin[User]
else:
    StockUserAdmin = UserAdmin

# Whoever may change people could otherwise make anybody, or himself, more than he is.
POWERS = ("is_superuser", "groups", "user_permissions")


@admin.register(User)
class StaffAdmin(StockUserAdmin, BackOfficeAdmin):
    """People are never deleted, since the audit trail names them; they are made inactive."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    actions_detail = ("set_password",)
    empty_text = "Nobody fits."

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the password, of which the stock page shows the beginning of the hash."""
        if obj is None:
            return self.add_fieldsets
        first, *others = super().get_fieldsets(request, obj)
        return [(first[0], {"fields": ("username",)}), *others]

    @act("Set password", path="set-password", icon="password", permissions=["auth.change_user"])
    def set_password(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page that sets a new password."""
        return HttpResponseRedirect(reverse("admin:auth_user_password_change", args=[object_id]))

    def get_readonly_fields(self, request: HttpRequest, _obj: Any = None) -> tuple[str, ...]:
        """Let only superusers hand out powers, and keep the log-in's own dates as they are."""
        dates = ("last_login", "date_joined")
        return dates if request.user.is_superuser else (*dates, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only superusers change superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin, BackOfficeAdmin):
    """Groups: what a job's people may."""

    empty_text = "No group yet: make one for each job, such as support or finance."

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let only superusers say what a group may."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Let only superusers make groups."""
        return request.user.is_superuser
