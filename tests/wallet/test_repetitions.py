"""Repetitions that are answered as before: noted beside the answer, within bounds, and taken for errors by nobody."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from config.facts import list_open_facts
from operators.models import Direction, Exchange
from operators.services.exchanges import LOG, MASK, QUEUE_LENGTH, REPLAYS_A_MINUTE, ExchangeLog, purge_exchanges
from tests.wallet.platform import sha1
from tests.wallet.world import Seat, World
from wallet.admin.overview import list_errors
from wallet.models import StuckRound
from wallet.selectors.open_rounds import list_pending
from wallet.selectors.time_line import Window, list_events
from wallet.services.stuck_rounds import watch_rounds
from wallet.services.upkeep import settle_pending

KINDS = ["BET", "WIN", "REFUND"]
SAME = {"transaction_id": 7, "round_id": 8}


def repeat(world: World, seat: Seat, times: int) -> None:
    """Have a bet booked, and asked for so many times more."""
    for _ in range(1 + times):
        assert world.bet(seat, "5.00", **SAME).verdict == "OK"


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What a new log is handed, within one minute that does not pass."""
    written: list[object] = []
    log = ExchangeLog()
    monkeypatch.setattr(log, "put", written.append)
    monkeypatch.setattr("wallet.views.generic.journal.LOG", log)
    monkeypatch.setattr("operators.services.exchanges.time", SimpleNamespace(monotonic=lambda: 600.0))
    return written


@pytest.fixture(autouse=True)
def allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests' repetitions of the same minute are not counted here."""
    monkeypatch.setattr(LOG._replays, "_minute", -1)


@pytest.mark.parametrize("kind", KINDS)
def test_repetition_is_logged_and_the_first_call_is_not(world: World, seat: Seat, kind: str) -> None:
    world.move(kind, seat, "5.00", **SAME)
    assert world.exchanges() == []
    world.move(kind, seat, "5.00", **SAME)
    (found,) = world.exchanges()
    assert (found.direction, found.command, found.http_status, found.error_code) == ("in", "changebalance", 200, "")
    assert (found.user_ref, found.transaction_ref, found.round_ref) == (seat.user_id, "7", "8")
    assert (found.unresolved, found.is_repeat) == (False, True)
    assert Decimal(0) < found.milliseconds < Decimal(4000)


def test_repetition_is_kept_with_its_answer_and_masked(world: World, seat: Seat) -> None:
    repeat(world, seat, 1)
    (found,) = world.exchanges()
    request, response = json.loads(found.request), json.loads(found.response, parse_float=str)
    assert (request["hash"], request["data"]["token"], response["hash"]) == (MASK, MASK, MASK)
    assert (response["status"], response["data"]) == ("OK", {"balance": "95.00", "currency_code": "EUR"})
    for secret in (seat.token, world.platform.secret, sha1("changebalance", world.platform.secret)):
        assert secret not in found.request + found.response


def test_repetition_with_other_data_is_an_error_and_no_repetition(world: World, seat: Seat) -> None:
    repeat(world, seat, 0)
    world.bet(seat, "6.00", **SAME)
    assert [(found.error_code, found.is_repeat) for found in world.exchanges()] == [("OP_40", False)]


def test_repeated_cancel_is_logged_and_the_first_is_not(world: World, seat: Seat) -> None:
    repeat(world, seat, 0)
    assert world.cancel(seat, 7, 8).verdict == "OK"
    assert world.exchanges() == []
    assert world.cancel(seat, 7, 8).data["transaction_status"] == "CANCELED"
    (found,) = world.exchanges()
    assert (found.command, found.transaction_ref, found.error_code, found.is_repeat) == ("cancel", "7", "", True)
    assert [row.kind for row in seat.rows] == ["bet", "cancel"]


def test_flood_of_repetitions_is_answered_whole_and_kept_in_part(world: World, seat: Seat, quiet: list[object]) -> None:
    repeat(world, seat, REPLAYS_A_MINUTE + 40)
    assert len(quiet) == REPLAYS_A_MINUTE == 60
    assert [row.transaction.reference for row in seat.rows] == ["7"]


def test_flood_of_repetitions_takes_no_place_from_errors_and_strangers(
    world: World, seat: Seat, quiet: list[object]
) -> None:
    repeat(world, seat, REPLAYS_A_MINUTE + 1)
    quiet.clear()
    world.bet(seat, "500.00")
    world.platform.send("balance", b"{}", x_authorization=None)
    assert len(quiet) == 2


def test_full_log_drops_a_repetition_and_changes_no_answer(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = ExchangeLog()
    monkeypatch.setattr(log, "_start", lambda: None)
    monkeypatch.setattr("wallet.views.generic.journal.LOG", log)
    for _ in range(QUEUE_LENGTH):
        log._queue.put_nowait(None)  # type: ignore[arg-type]
    repeat(world, seat, 2)
    assert log._queue.qsize() == QUEUE_LENGTH


def test_repetition_is_no_error_on_the_first_page_and_none_on_the_players_line(world: World, seat: Seat) -> None:
    repeat(world, seat, 3)
    assert len(world.exchanges()) == 3
    assert list(list_errors(world.casino)) == []
    line = list_events(player=seat.player, window=Window())
    assert "refused" not in {event.source for event in line.events}


def test_round_with_repetitions_waits_for_nothing(world: World, seat: Seat) -> None:
    repeat(world, seat, 3)
    assert len(world.exchanges()) == 3
    assert list_pending([world.round(8).pk]) == {}
    assert next(iter(list_open_facts())).samples[0].value == Exchange.objects.filter(unresolved=True).count()
    watch_rounds(now=datetime.now(UTC))
    assert not StuckRound.objects.filter(round=world.round(8)).exists()
    world.finish_round(seat, 8)
    assert (world.round(8).state, world.round(8).finished_by) == ("finished", "platform")


def test_repetition_does_not_settle_what_is_in_doubt(world: World, seat: Seat) -> None:
    """Only a movement that is booked, canceled or refused for good does."""
    about = {"user_ref": seat.user_id, "round_ref": "8", "transaction_ref": "9", "operator": world.operator}
    usual = {"command": "changebalance", "http_status": 200, "milliseconds": 1, "direction": Direction.INBOUND}
    LOG.flush()
    doubt = Exchange.objects.create(at=timezone.now(), error_code="OP_50", unresolved=True, **about, **usual)
    Exchange.objects.create(at=timezone.now() + timedelta(seconds=1), error_code="", **about, **usual)
    settle_pending(now=datetime.now(UTC))
    doubt.refresh_from_db()
    assert doubt.unresolved


def test_repetitions_are_deleted_with_the_log(world: World, seat: Seat) -> None:
    repeat(world, seat, 2)
    (first, second) = world.exchanges()
    Exchange.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=8))
    purge_exchanges(now=timezone.now(), days=7)
    assert world.exchanges() == [second]
