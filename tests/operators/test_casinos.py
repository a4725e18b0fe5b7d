"""Casinos: made and changed by staff, each change in the audit trail."""

import pytest
from django.core.exceptions import ValidationError

from operators.models import AuditEntry, Casino
from operators.services import update_casino
from tests.operators.making import STAFF, make_casino

pytestmark = pytest.mark.django_db


def test_a_casino_is_made_and_audited() -> None:
    casino = make_casino(slug="lucky", time_zone="Europe/Malta")
    assert Casino.objects.values_list("slug", "name", "time_zone").get() == ("lucky", "Lucky House", "Europe/Malta")
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action, entry.subject) == (STAFF, "create_casino", f"casino {casino.pk}: Lucky House")


@pytest.mark.parametrize(
    ("field", "value"), [("slug", "lucky"), ("slug", "a b"), ("time_zone", "Malta/Europe"), ("home_url", "lucky")]
)
def test_a_malformed_casino_is_refused(field: str, value: str) -> None:
    make_casino(slug="lucky")
    with pytest.raises(ValidationError) as refusal:
        make_casino(**{field: value})
    assert list(refusal.value.message_dict) == [field]
    assert (Casino.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_a_change_is_audited_field_by_field() -> None:
    casino = make_casino()
    facts = {"name": casino.name, "home_url": casino.home_url, "deposit_url": casino.deposit_url, "time_zone": "UTC"}
    update_casino(casino=casino, **facts | {"name": "Luckier House"}, by="staff:bo")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.by, entry.details) == ("staff:bo", {"name": {"from": "Lucky House", "to": "Luckier House"}})
    update_casino(casino=casino, **facts | {"name": "Luckier House"}, by="staff:bo")
    assert AuditEntry.objects.latest("pk") == entry
    with pytest.raises(ValidationError):
        update_casino(casino=casino, **facts | {"time_zone": "Nowhere"}, by="staff:bo")
    assert Casino.objects.values_list("name", "time_zone").get() == ("Luckier House", "UTC")
