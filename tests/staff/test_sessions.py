"""How long staff stay signed in, and what ends it."""

from django.contrib.auth.models import User

from operators.models import AuditEntry
from tests.staff.conftest import Wait
from tests.staff.door import Visitor, act_on, entries

PAGE = "/admin/"


def test_person_who_does_nothing_for_half_an_hour_is_signed_out_and_told_so(anna: User, wait: Wait) -> None:
    visitor = Visitor()
    visitor.log_in("anna")
    for _ in range(3):
        wait(minutes=29)
        assert visitor.is_in()
    wait(minutes=31)
    answer = visitor.get()
    assert answer.headers["Location"] == "/admin/login/?next=/admin/"
    assert "nothing was done for 30 minutes" in visitor.get("/admin/login/").content.decode()
    entry = AuditEntry.objects.get(action="sign_out")
    assert (entry.by, entry.details) == ("staff:anna", {"why": "nothing was done for 30 minutes"})


def test_person_who_is_always_busy_is_signed_out_after_twelve_hours(anna: User, wait: Wait) -> None:
    visitor = Visitor()
    visitor.log_in("anna")
    for _ in range(24):
        assert visitor.is_in()
        wait(minutes=29, seconds=59)
    wait(minutes=1)
    assert not visitor.is_in()
    assert AuditEntry.objects.get(action="sign_out").details == {"why": "12 hours have passed since you signed in"}


def test_new_password_signs_out_everywhere_else(anna: User, wait: Wait) -> None:
    here, there = Visitor(), Visitor()
    for visitor in (here, there):
        visitor.log_in("anna")
    new = {"new_password1": "battery staple 9", "new_password2": "battery staple 9"}
    assert here.post("/admin/password_change/", old_password="correct horse", **new).status_code == 302
    assert (here.is_in(), there.is_in()) == (True, False)
    assert entries("change_own_password") == [("staff:anna", "change_own_password", f"user {anna.pk}: anna")]


def test_password_set_by_another_signs_out_everywhere_and_is_on_record_without_it(anna: User, wait: Wait) -> None:
    own, chief = Visitor(), Visitor()
    own.log_in("anna")
    chief.client.force_login(User.objects.create_superuser("chief"))
    page = act_on(anna, "password_change")
    told = {"password1": "battery staple 9", "password2": "battery staple 9", "usable_password": "true"}
    assert chief.post(page, **told).status_code == 302
    assert not own.is_in()
    entry = AuditEntry.objects.get(action="change_user")
    assert (entry.by, entry.details) == ("staff:chief", {"password": {"from": "******", "to": "******"}})


def test_person_made_inactive_is_out_at_once(anna: User, wait: Wait) -> None:
    visitor = Visitor()
    visitor.log_in("anna")
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert not visitor.is_in()


def test_sign_in_gets_a_session_of_a_new_key_and_signing_out_is_on_record(anna: User, wait: Wait) -> None:
    visitor = Visitor()
    visitor.get("/admin/login/")
    visitor.client.session.save()
    before = visitor.client.session.session_key
    visitor.log_in("anna")
    assert visitor.client.session.session_key != before
    visitor.post("/admin/logout/")
    assert not visitor.is_in()
    assert [action for _, action, _ in entries()] == ["sign_in", "sign_out"]
    entry = AuditEntry.objects.get(action="sign_in")
    assert (entry.address, len(entry.request_id)) == ("203.0.113.7", 32)
