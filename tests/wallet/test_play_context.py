"""What comes with a movement and nobody can send again: context and time stamp; and who pays for a promotion."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.wallet.world import Seat, World

KINDS = ["BET", "WIN", "REFUND"]
PROMOTIONAL: list[dict[str, Any]] = [
    {"reason": "PROMO-FREESPIN"},
    {"reason": "SPIN", "campaign_code": "SUMMER-7"},
    {"reason": "SPIN", "campaign_code": 7},
]
ORDINARY: list[Any] = [
    {"reason": "SPIN"},
    {"reason": "promo-freespin"},
    {"reason": "SPIN", "campaign_code": ""},
    {"reason": "SPIN", "campaign_code": None},
    {"campaign_details": {"left": 3}},
    {},
    [],
    None,
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("context", PROMOTIONAL, ids=str)
def test_promotional_movement_is_booked_against_the_promotions_account(
    world: World, seat: Seat, kind: str, context: dict[str, Any]
) -> None:
    world.move(kind, seat, "5.00", context=context)
    taken = Decimal("5.00") if kind == "BET" else Decimal("-5.00")
    assert (world.system_balance("promotions"), world.system_balance("house")) == (taken, Decimal(0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("context", ORDINARY, ids=str)
def test_ordinary_movement_is_booked_against_the_house(
    world: World, seat: Seat, kind: str, context: dict[str, Any]
) -> None:
    world.move(kind, seat, "5.00", context=context)
    taken = Decimal("5.00") if kind == "BET" else Decimal("-5.00")
    assert (world.system_balance("house"), world.system_balance("promotions")) == (taken, Decimal(0))


def test_promotional_bet_above_zero_is_charged_as_sent_and_flagged(world: World, seat: Seat) -> None:
    assert world.bet(seat, "5.00", context={"reason": "PROMO-FREESPIN"}).balance == Decimal("95.00")
    assert seat.rows[0].tags == ["promotional_stake"]


def test_promotional_bet_of_nothing_is_nothing_odd(world: World, seat: Seat) -> None:
    world.bet(seat, "0", context={"reason": "PROMO-FREESPIN"})
    assert seat.rows[0].tags is None


def test_cancel_goes_back_to_the_account_that_paid(world: World, seat: Seat) -> None:
    world.win(seat, "5.00", transaction_id=7, context={"reason": "PROMO-FREESPIN"})
    world.cancel(seat, 7)
    assert world.system_balance("promotions") == 0
    assert seat.rows[1].credit_id == seat.rows[0].debit_id


def test_system_accounts_are_one_for_each_operator_currency_and_kind(world: World, seat: Seat) -> None:
    other = world.seat(currency="USD")
    for player in (seat, other):
        world.bet(player, "1.00")
        world.bet(player, "1.00", context={"reason": "PROMO-FREESPIN"})
    world.operator, world.platform = world.join_platform()
    world.game = world.add_game("200")
    seat.token = world.launch(seat.player)
    world.bet(seat, "1.00")
    kinds = ["cashier EUR", "cashier USD"] + ["house EUR"] * 2 + ["house USD", "promotions EUR", "promotions USD"]
    accounts = world.casino.accounts.exclude(kind="player").order_by("kind", "currency", "pk")
    assert [f"{account.kind} {account.currency}" for account in accounts] == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_context_is_kept_to_the_letter(world: World, seat: Seat, kind: str) -> None:
    context = {
        "reason": "COLLECT",
        "rake": Decimal("0.0328"),
        "history_id": "350-a1Basdf",
        "game_details": {"ticket_id": 12345678901234567890},
        "campaign_code": "SUMMER",
        "campaign_details": [{"left": 3, "Größe": "ä|b", "x": None}],
    }
    world.move(kind, seat, "5.00", context=context)
    kept = seat.rows[0].context
    assert kept is not None
    assert '"rake":0.0328' in kept
    assert json.loads(kept, parse_float=Decimal) == context


def test_context_keeps_its_white_space_number_text_and_escapes(world: World, seat: Seat) -> None:
    text = b'{ "reason":"SPIN",\n\t"rake":0.0300,"x":1e2, "name":"Zo\\u00eb \\/" }'
    data = {
        "transaction_type": "WIN",
        "amount": 5,
        "currency_code": "EUR",
        "transaction_id": 7,
        "transaction_timestamp": "2026-11-20 13:44:53",
        "round_id": 8,
        "game_id": 200,
        "user_id": seat.user_id,
        "context": "HERE",
    }
    body = world.platform.write("changebalance", data).replace(b'"HERE"', text)
    world.platform.send("changebalance", body).check_envelope(body, world.platform.secret)
    assert seat.rows[0].context == text.decode()


@pytest.mark.parametrize("context", [None, ..., []])
def test_absent_context_is_kept_as_none(world: World, seat: Seat, context: object) -> None:
    world.bet(seat, context=context)
    assert seat.rows[0].context is None


def test_retry_keeps_the_first_context(world: World, seat: Seat) -> None:
    for reason in ("SPIN", "PROMO-FREESPIN"):
        world.bet(seat, transaction_id=7, round_id=8, context={"reason": reason})
    assert [row.context for row in seat.rows] == ['{"reason":"SPIN"}']


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        ("2020-12-01 13:44:54", datetime(2020, 12, 1, 13, 44, 54, tzinfo=UTC)),
        ("2020-12-01T15:44:54.1234567+02:00", datetime(2020, 12, 1, 13, 44, 54, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_platforms_time_stamp_is_kept_in_utc(world: World, seat: Seat, stamp: str, kept: datetime | None) -> None:
    before = datetime.now(UTC)
    world.bet(seat, transaction_timestamp=stamp)
    (row,) = seat.rows
    assert row.platform_at == kept
    assert before <= row.created_at <= datetime.now(UTC)
    assert row.created_at == row.transaction.created_at
