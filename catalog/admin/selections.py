"""Rows chosen for an act in bulk: sealed when the act is previewed, so that what was shown is what is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db.models import BooleanField, ForeignKey
from django.http import HttpRequest

from catalog.services.offers import read_ranges, write_ranges

SALT = "catalog.selection"
LIFETIME = timedelta(hours=1)


# What a list's address says beside its filters: the search, the page and the order.
NO_FILTERS = {"q", "p", "o"}


class SelectionStale(Exception):
    """The choice was made too long ago, by somebody else, for another act, or has been tampered with."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that an act is about, those that it would leave as they are, and how they were chosen."""

    ids: list[int]
    others: list[int]
    described: str
    query: str


def seal(request: HttpRequest, act: str, selection: Selection) -> str:
    """Write a choice as a text that only this person can use, for this act alone."""
    told = [
        request.user.pk,
        act,
        write_ranges(selection.ids),
        write_ranges(selection.others),
        selection.described,
        selection.query,
    ]
    return signing.dumps(told, salt=SALT, compress=True)


def unseal(request: HttpRequest, act: str) -> Selection:
    """Read what was sealed from what was posted.

    :raises SelectionStale: it is not this person's and this act's, or it is too old.
    """
    try:
        person, sealed_act, ids, others, described, query = signing.loads(
            request.POST.get("selection", ""), salt=SALT, max_age=LIFETIME
        )
    except signing.BadSignature as fault:
        raise SelectionStale("That preview is too old, or was changed on its way. Choose again.") from fault
    if (person, sealed_act) != (request.user.pk, act):
        raise SelectionStale("That preview was made for somebody else, or for something else. Choose again.")
    return Selection(read_ranges(ids), read_ranges(others), described, query)


def describe_choice(request: HttpRequest, model_admin: Any) -> str:
    """Say in words how the rows of a list's action were chosen."""
    said = "; ".join(describe_filters(request, model_admin.get_changelist_instance(request)))
    if request.POST.get("select_across", "0") != "0":
        return f"all with {said}" if said else "all there are"
    return f"one by one from those with {said}" if said else "one by one"


def describe_filters(request: HttpRequest, changelist: Any) -> Iterator[str]:
    """Say each filter of a list in words."""
    if term := request.GET.get("q"):
        yield f"“{term}” in the search"
    # A filter that offers no choice, such as the operator where there is one alone, has no spec.
    specs = {name: spec for spec in changelist.filter_specs for name in spec.expected_parameters()}
    for name, texts in request.GET.lists():
        spec = specs.get(name)
        values = [name_value(spec, text) for text in texts if text]
        end = next((f" {end}" for end in ("from", "to") if name.endswith(f"_{end}")), "")
        if values and name not in NO_FILTERS:
            yield f"{spec.title if spec else name}{end if spec else ''}: {', '.join(values)}"


def name_value(spec: Any, value: str) -> str:
    """Say in words what a filter is set to."""
    field = getattr(spec, "field", None)
    if isinstance(field, BooleanField):
        return "no" if value == "0" else "yes"
    choices = [*getattr(spec, "lookup_choices", ()), *(getattr(field, "flatchoices", None) or ())]
    named = {str(choice): str(label) for choice, label in choices if choice not in ("", None)}
    if value not in named and isinstance(field, ForeignKey) and value.isdigit():
        related: Any = field.related_model
        return str(related.objects.filter(pk=value).first() or value)
    return named.get(value, value)
