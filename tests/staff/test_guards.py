"""The database's own guards of what staff sign in with, each broken by hand and seen to refuse."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from staff.models import RecoveryCode, SecondFactor, SignInCount
from tests.guards import list_constraints, list_foreign_keys, refusal_of

TABLES = "^staff_"
CONSTRAINTS = {
    "staff_recoverycode_once": (
        "INSERT INTO staff_recoverycode (factor_id, digest) SELECT factor_id, digest FROM staff_recoverycode"
    ),
    "staff_secondfactor_has_secret": "UPDATE staff_secondfactor SET secret = ''",
    "staff_secondfactor_person_id_key": (
        "INSERT INTO staff_secondfactor (person_id, secret, last_step) SELECT person_id, 'x', 0 FROM staff_secondfactor"
    ),
    "staff_signincount_failures_check": "UPDATE staff_signincount SET failures = -1",
    "staff_signincount_once": (
        "INSERT INTO staff_signincount (counted, subject, failures, last_at)"
        " SELECT counted, subject, 0, now() FROM staff_signincount"
    ),
}


@pytest.fixture
def names(anna: User) -> dict[str, Any]:
    factor = SecondFactor.objects.create(person=anna, secret="x")
    RecoveryCode.objects.create(factor=factor, digest="x")
    SignInCount.objects.create(counted="name", subject="anna", last_at=timezone.now())
    return {}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraint_refuses(names: dict[str, Any], name: str) -> None:
    assert refusal_of(CONSTRAINTS[name], names).diag.constraint_name == name


def test_foreign_keys_refuse(names: dict[str, Any]) -> None:
    keys = list_foreign_keys(TABLES)
    assert len(keys) == 2
    for constraint, table, column in keys:
        assert refusal_of(f"UPDATE {table} SET {column} = -1", names).diag.constraint_name == constraint


def test_every_constraint_and_unique_index_has_its_case(db: None) -> None:
    assert list_constraints(TABLES) == sorted(CONSTRAINTS)
