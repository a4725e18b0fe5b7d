import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from dev.credentials import Credentials
from dev.demo.data import describe, load
from dev.options import read_options
from operators.models import ApiKey, AuditEntry, Casino, Operator
from wallet.models import Account, LedgerRow, Player

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OPTIONS = read_options({})
CREDENTIALS = Credentials()
VERBS = ("request", "approve")

pytestmark = pytest.mark.django_db


def demo_file(known_key: str = "", **environment: str) -> dict[str, Any]:
    options = read_options(environment)
    described = describe(load(options, CREDENTIALS, known_key=known_key, now=NOW), options, CREDENTIALS)
    written: dict[str, Any] = json.loads(json.dumps(described))
    return written


def test_demo_file_tells_what_the_database_holds() -> None:
    demo = demo_file()

    generic = Operator.objects.get(protocol="generic")
    assert demo["wallet_url"] == "http://127.0.0.1:8001/wallet"
    assert demo["operators"]["generic"] == {"operator_id": generic.operator_ref, "secret_key": generic.secret}
    assert sorted(demo["operators"]) == ["agent", "generic", "gmag", "hizi"]
    assert [generic.state, generic.api_host, generic.launch_host] == ["active", *["http://127.0.0.1:8002"] * 2]
    assert len(demo["players"]) == 25
    assert User.objects.get(is_superuser=True).check_password(demo["admin"]["password"])


def test_what_takes_two_people_can_be_tried_with_the_two_who_come_along() -> None:
    demo = demo_file()

    people = {person["username"]: User.objects.get(username=person["username"]) for person in demo["staff"]}
    assert sorted(people) == ["finance", "support"]
    assert [people[one["username"]].check_password(one["password"]) for one in demo["staff"]] == [True, True]
    rights = {name: {who for who in people if people[who].has_perm(f"wallet.{name}_adjustment")} for name in VERBS}
    assert rights == {"request": {"support", "finance"}, "approve": {"finance"}}


def test_all_four_accounts_take_part_and_point_at_their_own_part_of_the_sandbox() -> None:
    demo = demo_file()

    hosts = Operator.objects.values_list("protocol", "state", "api_host", "game_data_host", "launch_host")
    home = "http://127.0.0.1:8002"
    assert sorted(hosts) == [
        ("agent", "active", f"{home}/agent", "", f"{home}/agent"),
        ("generic", "active", home, "", home),
        ("gmag", "active", f"{home}/gmag", f"{home}/gmag", ""),
        ("hizi", "active", f"{home}/hizi", "", ""),
    ]
    assert demo["operators"]["gmag"]["operator_id"] == "1001"


def test_every_player_has_an_opening_deposit() -> None:
    demo_file()

    balances = Account.objects.filter(player__isnull=False).values_list("currency", "balance")
    assert sorted(balances) == [("EUR", Decimal(1000))] * 20 + [("USD", Decimal(500))] * 5


def test_second_load_changes_nothing() -> None:
    first = demo_file()
    things = (Casino, ApiKey, Operator, Player, Account, LedgerRow, AuditEntry, User)
    before = [thing.objects.count() for thing in things]

    second = demo_file(known_key=first["casino"]["api_key"])

    assert second == first
    assert [thing.objects.count() for thing in things] == before


def test_key_that_was_lost_is_replaced_by_one_that_works() -> None:
    first = demo_file()

    second = demo_file(known_key="")

    assert second["casino"]["api_key"] != first["casino"]["api_key"]
    assert ApiKey.objects.count() == 2


def test_operators_follow_the_sandbox_to_another_port() -> None:
    demo_file()

    demo_file(SANDBOX_PORT="9002")

    assert Operator.objects.get(protocol="generic").api_host == "http://127.0.0.1:9002"


def test_what_staff_changed_stays() -> None:
    demo_file()
    Player.objects.filter(user_id="player-01").update(display_name="changed")

    demo_file()

    assert Player.objects.get(user_id="player-01").display_name == "changed"
