"""What the pages of the admin have in common."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time
from functools import partial
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.checks import ModelAdminChecks
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.forms import BaseForm, ModelForm, modelform_factory
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_time

from config import records
from config.display import NOTHING
from config.theme import InfinitePaginator, ModelAdmin, RangeDateTimeFilter
from operators.services.audit import name_of, write_audit_entry


def allow_images(response: HttpResponse, origins: Iterable[str]) -> HttpResponse:
    """Let one page show pictures from the given origins beside our own."""
    sources = [SELF, "data:", *sorted(set(origins))]
    replace: Any = csp_replace({"img-src": sources})
    replace(lambda: response)()
    return response


def actor(request: HttpRequest) -> str:
    """Name the person behind a request as the audit trail does."""
    return name_of(request.user)


def tell_faults(form: BaseForm, error: ValidationError) -> None:
    """Put each fault to its field, or all above the form where one names no field of it."""
    named = getattr(error, "error_dict", {})
    at_fields = named and set(named) <= set(form.fields)
    form.add_error(None, error if at_fields else error.messages)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: what was posted, be it nothing, or None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


class BackOfficeAdmin(ModelAdmin):
    """What all lists and pages have in common."""

    # Not the theme's: those look for permissions in the database, which a first `migrate` has yet to create.
    checks_class = ModelAdminChecks
    list_fullwidth = True
    list_filter_submit = True
    list_per_page = 50
    show_facets = ShowFacets.NEVER
    compressed_fields = True
    empty_value_display = NOTHING
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    # What a page says when it has nothing to list.
    empty_text = "Nothing here yet."

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Refuse: what staff made is ended or switched off, and stays on record."""
        return False

    # The pages that save a form by themselves call no service that would write the audit entry.

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a row, unless nothing of it was changed."""
        if form.changed_data or not change:
            super().save_model(request, obj, form, change)

    def construct_change_message(self, _request: HttpRequest, form: BaseForm, _formsets: Any, add: bool = False) -> Any:
        """Tell what a form changes, for the audit entry."""
        return records.describe_new(form) if add else records.describe_form(form)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write down that a row was made."""
        write_audit_entry(by=actor(request), action=f"add_{self.opts.model_name}", subject=obj, details=message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write down that a row was changed."""
        if message:
            write_audit_entry(by=actor(request), action=f"change_{self.opts.model_name}", subject=obj, details=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Write down that rows are deleted."""
        for row in queryset:
            write_audit_entry(by=actor(request), action=f"delete_{self.opts.model_name}", subject=row)


class ReadOnlyAdmin(BackOfficeAdmin):
    """Rows that are changed, if at all, by acts with a form of their own; their page is a template, not a form."""

    fieldsets = ((None, {"fields": ()}),)

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Refuse: the system writes these."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        """Refuse: no page saves a row."""
        return False

    def tell(self, _row: Any) -> dict[str, Any]:
        """Return what the template of a row's page tells beside the row itself, `original`."""
        return {}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Answer a row's page, once the person is known to be allowed to see it."""
        told = self.tell(context["original"])
        return super().render_change_form(request, context | told, *args, **options)


class RecordPaginator(InfinitePaginator):
    """Pages that are never counted, down to one that nobody leafs to: every page is read from the first row on."""

    last_page = 100

    @property
    def count(self) -> int:
        """Return as many rows as the pages hold, whether there are so many or not."""
        return self.per_page * self.last_page

    def validate_number(self, number: float | str) -> int:
        """Answer a page further down by the last one."""
        return super().validate_number(min(int(number), self.last_page))


# The theme goes by the name: above the list of any other it would tell how many results there are.
RecordPaginator.__name__ = "InfinitePaginator"


class RecordAdmin(ReadOnlyAdmin):
    """A long list, in pages that are never counted."""

    paginator = RecordPaginator
    show_full_result_count = False


class ActAdmin(BackOfficeAdmin):
    """Pages that ask before something is done to one row, and then call the service that does it."""

    def find_row(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row that a page is about.

        :raises Http404: there is none.
        :raises PermissionDenied: the person may not see it.
        """
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    def attempt(
        self,
        request: HttpRequest,
        form: BaseForm,
        act: Callable[[], tuple[Model | None, str]],
        *refusals: type[Exception],
    ) -> HttpResponse | None:
        """Do what a valid form asks for; `act` answers the row to go to and what to say.

        One of the refusals, or a field found wrong, becomes the form's error. Returns None where the form has to be
        shown (again).
        """
        if request.method != "POST" or not form.is_valid():
            return None
        try:
            row, done = act()
        except ValidationError as error:
            tell_faults(form, error)
            return None
        except refusals as refusal:
            form.add_error(None, str(refusal))
            return None
        messages.success(request, done)
        return HttpResponseRedirect(self.page_of(row))

    def page_of(self, row: Model | None) -> str:
        """Return the address of a row's page, or of the list."""
        names = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{names}_change", args=[row.pk]) if row else reverse(f"{names}_changelist")

    def ask(
        self,
        request: HttpRequest,
        form: BaseForm,
        *,
        row: Model | None,
        title: str,
        lead: str,
        submit: str,
        danger: bool = False,
    ) -> TemplateResponse:
        """Show the page with the form, what it will do, and a way back."""
        context = {"form": form, "lead": lead, "submit_label": submit, "danger": danger}
        return self.show(request, "admin/act.html", context | {"title": title}, row=row)

    def show(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, row: Model | None
    ) -> TemplateResponse:
        """Show a page about a row, with a way back to it."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, "back": self.page_of(row)}
        return TemplateResponse(request, template, frame | context)

    def build_form(
        self, request: HttpRequest, form_class: "type[ModelForm[Any]]", row: Model | None = None
    ) -> "ModelForm[Any]":
        """Return a form over fields of the model, in the theme's widgets. It is never saved: a service is called."""
        made = modelform_factory(
            self.model, form=form_class, formfield_callback=partial(self.formfield_for_dbfield, request=request)
        )
        return made(posted(request), instance=row)


class MadeByStaffAdmin(ReadOnlyAdmin, ActAdmin):
    """Rows that staff make with a form of their own, and change by acts."""

    def has_add_permission(self, request: HttpRequest, _obj: Model | None = None) -> bool:
        """Let those make one who may."""
        return request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}")

    def add_view(self, request: HttpRequest, *_args: Any, **_options: Any) -> HttpResponse:
        """Answer the page behind the list's “add”."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.make(request)

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for what a row is made from, and make it."""
        raise NotImplementedError


class UtcRangeFilter(RangeDateTimeFilter):
    """From and to, in UTC; a date without a time means its first or its last moment."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Bound the list."""
        since, until = self.bound("from", time.min), self.bound("to", time.max)
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": since})
        if until:
            queryset = queryset.filter(**{f"{self.parameter_name}__lte": until})
        return queryset

    def bound(self, end: str, otherwise: time) -> datetime | None:
        """Return one end of the range, None where it is not set or is no date."""
        values = cast("Mapping[str, str]", self.used_parameters)
        try:
            day = parse_date(values.get(f"{self.parameter_name}_{end}_0") or "")
            moment = parse_time(values.get(f"{self.parameter_name}_{end}_1") or "")
        except ValueError:
            return None
        return datetime.combine(day, moment or otherwise, UTC) if day else None
