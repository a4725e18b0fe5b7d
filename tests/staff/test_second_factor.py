"""The second factor: set up at the first sign-in, asked for from then on, each code taken once."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from staff.models import RecoveryCode, SecondFactor
from staff.services.second_factor import prove
from tests.admin.house import hire
from tests.staff.conftest import Wait
from tests.staff.door import ENROL, LOGIN, PROVE, Visitor, act_on, code_of, codes_on, enrolled, entries, faults

WRONG = "This code is not right, or was used before. Wait for the next one."


def shown_secret(page: str) -> str:
    return "".join(re.findall(r'<code class="secret">([A-Z2-7 ]+)<', page)[0].split())


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(anna: User, wait: Wait, seconds: int, code: str) -> None:
    enrolled(anna, at=wait())
    at = wait().fromtimestamp(seconds, tz=wait().tzinfo)
    assert prove(person=anna, code=code, by="staff:anna", now=at)


def test_first_sign_in_sets_a_second_factor_up_and_shows_recovery_codes_once(
    anna: User, wait: Wait, second_factor: None
) -> None:
    visitor = Visitor()
    assert visitor.log_in("anna").headers["Location"] == ENROL
    assert not visitor.is_in()
    first, again = (visitor.get(ENROL).content.decode() for _ in range(2))
    secret = shown_secret(first)
    assert SecondFactor.objects.get(person=anna).secret == secret == shown_secret(again)
    assert '<svg width="' in first
    wrong = "000000" if code_of(secret, wait()) != "000000" else "111111"
    assert faults(visitor.post(ENROL, code=wrong)) == ["This code is not right. Is the clock of your device in time?"]
    shown = visitor.post(ENROL, code=code_of(secret, wait()))
    assert len(codes_on(shown.content.decode())) == 10
    assert "no-store" in shown.headers["Cache-Control"]
    assert visitor.is_in()
    assert visitor.get(ENROL).headers["Location"] == "/admin/"
    assert entries() == [
        ("staff:anna", "enrol_second_factor", f"user {anna.pk}: anna"),
        ("staff:anna", "sign_in", f"user {anna.pk}: anna"),
    ]


def test_secret_is_encrypted_and_recovery_codes_are_hashed_in_the_database(anna: User, wait: Wait) -> None:
    secret = enrolled(anna, at=wait())
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM staff_secondfactor")
        ((stored,),) = cursor.fetchall()
    assert secret not in stored
    assert stored.startswith("tests:")


def test_sign_in_needs_the_password_and_then_a_code_that_was_not_used(
    anna: User, wait: Wait, second_factor: None
) -> None:
    secret, first, second = enrolled(anna, at=wait()), Visitor(), Visitor()
    assert first.log_in("anna").headers["Location"] == PROVE
    assert not first.is_in()
    code = code_of(secret, wait())
    assert first.post(PROVE, code=f"{code[:3]} {code[3:]}").headers["Location"] == "/admin/"
    assert first.is_in()
    second.log_in("anna")
    for stale in (code, code_of(secret, wait() - timedelta(seconds=30))):
        assert faults(second.post(PROVE, code=stale)) == [WRONG]
    for off in (-90, 90):
        assert faults(second.post(PROVE, code=code_of(secret, wait(minutes=2) + timedelta(seconds=off)))) == [WRONG]
    assert second.post(PROVE, code=code_of(secret, wait())).status_code == 302
    assert second.is_in()


def test_code_of_one_person_is_none_of_anothers(anna: User, wait: Wait, second_factor: None) -> None:
    enrolled(anna, at=wait())
    bruno = hire("bruno")
    other = SecondFactor.objects.create(person=bruno, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", confirmed_at=wait())
    visitor = Visitor()
    visitor.log_in("anna")
    assert len(faults(visitor.post(PROVE, code=code_of(other.secret, wait())))) == 1
    assert not visitor.is_in()


def test_second_step_is_open_for_ten_minutes_after_the_right_password_only(
    anna: User, wait: Wait, second_factor: None
) -> None:
    secret, visitor = enrolled(anna, at=wait()), Visitor()
    assert visitor.get(PROVE).headers["Location"] == LOGIN
    visitor.log_in("anna")
    assert visitor.get(PROVE).status_code == 200
    wait(minutes=11)
    assert visitor.post(PROVE, code=code_of(secret, wait())).headers["Location"] == LOGIN
    visitor.log_in("anna")
    anna.set_password("another horse")
    anna.save()
    assert visitor.post(PROVE, code=code_of(secret, wait())).headers["Location"] == LOGIN
    assert not visitor.is_in()


def test_recovery_code_stands_in_once(anna: User, wait: Wait, second_factor: None) -> None:
    visitor = Visitor()
    visitor.log_in("anna")
    secret = SecondFactor.objects.get(person=anna).secret
    codes = codes_on(visitor.post(ENROL, code=code_of(secret, wait())).content.decode())
    assert RecoveryCode.objects.filter(digest__in=codes).count() == 0
    for attempt, code in enumerate([codes[3].upper(), codes[3], codes[4].replace("-", " ")]):
        again = Visitor()
        again.log_in("anna")
        again.post(PROVE, code=code)
        assert again.is_in() is (attempt != 1)
    left = RecoveryCode.objects.filter(used_at=None).count()
    assert left == 8
    assert len(entries("use_recovery_code")) == 2


def test_person_makes_new_recovery_codes_or_sets_up_another_authenticator_with_a_code(anna: User, wait: Wait) -> None:
    visitor = Visitor()
    visitor.log_in("anna")
    own = "/admin/own-second-factor/"
    assert visitor.get(own).headers["Location"] == ENROL
    secret = SecondFactor.objects.get(person=anna).secret
    old = codes_on(visitor.post(ENROL, code=code_of(secret, wait())).content.decode())
    assert "10 recovery codes are left" in visitor.get(own).content.decode()
    assert codes_on(visitor.post(own, wanted="codes", code="123456").content.decode()) == []
    new = codes_on(visitor.post(own, wanted="codes", code=code_of(secret, wait(seconds=30))).content.decode())
    assert len(set(new) - set(old)) == 10
    assert not prove(person=anna, code=old[0], by="staff:anna", now=wait())
    assert visitor.post(own, wanted="authenticator", code=new[0]).headers["Location"] == own
    visitor.get(own)
    assert SecondFactor.objects.get(person=anna).secret != secret
    assert [action for _, action, _ in entries()][1:] == [
        *("enrol_second_factor", "sign_in_failed", "renew_recovery_codes", "use_recovery_code"),
        "retire_second_factor",
    ]


def test_who_has_a_second_factor_is_asked_for_it_where_it_is_not_demanded(anna: User, wait: Wait) -> None:
    visitor, secret = Visitor(), enrolled(anna, at=wait())
    assert visitor.log_in("anna").headers["Location"] == PROVE
    assert visitor.post(PROVE, code=code_of(secret, wait())).status_code == 302
    hire("bruno")
    assert Visitor().log_in("bruno").headers["Location"] == "/admin/"


def test_administrator_resets_anothers_second_factor_and_ends_the_sessions_but_not_the_own(
    anna: User, wait: Wait, second_factor: None
) -> None:
    hugo = hire("hugo", "auth.view_user", "staff.reset_second_factor")
    chief = User.objects.create_superuser("chief", password="correct horse")
    for person in (anna, hugo):
        enrolled(person, at=wait())
    at_annas, at_hugos = Visitor(), Visitor()
    at_annas.client.force_login(anna)
    at_hugos.client.force_login(hugo)
    assert at_annas.is_in()
    own = at_hugos.post(act_on(hugo, "reset_factor"), reason="Lost")
    assert faults(own) == ["Your own second factor is taken away by somebody else."]
    assert at_hugos.post(act_on(chief, "reset_factor"), reason="Lost").status_code == 403
    assert at_hugos.post(act_on(anna, "reset_factor"), reason="Lost her phone; called back").status_code == 302
    assert not at_annas.is_in()
    assert SecondFactor.objects.filter(person=anna).count() == 0
    assert entries("reset_second_factor") == [("staff:hugo", "reset_second_factor", f"user {anna.pk}: anna")]
    assert at_annas.log_in("anna").headers["Location"] == ENROL
