"""A second person's word on settings that may lose money or open a market."""

from datetime import datetime

from django.db import transaction

from operators.models import Operator, SettingsSecret, SettingsVersion, VersionState
from operators.selectors.refusals import Refusal
from operators.services.audit import write_audit_entry
from operators.services.second_person import demand_second_person
from operators.services.settings.versions import describe, lock_operator, take


class SettingsDecided(Refusal):
    """The version does not wait any more."""

    code = "settings_decided"


def approve_settings(*, version: SettingsVersion, by: str, now: datetime, reason: str = "") -> SettingsVersion:
    """Put a pending version in force.

    :raises SecondPersonNeeded:
    :raises SettingsDecided:
    """
    return _decide(version, VersionState.TAKEN, by=by, now=now, reason=reason)


def reject_settings(*, version: SettingsVersion, by: str, now: datetime, reason: str = "") -> SettingsVersion:
    """Drop a pending version, and the secrets that came with it; it stays on record. One's own is withdrawn so.

    :raises SettingsDecided:
    """
    return _decide(version, VersionState.REJECTED, by=by, now=now, reason=reason)


def _decide(version: SettingsVersion, state: VersionState, *, by: str, now: datetime, reason: str) -> SettingsVersion:
    with transaction.atomic():
        operator = version.operator
        lock_operator(operator)
        version.refresh_from_db(from_queryset=SettingsVersion.objects.select_for_update(of=("self",)))
        if version.state != VersionState.PENDING:
            raise SettingsDecided(f"Version {version.number} has been decided on already.")
        if state == VersionState.TAKEN:
            demand_second_person(asked_by=version.saved_by, by=by)
        version.state, version.decided_by, version.decided_at = state, by, now
        version.decision_reason = reason
        version.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
        _finish(version, operator, by=by)
    return version


def _finish(version: SettingsVersion, operator: Operator, *, by: str) -> None:
    details = {"version": version.number, "saved_by": version.saved_by, "reason": version.decision_reason}
    if version.state == VersionState.TAKEN:
        take(version, operator)
        write_audit_entry(by=by, action="approve_settings", subject=operator, details=details | describe(version))
    else:
        SettingsSecret.objects.filter(operator=operator, pending=True).delete()
        action = "withdraw_settings" if by == version.saved_by else "reject_settings"
        write_audit_entry(by=by, action=action, subject=operator, details=details)
