"""Operator accounts: made suspended, guarded, their secrets rotated."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from operators.models import AuditEntry, Operator, OperatorState
from operators.services import (
    OperatorUnguarded,
    RotationUnfinished,
    SecretMissing,
    SecretUnchanged,
    activate_operator,
    create_operator,
    retire_previous_secret,
    rotate_secret,
    suspend_operator,
    terminate_operator,
    update_operator,
)
from tests.operators.making import NOW, STAFF, make_casino, make_operator

pytestmark = pytest.mark.django_db


def stored(operator: Operator) -> Operator:
    return Operator.objects.get(pk=operator.pk)


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def edited(operator: Operator, **more: object) -> Operator:
    facts: dict[str, object] = {
        name: getattr(operator, name)
        for name in (
            "name",
            "api_host",
            "launch_host",
            "game_data_host",
            "hand_history_host",
            "ip_allow_list",
        )
    }
    return update_operator(operator=operator, by=STAFF, **(facts | more))  # type: ignore[arg-type]


def test_a_new_operator_is_suspended_and_audited() -> None:
    operator = make_operator(make_casino(slug="lucky"), active=False, operator_ref="luckycasino")
    assert stored(operator).state == OperatorState.SUSPENDED
    entry = last_entry()
    assert (entry.by, entry.action, entry.details) == (STAFF, "create_operator", {"casino": "lucky"})
    assert entry.subject == f"operator {operator.pk}: Lucky at Example (generic luckycasino)"


def test_hosts_lose_their_trailing_slash() -> None:
    operator = make_operator(make_casino(), api_host="https://api.example/", launch_host="https://games.example/")
    assert (stored(operator).api_host, stored(operator).launch_host) == ("https://api.example", "https://games.example")


def test_an_operator_id_is_taken_once_per_protocol() -> None:
    casino = make_casino()
    make_operator(casino, operator_ref="lucky")
    with pytest.raises(ValidationError):
        make_operator(make_casino(), operator_ref="lucky")
    other = create_operator(casino=casino, protocol="hizi", operator_ref="lucky", name="Hizi", by=STAFF)
    assert list(Operator.objects.filter(operator_ref="lucky").order_by("pk").values_list("protocol", flat=True)) == [
        "generic",
        other.protocol,
    ]


def test_a_malformed_network_is_refused_and_nothing_is_made() -> None:
    with pytest.raises(ValidationError) as refusal:
        make_operator(make_casino(), ip_allow_list=["192.0.2.0/24", "192.0.2.0/33"])
    assert list(refusal.value.message_dict) == ["ip_allow_list"]
    assert Operator.objects.count() == 0


def test_secrets_are_not_stored_in_clear() -> None:
    operator = make_operator(make_casino(), secret="open sesame")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM operators_operator WHERE id = %s", [operator.pk])
        (raw,) = cursor.fetchone()
    assert "sesame" not in raw
    assert stored(operator).secret == "open sesame"


def test_activation_needs_an_allow_list_or_a_named_consent() -> None:
    operator = make_operator(make_casino(), active=False, ip_allow_list=[])
    with pytest.raises(OperatorUnguarded):
        activate_operator(operator=operator, by=STAFF, now=NOW)
    assert stored(operator).state == OperatorState.SUSPENDED

    activate_operator(operator=operator, consent_by="Maria Meier, compliance", by=STAFF, now=NOW)
    found = stored(operator)
    assert (found.state, found.open_to_all_consent_by, found.open_to_all_consent_at) == (
        OperatorState.ACTIVE,
        "Maria Meier, compliance",
        NOW,
    )
    assert last_entry().details == {"from": "suspended", "to": "active", "consent_by": "Maria Meier, compliance"}


def test_activation_needs_a_secret() -> None:
    operator = make_operator(make_casino(), active=False, secret="")
    with pytest.raises(SecretMissing):
        activate_operator(operator=operator, by=STAFF, now=NOW)
    assert stored(operator).state == OperatorState.SUSPENDED


def test_an_operator_is_suspended_and_terminated() -> None:
    operator = make_operator(make_casino())
    suspend_operator(operator=operator, by=STAFF)
    assert (stored(operator).state, last_entry().action) == (OperatorState.SUSPENDED, "suspend_operator")
    terminate_operator(operator=operator, by=STAFF)
    assert (stored(operator).state, last_entry().action) == (OperatorState.TERMINATED, "terminate_operator")
    entries = AuditEntry.objects.count()
    terminate_operator(operator=operator, by=STAFF)
    assert AuditEntry.objects.count() == entries


def test_rotation_keeps_the_old_secret_until_it_is_retired() -> None:
    operator = make_operator(make_casino(), secret="first")
    rotate_secret(operator=operator, secret="second", by=STAFF)
    assert (stored(operator).secret, stored(operator).previous_secret) == ("second", "first")
    with pytest.raises(RotationUnfinished):
        rotate_secret(operator=operator, secret="third", by=STAFF)
    assert (stored(operator).secret, stored(operator).previous_secret) == ("second", "first")
    retire_previous_secret(operator=operator, by=STAFF)
    assert (stored(operator).secret, stored(operator).previous_secret) == ("second", "")
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "rotate_secret",
        "retire_previous_secret",
    ]


@pytest.mark.parametrize(("secret", "refusal"), [("", SecretMissing), ("first", SecretUnchanged)])
def test_a_rotation_to_nothing_new_is_refused(secret: str, refusal: type[Exception]) -> None:
    operator = make_operator(make_casino(), secret="first")
    with pytest.raises(refusal):
        rotate_secret(operator=operator, secret=secret, by=STAFF)
    assert (stored(operator).secret, stored(operator).previous_secret) == ("first", "")


def test_no_audit_entry_tells_a_secret() -> None:
    operator = make_operator(make_casino(), secret="first-secret")
    rotate_secret(operator=operator, secret="second-secret", by=STAFF)
    told = "".join(f"{entry.subject}{entry.details}" for entry in AuditEntry.objects.all())
    assert "first-secret" not in told
    assert "second-secret" not in told


def test_an_edit_is_audited_field_by_field() -> None:
    operator = make_operator(make_casino())
    edited(operator, name="Lucky again")
    assert last_entry().details == {"name": {"from": "Lucky at Example", "to": "Lucky again"}}


def test_an_active_operator_keeps_its_last_guard() -> None:
    operator = make_operator(make_casino())
    with pytest.raises(ValidationError) as refusal:
        edited(operator, ip_allow_list=[])
    assert "An active operator needs an IP allow list" in str(refusal.value)
    assert stored(operator).ip_allow_list == ["192.0.2.0/24"]
