"""GeoIP's pages: rules edited, looked at, mended, saved, approved; the simulator; what was blocked; the first page."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geoblock.admin.pictures import OFF_MAP, Coloured, Step, draw_chart, list_steps
from geoblock.models import BlockedLaunch, GeoRules
from geoblock.rules import Rule, list_codes
from geoblock.selectors.launches import WouldBlock
from geoblock.services.rules import approve_rules, save_rules
from operators.models import Operator
from tests.admin.house import House, ago
from tests.geoblock.conftest import cities, countries, place_of_database
from tests.geoblock.databases import COUNTRIES, write_database
from tests.wallet.world import STAFF
from wallet.models import Player, Session
from wallet.services.launch import GeoBlocked, launch_game

__all__ = ["cities", "countries", "place_of_database"]

GERMANY, AMERICA = "203.0.113.7", "198.51.100.7"
EVERYBODYS = "/admin/geoblock/georules/edit/global/"


@pytest.fixture(autouse=True)
def young_database(place_of_database: Path) -> Path:
    """Countries, as of today."""
    return write_database(place_of_database, COUNTRIES, built_at=timezone.now())


def address(operator: Operator) -> str:
    return reverse("admin:geoblock_georules_edit", args=[operator.pk])


def send(client: Client, page: str, text: str, do: str = "look", **more: Any) -> Any:
    newest = client.get(page).context["form"].initial["seen"]
    return client.post(page, {"text": text, "reason": "Licence", "seen": newest, "mode": "real", "do": do, **more})


def launch(house: House, ip: str, **facts: Any) -> Any:
    player = house.add_player(**facts)
    return launch_game(
        player=player, operator=house.operator, game_ref="200", currency="EUR", ip=ip, by=STAFF, now=timezone.now()
    )


def save(operator: Operator | None, text: str) -> GeoRules:
    return save_rules(operator=operator, text=text, reason="Licence", by=STAFF, now=timezone.now())


def test_rules_are_saved_from_the_page_and_bind_the_next_launch(boss: Client, house: House) -> None:
    answer = send(boss, address(house.operator), '{\r\n  "blackList": ["US"]\r\n}', "save")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:geoblock_georules_rules"))
    version = GeoRules.objects.get()
    assert (version.operator, version.text, version.by, version.reason) == (
        house.operator,
        '{\n  "blackList": ["US"]\n}',
        "staff:boss",
        "Licence",
    )
    with pytest.raises(GeoBlocked):
        launch(house, AMERICA)
    assert "Version 1" in boss.get(answer.headers["Location"]).content.decode()


def test_rules_of_all_operators_are_edited_on_a_page_of_their_own(boss: Client, house: House) -> None:
    send(boss, EVERYBODYS, '{"whiteList": ["DE"]}', "save")
    assert GeoRules.objects.get().operator is None
    assert boss.get(EVERYBODYS).context["form"].initial == {"text": '{"whiteList": ["DE"]}', "seen": 1}


def test_look_saves_nothing_and_says_what_the_rules_would_have_blocked(boss: Client, house: House) -> None:
    for ip in (GERMANY, AMERICA, AMERICA, "10.0.0.1"):
        launch(house, ip)
    launch(house, AMERICA)
    old = Session.objects.order_by("-pk")[0]
    Session.objects.filter(pk=old.pk).update(created_at=ago(days=8))
    tester = launch(house, AMERICA).session.player
    Player.objects.filter(pk=tester.pk).update(is_test=True)
    page = send(boss, address(house.operator), '{"blackList": ["us"]}')
    assert page.context["looked"].would_block == WouldBlock(launches=4, blocked=3, by_country=(("US", 2), ("", 1)))
    text = " ".join(page.content.decode().split())
    assert "Of the last seven days' 4 launches for money they would have blocked 3: United States 2, Unknown 1." in text
    assert "“us” is read as US, United States." in text
    assert GeoRules.objects.count() == 0


@pytest.mark.parametrize("do", ["look", "save"])
def test_faults_are_shown_with_line_column_and_remedy_and_nothing_is_saved(boss: Client, house: House, do: str) -> None:
    page = send(boss, address(house.operator), '{\n"blackList": ["UK"]}', do).content.decode()
    assert "Line 2, column 15:</strong> “UK” is not a country or region of ISO 3166. Did you mean GB" in page
    assert GeoRules.objects.count() == 0


def test_repair_is_proposed_and_taken_only_when_asked(boss: Client, house: House) -> None:
    typed, mended = '{\n      “blackList”: ["CA-ON"],\n}', '{\n      "blackList": ["CA-ON"]\n}'
    page = send(boss, address(house.operator), typed, "save")
    assert (page.context["looked"].proposal, page.context["form"]["text"].value()) == (mended, typed)
    assert [page.context["form"][name].value() for name in ("reason", "seen")] == ["Licence", "0"]
    page = send(boss, address(house.operator), typed, "mend")
    assert (page.context["looked"].faults, page.context["form"]["text"].value()) == ((), mended)
    assert GeoRules.objects.count() == 0


def test_save_without_a_reason_or_over_another_persons_is_refused(boss: Client, house: House) -> None:
    page = address(house.operator)
    answer = send(boss, page, '{"blackList": ["US"]}', "save", reason=" ")
    assert answer.context["form"].errors == {"reason": ["Say why the rules are changed."]}
    save(house.operator, '{"blackList": ["CA"]}')
    answer = send(boss, page, '{"blackList": ["US"]}', "save", seen=0)
    assert "Version 1 was saved meanwhile" in answer.content.decode()
    assert GeoRules.objects.get().value == {"blackList": ["CA"]}


def test_rules_for_regions_warn_where_the_database_has_none(
    boss: Client, house: House, request: pytest.FixtureRequest
) -> None:
    told = "CA-ON is a region, and the GeoIP database tells countries alone: nobody is found to be there."
    assert told in send(boss, EVERYBODYS, '{"blackList": ["CA-ON"]}').content.decode()
    request.getfixturevalue("cities")
    assert told not in send(boss, EVERYBODYS, '{"blackList": ["CA-ON"]}').content.decode()


def test_edited_text_is_tried_with_an_address_or_a_place(boss: Client, house: House) -> None:
    save(None, '{"blackList": ["DE"]}')
    page = send(boss, address(house.operator), '{"grayList": ["DE"]}', address=GERMANY)
    decision = page.context["simulation"].decision
    assert (decision.allowed, decision.rule) == (True, Rule.OPERATOR_GRAY)
    page = send(boss, address(house.operator), '{"grayList": ["NL"]}', place="de-bb")
    decision = page.context["simulation"].decision
    assert (decision.allowed, decision.rule) == (False, Rule.GLOBAL_BLACK)
    assert "Brandenburg, Germany, DE (DE-BB)." in page.content.decode()


def test_simulator_answers_by_the_rules_in_force(boss: Client, house: House) -> None:
    save(house.operator, '{"blackList": ["US"], "allowedIPList": ["198.51.100.8"]}')
    page = reverse("admin:geoblock_georules_simulator")
    asked = {"operator": str(house.operator.pk), "mode": "real"}
    blocked = boss.get(page, asked | {"address": AMERICA})
    assert [(look.rule, look.outcome) for look in blocked.context["simulation"].decision.looked_at] == [
        (Rule.OPERATOR_ADDRESS, "passes"),
        (Rule.OPERATOR_BLACK, "blocks"),
    ]
    assert "US is on the operator&#x27;s black list." in blocked.content.decode()
    assert boss.get(page, asked | {"address": "198.51.100.8"}).context["simulation"].decision.allowed
    assert boss.get(page, {"place": "US", "mode": "real"}).context["simulation"].decision.rule == Rule.NONE
    assert boss.get(page, asked).context["simulation"] is None


def test_simulator_refuses_what_is_no_address_and_no_place(boss: Client, house: House) -> None:
    page = reverse("admin:geoblock_georules_simulator")
    form = boss.get(page, {"address": "somewhere", "place": "ZZ", "mode": "real"}).context["form"]
    assert form.errors == {
        "address": ["This is not an address: use 192.0.2.10 or 2001:db8::10, say."],
        "place": ["This is not a country or region of ISO 3166: use DE or US-TX, say."],
    }


def test_version_page_tells_what_changed_and_brings_it_back(boss: Client, house: House) -> None:
    first = save(house.operator, '{"blackList": ["US", "CA"]}')
    second = save(house.operator, '{"blackList": ["US", "NL"]}')
    page = boss.get(reverse("admin:geoblock_georules_change", args=[second.pk]))
    assert [(each.key, each.added, each.removed) for each in page.context["differences"]] == [
        ("blackList", ("NL",), ("CA",))
    ]
    assert "NL Netherlands · US United States" in page.content.decode()
    answer = boss.post(reverse("admin:geoblock_georules_bring_back", args=[first.pk]), {"reason": "Too strict"})
    newest = GeoRules.objects.order_by("-pk")[0]
    assert answer.headers["Location"] == reverse("admin:geoblock_georules_change", args=[newest.pk])
    assert (newest.number, newest.value, newest.brought_back_from) == (3, {"blackList": ["US", "CA"]}, 1)


def test_pending_version_is_approved_by_another_person_alone(
    boss: Client, staff: Callable[..., Client], house: House
) -> None:
    Operator.objects.filter(pk=house.operator.pk).update(second_person_for_settings=True)
    send(boss, address(house.operator), '{"blackList": ["US"]}', "save")
    version = GeoRules.objects.get()
    page = reverse("admin:geoblock_georules_approve", args=[version.pk])
    assert (
        "You asked for it yourself: somebody else has to approve it; you may withdraw it."
        in boss.post(page).content.decode()
    )
    assert "waits for a second person" in boss.get(address(house.operator)).content.decode()
    anna = staff("geoblock.view_georules", "geoblock.change_georules")
    assert anna.post(page).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.decided_by) == ("in_force", "staff:anna")


def test_pending_version_is_rejected(boss: Client, house: House) -> None:
    Operator.objects.filter(pk=house.operator.pk).update(second_person_for_settings=True)
    approve_rules(version=save(house.operator, '{"blackList": ["US"]}'), by="staff:bert", now=timezone.now())
    change = save(house.operator, "")
    assert boss.post(reverse("admin:geoblock_georules_reject", args=[change.pk])).status_code == 302
    assert list(GeoRules.objects.order_by("number").values_list("state", flat=True)) == ["in_force", "rejected"]


def test_blocked_launches_are_listed_and_counted_by_country(boss: Client, house: House) -> None:
    save(house.operator, '{"whiteList": ["DE"]}')
    for ip in (AMERICA, AMERICA, "192.0.2.7"):
        with pytest.raises(GeoBlocked):
            launch(house, ip)
    oldest = BlockedLaunch.objects.order_by("pk")[0]
    listed = boss.get(reverse("admin:geoblock_blockedlaunch_changelist")).content.decode()
    assert (listed.count("United States"), listed.count("operator white list")) == (2, 4)
    row = boss.get(reverse("admin:geoblock_blockedlaunch_change", args=[oldest.pk])).content.decode()
    assert "US is not on the operator&#x27;s white list." in row
    counted = boss.get(reverse("admin:geoblock_blockedlaunch_by_country"))
    assert counted.context["rows"] == [("US", "United States", 2), ("CA", "Canada", 1)]
    BlockedLaunch.objects.filter(pk=oldest.pk).update(at=ago(days=8))
    page = reverse("admin:geoblock_blockedlaunch_by_country")
    assert boss.get(page).context["rows"] == [("CA", "Canada", 1), ("US", "United States", 1)]
    assert boss.get(page, {"days": "30"}).context["total"] == 3


def test_blocked_launches_are_charted_and_mapped_for_an_operator_and_days(boss: Client, house: House) -> None:
    other = House()
    save(None, '{"whiteList": ["DE"]}')
    for at, ip in [(house, AMERICA), (house, AMERICA), (house, "10.0.0.1"), (other, "192.0.2.7")]:
        with pytest.raises(GeoBlocked):
            launch(at, ip)
    page = reverse("admin:geoblock_blockedlaunch_by_country")
    shown = boss.get(page, {"operator": str(house.operator.pk), "days": "7"})
    drawn = shown.context["map"]
    assert (drawn.coloured, drawn.elsewhere) == ([Coloured("US", "United States", 2, 5)], [("Unknown", 1)])
    assert json.loads(shown.context["chart"]["data"])["labels"] == ["United States", "Unknown"]
    text = shown.content.decode()
    assert (
        '<g class="shade-5"><title>United States: 2</title><use href="/static/backoffice/world.svg#US"></use>' in text
    )
    assert "Not on the map: Unknown 1." in text
    listed = f"{shown.context['listed']}&q=US"
    assert boss.get(listed).context["cl"].result_list.count() == 2
    assert boss.get(page, {"operator": other.operator.pk}).context["rows"] == [("CA", "Canada", 1)]
    assert boss.get(page, {"operator": "nobody", "days": "8"}).context["which"] == {"days": 7, "operator": None}


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, []),
        (1, [(1, 1, 5)]),
        (3, [(1, 1, 2), (2, 2, 4), (3, 3, 5)]),
        (1000, [(1, 4, 1), (5, 16, 2), (17, 63, 3), (64, 251, 4), (252, 1000, 5)]),
    ],
)
def test_legend_divides_the_counts_so_that_one_large_country_does_not_drown_the_rest(
    most: int, steps: list[tuple[int, int, int]]
) -> None:
    assert list_steps(most) == [Step(*step) for step in steps]


def test_map_has_a_shape_for_every_country_but_those_said_to_have_none() -> None:
    shapes = (settings.BASE_DIR / "config/static/backoffice/world.svg").read_text()
    countries = {code for code in list_codes() if "-" not in code}
    assert countries - set(re.findall(r'id="([A-Z]{2})"', shapes)) == OFF_MAP


def test_countries_without_a_bar_of_their_own_share_the_last() -> None:
    counted = [(code, 30 - number) for number, code in enumerate(list(list_codes())[:15])]
    chart = json.loads(draw_chart(counted)["data"])
    assert (chart["labels"][-1], chart["datasets"][0]["data"][-2:]) == ("3 more", [19, 18 + 17 + 16])


def test_editing_asks_for_the_permission_to_change(staff: Callable[..., Client], client: Client, house: House) -> None:
    for page in (EVERYBODYS, address(house.operator)):
        assert client.get(page).headers["Location"] == f"{reverse('admin:login')}?next={page}"
    viewer = staff("geoblock.view_georules")
    assert (viewer.get(EVERYBODYS).status_code, viewer.post(EVERYBODYS, {"text": "{}"}).status_code) == (403, 403)
    assert EVERYBODYS not in viewer.get(reverse("admin:geoblock_georules_rules")).content.decode()


def test_operator_that_is_not_there_has_no_rules_to_edit(boss: Client, house: House) -> None:
    for subject in ("999999999", "nobody"):
        assert boss.get(reverse("admin:geoblock_georules_edit", args=[subject])).status_code == 404


def test_first_page_is_red_while_the_database_is_missing_or_broken_and_amber_while_it_is_merely_old(
    boss: Client, staff: Callable[..., Client], house: House, place_of_database: Path
) -> None:
    def told() -> str:
        return " ".join(boss.get(reverse("admin:index")).content.decode().split())

    assert "The GeoIP database" not in told()
    write_database(place_of_database, COUNTRIES, built_at=timezone.now() - timedelta(days=61))
    assert f'<div class="notice is-warning" role="status"> The GeoIP database {place_of_database} is 61 days' in told()
    assert "needs attention" not in told()
    place_of_database.write_bytes(b"broken")
    assert (
        f'<div class="notice is-bad bad" role="alert"> The GeoIP database {place_of_database} needs attention: '
        "It cannot be read" in told()
    )
    place_of_database.unlink()
    assert (
        "needs attention: There is no such file. No player's country is known: launches follow the policy for "
        "unknown countries." in told()
    )
    assert "needs attention" not in staff().get(reverse("admin:index")).content.decode()
