"""Migrates a database and makes the casino with its one operator; prints the key to the casino API."""

import os
import sys

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from operators.models import Protocol, Scope
from operators.services import activate_operator, create_api_key, create_casino, create_operator

BY = "benchmark"


def main() -> None:
    call_command("migrate", verbosity=0)
    casino = create_casino(slug="bench", name="Bench", home_url="http://127.0.0.1/", by=BY)
    operator = create_operator(
        casino=casino,
        protocol=Protocol.GENERIC,
        operator_ref="bench",
        name="Bench",
        secret=os.environ["BENCH_SECRET"],
        api_host="http://127.0.0.1",
        launch_host="http://127.0.0.1",
        ip_allow_list=["127.0.0.1/32"],
        by=BY,
    )
    activate_operator(operator=operator, by=BY, now=timezone.now())
    connection.cursor().execute("CREATE TABLE bare_game (LIKE catalog_game INCLUDING DEFAULTS)")
    sys.stdout.write(create_api_key(casino=casino, name="site", scopes=[Scope.READ], by=BY).text)


if __name__ == "__main__":
    main()
