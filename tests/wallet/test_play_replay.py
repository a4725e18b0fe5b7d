"""Retries: what was decided once is answered again, whatever has happened since; other data under its id is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from operators.services import suspend_operator
from tests.wallet.test_play_bet import block, disable_game
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Transaction
from wallet.services.launch import end_session
from wallet.services.players import exclude_player
from wallet.views.generic.door import DIRECTORY

KINDS = ["BET", "WIN", "REFUND"]
SAME = {"transaction_id": 7, "round_id": 8}


@pytest.mark.parametrize("kind", KINDS)
def test_identical_request_a_hundred_times_is_booked_once(world: World, seat: Seat, kind: str) -> None:
    first = world.move(kind, seat, "5.00", **SAME)
    with world.unmoved():
        again = [world.move(kind, seat, "5.00", **SAME) for _ in range(99)]
    assert {(answer.verdict, answer.balance) for answer in again} == {("OK", first.balance)}
    assert [row.transaction.reference for row in seat.rows] == ["7"]


@pytest.mark.parametrize("kind", KINDS)
def test_retry_is_answered_with_the_balance_as_it_is_now(world: World, seat: Seat, kind: str) -> None:
    world.move(kind, seat, "5.00", **SAME)
    world.bet(seat, "40.00")
    with world.unmoved():
        assert world.move(kind, seat, "5.00", **SAME).balance == seat.balance


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        {"token": None},
        {"token": ...},
        {"token": "y" * 32},
        {"transaction_timestamp": "2026-11-20 13:59:59"},
        {"context": {"reason": "COLLECT", "rake": 1}},
        {"context": {"reason": "PROMO-FREESPIN"}},
        {"context": ...},
        {"round_finished": True},
        {"round_finished": None},
        {"transaction_id": "7"},
        {"round_id": "8"},
        {"game_id": "200"},
        {"amount": "5.00"},
        {"amount": 5},
        {"amount": Decimal("0.5e1")},
    ],
    ids=str,
)
def test_what_changes_between_retries_is_no_other_data(
    world: World, seat: Seat, kind: str, change: dict[str, object]
) -> None:
    first = world.move(kind, seat, "5.00", **SAME)
    with world.unmoved():
        again = world.move(kind, seat, "5.00", **SAME | change)
    assert (again.verdict, again.balance) == ("OK", first.balance)


def test_retry_of_a_bet_is_ok_after_everything_that_would_refuse_a_new_one(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", **SAME)
    world.bet(seat, "95.00")
    world.finish_round(seat, 8)
    end_session(session=seat.session, by=STAFF, now=datetime.now(UTC))
    block(seat)
    disable_game(world)
    suspend_operator(operator=world.operator, by=STAFF)
    DIRECTORY.forget()
    with world.unmoved():
        assert world.bet(seat, "5.00", **SAME).balance == Decimal("0.00")
        assert world.bet(seat, "5.00", **SAME | {"transaction_id": 9}).verdict == "OP_21"


def test_retry_of_a_bet_is_ok_after_a_self_exclusion(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", **SAME)
    now = datetime.now(UTC)
    exclude_player(player=seat.player, until=now.replace(year=now.year + 1), by=STAFF, now=now)
    assert world.bet(seat, "5.00", **SAME).verdict == "OK"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [{"amount": Decimal("5.01")}, {"amount": 0}, {"currency_code": "USD"}, {"round_id": 9}, {"game_id": 201}],
    ids=str,
)
def test_other_data_under_a_known_id_is_refused(world: World, seat: Seat, kind: str, change: dict[str, object]) -> None:
    world.add_game("201")
    world.bet(seat, "1.00", round_id=9)
    world.move(kind, seat, "5.00", **SAME)
    with world.unmoved():
        answer = world.move(kind, seat, "5.00", **SAME | change)
    assert (answer.verdict, answer.message) == ("OP_40", "Duplicated transaction ID")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_another_type_under_a_known_id_is_refused(world: World, seat: Seat, kind: str, other: str) -> None:
    world.move(kind, seat, "5.00", **SAME)
    with world.unmoved():
        assert world.move(other, seat, "5.00", **SAME).verdict == ("OK" if other == kind else "OP_40")


@pytest.mark.parametrize("kind", KINDS)
def test_another_players_movement_under_a_known_id_is_refused(world: World, seat: Seat, kind: str) -> None:
    other = world.seat()
    world.move(kind, seat, "5.00", **SAME)
    world.bet(other, "1.00", round_id=8)
    with world.unmoved():
        assert world.move(kind, other, "5.00", **SAME).verdict == "OP_40"


@pytest.mark.parametrize("change", [{"round_id": "unheard of"}, {"game_id": "unheard of"}, {"currency_code": "GBP"}])
def test_unknown_round_game_or_currency_under_a_known_id_is_other_data(
    world: World, seat: Seat, change: dict[str, object]
) -> None:
    world.bet(seat, "5.00", **SAME)
    with world.unmoved():
        assert world.bet(seat, "5.00", **SAME | change).verdict == "OP_40"


def test_other_data_is_refused_before_session_block_and_funds_are_looked_at(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", **SAME)
    block(seat)
    assert world.bet(seat, "5000.00", token=None, **SAME).verdict == "OP_40"


def test_unknown_player_is_refused_before_the_id_is_looked_up(world: World, seat: Seat) -> None:
    world.bet(seat, "5.00", **SAME)
    assert world.bet(seat, "5.00", **SAME | {"user_id": "nobody"}).verdict == "OP_34"


@pytest.mark.parametrize("kind", KINDS)
def test_retry_after_a_cancel_is_refused_for_good(world: World, seat: Seat, kind: str) -> None:
    world.move(kind, seat, "5.00", **SAME)
    world.cancel(seat, 7, 8)
    with world.unmoved():
        answers = [world.move(kind, seat, "5.00", **SAME) for _ in range(2)]
    assert [answer.verdict for answer in answers] == ["OP_49", "OP_49"]
    assert answers[0].message == "Operation failed: the transaction was canceled"
    assert seat.balance == Decimal("100.00")


@pytest.mark.parametrize("kind", KINDS)
def test_other_data_under_a_canceled_id_is_refused_as_other_data(world: World, seat: Seat, kind: str) -> None:
    world.move(kind, seat, "5.00", **SAME)
    world.cancel(seat, 7, 8)
    with world.unmoved():
        assert world.move(kind, seat, "6.00", **SAME).verdict == "OP_40"


@pytest.mark.parametrize("kind", KINDS)
def test_movement_that_was_canceled_before_it_came_is_refused_for_good(world: World, seat: Seat, kind: str) -> None:
    assert world.cancel(seat, 7, 8).verdict == "OP_41"
    with world.unmoved():
        for amount in ("5.00", "6.00"):
            assert world.move(kind, seat, amount, **SAME).verdict == "OP_49"
        assert world.move(kind, seat, "5.00", currency_code="GBP", **SAME).verdict == "OP_49"


def test_tombstone_is_looked_at_before_session_block_and_funds(world: World, seat: Seat) -> None:
    world.cancel(seat, 7, 8)
    block(seat)
    assert world.bet(seat, "5000.00", token=None, **SAME).verdict == "OP_49"


def test_tombstone_of_one_operator_is_none_of_anothers(world: World, seat: Seat) -> None:
    world.cancel(seat, 7, 8)
    world.operator, world.platform = world.join_platform()
    world.game = world.add_game("200")
    seat.token = world.launch(seat.player)
    assert world.bet(seat, "5.00", **SAME).verdict == "OK"


def test_id_that_only_looks_the_same_is_another(world: World, seat: Seat) -> None:
    for transaction_id in (7, "07", " 7", "7 "):
        assert world.bet(seat, "5.00", transaction_id=transaction_id).verdict == "OK"
    assert seat.balance == Decimal("80.00")


def test_refusals_leave_no_transaction_behind(world: World, seat: Seat) -> None:
    world.bet(seat, "500.00", **SAME)
    assert not Transaction.objects.filter(owner_id=world.operator.pk, source="platform").exists()
