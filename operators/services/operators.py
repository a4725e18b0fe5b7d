"""Operator accounts: made suspended, activated behind a guard, their secrets rotated without a gap."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from operators.models import Casino, Operator, OperatorState
from operators.selectors.refusals import Refusal
from operators.services.audit import describe_changes, write_audit_entry
from operators.services.settings import write_first_version


class OperatorUnguarded(Refusal):
    """The operator has no IP allow list, and nobody agreed to go without one."""

    code = "operator_unguarded"


class SecretMissing(Refusal):
    """Nothing can be signed or verified without a secret."""

    code = "secret_missing"


class SecretUnchanged(Refusal):
    """The new secret is the one in use."""

    code = "secret_unchanged"


class RotationUnfinished(Refusal):
    """The secret before the current one still verifies; another rotation would cut it off unseen."""

    code = "rotation_unfinished"


def create_operator(
    *,
    casino: Casino,
    protocol: str,
    operator_ref: str,
    name: str,
    secret: str = "",
    api_host: str = "",
    launch_host: str = "",
    game_data_host: str = "",
    hand_history_host: str = "",
    ip_allow_list: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    by: str,
) -> Operator:
    """Create a casino's account at a platform; it is suspended until `activate_operator`.

    :raises ValidationError: the protocol has the operator id already, or a field is malformed.
    :raises SettingsRefused:
    """
    operator = Operator(
        casino=casino,
        protocol=protocol,
        operator_ref=operator_ref,
        name=name,
        secret=secret,
        api_host=api_host.rstrip("/"),
        launch_host=launch_host.rstrip("/"),
        game_data_host=game_data_host.rstrip("/"),
        hand_history_host=hand_history_host.rstrip("/"),
        ip_allow_list=list(ip_allow_list),
    )
    with transaction.atomic():
        operator.full_clean()
        operator.save()
        if settings:
            write_first_version(operator=operator, settings=dict(settings), by=by)
        write_audit_entry(by=by, action="create_operator", subject=operator, details={"casino": casino.slug})
    return operator


def update_operator(
    *,
    operator: Operator,
    name: str,
    api_host: str,
    launch_host: str,
    game_data_host: str,
    hand_history_host: str,
    ip_allow_list: Sequence[str],
    by: str,
) -> Operator:
    """Change what an operator is called, where its platform is, and who may call.

    :raises ValidationError: a field is malformed, or an active operator would lose its last guard.
    """
    wanted: dict[str, Any] = {
        "name": name,
        "api_host": api_host.rstrip("/"),
        "launch_host": launch_host.rstrip("/"),
        "game_data_host": game_data_host.rstrip("/"),
        "hand_history_host": hand_history_host.rstrip("/"),
        "ip_allow_list": list(ip_allow_list),
    }
    with transaction.atomic():
        _lock(operator)
        changes = describe_changes({field: getattr(operator, field) for field in wanted}, wanted)
        for field, value in wanted.items():
            setattr(operator, field, value)
        operator.full_clean()
        operator.save(update_fields=wanted)
        if changes:
            write_audit_entry(by=by, action="update_operator", subject=operator, details=changes)
    return operator


def activate_operator(*, operator: Operator, consent_by: str = "", by: str, now: datetime) -> Operator:
    """Let an operator take part in play.

    `consent_by` names who agreed to accept calls from any address; without it an IP allow list is needed.

    :raises OperatorUnguarded: there is neither.
    :raises SecretMissing:
    """
    with transaction.atomic():
        _lock(operator)
        if not operator.secret:
            raise SecretMissing("The operator needs a secret before it can be active.")
        if not (operator.ip_allow_list or consent_by or operator.open_to_all_consent_by):
            raise OperatorUnguarded(
                "The operator needs an IP allow list, or the name of who agreed to go without one.",
                fields={"ip_allow_list": "The list is empty, and nobody agreed to that."},
            )
        if consent_by and consent_by != operator.open_to_all_consent_by:
            operator.open_to_all_consent_by, operator.open_to_all_consent_at = consent_by, now
            operator.save(update_fields=["open_to_all_consent_by", "open_to_all_consent_at"])
        _change_state(operator, OperatorState.ACTIVE, by=by, details={"consent_by": operator.open_to_all_consent_by})
    return operator


def suspend_operator(*, operator: Operator, by: str) -> Operator:
    """Stop launches and new bets; what is late still arrives."""
    with transaction.atomic():
        _lock(operator)
        _change_state(operator, OperatorState.SUSPENDED, by=by)
    return operator


def terminate_operator(*, operator: Operator, by: str) -> Operator:
    """Refuse all of the operator's calls at the door."""
    with transaction.atomic():
        _lock(operator)
        _change_state(operator, OperatorState.TERMINATED, by=by)
    return operator


def rotate_secret(*, operator: Operator, secret: str, by: str) -> Operator:
    """Make a secret the current one; the one before it goes on verifying until it is retired.

    :raises SecretMissing: the new one is empty.
    :raises SecretUnchanged:
    :raises RotationUnfinished: the previous one has not been retired.
    """
    with transaction.atomic():
        _lock(operator)
        if not secret:
            raise SecretMissing("Enter the new secret.", fields={"secret": "It is empty."})
        if secret == operator.secret:
            raise SecretUnchanged("This is the current secret already.", fields={"secret": "It is the current one."})
        if operator.previous_secret:
            raise RotationUnfinished("Retire the previous secret first: it still verifies.")
        operator.secret, operator.previous_secret = secret, operator.secret
        operator.save(update_fields=["secret", "previous_secret"])
        write_audit_entry(by=by, action="rotate_secret", subject=operator)
    return operator


def retire_previous_secret(*, operator: Operator, by: str) -> Operator:
    """End a rotation: only the current secret verifies from now on."""
    with transaction.atomic():
        _lock(operator)
        if operator.previous_secret:
            operator.previous_secret = ""
            operator.save(update_fields=["previous_secret"])
            write_audit_entry(by=by, action="retire_previous_secret", subject=operator)
    return operator


def _lock(operator: Operator) -> None:
    operator.refresh_from_db(from_queryset=Operator.objects.select_for_update(of=("self",)))


def _change_state(operator: Operator, state: OperatorState, *, by: str, details: dict[str, Any] | None = None) -> None:
    if operator.state == state:
        return
    changes = {"from": operator.state, "to": state.value} | (details or {})
    operator.state = state
    operator.save(update_fields=["state"])
    action = {"active": "activate_operator", "suspended": "suspend_operator", "terminated": "terminate_operator"}
    write_audit_entry(by=by, action=action[state], subject=operator, details=changes)
