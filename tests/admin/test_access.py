"""What pages show to whom, who may give powers to others, and what nobody may."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.admin.every_page import list_pages, make_rows
from tests.admin.house import House, hire
from tests.wallet.world import Seat


@pytest.fixture
def pages(house: House, seat: Seat) -> dict[str, str]:
    """Every page of the admin by a name, each about a row that is there."""
    return list_pages(make_rows(house, seat))


def test_staff_who_may_only_look_is_offered_no_act(staff: Callable[..., Client], pages: dict[str, str]) -> None:
    client = staff("wallet.view_player", "operators.view_operator")
    assert pages["wallet.player: block"] not in client.get(pages["wallet.player: change"]).content.decode()
    assert pages["operators.operator: edit"] not in client.get(pages["operators.operator: change"]).content.decode()


@pytest.mark.parametrize("model", ["wallet.ledgerrow", "wallet.round", "wallet.transaction", "operators.exchange"])
def test_nobody_adds_changes_or_deletes_what_the_system_writes(boss: Client, pages: dict[str, str], model: str) -> None:
    assert boss.get(pages[f"{model}: add"]).status_code == 403
    assert boss.post(pages[f"{model}: change"], {"amount": "1000000.00"}).status_code == 403
    assert boss.post(pages[f"{model}: delete"], {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["wallet.player", "wallet.ledgerrow", "wallet.round", "operators.operator"])
def test_page_of_a_row_that_is_not_there_leads_back_to_the_list(boss: Client, house: House, model: str) -> None:
    route = "admin:" + model.replace(".", "_")
    for key in ("999999999", "abc"):
        answer = boss.get(reverse(f"{route}_change", args=[key]))
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:index"))


def test_act_on_a_row_that_is_not_there_is_not_found(boss: Client, house: House) -> None:
    assert boss.get(reverse("admin:wallet_player_block", args=[999_999_999])).status_code == 404


def test_staff_who_may_change_people_cannot_hand_out_powers(staff: Callable[..., Client], db: None) -> None:
    client = staff("auth.view_user", "auth.change_user")
    anna, group = User.objects.get(username="anna"), Group.objects.create(name="night shift")
    page = reverse("admin:auth_user_change", args=[anna.pk])
    form = {"username": "anna", "first_name": "Anna", "is_active": "on", "is_staff": "on"}
    assert client.post(page, form | {"is_superuser": "on", "groups": [group.pk]}).status_code == 302
    anna.refresh_from_db()
    assert (anna.first_name, anna.is_superuser, anna.groups.count(), anna.user_permissions.count()) == (
        "Anna",
        False,
        0,
        2,
    )


def test_staff_who_may_change_people_cannot_change_a_superuser(staff: Callable[..., Client], db: None) -> None:
    client = staff("auth.view_user", "auth.change_user")
    chief = User.objects.create_superuser("chief", password="correct horse")
    page = reverse("admin:auth_user_change", args=[chief.pk])
    assert client.post(page, {"username": "chief", "password": "mine now"}).status_code == 403
    assert client.get(reverse("admin:auth_user_password_change", args=[chief.pk])).status_code == 403


def test_nobody_gets_another_name_under_which_to_approve_what_the_first_one_asked_for(boss: Client, db: None) -> None:
    anna = hire("anna")
    page = reverse("admin:auth_user_change", args=[anna.pk])
    form = {"username": "hanna", "first_name": "Anna", "is_active": "on", "is_staff": "on"}
    assert boss.post(page, form).status_code == 302
    anna.refresh_from_db()
    assert (anna.username, anna.first_name) == ("anna", "Anna")


def test_superuser_hands_out_powers(boss: Client, db: None) -> None:
    anna, group = hire("anna"), Group.objects.create(name="night shift")
    page = reverse("admin:auth_user_change", args=[anna.pk])
    assert boss.post(page, {"username": "anna", "is_staff": "on", "groups": [group.pk]}).status_code == 302
    assert list(anna.groups.order_by("pk")) == [group]


def test_login_leads_to_the_overview(client: Client, db: None) -> None:
    hire("anna")
    answer = client.post(reverse("admin:login"), {"username": "anna", "password": "correct horse"})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:index"))


def test_page_of_a_person_shows_nothing_of_the_password_and_leads_to_where_it_is_set(boss: Client, db: None) -> None:
    anna = hire("anna")
    page = boss.get(reverse("admin:auth_user_change", args=[anna.pk])).content.decode()
    assert anna.password.split("$")[2][:6] not in page
    assert "algorithm" not in page
    answer = boss.get(reverse("admin:auth_user_set_password", args=[anna.pk]))
    assert answer.headers["Location"] == reverse("admin:auth_user_password_change", args=[anna.pk])


def test_refusal_says_what_to_do_about_it(staff: Callable[..., Client], db: None) -> None:
    answer = staff().get(reverse("admin:wallet_player_changelist"))
    assert answer.status_code == 403
    assert "You may not see this page" in answer.content.decode()
