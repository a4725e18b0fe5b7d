"""Times launches through the casino API, all of Django included; prints a line of JSON: microseconds by measure.

`python -m tests.benchmarks.in_django geo_launches ROUNDS`, in the database that `geo_worker` has filled.
"""

import json
import sys
import time

from django.db import connection
from django.test import Client

from operators.models import Casino, Scope
from operators.services.api_keys import create_api_key
from tests.benchmarks.geo_house import BY, OPERATOR_REF, USER_ID, list_addresses

LAUNCHES = 400


def main(rounds: int) -> None:
    key = create_api_key(casino=Casino.objects.get(), name="site", scopes=[Scope.LAUNCH], by=BY)
    client = Client(HTTP_AUTHORIZATION=f"Bearer {key.text}", HTTP_HOST="127.0.0.1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    taken: list[float] = []
    for turn, address in enumerate(list_addresses(LAUNCHES * (rounds + 1))):
        started = time.perf_counter()
        launch(client, address)
        taken += [(time.perf_counter() - started) * 1e6] if turn >= LAUNCHES else []
    sys.stdout.write(json.dumps({"launch": taken}))


def launch(client: Client, address: str) -> None:
    asked = {"user_id": USER_ID, "operator_id": OPERATOR_REF, "game_id": "1", "mode": "real", "currency": "EUR"}
    where = {"language": "en", "device": "desktop", "ip": address}
    answer = client.post("/api/v1/launch", asked | where, content_type="application/json")
    if answer.status_code != 201:
        raise AssertionError(answer.content)


if __name__ == "__main__":
    main(int(sys.argv[2]))
