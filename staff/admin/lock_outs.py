"""Who failed to sign in lately, and who is locked out."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, actor, posted
from config.display import NOTHING, chip, moment
from config.theme import ChoicesDropdownFilter, act
from staff.models import SignInCount
from staff.services.lock_out import unlock


@admin.register(SignInCount)
class LockOutAdmin(RecordAdmin, ActAdmin):
    """The latest first."""

    list_display = ("subject", "counted", "failures", "last", "until", "state")
    list_filter = (("counted", ChoicesDropdownFilter),)
    ordering = ("-last_at",)
    search_fields = ("subject",)
    change_form_template = "admin/staff/lock_out.html"
    actions_detail = ("unlock",)
    empty_text = "Nobody failed to sign in lately."

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignInCount]:
        """Leave out whose tries were all right in the end: each is counted before it is made."""
        return super().get_queryset(request).filter(Q(failures__gt=0) | Q(locked_until__isnull=False))

    def tell(self, count: SignInCount) -> dict[str, Any]:
        """Tell how it stands."""
        return {"state": state_of(count)}

    @act("Unlock", path="unlock", icon="lock_open", permissions=["staff.change_signincount"])
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and end a lock-out before its time."""
        count = self.find_row(request, object_id)
        form = Form(posted(request))

        def do() -> tuple[None, str]:
            unlock(count=count, by=actor(request))
            return None, f"{count} can be tried again."

        lead = "Its failures are forgotten, and signing in can be tried again at once."
        return self.attempt(request, form, do) or self.ask(
            request, form, row=count, title="Unlock", submit="Unlock", lead=lead
        )

    @admin.display(description="Last failure", ordering="last_at")
    def last(self, count: SignInCount) -> SafeString:
        return moment(count.last_at)

    @admin.display(description="Locked until")
    def until(self, count: SignInCount) -> SafeString:
        return moment(count.locked_until)

    @admin.display(description="State")
    def state(self, count: SignInCount) -> SafeString:
        return state_of(count)


def state_of(count: SignInCount) -> SafeString:
    """Write whether somebody is locked out."""
    is_locked = count.locked_until is not None and count.locked_until > timezone.now()
    return chip("Locked out", "danger") if is_locked else chip("Counted", "") if count.failures else NOTHING
