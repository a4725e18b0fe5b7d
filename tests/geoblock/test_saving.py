"""Versions of GeoIP rules: saved, brought back, and approved by a second person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from geoblock.models import GeoRules, RulesState
from geoblock.rules import Lists, RulesRefused, read_rules
from geoblock.selectors.rules import get_lists_in_force
from geoblock.services.rules import (
    ChangeWaiting,
    NotWaiting,
    ReasonMissing,
    RulesUnchanged,
    approve_rules,
    bring_back_version,
    reject_rules,
    save_rules,
)
from operators.models import AuditEntry, Operator
from operators.services.second_person import SecondPersonNeeded
from tests.operators.making import NOW, make_casino, make_operator

pytestmark = pytest.mark.django_db

ANNA, BERT = "staff:anna", "staff:bert"
NO_US, NO_CA = '{"blackList": ["us"]}', '{"blackList": ["CA"]}'


@pytest.fixture
def operator() -> Operator:
    return make_operator(make_casino())


@pytest.fixture
def careful() -> Operator:
    """An operator account whose changes wait for a second person."""
    operator = make_operator(make_casino())
    Operator.objects.filter(pk=operator.pk).update(second_person_for_settings=True)
    return operator


def save(operator: Operator | None, text: str = NO_US, **more: Any) -> GeoRules:
    facts = {"reason": "The licence says so.", "by": ANNA, "now": NOW}
    return save_rules(**{"operator": operator, "text": text, **facts, **more})


def in_force(operator: Operator) -> tuple[Lists, Lists]:
    found = get_lists_in_force(operator.pk)
    return found.rules, found.global_rules


def states(operator: Operator | None) -> list[tuple[int, str]]:
    return list(GeoRules.objects.filter(operator=operator).order_by("number").values_list("number", "state"))


def test_saved_rules_are_in_force_at_once_and_say_who_when_and_why(operator: Operator) -> None:
    assert in_force(operator) == (Lists(), Lists())
    version = save(operator)
    assert in_force(operator) == (Lists(black=frozenset({"US"})), Lists())
    version.refresh_from_db()
    assert (version.number, version.text, version.value) == (1, NO_US, {"blackList": ["US"]})
    assert (version.by, version.at, version.reason) == (ANNA, NOW, "The licence says so.")
    entry = AuditEntry.objects.get(action="save_geo_rules")
    assert (entry.by, entry.subject) == (ANNA, f"operator {operator.pk}: {operator}")
    assert entry.details == {
        "version": 1,
        "state": "in_force",
        "reason": "The licence says so.",
        "before": {},
        "after": {"blackList": ["US"]},
    }


def test_next_version_replaces_the_one_before(operator: Operator) -> None:
    save(operator)
    save(operator, NO_CA)
    assert states(operator) == [(1, "replaced"), (2, "in_force")]
    assert in_force(operator)[0] == Lists(black=frozenset({"CA"}))


def test_global_rules_bind_every_operator_and_operators_rules_only_their_own(operator: Operator) -> None:
    other = make_operator(operator.casino)
    save(None, NO_CA)
    save(operator)
    mine, everybodys = Lists(black=frozenset({"US"})), Lists(black=frozenset({"CA"}))
    assert in_force(operator) == (mine, everybodys)
    assert in_force(other) == (Lists(), everybodys)
    assert (states(operator), states(None)) == ([(1, "in_force")], [(1, "in_force")])
    assert AuditEntry.objects.filter(subject="all operators", action="save_geo_rules").count() == 1


def test_rules_can_be_emptied(operator: Operator) -> None:
    save(operator)
    save(operator, "")
    assert in_force(operator)[0] == Lists()


def test_version_is_brought_back_as_a_new_one(operator: Operator) -> None:
    first = save(operator)
    save(operator, NO_CA)
    brought = bring_back_version(version=first, reason="Too strict.", by=BERT, now=NOW + timedelta(hours=1))
    assert (brought.number, brought.text, brought.brought_back_from, brought.by) == (3, NO_US, 1, BERT)
    assert states(operator) == [(1, "replaced"), (2, "replaced"), (3, "in_force")]
    assert AuditEntry.objects.order_by("-pk")[0].details["brought_back_from"] == 1


@pytest.mark.parametrize(
    ("text", "reason", "refusal"),
    [
        ('{"blackList": ["ZZ"]}', "Why", RulesRefused),
        ('{"blackList": ["US"],}', "Why", RulesRefused),
        (NO_CA, " ", ReasonMissing),
        ('{ "blackList": ["US"] }', "Why", RulesUnchanged),
    ],
)
def test_refused_save_changes_nothing(operator: Operator, text: str, reason: str, refusal: type[Exception]) -> None:
    save(operator)
    with pytest.raises(refusal):
        save(operator, text, reason=reason)
    assert states(operator) == [(1, "in_force")]
    assert AuditEntry.objects.filter(action="save_geo_rules").count() == 1


def test_change_that_needs_two_people_waits_for_the_second(careful: Operator) -> None:
    version = save(careful)
    assert version.state == RulesState.PENDING
    assert in_force(careful)[0] == Lists()
    with pytest.raises(ChangeWaiting):
        save(careful, NO_CA, by=BERT)
    with pytest.raises(SecondPersonNeeded):
        approve_rules(version=version, by=ANNA, now=NOW)
    assert states(careful) == [(1, "pending")]
    approve_rules(version=version, by=BERT, now=NOW)
    assert in_force(careful)[0] == Lists(black=frozenset({"US"}))
    version.refresh_from_db()
    assert (version.state, version.decided_by, version.decided_at) == ("in_force", BERT, NOW)
    assert AuditEntry.objects.get(action="approve_geo_rules").by == BERT


def test_approved_version_replaces_the_one_in_force(careful: Operator) -> None:
    approve_rules(version=save(careful), by=BERT, now=NOW)
    approve_rules(version=save(careful, NO_CA), by=BERT, now=NOW)
    assert states(careful) == [(1, "replaced"), (2, "in_force")]


def test_rejected_change_leaves_in_force_what_was(careful: Operator) -> None:
    approve_rules(version=save(careful), by=BERT, now=NOW)
    change = save(careful, NO_CA)
    reject_rules(version=change, by=BERT, now=NOW)
    assert states(careful) == [(1, "in_force"), (2, "rejected")]
    with pytest.raises(NotWaiting):
        approve_rules(version=change, by=BERT, now=NOW)
    assert in_force(careful)[0] == Lists(black=frozenset({"US"}))


def test_own_change_may_be_withdrawn_and_another_made(careful: Operator) -> None:
    change = reject_rules(version=save(careful), by=ANNA, now=NOW)
    assert (change.state, change.decided_by) == ("rejected", ANNA)
    assert AuditEntry.objects.get(action="withdraw_geo_rules").by == ANNA
    save(careful, NO_CA)
    assert states(careful) == [(1, "rejected"), (2, "pending")]


def test_global_change_waits_where_any_operator_account_wants_two_people(careful: Operator) -> None:
    assert save(None).state == RulesState.PENDING


def test_database_refuses_two_versions_in_force_and_an_approval_by_the_same_person(
    operator: Operator, careful: Operator
) -> None:
    replaced = save(operator)
    save(operator, NO_CA)
    for version, change in (
        (replaced, {"state": "in_force"}),
        (save(careful), {"state": "in_force", "decided_by": ANNA}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            GeoRules.objects.filter(pk=version.pk).update(**change)


def test_text_of_a_version_is_what_its_value_says(operator: Operator) -> None:
    version = save(operator, '{"allowedIPList": ["12.87.118.10"], "whiteList": ["de-bb"]}')
    assert read_rules(version.text).value == version.value
    assert in_force(operator)[0] == read_rules(version.text).lists
