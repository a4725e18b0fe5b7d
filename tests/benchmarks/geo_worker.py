"""Times launches and what judging a player's place takes of them; prints a line of JSON: microseconds by measure.

`python -m tests.benchmarks.in_django geo_worker ROUNDS`, in a database of its own that is empty.
"""

import gc
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from catalog.models import Game, Vendor
from geoblock.rules import VendorCountries, list_codes, read_address
from geoblock.selectors.judgements import judge
from geoblock.selectors.locations import find_place
from geoblock.selectors.rules import get_lists_in_force
from geoblock.services.rules import save_rules
from operators.models import Operator, Protocol
from operators.services import activate_operator, create_casino, create_operator
from wallet import ledger
from wallet.models import Player
from wallet.services.launch import launch_game
from wallet.services.play import Caller, authenticate
from wallet.services.players import register_player

BY = "benchmark"
# Of a vendor that is particular, and rules as long as they get: half of the world's countries, a hundred networks.
COUNTRIES = [code for code in list_codes() if len(code) == 2 and code not in {"DE", "US"}][:120]
RULES = {
    "blackList": COUNTRIES,
    "grayList": ["DE-BB"],
    "allowedIPList": [f"10.{number}.0.0/16" for number in range(100)],
}
CALLS, LAUNCHES = 20_000, 400
Acts = dict[str, Callable[[int], Any]]


def main(rounds: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("update_geoip", stdout=sys.stderr)
    player, operator = make_house()
    addresses = list_addresses(CALLS)
    token = launch(player, operator, addresses[0])
    caller = Caller(operator.pk, operator.casino_id, False, False, Decimal(1000))
    in_force, vendor = get_lists_in_force(operator.pk), VendorCountries(frozenset({"XK"}), frozenset(COUNTRIES))
    by_processor: Acts = {
        "look_up": lambda turn: find_place(read_address(addresses[turn])),
        "judge": lambda turn: judge(in_force=in_force, vendor=vendor, address=addresses[turn], is_real=True),
    }
    by_wall: Acts = {
        "ledger_authenticate": lambda _: ledger.authenticate(caller=caller, token=token, now=timezone.now()),
        "authenticate": lambda _: authenticate(caller=caller, token=token, excepted_countries=(), now=timezone.now()),
        "launch": lambda turn: launch(player, operator, addresses[turn]),
    }
    samples: dict[str, list[float]] = defaultdict(list)
    for turn in range(rounds + 1):
        taken = measure(by_processor, CALLS, time.thread_time) | measure(by_wall, LAUNCHES, time.perf_counter)
        for name, values in taken.items():
            samples[name] += values if turn else []
    sys.stdout.write(json.dumps(samples))


def make_house() -> tuple[Player, Operator]:
    now = timezone.now()
    casino = create_casino(slug="bench", name="Bench", home_url="http://127.0.0.1/", by=BY)
    operator = create_operator(
        casino=casino,
        protocol=Protocol.GENERIC,
        operator_ref="bench",
        name="Bench",
        secret="bench",
        launch_host="http://127.0.0.1",
        ip_allow_list=["127.0.0.1/32"],
        by=BY,
    )
    activate_operator(operator=operator, by=BY, now=now)
    vendor = Vendor.objects.create(operator=operator, vendor_ref="bench", prohibited_countries=["XK"])
    Game.objects.create(operator=operator, game_ref="1", title="Bench", vendor=vendor)
    for owner in (operator, None):
        save_rules(operator=owner, text=json.dumps(RULES), reason="To have some", by=BY, now=now)
    player = register_player(
        casino=casino, user_id="bench", user_name="bench", country="DE", currencies=["EUR"], by=BY
    ).player
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return player, operator


def list_addresses(count: int) -> list[str]:
    """Return addresses of countries that may play."""
    dice, found = random.Random(7), list[str]()
    while len(found) < count:
        address = IPv4Address(dice.getrandbits(32))
        if find_place(address).country in {"DE", "US"}:
            found.append(str(address))
    return found


def launch(player: Player, operator: Operator, ip: str) -> str:
    made = launch_game(player=player, operator=operator, game_ref="1", currency="EUR", ip=ip, by=BY, now=timezone.now())
    return made.token or ""


def measure(acts: Acts, times: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Let acts take turns, so many times, and return the microseconds that each took."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    gc.collect()
    for turn in range(times):
        for name, act in acts.items():
            started = clock()
            act(turn)
            taken[name].append((clock() - started) * 1e6)
    return taken


if __name__ == "__main__":
    main(int(sys.argv[2]))
