"""Every save of an operator's settings is a version; what may lose money can wait for a second person."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from operators.documents import Difference, compare_values, read_json, write_json
from operators.models import Operator, SettingsSecret, SettingsVersion, VersionState
from operators.schemas import is_dangerous, name_path
from operators.selectors.refusals import Refusal
from operators.selectors.settings import (
    count_versions,
    find_pending_version,
    get_settings_text,
    list_differences,
)
from operators.services.audit import write_audit_entry
from operators.services.settings.reading import ReadSettings, list_secret_pointers, read_settings


class SettingsPending(Refusal):
    """A version waits for a second person; until that decides nothing else is saved."""

    code = "settings_pending"


class SettingsOvertaken(Refusal):
    """Somebody else saved while these were being edited."""

    code = "settings_overtaken"


class SettingsUnchanged(Refusal):
    """The text is the one in force."""

    code = "settings_unchanged"


def save_settings(
    *,
    operator: Operator,
    text: str,
    reason: str,
    by: str,
    now: datetime,
    seen: int | None = None,
    brought_back_from: int | None = None,
) -> SettingsVersion:
    """Save settings as they were typed, as a new version.

    It is in force at once, unless the operator demands a second person for what it changes. A secret shown as `******`
    stays the one that is kept; one that is left out is forgotten. `seen` is the number of the newest version when the
    editing began (0 for none); without it, nobody was looking.

    :raises SettingsRefused: something is wrong with the text; nothing is saved.
    :raises SettingsPending:
    :raises SettingsOvertaken: there is a newer version than the one seen.
    :raises SettingsUnchanged:
    """
    with transaction.atomic():
        lock_operator(operator)
        newest = count_versions(operator)
        if seen is not None and seen != newest:
            raise SettingsOvertaken(f"Version {newest} was saved while you were editing. Look at it, and save again.")
        read = read_settings(operator=operator, text=text)
        if not read.new_secrets and read.text == get_settings_text(operator):
            raise SettingsUnchanged("These are the settings in force.")
        version = _write(operator, read, by=by, reason=reason, saved_at=now, brought_back_from=brought_back_from)
        details = {"version": version.number, "state": version.state, "reason": reason, **describe(version)}
        action = "save_settings" if brought_back_from is None else "bring_back_settings"
        write_audit_entry(by=by, action=action, subject=operator, details=details)
    return version


def bring_back_settings(*, version: SettingsVersion, reason: str, by: str, now: datetime) -> SettingsVersion:
    """Save an earlier version's settings anew. Secrets stay what they are now: none is kept in a version.

    :raises SettingsRefused: it had a secret that has been forgotten since, or no longer fits its schema.
    :raises SettingsPending:
    :raises SettingsUnchanged:
    """
    return save_settings(
        operator=version.operator,
        text=version.text,
        reason=reason,
        by=by,
        now=now,
        brought_back_from=version.number,
    )


def set_option(*, operator: Operator, path: tuple[str, ...], value: Any, reason: str, by: str, now: datetime) -> None:
    """Set one option of a locked operator and keep the others; the caller writes the audit entry.

    :raises SettingsRefused: the whole would not be right any more.
    :raises SettingsPending:
    """
    whole = read_json(get_settings_text(operator)).value
    inner = whole
    for name in path[:-1]:
        if not isinstance(inner.get(name), dict):
            inner[name] = {}
        inner = inner[name]
    inner[path[-1]] = value
    _write(operator, read_settings(operator=operator, text=write_json(whole)), by=by, reason=reason, saved_at=now)


def write_first_version(*, operator: Operator, settings: dict[str, Any], by: str) -> None:
    """Give a new operator its settings, in the transaction that makes it.

    :raises SettingsRefused:
    """
    read = read_settings(operator=operator, text=write_json(settings))
    _write(operator, read, by=by, reason="The operator was made with them.")


def require_second_person(*, operator: Operator, required: bool, by: str) -> None:
    """Say whether what may lose money or open a market waits for a second person."""
    with transaction.atomic():
        lock_operator(operator)
        if operator.second_person_for_settings != required:
            operator.second_person_for_settings = required
            operator.save(update_fields=["second_person_for_settings"])
            details = {"required": {"from": not required, "to": required}}
            write_audit_entry(by=by, action="require_second_person", subject=operator, details=details)


def lock_operator(operator: Operator) -> None:
    """Read an operator anew and hold its row until the transaction ends."""
    operator.refresh_from_db(from_queryset=Operator.objects.select_for_update(of=("self",)))


def take(version: SettingsVersion, operator: Operator) -> None:
    """Put a version in force, with the secrets that came with it."""
    kept = SettingsSecret.objects.filter(operator=operator, pending=False)
    kept.filter(path__in=version.new_secrets).delete()
    kept.exclude(path__in=list_secret_pointers(version.value)).delete()
    SettingsSecret.objects.filter(operator=operator, pending=True).update(pending=False)
    operator.settings = version.value
    operator.save(update_fields=["settings"])


def describe(version: SettingsVersion) -> dict[str, Any]:
    """Return what a version changes, for the audit trail."""
    return {"differences": [_tell(each) for each in list_differences(version)]}


def _tell(difference: Difference) -> dict[str, Any]:
    was, now = write_json(difference.was, indent=None), write_json(difference.now, indent=None)
    return {"path": name_path(difference.path), "kind": difference.kind, "was": was, "now": now}


def _write(operator: Operator, read: ReadSettings, *, by: str, reason: str, **more: Any) -> SettingsVersion:
    if find_pending_version(operator):
        raise SettingsPending("Another version waits for a second person; it has to be approved or rejected first.")
    dangerous = any(is_dangerous(each.path) for each in compare_values(operator.settings, read.value))
    waits = operator.second_person_for_settings and dangerous
    version = SettingsVersion.objects.create(
        operator=operator,
        number=count_versions(operator) + 1,
        text=read.text,
        value=read.value,
        warnings=[asdict(warning) for warning in read.warnings],
        new_secrets=list(read.new_secrets),
        state=VersionState.PENDING if waits else VersionState.TAKEN,
        saved_by=by,
        reason=reason,
        **more,
    )
    SettingsSecret.objects.bulk_create(
        SettingsSecret(operator=operator, path=path, secret=secret, pending=True)
        for path, secret in read.new_secrets.items()
    )
    if not waits:
        take(version, operator)
    return version
