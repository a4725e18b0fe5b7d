"""Who fails too often is locked out for a while, and takes nobody else along."""

from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from staff.models import Counted, SignInCount
from staff.services.lock_out import TooManyTries, Trier, count_try, network_of
from tests.admin.house import hire
from tests.staff.conftest import Wait
from tests.staff.door import PROVE, Visitor, code_of, enrolled, entries, faults

LOCKED = "Too many tries. The next one can be made at 12:15 UTC, or once an administrator unlocks you."
WRONG = (
    "Please enter the correct username and password for a staff account. Note that both fields may be case-sensitive."
)


def guess(username: str, times: int, address: str = "198.51.100.9") -> list[str]:
    """What the door says to wrong passwords, each from another browser."""
    return [faults(Visitor(address).log_in(username, "wrong"))[0] for _ in range(times)]


def test_sixth_try_is_refused_with_the_right_password_too_until_time_has_passed(anna: User, wait: Wait) -> None:
    assert guess("anna", 5) == [WRONG] * 5
    assert faults(Visitor().log_in("anna")) == [LOCKED]
    wait(minutes=14)
    assert faults(Visitor().log_in("anna")) == [LOCKED]
    wait(minutes=2)
    visitor = Visitor()
    assert visitor.log_in("anna").status_code == 302
    assert visitor.is_in()
    assert entries("lock_out") == [("nobody", "lock_out", "User name anna")]
    assert len(entries("sign_in_failed")) == 5


def test_name_that_nobody_has_is_answered_as_one_that_somebody_has_and_kept_nowhere(anna: User, wait: Wait) -> None:
    assert guess("hunter2 my password", 6) == [WRONG] * 5 + [LOCKED]
    assert guess("anna", 6, "198.51.100.10") == [WRONG] * 5 + [LOCKED]
    kept = [*SignInCount.objects.values_list("subject", flat=True).order_by("pk"), *map(str, entries())]
    assert not [text for text in kept if "hunter2" in text]


def test_password_that_is_right_forgets_the_failures_before_it(anna: User, wait: Wait) -> None:
    for _ in range(3):
        assert guess("anna", 4) == [WRONG] * 4
        assert Visitor("198.51.100.77").log_in("anna").status_code == 302
    assert entries("lock_out") == []


def test_address_is_locked_out_after_many_failures_under_many_names(anna: User, wait: Wait) -> None:
    for number in range(20):
        assert guess(f"name{number}", 1) == [WRONG]
    assert faults(Visitor("198.51.100.9").log_in("anna")) == [LOCKED]
    assert Visitor("203.0.113.8").log_in("anna").status_code == 302
    assert entries("lock_out") == [("nobody", "lock_out", "Address 198.51.100.9")]


def test_own_sign_ins_between_them_do_not_make_failures_under_other_names_fewer(anna: User, wait: Wait) -> None:
    for number in range(20):
        assert Visitor("198.51.100.9").log_in("anna").status_code == 302
        assert guess(f"name{number}", 1) == [WRONG]
    assert guess("bruno", 1) == [LOCKED]


def test_stranger_who_locks_a_name_out_does_not_shut_out_the_browser_that_its_owner_works_with(
    anna: User, wait: Wait
) -> None:
    own = Visitor()
    own.log_in("anna")
    own.post("/admin/logout/")
    guess("anna", 6)
    assert faults(Visitor().log_in("anna")) == [LOCKED]
    assert own.log_in("anna").status_code == 302
    own.post("/admin/logout/")
    assert [faults(own.log_in("anna", "wrong"))[0] for _ in range(6)] == [WRONG] * 5 + [LOCKED]


def test_browser_known_to_one_person_is_a_strangers_to_another(anna: User, wait: Wait) -> None:
    hire("bruno")
    own = Visitor()
    own.log_in("anna")
    own.post("/admin/logout/")
    guess("bruno", 5)
    assert faults(own.log_in("bruno")) == [LOCKED]


def test_wrong_codes_count_and_the_password_alone_does_not_forget_them(
    anna: User, wait: Wait, second_factor: None
) -> None:
    secret = enrolled(anna, at=wait())
    right = {code_of(secret, wait() + timedelta(seconds=off)) for off in (-30, 0, 30)}
    wrong = next(code for code in ("000000", "111111", "222222", "333333") if code not in right)
    for _ in range(5):
        visitor = Visitor()
        visitor.log_in("anna")
        assert len(faults(visitor.post(PROVE, code=wrong))) == 1
    assert faults(visitor.post(PROVE, code=code_of(secret, wait()))) == [LOCKED]
    assert faults(Visitor().log_in("anna")) == [LOCKED]


def test_inactive_person_and_one_without_staff_are_told_no_more_than_a_stranger(anna: User, wait: Wait) -> None:
    User.objects.create_user("player", password="correct horse")
    anna.is_active = False
    anna.save()
    assert faults(Visitor().log_in("anna")) == faults(Visitor().log_in("player")) == [WRONG]


def test_administrator_unlocks(anna: User, wait: Wait) -> None:
    guess("anna", 6)
    hugo = Visitor()
    hugo.client.force_login(hire("hugo", "staff.view_signincount", "staff.change_signincount"))
    count = SignInCount.objects.get(counted=Counted.NAME)
    assert "Locked out" in hugo.get("/admin/staff/signincount/").content.decode()
    assert hugo.post(f"/admin/staff/signincount/{count.pk}/unlock/").status_code == 302
    assert [count.failures for count in hugo.get("/admin/staff/signincount/").context["cl"].result_list] == [6]
    assert Visitor().log_in("anna").status_code == 302
    assert entries("unlock") == [("staff:hugo", "unlock", "User name anna")]


def test_addresses_of_one_ipv6_customer_count_together_and_the_proxy_tells_the_address(
    settings: Settings, anna: User, wait: Wait
) -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    settings.TRUSTED_PROXY_COUNT = 1
    visitor = Visitor("10.0.0.1")
    visitor.client.post(
        "/admin/login/",
        {"username": "anna", "password": "wrong"},
        REMOTE_ADDR="10.0.0.1",
        headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.99", "X-Request-ID": "edge-42"},
    )
    assert SignInCount.objects.get(counted=Counted.ADDRESS).subject == "203.0.113.99"


def test_tries_made_at_once_are_no_more_than_tries_one_after_the_other(committed_db: None, wait: Wait) -> None:
    trier, let_through = Trier("at once", "192.0.2.200"), []

    def attempt() -> None:
        try:
            count_try(trier=trier, now=wait())
            let_through.append(1)
        except TooManyTries:
            pass
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    SignInCount.objects.all().delete()
    assert len(let_through) == 5


@pytest.mark.parametrize("name", ["", "x" * 150])
def test_odd_names_are_refused_as_any(db: None, wait: Wait, name: str) -> None:
    assert len(faults(Visitor().log_in(name, "wrong"))) == 1


def test_command_lets_in_whom_no_administrator_can(anna: User, wait: Wait) -> None:
    enrolled(anna, at=wait())
    guess("anna", 6)
    call_command("let_in", "anna", "--reset-second-factor", "Only administrator", stdout=StringIO())
    assert Visitor().log_in("anna").headers["Location"] == "/admin/"
    assert [(by, action) for by, action, _ in entries("unlock", "reset_second_factor")] == [
        ("command:let_in", "unlock"),
        ("command:let_in", "reset_second_factor"),
    ]
    with pytest.raises(CommandError, match="There is no olga"):
        call_command("let_in", "olga")
