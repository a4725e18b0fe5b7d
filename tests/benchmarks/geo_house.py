"""The casino whose launches are judged: a player with money, an operator with one game, rules as long as they get."""

import json
import random
from decimal import Decimal
from ipaddress import IPv4Address

from django.utils import timezone

from catalog.models import Game, Vendor
from geoblock.rules import list_codes
from geoblock.selectors.locations import find_place
from geoblock.services.rules import save_rules
from operators.models import Operator, Protocol
from operators.services import activate_operator, create_casino, create_operator
from wallet.models import Player
from wallet.services.cashier import deposit
from wallet.services.players import register_player

BY = "benchmark"
SECRET = OPERATOR_REF = USER_ID = "bench"
# Half of the world's countries, a hundred networks; the players are elsewhere.
PLAYED_FROM = ("DE", "US")
COUNTRIES = [code for code in list_codes() if len(code) == 2 and code not in PLAYED_FROM][:120]
RULES = {
    "blackList": COUNTRIES,
    "grayList": ["DE-BB"],
    "allowedIPList": [f"10.{number}.0.0/16" for number in range(100)],
}
NO_RULES: dict[str, list[str]] = {}


def make_house() -> tuple[Player, Operator]:
    now = timezone.now()
    casino = create_casino(slug="bench", name="Bench", home_url="http://127.0.0.1/", by=BY)
    operator = create_operator(
        casino=casino,
        protocol=Protocol.GENERIC,
        operator_ref=OPERATOR_REF,
        name="Bench",
        secret=SECRET,
        launch_host="http://127.0.0.1",
        ip_allow_list=["127.0.0.1/32"],
        by=BY,
    )
    activate_operator(operator=operator, by=BY, now=now)
    vendor = Vendor.objects.create(operator=operator, vendor_ref="bench", prohibited_countries=["XK"])
    Game.objects.create(operator=operator, game_ref="1", title="Bench", vendor=vendor)
    player = register_player(
        casino=casino, user_id=USER_ID, user_name="bench", country="DE", currencies=["EUR"], by=BY
    ).player
    deposit(
        casino=casino,
        user_id=USER_ID,
        amount=Decimal(10**6),
        currency="EUR",
        reference="bench",
        by=BY,
        now=timezone.now(),
    )
    return player, operator


def put_in_force(operator: Operator, rules: dict[str, list[str]]) -> None:
    """Make them the rules of the operator, and of all operators."""
    for owner in (operator, None):
        save_rules(operator=owner, text=json.dumps(rules), reason="To measure them", by=BY, now=timezone.now())


def list_addresses(count: int) -> list[str]:
    """Return addresses of countries that may play."""
    dice, found = random.Random(7), list[str]()
    while len(found) < count:
        address = IPv4Address(dice.getrandbits(32))
        if find_place(address).country in PLAYED_FROM:
            found.append(str(address))
    return found
