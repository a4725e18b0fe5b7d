"""How much each role may request and approve: set by administrators, who move no money themselves."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin import MadeByStaffAdmin, actor, posted
from config.display import moment, money
from config.theme import NumberInput, Select, TextInput, act
from operators.selectors.refusals import Refusal
from wallet.models import Ceiling
from wallet.services.ceilings import set_ceiling

LEAD = (
    "The first two are for one request. With several roles the highest counts. Whoever has the role cannot set it."
    " Zero is nothing; without a row a role may move nothing in a currency."
)


def amount_field(**more: Any) -> forms.DecimalField:
    """Return a field for an amount of money, or nothing."""
    entry = NumberInput(attrs={"step": "0.01"})
    return forms.DecimalField(min_value=0, max_digits=18, decimal_places=2, widget=entry, **more)


class AmountsForm(forms.Form):
    """How much a role may move."""

    request_up_to = amount_field()
    approve_up_to = amount_field()
    daily_up_to = amount_field(
        help_text="What one person may request, and what one person may approve, in a day of the casino's."
    )


class CeilingForm(AmountsForm):
    """Which role, in which currency, may move how much."""

    role = forms.ChoiceField(widget=Select())
    currency = forms.RegexField(
        r"\A[A-Z0-9]{3,4}\Z",
        widget=TextInput(),
        help_text="Such as EUR.",
        error_messages={"invalid": "Enter a currency code of three or four capital letters or digits."},
    )
    field_order = ("role", "currency", "request_up_to", "approve_up_to", "daily_up_to")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = Group.objects.order_by("name").values_list("name", flat=True)
        self.fields["role"] = forms.ChoiceField(choices=[(name, name) for name in names], widget=Select())
        self.order_fields(self.field_order)


@admin.register(Ceiling)
class CeilingAdmin(MadeByStaffAdmin):
    """Ceilings by role and currency."""

    list_display = ("role", "currency", "request_shown", "approve_shown", "daily_shown", "changed_by", "changed")
    list_filter = ("role", "currency")
    ordering = ("role", "currency")
    change_form_template = "admin/wallet/ceiling/change_form.html"
    actions_detail = ("set_amounts",)
    empty_text = "No role may request or approve anything."

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for role, currency and amounts."""
        form = CeilingForm(posted(request))
        return self.set(request, form, None, {}, title="Add ceiling")

    @act("Change", path="set-amounts", icon="edit", permissions=["wallet.change_ceiling"])
    def set_amounts(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the amounts."""
        ceiling: Ceiling = self.find_row(request, object_id)
        held = {name: f"{getattr(ceiling, name):.2f}" for name in AmountsForm.base_fields}
        form = AmountsForm(posted(request), initial=held)
        named = {"role": ceiling.role, "currency": ceiling.currency}
        return self.set(request, form, ceiling, named, title="Change ceiling")

    def set(
        self, request: HttpRequest, form: forms.Form, row: Ceiling | None, named: dict[str, str], *, title: str
    ) -> HttpResponse:
        """Set what a valid form says."""

        def do() -> tuple[Ceiling, str]:
            made = set_ceiling(**(named | form.cleaned_data), by=actor(request), now=timezone.now())
            return made, f"The ceiling of {made} is set."

        return self.attempt(request, form, do, Refusal) or self.ask(
            request, form, row=row, title=title, submit="Set", lead=LEAD
        )

    @admin.display(description="May request up to", ordering="request_up_to")
    def request_shown(self, ceiling: Ceiling) -> SafeString:
        return money(ceiling.request_up_to, ceiling.currency)

    @admin.display(description="May approve up to", ordering="approve_up_to")
    def approve_shown(self, ceiling: Ceiling) -> SafeString:
        return money(ceiling.approve_up_to, ceiling.currency)

    @admin.display(description="In a day up to", ordering="daily_up_to")
    def daily_shown(self, ceiling: Ceiling) -> SafeString:
        return money(ceiling.daily_up_to, ceiling.currency)

    @admin.display(description="Changed")
    def changed(self, ceiling: Ceiling) -> SafeString:
        return moment(ceiling.changed_at)
