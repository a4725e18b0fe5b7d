"""Does to one database's catalogue what it is told, a line of JSON at a time, and answers how long it took.

`python -m tests.benchmarks.in_django catalogue.worker`, with the sandbox's address in BENCH_SANDBOX.
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import requests
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from catalog.models import Change, RunState
from catalog.services import sync_catalog
from operators.models import Operator
from operators.platforms.generic import sign

Answer = dict[str, Any]

GAMES = "/api/generic/games/list/all"
# What a page costs is the mean of so many.
PAGES = 10
DIGEST = bytes(range(16))
BARE = """
COPY bare_game (
    id, operator_id, game_ref, title, vendor_id, game_type, subtype, platform, enabled, platform_enabled, fun_mode,
    campaigns, created_date, description, thumbnails, listing, first_seen_at, digest, raw
) FROM STDIN
"""
WRITTEN = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
WHERE relname ~ '^(catalog|operators)_' AND relname <> 'catalog_syncrun'
"""


class Desk:
    """The database's only operator, and the sandbox that it has an account at."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.open()

    def open(self) -> None:
        """Look at the database, which may be another one than before."""
        self.host = os.environ["BENCH_SANDBOX"]
        Operator.objects.update(api_host=self.host)
        self.operator = Operator.objects.get()

    def reset(self) -> Answer:
        """Take up a database that was made anew."""
        self.open()
        return {}

    def leave(self) -> Answer:
        """Let go of the database."""
        connections.close_all()
        return {}

    def download(self) -> Answer:
        """Fetch the list and parse it."""
        self._download()
        return {}

    def copy(self) -> Answer:
        """Fetch the list, parse it, and copy its rows into a bare table; texts and digests are made beforehand."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bare_game")
            texts = [json.dumps(row, ensure_ascii=False) for row in self._download()]
            started, vendors = time.perf_counter(), dict[str, int]()
            with cursor.copy(BARE) as copy:
                for number, (row, text) in enumerate(zip(self._download(), texts, strict=True)):
                    copy.write_row((*self._bare(number, row, vendors), DIGEST, text))
        return {"seconds": time.perf_counter() - started}

    def sync(self) -> Answer:
        """Synchronise the catalogue."""
        run = sync_catalog(operator=self.operator, by="benchmark", now=timezone.now())
        if run.state not in {RunState.APPLIED, RunState.UNCHANGED}:
            raise AssertionError(f"{run.state}: {run.error}")
        return {"run": run.pk, "state": run.state, "games": run.counts["game"]["fetched"]}

    def page(self, **query: str) -> Answer:
        """Answer pages of the casino API, as to a casino's site."""
        client = Client(HTTP_AUTHORIZATION=f"Bearer {os.environ['BENCH_API_KEY']}", HTTP_HOST="127.0.0.1")
        for _ in range(PAGES):
            answer = client.get("/api/v1/games", {"limit": "100", **query})
        if answer.status_code != 200:
            raise AssertionError(answer.content)
        return {"rows": len(answer.json()["results"]), "acts": PAGES}

    def count(self) -> Answer:
        """Count what was ever written, and the changes that the newest run noted."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(WRITTEN)
            written = dict(cursor.fetchall())
        newest = self.operator.sync_runs.order_by("-pk")[0]
        return {"written": written, "changes": Change.objects.filter(run=newest).count()}

    def memory(self) -> Answer:
        """Tell the most memory that this process ever had, in MB."""
        return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}

    def analyze(self) -> Answer:
        """Do what PostgreSQL does by itself within a minute."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return {}

    def _download(self) -> list[dict[str, Any]]:
        ref = self.operator.operator_ref
        headers = {"X-Operator-Id": ref, "X-Authorization": sign("games", ref, self.operator.secret)}
        answer = self.session.get(self.host + GAMES, headers=headers, timeout=60)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = json.loads(answer.content)["games"]
        return rows

    def _bare(self, number: int, row: dict[str, Any], vendors: dict[str, int]) -> tuple[object, ...]:
        details = row.get("details", {})
        return (
            number,
            self.operator.pk,
            str(row["id"]),
            row["title"],
            vendors.setdefault(row["vendor"], len(vendors)),
            row["type"],
            row["subtype"],
            row["platform"],
            True,
            bool(row["enabled"]),
            bool(row["fun_mode"]),
            bool(row.get("campaigns")),
            row.get("created_at"),
            json.dumps(details.get("description", {})),
            json.dumps(details.get("thumbnails", {})),
            "listed",
            self.operator.created_at,
        )


def main() -> None:
    desk = Desk()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        act: Callable[..., Answer] = getattr(desk, asked.pop("act"))
        gc.collect()
        started = time.perf_counter()
        answer = act(**asked)
        seconds = (time.perf_counter() - started) / answer.get("acts", 1)
        sys.stdout.write(json.dumps({"seconds": seconds, **answer}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
