"""Where players may open games from: at the launch and at `authenticate`, and never in a running game."""

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Vendor
from geoblock.models import BlockedLaunch
from geoblock.services.rules import save_rules
from operators.models import Operator
from tests.geoblock.conftest import cities, countries, place_of_database
from tests.geoblock.databases import COUNTRIES, country_record, write_database
from tests.operators.making import NOW
from tests.wallet.casino_caller import call_for
from tests.wallet.world import STAFF, World
from wallet.models import Player, Session
from wallet.services.launch import GeoBlocked, launch_game
from wallet.views.generic.door import DIRECTORY

__all__ = ["cities", "countries", "place_of_database"]

pytestmark = pytest.mark.django_db

GERMANY, AMERICA, CANADA, NOWHERE = "203.0.113.7", "198.51.100.7", "192.0.2.7", "10.0.0.7"


@pytest.fixture
def olga(world: World) -> Player:
    return world.add_player()


def save(operator: Operator | None, text: str) -> None:
    save_rules(operator=operator, text=text, reason="Licence", by=STAFF, now=NOW)


def launch(world: World, player: Player, ip: str, **more: Any) -> Any:
    facts = {"game_ref": "200", "currency": "EUR", "by": STAFF, "now": NOW}
    return launch_game(player=player, operator=world.operator, ip=ip, **{**facts, **more})


def refuse(world: World, player: Player, ip: str, **more: Any) -> BlockedLaunch:
    before = Session.objects.count()
    with pytest.raises(GeoBlocked) as refused:
        launch(world, player, ip, **more)
    assert Session.objects.count() == before
    row = BlockedLaunch.objects.order_by("-pk")[0]
    assert str(refused.value) == row.sentence
    return row


def add_vendor(world: World, **countries_of: list[str]) -> None:
    world.game.vendor = Vendor.objects.create(operator=world.operator, vendor_ref="Northwind", **countries_of)
    world.game.save()


def test_launch_from_a_blocked_country_is_refused_and_kept(world: World, olga: Player, countries: Path) -> None:
    save(world.operator, '{"blackList": ["US"]}')
    assert launch(world, olga, GERMANY).token is not None
    row = refuse(world, olga, AMERICA)
    assert (row.at, row.asked, row.mode, row.user_id, row.opened) == (NOW, "launch", "real", olga.user_id, "200")
    assert (row.casino, row.operator, row.address, row.country) == (world.casino, world.operator, AMERICA, "US")
    assert (row.rule, row.sentence) == ("operator_black_list", "US is on the operator's black list.")


