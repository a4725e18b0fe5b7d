"""API keys: shown once, stored as a digest, found until they are revoked."""

import pytest
from django.core.exceptions import ValidationError

from operators.models import ApiKey, AuditEntry
from operators.selectors.accounts import find_api_key
from operators.services import create_api_key, revoke_api_key
from tests.operators.making import NOW, STAFF, make_casino

pytestmark = pytest.mark.django_db


def test_a_key_is_stored_without_its_text() -> None:
    casino = make_casino(slug="lucky")
    api_key, text = create_api_key(casino=casino, name="site", scopes=["read", "launch", "read"], by=STAFF)
    found = ApiKey.objects.get()
    assert (found.casino, found.name, found.scopes, found.created_by) == (casino, "site", ["launch", "read"], STAFF)
    assert text.startswith(f"{api_key.prefix}_")
    assert len(text) == 8 + 1 + 43
    secret = text.removeprefix(found.prefix)
    stored = "".join(str(value) for value in ApiKey.objects.values().get().values())
    audited = "".join(f"{entry.subject}{entry.details}" for entry in AuditEntry.objects.all())
    assert secret not in stored
    assert secret not in audited


def test_a_key_is_found_by_its_text_alone() -> None:
    api_key, text = create_api_key(casino=make_casino(), name="site", scopes=["read"], by=STAFF)
    assert find_api_key(text) == api_key
    assert [find_api_key(wrong) for wrong in ("", api_key.prefix, text[:-1], text + "x", api_key.digest)] == [None] * 5


def test_two_keys_differ() -> None:
    casino = make_casino()
    texts = {create_api_key(casino=casino, name="site", scopes=["read"], by=STAFF).text for _ in range(2)}
    assert len(texts) == 2


def test_a_revoked_key_is_not_found_and_stays_revoked_by_the_first() -> None:
    api_key, text = create_api_key(casino=make_casino(), name="site", scopes=["read"], by=STAFF)
    revoke_api_key(api_key=api_key, by=STAFF, now=NOW)
    revoke_api_key(api_key=api_key, by="staff:bo", now=NOW)
    assert find_api_key(text) is None
    assert ApiKey.objects.values_list("revoked_at", "revoked_by").get() == (NOW, STAFF)
    assert AuditEntry.objects.filter(action="revoke_api_key").count() == 1


@pytest.mark.parametrize(
    ("field", "change"),
    [("scopes", {"scopes": []}), ("scopes", {"scopes": ["all"]}), ("ip_allow_list", {"ip_allow_list": ["10.0.0.300"]})],
)
def test_a_malformed_key_is_refused(field: str, change: dict[str, list[str]]) -> None:
    casino = make_casino()
    with pytest.raises(ValidationError) as refusal:
        create_api_key(**{"casino": casino, "name": "site", "scopes": ["read"], "by": STAFF, **change})  # type: ignore[arg-type]
    assert list(refusal.value.message_dict) == [field]
    assert ApiKey.objects.count() == 0
