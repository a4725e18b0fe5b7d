"""The audit trail: who did what to which thing."""

from typing import Any

from django.db import models

from operators.models import AuditEntry
from operators.origin import current_origin

SUBJECT_LENGTH = 200


def write_audit_entry(
    *, by: str, action: str, subject: models.Model | str, details: dict[str, Any] | None = None
) -> None:
    """Write down an act and whose request it was, in the transaction that does it. `details` is JSON without a secret.

    :param subject: the row that it was done to, or a text where there were many.
    """
    named = subject if isinstance(subject, str) else _name(subject)
    origin = current_origin()
    AuditEntry.objects.create(
        by=by,
        action=action,
        subject=named[:SUBJECT_LENGTH],
        details=details or {},
        address=origin.address,
        request_id=origin.request_id,
    )


def name_of(person: Any) -> str:
    """Name a member of staff as `by`."""
    return f"staff:{person.get_username()}"


def describe_changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, each with its value before and after."""
    return {name: {"from": before[name], "to": value} for name, value in after.items() if before[name] != value}


def _name(row: models.Model) -> str:
    return f"{row._meta.verbose_name} {row.pk}: {row}"  # noqa: SLF001 - Django documents it
