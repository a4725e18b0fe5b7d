"""The audit trail in the admin: found by who, what, whom and where from, and read as it was before and after."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from operators.models import AuditEntry
from tests.admin.house import House
from tests.admin.reading import words_of
from wallet.models import LimitChange
from wallet.services.limits import WantedLimit, set_limits

PAY = "https://pay.example/"
TRAIL = reverse("admin:operators_auditentry_changelist")


def trail(client: Client, **asked: str) -> list[int]:
    return [entry.pk for entry in client.get(TRAIL, asked).context["cl"].result_list]


def test_audit_entries_are_found_by_person_action_thing_address_and_request(boss: Client, house: House) -> None:
    make = AuditEntry.objects.create
    wanted = make(by="staff:olga", action="block_player", subject="player 7: x", address="203.0.113.7", request_id="r1")
    make(by="staff:olga", action="end_session", subject="session 9", address="203.0.113.8")
    make(by="staff:anna", action="unblock_player", subject="player 8: y", address="203.0.113.9")
    for asked in (
        {"by": "olga", "action": "Block player"},
        {"by": "staff:olga", "action": "block_player"},
        {"q": "player 7"},
        {"origin": "203.0.113.7"},
        {"origin": "r1"},
    ):
        assert trail(boss, **asked) == [wanted.pk]
    assert trail(boss, origin="no address") == trail(boss, at_to_0="2001-01-01") == []


def test_audit_entry_tells_each_value_before_and_after_and_leads_to_the_thing(boss: Client, house: House) -> None:
    page = reverse("admin:operators_casino_edit", args=[house.casino.pk])
    before = house.casino
    told = {"name": "Golden <House>", "time_zone": "Europe/Malta", "home_url": before.home_url, "deposit_url": PAY}
    assert boss.post(page, told, REMOTE_ADDR="2001:db8::7").status_code == 302
    entry = AuditEntry.objects.get(action="update_casino")
    assert (entry.by, entry.address) == ("staff:boss", "2001:db8::7")
    shown = boss.get(reverse("admin:operators_auditentry_change", args=[entry.pk])).content.decode()
    rows = re.findall(r'<th scope="row">(.+?)</th><td class="before">(.*?)</td><td class="after">(.*?)</td>', shown)
    assert rows == [
        ("name", before.name, "Golden &lt;House&gt;"),
        ("time zone", before.time_zone, "Europe/Malta"),
        ("deposit url", "nothing", PAY),
    ]
    assert reverse("admin:operators_casino_change", args=[before.pk]) in shown
    listed = boss.get(TRAIL, {"action": "update"}).content.decode()
    assert "name: " + before.name + " → Golden &lt;House&gt;" in listed
    assert "and 1 more" in listed


def test_audit_entry_tells_times_as_the_pages_do_and_what_stays(boss: Client, db: None) -> None:
    amounts = {"limit": "wager day EUR", "from": "15.00000000", "to": "15.00", "from_when": "2026-11-22T17:39:34+00:00"}
    no_time = "2026-99-29T18:39:34+01:00"
    details = {"until": "2026-11-29T18:39:34.825449+01:00", "limits": [amounts], "reason": no_time}
    AuditEntry.objects.create(by="api:site", action="exclude_player", subject="player 7: x", details=details)
    words = words_of(boss.get(TRAIL))
    assert "wager day EUR: stays 15.00, until: 2026-11-29 17:39:34 UTC and 1 more" in words
    entry = AuditEntry.objects.get(details__reason=no_time)
    assert no_time in words_of(boss.get(reverse("admin:operators_auditentry_change", args=[entry.pk])))


def test_audit_entry_tells_what_became_of_each_limit(boss: Client, house: House) -> None:
    seat = house.seat()
    for amount, time in ((15, 60), (50, 90)):
        day = WantedLimit("wager", "day", Decimal(amount), "EUR")
        session = WantedLimit("session_time", "session", Decimal(time))
        set_limits(player=seat.player, wanted=[day, session], by="api:site", now=timezone.now())
    listed = words_of(boss.get(TRAIL, {"action": "set limits"}))
    assert "wager day EUR: 15.00 → 50.00, session_time session: 60 → 90" in listed
    assert "wager day EUR: nothing → 15.00, session_time session: nothing → 60" in listed
    entry, change = AuditEntry.objects.order_by("-pk")[0], LimitChange.objects.order_by("-pk")[0]
    words = words_of(boss.get(reverse("admin:operators_auditentry_change", args=[entry.pk])))
    assert f"session_time session 60 90, from {change.effective_at:%Y-%m-%d %H:%M:%S} UTC on" in words


def test_stock_pages_leave_entries_with_each_value_before_and_after_and_no_password(boss: Client, db: None) -> None:
    new = {"username": "vera", "password1": "battery staple 9", "password2": "battery staple 9"}
    assert boss.post(reverse("admin:auth_user_add"), new | {"usable_password": "true"}).status_code == 302
    vera = User.objects.get(username="vera")
    roles = Group.objects.in_bulk(["support", "finance"], field_name="name")
    vera.groups.add(roles["support"])
    told = {"username": "vera", "first_name": "Vera", "is_active": "on", "is_staff": "on"}
    page = reverse("admin:auth_user_change", args=[vera.pk])
    assert boss.post(page, told | {"groups": [role.pk for role in roles.values()]}).status_code == 302
    added, changed = AuditEntry.objects.filter(subject=f"user {vera.pk}: vera").order_by("pk")
    assert added.details == {"username": "vera"}
    assert (changed.by, changed.action) == ("staff:boss", "change_user")
    assert changed.details == {
        "first_name": {"from": "", "to": "Vera"},
        "is_staff": {"from": False, "to": True},
        "groups": {"from": ["support"], "to": ["finance", "support"]},
    }
    assert boss.post(page, told | {"groups": [role.pk for role in roles.values()]}).status_code == 302
    assert AuditEntry.objects.filter(action="change_user").count() == 1


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"address": "203.0.113.7"}, "operators_auditentry_address"),
        ({"request_id": "r1"}, "operators_auditentry_request"),
    ],
)
def test_where_an_act_came_from_is_found_by_an_index(db: None, asked: dict[str, str], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in AuditEntry.objects.filter(**asked).explain()
