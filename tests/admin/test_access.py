"""Who sees which page: the superuser all of them, staff what they may, strangers the log-in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from catalog.models import Currency
from geoblock.models import Asked
from geoblock.rules import VendorCountries
from geoblock.selectors.judgements import judge
from geoblock.selectors.rules import get_lists_in_force
from geoblock.services.launches import note_blocked_launch
from geoblock.services.rules import save_rules
from operators.models import AuditEntry, Direction, Exchange
from operators.services import create_api_key
from operators.services.settings import save_settings
from staff.models import SignInCount
from tests.admin.house import House, ago, hire
from tests.admin.sync_runs import make_held_run
from tests.wallet.calls import make_call
from tests.wallet.world import STAFF, Seat
from wallet.models import LedgerVerification, Player

ADDED = [
    *("operators.casino", "operators.operator", "operators.apikey", "auth.user", "auth.group", "catalog.tag"),
    "django_celery_beat.periodictask",
]
SWITCHES = ["switch_off", "switch_on"]
ACTS = {
    "wallet.player": ["launch", "block", "unblock", "self_exclude", "mark_test"],
    "wallet.session": ["end"],
    "wallet.waitingcall": ["again", "settle", "approve", "refuse"],
    "operators.casino": ["edit"],
    "operators.apikey": ["revoke"],
    "operators.operator": [
        *("edit", "edit_settings", "test", "activate", "suspend", "rotate", "retire", "demand_second_person"),
        "terminate",
    ],
    "operators.settingsversion": ["approve", "reject", "withdraw", "bring_back"],
    "catalog.game": [*SWITCHES, "present", "choose_tags"],
    "catalog.lobby": SWITCHES,
    "catalog.vendor": SWITCHES,
    "catalog.operatorcurrency": SWITCHES,
    "catalog.currency": ["correct"],
    "catalog.tag": ["rename", "remove"],
    "catalog.syncrun": ["apply", "agree"],
    "django_celery_beat.periodictask": ["reschedule", "run_now"],
    "auth.user": ["reset_factor"],
    "staff.signincount": ["unlock"],
    "geoblock.georules": ["approve", "reject", "withdraw", "bring_back"],
}
# Pages of lists that are no act on a row, each with the permissions that it takes.
OTHERS = {
    "catalog_game_lobby_preview": ["catalog.view_game"],
    "catalog_game_unmapped": ["catalog.view_game"],
    "catalog_syncrun_synchronise": ["catalog.view_syncrun", "catalog.change_game"],
    "geoblock_georules_rules": ["geoblock.view_georules"],
    "geoblock_georules_simulator": ["geoblock.view_georules"],
    "geoblock_blockedlaunch_by_country": ["geoblock.view_blockedlaunch"],
}


@pytest.fixture
def pages(house: House, seat: Seat) -> dict[str, str]:
    """Every page of the admin by a name, each about a row that is there."""
    bet = house.post("bet", seat, "10.00")
    key = create_api_key(casino=house.casino, name="site", scopes=["read"], by=STAFF).api_key
    exchange = Exchange.objects.create(
        at=ago(minutes=1), direction=Direction.INBOUND, command="balance", http_status=200, milliseconds=1
    )
    run = LedgerVerification.objects.create(
        started_at=ago(hours=1), finished_at=ago(hours=1), accounts=1, rows=1, difference_count=0
    )
    rows = {
        "wallet.player": seat.player.pk,
        "wallet.session": seat.session.pk,
        "wallet.ledgerrow": bet.row.pk,
        "wallet.round": bet.row.round_id,
        "wallet.transaction": house.leave_tombstone(seat).pk,
        "wallet.ledgerverification": run.pk,
        "wallet.waitingcall": make_call(house.operator).pk,
        "operators.casino": house.casino.pk,
        "operators.operator": house.operator.pk,
        "operators.apikey": key.pk,
        "operators.settingsversion": save_some_settings(house),
        "operators.exchange": exchange.pk,
        "operators.auditentry": AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "django_celery_beat.periodictask": PeriodicTask.objects.values_list("pk", flat=True).order_by("pk")[0],
        "auth.user": hire("bruno").pk,
        "staff.signincount": SignInCount.objects.create(counted="name", subject="anna", last_at=ago()).pk,
        "auth.group": Group.objects.create(name="night shift").pk,
        **list_catalogue(house),
        **list_geoblock(house),
    }
    return {name: address for model, pk in rows.items() for name, address in pages_of(model, pk)}


def save_some_settings(house: House) -> int:
    """A version of the operator's settings."""
    text = '{"doNotUseClosingState": false}'
    return int(save_settings(operator=house.operator, text=text, reason="", by=STAFF, now=ago(hours=1)).pk)


def list_catalogue(house: House) -> dict[str, Any]:
    """A row of each of the catalogue's models, by the model's name."""
    euro = Currency.objects.get_or_create(code="EUR")[0]
    held = make_held_run(house.operator)
    return {
        "catalog.game": house.game.pk,
        "catalog.lobby": house.add_lobby("live").pk,
        "catalog.vendor": house.operator.vendors.create(vendor_ref="aurora").pk,
        "catalog.tag": house.casino.tags.create(slug="new", name="New").pk,
        "catalog.featuredgame": house.casino.featured_games.create(game=house.game).pk,
        "catalog.currency": euro.pk,
        "catalog.operatorcurrency": house.operator.currencies.create(currency=euro).pk,
        "catalog.gameconfiguration": house.game.configurations.create(currency=euro, stakes=[20]).pk,
        "catalog.syncrun": held.pk,
        "catalog.change": held.changes.order_by("pk").values_list("pk", flat=True)[0],
    }


