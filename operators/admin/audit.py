"""The audit trail: who did what to which thing, from where, and what it was before. It is read here and no more."""

import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.admin import RecordAdmin, UtcRangeFilter
from config.display import NOTHING, ident, moment
from config.theme import TextFilter
from operators.models import AuditEntry

# A time as details keep it.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
# As many changes as a line of the list has room for.
SHOWN_IN_LIST = 2
LONGEST_IN_LIST = 60
# How far from each other the entries of one request are, at most.
SAME_REQUEST = 100


@dataclass(frozen=True)
class Change:
    """A field's value before and after, as text; `when` is from when on, where the entry says."""

    name: str
    before: str
    after: str
    when: datetime | None = None


class PersonFilter(TextFilter):
    """What one person did, or what did it."""

    title, parameter_name = "who, such as anna", "by"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Keep that."""
        value = (self.value() or "").strip()
        return queryset.filter(by__in=[value, f"staff:{value}"]) if value else queryset


class ActionFilter(TextFilter):
    """One kind of act, by its name or the beginning of it."""

    title, parameter_name = "action, such as sign in", "action"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Keep that."""
        value = "_".join((self.value() or "").lower().split())
        return queryset.filter(action__startswith=value) if value else queryset


class AddressFilter(TextFilter):
    """What came from one address, or belonged to one request."""

    title, parameter_name = "address or request id", "origin"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Keep that."""
        value = (self.value() or "").strip()
        return queryset.filter(**{"address" if is_address(value) else "request_id": value}) if value else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    """The newest first."""

    list_display = ("time", "by", "did", "subject", "changed", "origin")
    list_filter = (("at", UtcRangeFilter), PersonFilter, ActionFilter, AddressFilter)
    ordering = ("-pk",)
    search_fields = ("subject",)
    search_help_text = "A part of what it was done to"
    change_form_template = "admin/operators/auditentry/change_form.html"
    empty_text = "No entry fits."

    def tell(self, entry: AuditEntry) -> dict[str, Any]:
        """Tell what changed apart from what else is known, and where the thing is."""
        changes, facts = read_details(entry.details)
        near = AuditEntry.objects.filter(pk__range=(entry.pk - SAME_REQUEST, entry.pk + SAME_REQUEST))
        same = near.filter(request_id=entry.request_id).exclude(pk=entry.pk).order_by("pk")
        return {
            "did": say(entry.action),
            "changes": changes,
            "facts": facts,
            "subject_page": find_page(entry.subject),
            "beside": list(same) if entry.request_id else [],
        }

    @admin.display(description="Time")
    def time(self, entry: AuditEntry) -> SafeString:
        return moment(entry.at)

    @admin.display(description="Action")
    def did(self, entry: AuditEntry) -> str:
        return say(entry.action)

    @admin.display(description="Details")
    def changed(self, entry: AuditEntry) -> SafeString:
        changes, facts = read_details(entry.details)
        lines = [f"{change.name}: {write_step(change)}" for change in changes]
        lines += [f"{name}: {short(value)}" for name, value in facts]
        told = format_html_join(", ", "{}", ((line,) for line in lines[:SHOWN_IN_LIST]))
        more = len(lines) - SHOWN_IN_LIST
        return format_html("{} and {} more", told, more) if more > 0 else told or NOTHING

    @admin.display(description="From")
    def origin(self, entry: AuditEntry) -> SafeString:
        return ident(entry.address)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def say(action: str) -> str:
    """Write an action's name in words."""
    return action.replace("_", " ").capitalize()


def write_step(change: Change) -> str:
    """Write what a value was and becomes."""
    if change.before == change.after:
        return f"stays {short(change.after)}"
    return f"{short(change.before)} → {short(change.after)}"


def short(text: str) -> str:
    return text if len(text) <= LONGEST_IN_LIST else text[: LONGEST_IN_LIST - 1] + "…"


def read_details(details: dict[str, Any]) -> tuple[list[Change], list[tuple[str, str]]]:
    """Part an entry's details into what changed from what to what, and what else it tells."""
    changes, facts = [], []
    for name, value in details.items():
        if isinstance(value, dict) and value.keys() == {"from", "to"}:
            changes.append(Change(name.replace("_", " "), written(value["from"]), written(value["to"])))
        elif name == "limits" and isinstance(value, list):
            changes += [read_limit(each) for each in value]
        else:
            facts.append((name.replace("_", " "), written(value)))
    return changes, facts


def read_limit(told: dict[str, Any]) -> Change:
    """Return how a limit of play changed."""
    before, after = (tidy(told[name]) for name in ("from", "to"))
    return Change(told["limit"], before, after, parse_datetime(told["from_when"]))


def tidy(amount: str | None) -> str:
    """Write a limit without the needless zeros that older entries have."""
    return written(amount and re.sub(r"(\.\d\d)0+$", r"\1", amount))


def written(value: Any) -> str:
    """Write a value of JSON for people."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ", ".join(map(str, value))
    if not isinstance(value, str):
        return json.dumps(value, indent=2, ensure_ascii=False)
    at = read_moment(value) if MOMENT.fullmatch(value) else None
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else value


def read_moment(text: str) -> datetime | None:
    """Return a time; none for a text that looks like one."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def find_page(subject: str) -> str:
    """Return the address of the page of what an entry is about, empty where it names no row or the row has none."""
    named, _, _ = subject.partition(":")
    kind, _, key = named.rpartition(" ")
    models: list[type[Model]] = [model for model in admin.site._registry if model._meta.verbose_name == kind]  # noqa: SLF001
    if not models or not key.isdecimal():
        return ""
    meta = models[0]._meta  # noqa: SLF001
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
