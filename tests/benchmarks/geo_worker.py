"""Times what judging a player's place takes of the wallet, and bets while rules are in force and while none are.

`python -m tests.benchmarks.in_django geo_worker ROUNDS`, in a database of its own that is empty. Prints a line of JSON:
microseconds by measure.
"""

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from geoblock.rules import VendorCountries, read_address
from geoblock.selectors.judgements import judge
from geoblock.selectors.locations import find_place
from geoblock.selectors.rules import get_lists_in_force
from operators.models import Operator
from tests.benchmarks.geo_house import (
    BY,
    COUNTRIES,
    NO_RULES,
    OPERATOR_REF,
    PLAYED_FROM,
    RULES,
    SECRET,
    USER_ID,
    list_addresses,
    make_house,
    put_in_force,
)
from tests.wallet.platform import Platform, in_process, numbers
from wallet import ledger
from wallet.services.launch import launch_game
from wallet.services.play import Caller, authenticate

CALLS, AUTHENTICATES = 20_000, 400
# Bets with and without rules take turns so often in a round, so many at a time.
TURNS, BETS = 6, 200
# They bar the player, whose game goes on all the same.
BARRING = RULES | {"blackList": [*COUNTRIES, *PLAYED_FROM]}
Acts = dict[str, Callable[[int], Any]]
Samples = dict[str, list[float]]


def main(rounds: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("update_geoip", stdout=sys.stderr)
    player, operator = make_house()
    put_in_force(operator, RULES)
    addresses = list_addresses(CALLS)
    made = launch_game(
        player=player, operator=operator, game_ref="1", currency="EUR", ip=addresses[0], by=BY, now=timezone.now()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    by_processor, by_wall = list_acts(operator, addresses, made.token or "")
    samples: Samples = defaultdict(list)
    for turn in range(rounds + 1):
        taken = measure(by_processor, CALLS, time.thread_time) | measure(by_wall, AUTHENTICATES, time.perf_counter)
        taken |= bet_in_turns(operator, made.token or "")
        for name, values in taken.items():
            samples[name] += values if turn else []
    sys.stdout.write(json.dumps(samples))


def list_acts(operator: Operator, addresses: list[str], token: str) -> tuple[Acts, Acts]:
    """Return what is timed by the processor's clock, and what by the clock on the wall."""
    caller = Caller(operator.pk, operator.casino_id, False, False, Decimal(1000))
    in_force, vendor = get_lists_in_force(operator.pk), VendorCountries(frozenset({"XK"}), frozenset(COUNTRIES))
    by_processor: Acts = {
        "look_up": lambda turn: find_place(read_address(addresses[turn])),
        "judge": lambda turn: judge(in_force=in_force, vendor=vendor, address=addresses[turn], is_real=True),
    }
    by_wall: Acts = {
        "ledger_authenticate": lambda _: ledger.authenticate(caller=caller, token=token, now=timezone.now()),
        "authenticate": lambda _: authenticate(caller=caller, token=token, excepted_countries=(), now=timezone.now()),
    }
    return by_processor, by_wall


def bet_in_turns(operator: Operator, token: str) -> Samples:
    """Bet with and without rules in turns."""
    platform = Platform(OPERATOR_REF, SECRET, in_process(Client(HTTP_HOST="127.0.0.1")))
    taken: Samples = {"bet": [], "bet_without_rules": []}
    for _ in range(TURNS):
        for name, rules in (("bet", BARRING), ("bet_without_rules", NO_RULES)):
            put_in_force(operator, rules)
            bet(platform, token)
            taken[name] += measure({name: lambda _: bet(platform, token)}, BETS, time.perf_counter)[name]
    put_in_force(operator, RULES)
    return taken


def bet(platform: Platform, token: str) -> None:
    reference = str(next(numbers))
    asked = {
        "token": token,
        "user_id": USER_ID,
        "transaction_type": "BET",
        "transaction_id": reference,
        "round_id": reference,
        "round_finished": False,
        "game_id": "1",
        "currency_code": "EUR",
        "amount": Decimal("0.25"),
        "transaction_timestamp": "2026-11-20 13:44:54",
        "context": {"reason": "SPIN", "history_id": reference},
    }
    answer = platform.call("changebalance", asked)
    if answer.verdict != "OK":
        raise AssertionError(answer.raw)


def measure(acts: Acts, times: int, clock: Callable[[], float]) -> Samples:
    """Let acts take turns, so many times, and return the microseconds that each took."""
    taken: Samples = {name: [] for name in acts}
    gc.collect()
    for turn in range(times):
        for name, act in acts.items():
            started = clock()
            act(turn)
            taken[name].append((clock() - started) * 1e6)
    return taken


if __name__ == "__main__":
    main(int(sys.argv[2]))
