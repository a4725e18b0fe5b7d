"""Casinos, API keys and operators in the admin: made, changed, guarded; secrets go in and never come out."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from operators.fields import digest_key
from operators.models import ApiKey, AuditEntry, Casino, Operator
from operators.selectors.accounts import find_api_key
from tests.admin.house import House

SECRET = "Zq7-never-to-be-seen-9x"
NEW_OPERATOR = reverse("admin:operators_operator_add")
NEW_KEY = reverse("admin:operators_apikey_add")
NEW_CASINO = reverse("admin:operators_casino_add")


def address(row: Any, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{name}", args=[row.pk])


def page(client: Client, row: Any) -> str:
    return client.get(address(row)).content.decode()


def act(client: Client, row: Any, act_name: str, /, **data: Any) -> Any:
    return client.post(address(row, act_name), data)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def last_entry() -> tuple[str, str]:
    entry = AuditEntry.objects.order_by("-pk")[0]
    return entry.by, entry.action


def facts(casino: Casino, **more: Any) -> dict[str, Any]:
    """What the form of a new operator is filled in with."""
    usual = {
        "casino": casino.pk,
        "protocol": "generic",
        "operator_ref": "brand-7",
        "name": "Tiptop",
        "secret": SECRET,
        "api_host": "https://api.example",
        "launch_host": "https://games.example",
        "ip_allow_list": "203.0.113.0/24\r\n\r\n 2001:db8::1 \r\n",
    }
    return usual | more


@pytest.fixture
def operator(boss: Client, house: House) -> Operator:
    """An operator made in the admin; suspended, with an allow list."""
    assert boss.post(NEW_OPERATOR, facts(house.casino)).status_code == 302
    return Operator.objects.get(operator_ref="brand-7")


def test_operator_is_made_suspended_from_what_was_typed(boss: Client, house: House, operator: Operator) -> None:
    assert (operator.casino, operator.state, operator.secret) == (house.casino, "suspended", SECRET)
    assert operator.ip_allow_list == ["203.0.113.0/24", "2001:db8::1"]
    assert operator.settings == {}
    assert last_entry() == ("staff:boss", "create_operator")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("ip_allow_list", "203.0.113.0/24\n300.1.1.1", "300.1.1.1"),
        ("operator_ref", "", "required"),
        ("api_host", "not an address", "valid URL"),
        ("protocol", "carrier pigeon", "carrier pigeon"),
    ],
)
def test_operator_is_not_made_from_what_is_malformed(
    boss: Client, house: House, field: str, value: str, complaint: str
) -> None:
    answer = boss.post(NEW_OPERATOR, facts(house.casino, **{field: value}))
    assert list(errors(answer)) == [field]
    assert complaint in errors(answer)[field][0]
    assert not Operator.objects.filter(name="Tiptop").exists()


def test_operator_id_that_is_taken_is_refused_in_words(boss: Client, house: House, operator: Operator) -> None:
    answer = boss.post(NEW_OPERATOR, facts(house.casino))
    assert errors(answer) == {"__all__": ["Operator with this Protocol and Operator id already exists."]}
    assert Operator.objects.filter(operator_ref="brand-7").count() == 1


def test_secret_is_on_no_page_and_in_no_record(boss: Client, house: House, operator: Operator) -> None:
    act(boss, operator, "rotate", secret=SECRET + "-2")
    pages = [boss.post(NEW_OPERATOR, facts(house.casino, name="")).content.decode()]
    pages.append(act(boss, operator, "rotate", secret=SECRET + "-2").content.decode())
    names = ("change", "edit", "activate", "suspend", "terminate", "rotate", "retire")
    pages += [boss.get(address(operator, name)).content.decode() for name in names]
    pages.append(boss.get(reverse("admin:operators_operator_changelist")).content.decode())
    entries = AuditEntry.objects.filter(by="staff:boss").order_by("pk")
    pages += [page(boss, entry) for entry in entries]
    assert [text for text in pages if SECRET in text] == []
    assert [entry.details for entry in entries if SECRET in json.dumps(entry.details)] == []


def test_list_and_page_of_operators_do_not_even_read_the_secret(boss: Client, operator: Operator) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE operators_operator SET secret = %s WHERE id = %s", ["lost-key:unreadable", operator.pk])
    assert "Set" in boss.get(reverse("admin:operators_operator_changelist")).content.decode()
    assert "set, never shown" in page(boss, operator)


def test_operator_is_changed_and_the_change_is_on_record(boss: Client, operator: Operator) -> None:
    form = boss.get(address(operator, "edit")).context["form"]
    assert form["ip_allow_list"].value() == "203.0.113.0/24\n2001:db8::1"
    changed = {"name": "Tiptop 2", "api_host": "https://api2.example/", "ip_allow_list": "198.51.100.7"}
    assert act(boss, operator, "edit", **changed).status_code == 302
    operator.refresh_from_db()
    assert (operator.name, operator.api_host) == ("Tiptop 2", "https://api2.example")
    assert (operator.ip_allow_list, operator.secret) == (["198.51.100.7"], SECRET)
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.by, entry.action) == ("staff:boss", "update_operator")
    assert entry.details["ip_allow_list"] == {"from": ["203.0.113.0/24", "2001:db8::1"], "to": ["198.51.100.7"]}


def test_active_operator_does_not_lose_its_last_guard(boss: Client, operator: Operator) -> None:
    act(boss, operator, "activate")
    answer = act(boss, operator, "edit", name="Tiptop", ip_allow_list="")
    assert "IP allow list" in str(errors(answer))
    operator.refresh_from_db()
    assert operator.ip_allow_list == ["203.0.113.0/24", "2001:db8::1"]


def test_operator_is_activated_suspended_and_terminated(boss: Client, operator: Operator) -> None:
    for name, state in (("activate", "active"), ("suspend", "suspended"), ("terminate", "terminated")):
        assert act(boss, operator, name).status_code == 302
        operator.refresh_from_db()
        assert (operator.state, last_entry()) == (state, ("staff:boss", f"{name}_operator"))


def test_operator_without_allow_list_is_activated_only_with_a_named_consent(
    boss: Client, house: House, operator: Operator
) -> None:
    act(boss, operator, "edit", name="Tiptop", ip_allow_list="")
    assert "agreed to go without one" in errors(act(boss, operator, "activate"))["__all__"][0]
    operator.refresh_from_db()
    assert operator.state == "suspended"
    assert act(boss, operator, "activate", consent_by="Olga, compliance").status_code == 302
    operator.refresh_from_db()
    assert (operator.state, operator.open_to_all_consent_by) == ("active", "Olga, compliance")
    assert "Olga, compliance agreed to that at" in page(boss, operator)


def test_operator_without_a_secret_is_not_activated(boss: Client, house: House) -> None:
    boss.post(NEW_OPERATOR, facts(house.casino, secret=""))
    operator = Operator.objects.get(operator_ref="brand-7")
    assert "needs a secret" in errors(act(boss, operator, "activate"))["__all__"][0]
    assert "none" in page(boss, operator)


def test_secret_is_rotated_and_the_previous_one_retired(boss: Client, operator: Operator) -> None:
    assert list(errors(act(boss, operator, "rotate", secret=""))) == ["secret"]
    assert "current secret already" in errors(act(boss, operator, "rotate", secret=SECRET))["__all__"][0]
    assert act(boss, operator, "rotate", secret="another").status_code == 302
    operator.refresh_from_db()
    assert (operator.secret, operator.previous_secret) == ("another", SECRET)
    assert "the previous one still verifies" in page(boss, operator)
    assert "Retire the previous secret first" in errors(act(boss, operator, "rotate", secret="third"))["__all__"][0]
    assert act(boss, operator, "retire").status_code == 302
    operator.refresh_from_db()
    assert (operator.secret, operator.previous_secret) == ("another", "")
    assert last_entry() == ("staff:boss", "retire_previous_secret")


@pytest.mark.parametrize(
    ("done", "offered"),
    [
        ([], {"edit", "activate", "rotate", "terminate"}),
        (["activate"], {"edit", "suspend", "rotate", "terminate"}),
        (["terminate"], {"edit", "activate", "rotate"}),
        (["rotate"], {"edit", "activate", "retire", "terminate"}),
    ],
)
def test_only_acts_that_would_change_something_are_offered(
    boss: Client, operator: Operator, done: list[str], offered: set[str]
) -> None:
    for name in done:
        act(boss, operator, name, secret="another")
    names = ("edit", "activate", "suspend", "rotate", "retire", "terminate")
    assert {name for name in names if address(operator, name) in page(boss, operator)} == offered


def test_api_key_is_shown_once_and_kept_as_a_digest(boss: Client, house: House) -> None:
    form = {"casino": house.casino.pk, "name": "cashier", "scopes": ["read", "cashier"], "ip_allow_list": "10.0.0.0/8"}
    answer = boss.post(NEW_KEY, form)
    text = answer.context["text"]
    assert f'id="api-key">{text}</pre>' in answer.content.decode()
    key = find_api_key(text)
    assert key is not None
    assert (key.digest, key.scopes, key.ip_allow_list) == (digest_key(text), ["cashier", "read"], ["10.0.0.0/8"])
    assert (key.created_by, last_entry()) == ("staff:boss", ("staff:boss", "create_api_key"))
    secret = text.removeprefix(key.prefix)
    pages = [page(boss, key), boss.get(reverse("admin:operators_apikey_changelist")).content.decode()]
    pages += [page(boss, entry) for entry in AuditEntry.objects.filter(by="staff:boss").order_by("pk")]
    assert [shown for shown in pages if secret in shown or key.digest in shown] == []
    assert key.prefix in pages[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("scopes", []), ("scopes", ["everything"]), ("name", ""), ("ip_allow_list", "x"), ("casino", "")],
)
def test_api_key_is_not_made_from_what_is_malformed(boss: Client, house: House, field: str, value: object) -> None:
    form = {"casino": house.casino.pk, "name": "cashier", "scopes": ["read"], "ip_allow_list": ""}
    assert list(errors(boss.post(NEW_KEY, form | {field: value}))) == [field]
    assert not ApiKey.objects.filter(casino=house.casino).exists()


def test_api_key_is_revoked_for_good(staff: Callable[..., Client], boss: Client, house: House) -> None:
    text = boss.post(NEW_KEY, {"casino": house.casino.pk, "name": "site", "scopes": ["read"]}).context["text"]
    key = ApiKey.objects.get(name="site")
    client = staff("operators.view_apikey", "operators.change_apikey")
    assert address(key, "revoke") in page(client, key)
    assert act(client, key, "revoke").status_code == 302
    assert find_api_key(text) is None
    assert "Revoked by staff:anna" in page(client, key)
    assert address(key, "revoke") not in page(client, key)


def test_casino_is_made_and_changed(boss: Client, db: None) -> None:
    form = {"slug": "harbour", "name": "Harbour", "time_zone": "Europe/Malta", "home_url": "https://harbour.example"}
    assert boss.post(NEW_CASINO, form).status_code == 302
    casino = Casino.objects.get(slug="harbour")
    assert last_entry() == ("staff:boss", "create_casino")
    assert act(boss, casino, "edit", **(form | {"name": "New Harbour", "slug": "other"})).status_code == 302
    casino.refresh_from_db()
    assert (casino.slug, casino.name, casino.time_zone) == ("harbour", "New Harbour", "Europe/Malta")
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.action, entry.details) == ("update_casino", {"name": {"from": "Harbour", "to": "New Harbour"}})


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "Not a slug"), ("time_zone", "Moon/Base"), ("home_url", "javascript:alert(1)"), ("name", "")],
)
def test_casino_is_not_made_from_what_is_malformed(boss: Client, db: None, field: str, value: str) -> None:
    form = {"slug": "harbour", "name": "Harbour", "time_zone": "UTC", "home_url": "https://harbour.example"}
    assert list(errors(boss.post(NEW_CASINO, form | {field: value}))) == [field]
    assert not Casino.objects.filter(slug="harbour").exists()
