"""Save GeoIP rules: each save is a version, the one in force is replaced, and some wait for a second person."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from geoblock.models import GeoRules, RulesState
from geoblock.rules import read_rules
from geoblock.selectors.rules import count_versions, find_rules_in_force, list_versions
from operators.models import Operator
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from operators.services.second_person import demand_second_person

# Saves are rare; one at a time, whosever rules they are.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('geoblock_georules'))"


class ReasonMissing(Refusal):
    """Nobody would know later why the rules were changed."""

    code = "reason_missing"


class RulesUnchanged(Refusal):
    """The text says what is in force already."""

    code = "rules_unchanged"


class ChangeWaiting(Refusal):
    """A version waits for a second person; until that has decided, there is no other."""

    code = "change_waiting"


class EditedMeanwhile(Refusal):
    """Another version was saved since the one that whoever saves has seen."""

    code = "edited_meanwhile"


class NotWaiting(Refusal):
    """The version does not wait for anybody."""

    code = "not_waiting"


def save_rules(
    *,
    operator: Operator | None,
    text: str,
    reason: str,
    by: str,
    now: datetime,
    seen: int | None = None,
    brought_back_from: int | None = None,
) -> GeoRules:
    """Put rules in force for an operator's launches from now on, or with no operator for everybody's.

    Where the operator account needs two people for such changes, the version waits for the second.

    :param seen: the number of the newest version when the text was shown to be edited; None does not ask.
    :raises RulesRefused: the text is not rules.
    :raises Refusal: ReasonMissing, RulesUnchanged, ChangeWaiting, EditedMeanwhile.
    """
    read = read_rules(text)
    if not reason.strip():
        raise ReasonMissing("Say why the rules are changed.", fields={"reason": "It is empty."})
    with transaction.atomic():
        before = _lock(operator)
        if read.value == (before.value if before else {}):
            raise RulesUnchanged("These rules are in force already.", fields={"text": "Nothing is different."})
        if list_versions(operator).filter(state=RulesState.PENDING).exists():
            raise ChangeWaiting("Another change waits for a second person: it is approved or rejected first.")
        newest = count_versions(operator)
        if seen is not None and seen != newest:
            raise EditedMeanwhile(f"Version {newest} was saved meanwhile: look at it, and edit what it says.")
        version = GeoRules(
            operator=operator,
            number=newest + 1,
            text=text,
            value=read.value,
            state=RulesState.PENDING if needs_second_person(operator) else RulesState.IN_FORCE,
            at=now,
            by=by,
            reason=reason.strip(),
            brought_back_from=brought_back_from,
        )
        if version.state == RulesState.IN_FORCE:
            _replace(before)
        version.save(force_insert=True)
        _audit(version, before, by=by, action="save_geo_rules")
    return version


def bring_back_version(*, version: GeoRules, reason: str, by: str, now: datetime) -> GeoRules:
    """Save once more what an earlier version said.

    :raises Refusal: as `save_rules`.
    """
    return save_rules(
        operator=version.operator,
        text=version.text,
        reason=reason,
        by=by,
        now=now,
        brought_back_from=version.number,
    )


def approve_rules(*, version: GeoRules, by: str, now: datetime) -> GeoRules:
    """Put in force what waited for a second person.

    :raises Refusal: NotWaiting, SecondPersonNeeded.
    """
    with transaction.atomic():
        before = _lock(version.operator)
        _decide(version, RulesState.IN_FORCE, before, by=by, now=now)
        _audit(version, before, by=by, action="approve_geo_rules")
    return version


def reject_rules(*, version: GeoRules, by: str, now: datetime) -> GeoRules:
    """Leave in force what is, and end the wait of what was to come. One's own change is withdrawn so.

    :raises Refusal: NotWaiting.
    """
    with transaction.atomic():
        before = _lock(version.operator)
        _decide(version, RulesState.REJECTED, None, by=by, now=now)
        _audit(version, before, by=by, action="withdraw_geo_rules" if by == version.by else "reject_geo_rules")
    return version


def needs_second_person(operator: Operator | None) -> bool:
    """Say whether a change waits for another person's yes: the operator account wants it so, or one of all does."""
    wanting = Operator.objects.filter(second_person_for_settings=True)
    return (wanting.filter(pk=operator.pk) if operator else wanting).exists()


def _lock(operator: Operator | None) -> GeoRules | None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    return find_rules_in_force(operator)


def _decide(version: GeoRules, state: RulesState, replaced: GeoRules | None, *, by: str, now: datetime) -> None:
    version.refresh_from_db()
    if version.state != RulesState.PENDING:
        raise NotWaiting(f"The version is decided on already: {version.get_state_display().lower()}.")
    if state == RulesState.IN_FORCE:
        demand_second_person(asked_by=version.by, by=by)
    _replace(replaced)
    version.state, version.decided_by, version.decided_at = state, by, now
    version.save(update_fields=["state", "decided_by", "decided_at"])


def _replace(version: GeoRules | None) -> None:
    if version:
        version.state = RulesState.REPLACED
        version.save(update_fields=["state"])


def _audit(version: GeoRules, before: GeoRules | None, *, by: str, action: str) -> None:
    details: dict[str, Any] = {"version": version.number, "state": version.state, "reason": version.reason}
    if version.brought_back_from:
        details["brought_back_from"] = version.brought_back_from
    told = {"before": before.value if before else {}, "after": version.value}
    write_audit_entry(by=by, action=action, subject=version.operator or "all operators", details=details | told)