def test_casino_api_answers_a_neutral_sentence(world: World, olga: Player, countries: Path, settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"
    save(world.operator, '{"blackList": ["US"]}')
    asked = {"user_id": olga.user_id, "operator_id": world.operator.operator_ref, "game_id": "200", "mode": "real"}
    site = call_for(world.casino)
    answer = site.post("launch", {**asked, "currency": "EUR", "language": "en", "device": "desktop", "ip": AMERICA})
    assert (answer.status, answer.body) == (
        409,
        {
            "code": "geo_blocked",
            "detail": "This game cannot be opened from where you are.",
            "fields": {"ip": "Games may not be opened from there."},
        },
    )


def test_launch_for_fun_is_judged_too(world: World, olga: Player, countries: Path) -> None:
    world.game.fun_mode = True
    world.game.save()
    save(world.operator, '{"blackList": ["US"]}')
    assert refuse(world, olga, AMERICA, mode="fun").mode == "fun"
    assert launch(world, olga, NOWHERE, mode="fun").session is None


def test_launch_into_a_lobby_is_judged_too(world: World, olga: Player, countries: Path) -> None:
    lobby = world.add_lobby("portomaso")
    lobby.vendor = Vendor.objects.create(operator=world.operator, vendor_ref="Live", prohibited_countries=["US"])
    lobby.save()
    row = refuse(world, olga, AMERICA, game_ref="", lobby_ref="portomaso")
    assert (row.rule, row.opened) == ("vendor_prohibited", "portomaso")


def test_region_is_judged_where_the_database_has_it(world: World, olga: Player, cities: Path) -> None:
    save(world.operator, '{"blackList": ["CA"], "grayList": ["CA-QC"]}')
    assert launch(world, olga, "203.0.113.7").token is not None
    assert refuse(world, olga, "203.0.113.200").region == "CA-ON"


def test_global_rules_bind_a_launch(world: World, olga: Player, countries: Path) -> None:
    save(None, '{"whiteList": ["DE"]}')
    assert launch(world, olga, GERMANY).token is not None
    assert refuse(world, olga, CANADA).rule == "global_white_list"


def test_vendors_restricted_country_is_open_only_by_the_operators_exception(
    world: World, olga: Player, countries: Path
) -> None:
    add_vendor(world, restricted_countries=["US"])
    assert refuse(world, olga, AMERICA).rule == "vendor_restricted"
    Operator.objects.filter(pk=world.operator.pk).update(settings={"restrictedCountriesAllowed": ["US"]})
    world.operator.refresh_from_db()
    DIRECTORY.forget()
    token = launch(world, olga, AMERICA).token
    assert world.platform.call("authenticate", {"token": token}).verdict == "OK"


def test_prohibited_country_of_the_vendor_is_closed_even_to_an_exception(
    world: World, olga: Player, countries: Path
) -> None:
    add_vendor(world, prohibited_countries=["US"])
    Operator.objects.filter(pk=world.operator.pk).update(settings={"restrictedCountriesAllowed": ["US"]})
    world.operator.refresh_from_db()
    assert refuse(world, olga, AMERICA).rule == "vendor_prohibited"


@pytest.mark.parametrize("content", [None, b"broken"])
def test_without_a_database_launches_follow_the_policy_for_unknown_countries(
    world: World, olga: Player, place_of_database: Path, settings: Any, content: bytes | None
) -> None:
    if content:
        place_of_database.write_bytes(content)
    assert launch(world, olga, GERMANY).token is not None
    save(world.operator, '{"blackList": ["US"]}')
    assert refuse(world, olga, GERMANY).rule == "unknown_country"
    settings.GEOIP_UNKNOWN = "allow"
    assert launch(world, olga, GERMANY).token is not None


def test_authenticate_judges_the_launchs_address_by_the_rules_of_now(world: World, countries: Path) -> None:
    seat = world.seat()
    assert world.authenticate(seat).verdict == "OK"
    save(world.operator, '{"blackList": ["DE"]}')
    answer = world.authenticate(seat)
    assert (answer.verdict, answer.message) == ("OP_22", "Authorization failed")
    row = BlockedLaunch.objects.get()
    assert (row.asked, row.user_id, row.opened, row.address) == ("authenticate", seat.user_id, "200", GERMANY)
    assert (row.country, row.rule) == ("DE", "operator_black_list")
    save(world.operator, '{"blackList": ["US"]}')
    assert world.authenticate(seat).verdict == "OK"


def test_authenticate_judges_by_global_rules_vendor_and_database_of_now(world: World, countries: Path) -> None:
    seat = world.seat()
    save(None, '{"blackList": ["US"]}')
    assert world.authenticate(seat).verdict == "OK"
    write_database(countries, COUNTRIES | {"203.0.113.0/24": country_record("US")})
    assert world.authenticate(seat).verdict == "OP_22"
    save(None, "")
    assert world.authenticate(seat).verdict == "OK"
    add_vendor(world, prohibited_countries=["US"])
    assert world.authenticate(seat).verdict == "OP_22"
    assert list(BlockedLaunch.objects.order_by("pk").values_list("rule", flat=True)) == [
        "global_black_list",
        "vendor_prohibited",
    ]


def test_authenticate_judges_a_lobby_by_the_lobbys_vendor(world: World, countries: Path) -> None:
    lobby = world.add_lobby("portomaso")
    seat = world.seat(lobby_ref="portomaso")
    assert world.authenticate(seat).verdict == "OK"
    lobby.vendor = Vendor.objects.create(operator=world.operator, vendor_ref="Live", restricted_countries=["DE"])
    lobby.save()
    assert world.authenticate(seat).verdict == "OP_22"
    assert BlockedLaunch.objects.get().opened == "portomaso"


def test_rules_of_another_operator_account_bind_nobody_here(world: World, countries: Path) -> None:
    other, _ = world.join_platform()
    save(other, '{"blackList": ["DE"]}')
    assert world.authenticate(world.seat()).verdict == "OK"


def test_running_game_goes_on_whatever_the_rules_say(world: World, countries: Path) -> None:
    seat = world.seat("100.00")
    save(world.operator, '{"whiteList": ["US"]}')
    assert world.authenticate(seat).verdict == "OP_22"
    assert world.bet(seat, "10.00", round_id=7).balance == seat.balance
    assert world.win(seat, "3.00", round_id=7).verdict == "OK"
    assert world.ask_balance(seat).verdict == "OK"
    assert world.finish_round(seat, 7).verdict == "OK"
    assert str(seat.balance) == "93.00000000"
