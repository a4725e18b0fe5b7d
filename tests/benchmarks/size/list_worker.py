"""Asks for the admin's pages in one database: names them, then times the one it is told to, or says what it scans."""

import json
import sys
import time

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment, teardown_test_environment

from tests.benchmarks.size.lists import Case, list_cases, list_scans, plans_kept

EMPTY = "SELECT relname FROM pg_class WHERE relname LIKE 'wallet_%' AND relpages = 0"


def main() -> None:
    """Answer each line, a case's name, with its milliseconds and how many rows it shows, or with what it scans."""
    client = Client(HTTP_HOST="127.0.0.1")
    user, _made = User.objects.get_or_create(username="walker", is_staff=True, is_superuser=True)
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        empty = {name for (name,) in cursor.fetchall()}
    setup_test_environment(debug=False)  # so that answers bring their context along
    cases = {case.name: case for case in list_cases(client)}
    teardown_test_environment()
    print("ready", flush=True)
    print(json.dumps(list(cases)), flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        case = cases[told["name"]]
        answer = find_scans(case, client, empty) if told["plans"] else time_case(case, client)
        print(json.dumps(answer), flush=True)


def time_case(case: Case, client: Client) -> tuple[float, int]:
    started = time.perf_counter()
    answer = case.ask(client)
    return (time.perf_counter() - started) * 1000, answer.content.count(b"<tr")


def find_scans(case: Case, client: Client, empty: set[str]) -> list[str]:
    with plans_kept() as kept:
        case.ask(client)
    return sorted({name for _sql, plan in kept for name in list_scans(plan)} - empty)


if __name__ == "__main__":
    main()
