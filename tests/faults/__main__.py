"""`make faults`: strike each fault at a running system in the middle of play, compare the books, print a table."""

import argparse
import re
import sys
import time
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.faults import strikes
from tests.faults.books import Comparison, compare
from tests.faults.house import House, HouseFell, running_house
from tests.faults.play import Caller, Played, calling, playing
from tests.faults.strikes import Strike, StrikeFailed

SECONDS_OF_PLAY, SECONDS_BEFORE = 5.0, 1.0
# Two hundred connections are not taken in a moment.
LONGER_PLAY = {"no connection to be had for 4 s": 15.0}
PATIENCE_SECONDS = 15.0
# Within which the protocol has every call answered.
ANSWER_SECONDS = 4.0
# With one of which the robot has to be answered at least once, else the fault was none.
EXPECTED = {
    "PostgreSQL killed": ("OP_47", "OP_50"),
    # Which of the two depends on what was in flight when it froze: a bet or a win.
    "PostgreSQL frozen for 6 s": ("OP_47", "OP_50"),
    "no connection to be had for 4 s": ("OP_50",),
    "account rows locked for 5 s": ("OP_47",),
    "advisory locks held for 5 s": ("OP_47",),
}
HEADINGS = ["calls", "acknowledged", "lost", "doubled", "OP_47", "OP_50", "no answer", "slowest", "p99", "well after"]
FAULTS: dict[str, Strike] = {
    "none": strikes.strike_nothing,
    "a wallet worker killed": strikes.kill_worker,
    "workers killed until granian ends": strikes.kill_workers_until_granian_ends,
    "PostgreSQL killed": strikes.kill_postgres,
    "PostgreSQL frozen for 6 s": strikes.freeze_postgres,
    "no connection to be had for 4 s": strikes.fill_connections,
    "account rows locked for 5 s": strikes.hold_locks,
    "advisory locks held for 5 s": strikes.hold_advisory_locks,
    "Redis silent for 3 s, then killed": strikes.stop_redis,
    "Celery worker killed in a task": strikes.kill_celery_in_a_task,
    "200 clients with half headers": strikes.open_half_headers,
    "200 clients with half bodies": strikes.open_half_bodies,
    "200 clients that never read": strikes.open_deaf_readers,
}
# Faults that pass by the wallet: 99 of 100 answers may take that much longer than without, in milliseconds.
HARMLESS = {name: 200.0 for name in FAULTS if name.startswith(("200", "Redis", "Celery"))}


@dataclass(frozen=True)
class Outcome:
    """What came of one fault: the robot's run, the caller's, the books, and what `verify_ledger` said."""

    played: Played
    caller: Caller
    seconds: float
    books: Comparison
    proof: str
    problem: str = ""

    def faults(self, name: str, usual: float) -> list[str]:
        """What is wrong, in words; `usual` is how long 99 of 100 calls take without a fault, in milliseconds."""
        found = [self.problem] if self.problem else []
        lacks = name in EXPECTED and not self.played.count(*EXPECTED[name])
        found += [f"no call was answered {' or '.join(EXPECTED[name])}: it proves nothing"] if lacks else []
        found += [] if self.played.differences == 0 else [f"the robot found differences:\n{self.played.said}"]
        found += [] if self.books.agrees else [str(self.books)]
        found += [] if self.proof.endswith(": 0 differences") else [self.proof]
        found += [] if self.seconds < PATIENCE_SECONDS else ["the wallet did not answer again in time"]
        late = self.caller.slowest > ANSWER_SECONDS
        found += [f"a call took {self.caller.slowest:.2f} s"] if late else []
        found += [] if name not in HARMLESS or not self.seconds else [f"the wallet faltered for {self.seconds:.1f} s"]
        slow = name in HARMLESS and self.caller.p99 > usual + HARMLESS[name]
        return found + ([f"calls took {self.caller.p99:.0f} ms"] if slow else [])


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--only", default="", help="faults whose name this regular expression finds")
    asked = parser.parse_args()
    console = Console(width=140, soft_wrap=True)
    started, outcomes = time.monotonic(), {}
    try:
        with running_house() as house:
            for name, strike in FAULTS.items():
                if re.search(asked.only, name):
                    outcomes[name] = go_through(house, strike, LONGER_PLAY.get(name, SECONDS_OF_PLAY))
                    console.print(
                        f"{time.monotonic() - started:5.0f} s  {name}: {line_of(outcomes[name])}", markup=False
                    )
    except HouseFell as fallen:
        sys.stderr.write(f"make faults: {fallen}\n")
        return 2
    console.print(table_of(outcomes))
    usual = outcomes["none"].caller.p99 if "none" in outcomes else 0.0
    faults = [f"{name}: {fault}" for name, outcome in outcomes.items() for fault in outcome.faults(name, usual)]
    for fault in faults:
        console.print(fault, style="red", markup=False)
    console.print(
        f"{len(outcomes) - len({fault.split(':')[0] for fault in faults})} of {len(outcomes)} faults survived"
    )
    return 1 if faults else 0


def go_through(house: House, strike: Strike, seconds: float) -> Outcome:
    """Strike in the middle of play, wait for the end of it, and compare all books."""
    problem = ""
    with playing(house, seconds) as finish:
        with calling(house) as caller:
            time.sleep(SECONDS_BEFORE)
            struck = time.monotonic()
            try:
                struck = strike(house)
            except StrikeFailed as fault:
                problem = str(fault)
            caller.wait_until_well(struck)
        played = finish()
    _, said = house.command("manage.py", "verify_ledger")
    return Outcome(
        played, caller, caller.seconds_until_well(struck), compare(house), said.strip().splitlines()[-1], problem
    )


def line_of(outcome: Outcome) -> str:
    told = ", ".join(f"{times:,} {verdict or 'OK'}" for verdict, times in outcome.caller.verdicts.most_common())
    return f"{outcome.played.calls:,} calls, well again after {outcome.seconds:.1f} s (told {told}), {outcome.books}"


def table_of(outcomes: dict[str, Outcome]) -> Table:
    table = Table("fault", title="Faults in the middle of play", title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    known = 0
    for name, outcome in outcomes.items():
        caller, books = outcome.caller, outcome.books
        figures = [outcome.played.calls, books.acknowledged - known, books.lost, books.doubled]
        figures += [outcome.played.count("OP_47"), outcome.played.count("OP_50")]
        figures.append(outcome.played.count("TIMEOUT", "UNREACHABLE", "BAD_REPLY"))
        times = [f"{caller.slowest:.2f} s", f"{caller.p99:.0f} ms", f"{outcome.seconds:.1f} s"]
        table.add_row(name, *(f"{figure:,}" for figure in figures), *times)
        known = books.acknowledged
    return table


if __name__ == "__main__":
    sys.exit(main())
