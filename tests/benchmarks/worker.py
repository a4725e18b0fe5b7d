"""A process that does one act over and over in a number of threads, as often as it is told to on its standard input."""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from django.db import connection

Act = Callable[[Random], None]


def serve(acts: dict[str, Act]) -> None:
    """Answer each line `act threads seconds` with a line of JSON: how often it was done, in how many seconds."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, threads, seconds = line.split()
        with ThreadPoolExecutor(int(threads)) as pool:
            started = time.perf_counter()
            ends = [started + float(seconds)] * int(threads)
            done = sum(pool.map(repeat, [acts[name]] * int(threads), ends))
            print(json.dumps({"acts": done, "seconds": time.perf_counter() - started}), flush=True)


def repeat(act: Act, until: float) -> int:
    """Do it until the time has come, and return how often; the thread's connection is closed then."""
    draw, done = Random(), 0
    while time.perf_counter() < until:
        act(draw)
        done += 1
    connection.close()
    return done
