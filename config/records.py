"""What a form changes, as the audit trail keeps it: each value before and after, secrets masked."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Manager, Model

MASK = "******"


def describe_form(form: forms.BaseForm) -> dict[str, Any]:
    """Return the fields that differ from what the page showed."""
    return {
        name: {"from": tell(form, name, form.initial.get(name)), "to": tell(form, name, form.cleaned_data.get(name))}
        for name in form.changed_data
    }


def describe_new(form: forms.BaseForm) -> dict[str, Any]:
    """Return what a row is made from, but for passwords."""
    given = {name: tell(form, name, value) for name, value in form.cleaned_data.items() if value not in (None, "")}
    return {name: value for name, value in given.items() if value != MASK}


def tell(form: forms.BaseForm, name: str, value: Any) -> Any:
    """Return a field's value as JSON has it; nothing of a password."""
    field = form.fields.get(name)
    is_secret = field is None or isinstance(field.widget, forms.PasswordInput) or "password" in name
    return MASK if is_secret else plain(value)


def plain(value: Any) -> Any:
    """Return a value as JSON has it, rows by their names."""
    if value is None or isinstance(value, bool | int | float | str | dict):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, Model | Manager):
        return sorted(str(each) for each in value)
    return str(value)