def list_geoblock(house: House) -> dict[str, Any]:
    """GeoIP rules, and a launch that they blocked."""
    rules = save_rules(operator=house.operator, text='{"blackList": ["US"]}', reason="Licence", by=STAFF, now=ago())
    judgement = judge(
        in_force=get_lists_in_force(house.operator.pk), vendor=VendorCountries(), address="203.0.113.7", is_real=True
    )
    facts: dict[str, Any] = {"casino_id": house.casino.pk, "operator_id": house.operator.pk, "user_id": "u1"}
    blocked = note_blocked_launch(judgement, asked=Asked.LAUNCH, mode="real", opened="200", now=ago(), **facts)
    return {"geoblock.georules": rules.pk, "geoblock.blockedlaunch": blocked.pk}


def pages_of(model: str, pk: Any) -> list[tuple[str, str]]:
    route = "admin:" + model.replace(".", "_")
    found = [(f"{model} list", reverse(f"{route}_changelist")), (f"{model} row", reverse(f"{route}_change", args=[pk]))]
    found += [(f"{model} new", reverse(f"{route}_add"))] if model in ADDED else []
    return found + [(f"{model} {act}", reverse(f"{route}_{act}", args=[pk])) for act in ACTS.get(model, [])]


def test_the_pages_tested_here_are_those_of_every_model_in_the_admin(pages: dict[str, str]) -> None:
    assert {name.split()[0] for name in pages} == {model._meta.label_lower for model in admin.site._registry}


def test_superuser_sees_every_page(boss: Client, pages: dict[str, str]) -> None:
    answers = {name: boss.get(address).status_code for name, address in pages.items()}
    assert answers == dict.fromkeys(pages, 200)


def test_superuser_sees_the_pages_that_belong_to_no_row(boss: Client, house: House) -> None:
    for name in ("index", "password_change", *OTHERS):
        assert boss.get(reverse(f"admin:{name}")).status_code == 200
    for app in ("wallet", "operators", "geoblock", "catalog", "auth"):
        assert boss.get(reverse("admin:app_list", args=[app])).status_code == 200


def test_stranger_is_led_to_the_login_from_every_page(client: Client, pages: dict[str, str]) -> None:
    answers = {name: client.get(address) for name, address in pages.items()}
    login = reverse("admin:login")
    assert {name: answer.headers.get("Location") for name, answer in answers.items()} == {
        name: f"{login}?next={address}" for name, address in pages.items()
    }


def test_player_of_the_site_without_a_staff_account_is_led_to_the_login(client: Client, pages: dict[str, str]) -> None:
    client.force_login(User.objects.create_user("somebody"))
    assert {client.get(address).status_code for address in pages.values()} == {302}


def test_staff_without_permission_is_refused_every_page(staff: Callable[..., Client], pages: dict[str, str]) -> None:
    client = staff()
    answers = {name: client.get(address).status_code for name, address in pages.items()}
    assert answers == dict.fromkeys(pages, 403)


def test_staff_who_may_only_look_is_refused_every_act_and_every_new_row(
    staff: Callable[..., Client], pages: dict[str, str], seat: Seat
) -> None:
    models = {name.split()[0] for name in pages}
    client = staff(*(model.replace(".", ".view_") for model in models))
    expected = {name: 200 if name.endswith((" list", " row")) else 403 for name in pages}
    assert {name: client.get(address).status_code for name, address in pages.items()} == expected
    assert {client.post(pages[name]).status_code for name, code in expected.items() if code == 403} == {403}
    assert not Player.objects.get(pk=seat.player.pk).is_blocked


def test_pages_that_belong_to_no_row_ask_for_their_permissions(client: Client, house: House) -> None:
    for number, (name, permissions) in enumerate(OTHERS.items()):
        page = reverse(f"admin:{name}")
        assert client.get(page).headers["Location"] == f"{reverse('admin:login')}?next={page}"
        for missing in permissions:
            client.force_login(hire(f"{number}-{missing}", *(each for each in permissions if each != missing)))
            assert client.get(page).status_code == 403
        client.force_login(hire(f"{number}-all", *permissions))
        assert client.get(page).status_code == 200
        client.logout()


def test_every_act_of_every_page_is_tested_here() -> None:
    acts = {
        model._meta.label_lower: getattr(page, "actions_detail", ()) for model, page in admin.site._registry.items()
    }
    expected = {**ACTS, "auth.user": ["set_password", "reset_factor"]}
    assert {model: list(named) for model, named in acts.items() if named} == expected


def test_staff_who_may_only_look_is_offered_no_act(staff: Callable[..., Client], pages: dict[str, str]) -> None:
    client = staff("wallet.view_player", "operators.view_operator")
    assert pages["wallet.player block"] not in client.get(pages["wallet.player row"]).content.decode()
    assert pages["operators.operator edit"] not in client.get(pages["operators.operator row"]).content.decode()


@pytest.mark.parametrize("model", ["wallet.ledgerrow", "wallet.round", "wallet.transaction", "operators.exchange"])
def test_nobody_adds_changes_or_deletes_what_the_system_writes(boss: Client, pages: dict[str, str], model: str) -> None:
    route = "admin:" + model.replace(".", "_")
    row = pages[f"{model} row"]
    key = row.rstrip("/").split("/")[-2]
    assert boss.get(reverse(f"{route}_add")).status_code == 403
    assert boss.post(row, {"amount": "1000000.00"}).status_code == 403
    assert boss.post(reverse(f"{route}_delete", args=[key]), {"post": "yes"}).status_code == 403


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
