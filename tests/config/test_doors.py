"""What both front doors tell of themselves, and that they are renewed without a failed request; as processes."""

from contextlib import ExitStack
from decimal import Decimal

import pytest

from dev.processes import wait_until
from operators.models import Exchange
from tests.concurrency.test_slow_clients import open_slow, read_status
from tests.config.conftest import TOKEN, Doors
from tests.wallet.platform import Platform, over_http, sha1

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("doors")]


def test_both_doors_say_that_they_live_and_are_ready(doors: Doors) -> None:
    for door in (doors.wallet, doors.backoffice):
        assert (door.get("/healthz").status, door.get("/healthz").document) == (200, {"alive": True})
        # A balancer may ask by an address that no host name of ours is for.
        ready = door.get("/readyz", Host="10.0.0.1")
        assert (ready.status, ready.document) == (200, {"ready": True, "faults": []})


def test_figures_are_told_to_who_has_the_token(doors: Doors) -> None:
    for shown in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        assert [door.get("/metrics", **shown).status for door in (doors.wallet, doors.backoffice)] == [403, 403]
    assert doors.wallet.get("/metrics", Authorization=f"Bearer {TOKEN}").status == 200


def test_calls_over_all_workers_add_up_and_stay_when_a_worker_is_killed(doors: Doors) -> None:
    line = over_http(f"http://127.0.0.1:{doors.wallet.port}/wallet")
    platform, seat = doors.world.platform, doors.world.seat()
    ask = {"token": seat.token, "user_id": seat.user_id, "currency_code": "EUR"}
    body, wrong = platform.write("balance", ask), platform.write("balance", ask | {"currency_code": "USD"})
    headers = {"X-Operator-Id": platform.operator_ref, "X-Authorization": sha1("balance", platform.secret)}
    for sent in [body] * 30 + [wrong] * 3:
        assert line("POST", "balance", sent, headers)[0] == 200
    assert line("POST", "balance", body, {})[0] == 403
    figures = doors.wallet.read_figures()
    assert count(figures, "balance", "OK") == 30
    assert count(figures, "balance", "OP_30") == 3
    assert count(figures, "balance", "http_403") == 1
    assert 0 < figures['wallet_call_seconds_bucket{command="balance",le="0.05",outcome="OK"}'] <= 30
    assert figures['wallet_call_seconds_bucket{command="balance",le="+Inf",outcome="OK"}'] == 30
    # A worker that has just come up has not shown its places yet.
    assert wait_until(lambda: doors.wallet.read_figures().get("database_pool_size") == 8, seconds=30)
    doors.wallet.workers[0].kill()
    assert wait_until(lambda: len(doors.wallet.workers) == 2, seconds=30)
    assert wait_until(lambda: doors.wallet.read_figures().get("database_pool_size") == 8, seconds=30)
    assert count(doors.wallet.read_figures(), "balance", "OK") == 30


def count(figures: dict[str, float], command: str, outcome: str) -> float:
    return figures[f'wallet_call_seconds_count{{command="{command}",outcome="{outcome}"}}']


def test_repeated_bet_is_counted_and_noted(doors: Doors) -> None:
    line = over_http(f"http://127.0.0.1:{doors.wallet.port}/wallet")
    world, seat = doors.world, doors.world.seat()
    platform = Platform(world.platform.operator_ref, world.platform.secret, line)
    asked = world.movement("BET", seat, "5.00")
    assert [platform.call("changebalance", asked).balance for _ in range(4)] == [Decimal("95.00")] * 4
    figures = doors.wallet.read_figures()
    assert figures['wallet_replays_total{command="changebalance"}'] == 3
    assert count(figures, "changebalance", "OK") == 4
    noted = Exchange.objects.filter(operator=world.operator, transaction_ref=str(asked["transaction_id"]))
    assert wait_until(lambda: noted.count() == 3, seconds=10)
    assert [call.is_repeat for call in noted] == [True] * 3


def test_back_office_counts_by_route_and_tells_of_the_whole_system(doors: Doors) -> None:
    for path, status in (("/admin/login/", 200), ("/api/v1/games", 401), ("/nothing/here", 404)):
        assert doors.backoffice.get(path).status == status
    figures = doors.backoffice.read_figures()
    assert figures['backoffice_requests_total{method="GET",route="api/v1/games",status="401"}'] == 1
    assert figures['backoffice_requests_total{method="GET",route="none",status="404"}'] == 1
    assert figures['backoffice_request_seconds_count{route="admin/login/"}'] >= 1
    assert figures["facts_readable"] == 1
    assert figures["ledger_partitions_ahead"] == 3
    assert figures['waiting_calls{state="stranded"}'] >= 0
    assert figures['task_late{entry="Verify the ledger",task="wallet.verify_ledger"}'] in {0, 1}
    assert "exchanges_unresolved" in figures


def test_request_is_named_for_its_caller_and_a_strangers_name_for_it_is_not_taken(doors: Doors) -> None:
    for door, path in ((doors.wallet, "/wallet/ping"), (doors.backoffice, "/admin/login/")):
        names = [door.get(path, X_Request_ID="mine").headers["x-request-id"] for _ in range(2)]
        assert [len(name) for name in names] == [32, 32]
        assert names[0] != names[1]


def test_half_sent_bodies_hold_none_of_the_back_offices_four_places(doors: Doors) -> None:
    head = "POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sent = f"{head}Content-Length: 13\r\n\r\nusername".encode()
    with ExitStack() as stack:
        slow = open_slow(f"http://127.0.0.1:{doors.backoffice.port}", sent, 40, stack)
        # With the places taken each of these would wait for half a minute, and give up after ten seconds.
        assert [doors.backoffice.get("/admin/login/").status for _ in range(20)] == [200] * 20
        assert wait_until(lambda: doors.backoffice.read_figures().get("database_pool_size") == 4, seconds=30)
        # Who goes on is answered: that there is no such form as a browser would send.
        for client in slow:
            client.sendall(b"=anna")
        assert {read_status(client) for client in slow} == {b"HTTP/1.1 403 Forbidden"}
