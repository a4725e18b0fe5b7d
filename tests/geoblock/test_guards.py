"""GeoIP's own guards in the database, each broken by hand and seen to refuse, whoever asks."""

from typing import Any

import pytest

from geoblock.models import Asked, BlockedLaunch, GeoRules, RulesState
from tests.guards import list_constraints, list_foreign_keys, list_names, refusal_of
from tests.operators.making import NOW, make_casino, make_operator

TABLES = "^geoblock_"
COPY = "INSERT INTO geoblock_georules (operator_id, number, text, value, state, at, by, reason, decided_by)"
COPY += (
    " SELECT operator_id, {}, text, value, state, at, {}, reason, decided_by FROM geoblock_georules WHERE state = '{}'"
)

# Constraints and unique indexes by name, each with a statement that it alone refuses.
CONSTRAINTS = {
    "geoblock_georules_by_someone": COPY.format(9, "''", "replaced"),
    "geoblock_georules_once": COPY.format("number", "by", "replaced"),
    "geoblock_georules_one_in_force": COPY.format(9, "by", "in_force"),
    "geoblock_georules_one_pending": COPY.format(9, "by", "pending"),
    "geoblock_georules_two_people": "UPDATE geoblock_georules SET decided_by = by WHERE state = 'pending'",
}
CHANGES = [
    "UPDATE geoblock_georules SET value = '{{\"blackList\": []}}'",
    "UPDATE geoblock_georules SET by = 'bert' WHERE state = 'pending'",
    "UPDATE geoblock_georules SET at = at - interval '1 day' WHERE state = 'in_force'",
    "UPDATE geoblock_georules SET reason = 'Another' WHERE state = 'replaced'",
    "UPDATE geoblock_georules SET decided_by = 'bert' WHERE state = 'in_force'",
    "DELETE FROM geoblock_georules",
    "TRUNCATE geoblock_georules",
]


@pytest.fixture
def names(db: None) -> dict[str, Any]:
    """Three versions of the rules of one operator and of all of them, and a launch that they blocked."""
    operator = make_operator(make_casino())
    states = [RulesState.REPLACED, RulesState.IN_FORCE, RulesState.PENDING]
    for number, state in enumerate(states, start=1):
        facts = {"number": number, "text": "", "value": {}, "state": state, "at": NOW, "by": "anna", "reason": "Law"}
        GeoRules.objects.create(operator=operator, **facts)
        GeoRules.objects.create(operator=None, **facts)
    BlockedLaunch.objects.create(
        at=NOW, asked=Asked.LAUNCH, casino=operator.casino, operator=operator, address="203.0.113.7", rule="none"
    )
    return {}


@pytest.mark.parametrize("name", CONSTRAINTS)
@pytest.mark.parametrize("whose", ["operator_id IS NULL", "operator_id IS NOT NULL"])
def test_constraint_refuses(names: dict[str, Any], name: str, whose: str) -> None:
    statement = CONSTRAINTS[name]
    statement += f" AND {whose}" if "WHERE" in statement else f" WHERE {whose}"
    assert refusal_of(statement, names).diag.constraint_name == name


def test_every_constraint_and_unique_index_has_its_case(db: None) -> None:
    assert list_constraints(TABLES) == sorted(CONSTRAINTS)


@pytest.mark.parametrize("act", CHANGES)
def test_version_stays_as_it_is(names: dict[str, Any], act: str) -> None:
    word = act.partition(" ")[0]
    said = str(refusal_of(act, names))
    assert said.startswith(f"{word} of geoblock_georules is refused: a version of the rules stays as it is")


def test_every_trigger_has_its_case(db: None) -> None:
    found = list_names(
        "SELECT DISTINCT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^geoblock_'"
        " ORDER BY 1"
    )
    assert found == ["geoblock_georules_stay", "geoblock_georules_stay_whole"]


def test_foreign_keys_refuse(names: dict[str, Any]) -> None:
    keys = list_foreign_keys(TABLES)
    assert [(table, column) for _, table, column in keys] == [
        ("geoblock_blockedlaunch", "casino_id"),
        ("geoblock_blockedlaunch", "operator_id"),
        ("geoblock_georules", "operator_id"),
    ]
    for constraint, table, column in keys:
        nowhere = f"ALTER TABLE {table} DISABLE TRIGGER USER; UPDATE {table} SET {column} = '-1'"
        where = " WHERE operator_id IS NOT NULL AND state = 'replaced'" if table == "geoblock_georules" else ""
        assert refusal_of(nowhere + where, names).diag.constraint_name == constraint
