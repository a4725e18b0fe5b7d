"""status, authenticate and balance: what the wallet says without moving anything."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from operators.models import Operator
from tests.wallet.test_play_bet import block, disable_game, suspend
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Player
from wallet.services.launch import end_session
from wallet.services.players import exclude_player
from wallet.views.generic.door import DIRECTORY


def exclude(seat: Seat) -> None:
    now = datetime.now(UTC)
    exclude_player(player=seat.player, until=now + timedelta(hours=1), by=STAFF, now=now)


def end(seat: Seat) -> None:
    end_session(session=seat.session, by=STAFF, now=datetime.now(UTC))


def expire(seat: Seat) -> None:
    seat.player.sessions.update(expires_at=datetime.now(UTC))


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
@pytest.mark.parametrize("as_sent", [7, "7"])
def test_booked_transaction_is_ok(world: World, seat: Seat, kind: str, as_sent: object) -> None:
    world.move(kind, seat, "5.00", transaction_id=7)
    with world.unmoved():
        answer = world.status(seat, as_sent)
    assert answer.data == {"user_id": seat.user_id, "transaction_id": as_sent, "transaction_status": "OK"}


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
def test_canceled_transaction_is_canceled(world: World, seat: Seat, kind: str) -> None:
    world.move(kind, seat, "5.00", transaction_id=7)
    world.cancel(seat, 7)
    with world.unmoved():
        assert world.status(seat, 7).data["transaction_status"] == "CANCELED"


def test_unknown_transaction_is_not_found_and_leaves_no_tombstone(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.status(seat, 7)
    assert (answer.verdict, answer.message) == ("OP_41", "Transaction not found")
    assert world.bet(seat, transaction_id=7).verdict == "OK"


def test_tombstone_is_not_found(world: World, seat: Seat) -> None:
    world.cancel(seat, 7)
    assert world.status(seat, 7).verdict == "OP_41"


def test_refused_bet_is_not_found(world: World, seat: Seat) -> None:
    world.bet(seat, "500.00", transaction_id=7)
    assert world.status(seat, 7).verdict == "OP_41"


def test_status_of_an_unknown_player_is_refused(world: World, seat: Seat) -> None:
    world.bet(seat, transaction_id=7)
    assert world.status(seat, 7, user_id="nobody").verdict == "OP_34"


def test_status_of_another_players_transaction_is_not_found(world: World, seat: Seat) -> None:
    world.bet(seat, transaction_id=7)
    assert world.status(world.seat(), 7).verdict == "OP_41"


def test_status_of_another_operators_transaction_is_not_found(world: World, seat: Seat) -> None:
    world.bet(seat, transaction_id=7)
    world.operator, world.platform = world.join_platform()
    assert world.status(seat, 7).verdict == "OP_41"


@pytest.mark.parametrize(
    "dates",
    [
        {"transaction_date": "2020-11-31", "transaction_ts": "1606822496000"},
        {"transaction_date": None, "transaction_ts": None},
        {"transaction_date": "yesterday", "transaction_ts": 7},
        {"transaction_date": "1970-01-01", "transaction_ts": "0"},
        {"transaction_type": "WIN", "round_id": "another"},
        {"transaction_type": None, "round_id": None},
    ],
    ids=str,
)
def test_dates_type_and_round_are_never_a_reason_to_refuse(world: World, seat: Seat, dates: dict[str, Any]) -> None:
    world.bet(seat, transaction_id=7)
    assert world.status(seat, 7, **dates).data["transaction_status"] == "OK"


def test_status_is_answered_for_a_blocked_player_without_a_session(world: World, seat: Seat) -> None:
    world.bet(seat, transaction_id=7)
    end(seat)
    block(seat)
    suspend(world)
    assert world.status(seat, 7).verdict == "OK"


def test_live_token_identifies_its_player_again_and_again(world: World, seat: Seat) -> None:
    with world.unmoved():
        answers = [world.authenticate(seat).data for _ in range(3)]
    assert (
        answers
        == [
            {
                "user_id": seat.user_id,
                "user_name": seat.player.user_name,
                "user_country": "Germany",
                "currency_code": "EUR",
                "balance": Decimal("100.00"),
            }
        ]
        * 3
    )


def test_display_name_and_group_are_sent_where_set(world: World) -> None:
    seat = world.seat(display_name="Ünal", group="vip")
    data = world.authenticate(seat).data
    assert (data["display_name"], data["group"]) == ("Ünal", "vip")


@pytest.mark.parametrize(
    ("country", "how", "sent"),
    [
        ("DE", {}, "Germany"),
        ("DE", {"userCountryAsCode": False}, "Germany"),
        ("DE", {"userCountryAsCode": True}, "DE"),
        ("TR", {}, "Türkiye"),
        ("XK", {}, "Kosovo"),
        ("QQ", {}, "QQ"),
    ],
)
def test_country_is_a_name_or_a_code_as_the_operator_wants_it(
    world: World, country: str, how: dict[str, bool], sent: str
) -> None:
    seat = world.seat(country=country)
    Operator.objects.filter(pk=world.operator.pk).update(settings=how)
    DIRECTORY.forget()
    assert world.authenticate(seat).data["user_country"] == sent


def test_token_of_a_second_currency_is_answered_with_that_account(world: World, seat: Seat) -> None:
    world.pay_in(seat.player, "50.00", "USD")
    seat.token = world.launch(seat.player, "USD")
    data = world.authenticate(seat).data
    assert (data["currency_code"], data["balance"]) == ("USD", Decimal("50.00"))


@pytest.mark.parametrize("spoil", [end, expire])
def test_dead_token_identifies_nobody(world: World, seat: Seat, spoil: Any) -> None:
    spoil(seat)
    answer = world.authenticate(seat)
    assert (answer.verdict, answer.message) == ("OP_21", "Invalid token")


def test_unknown_token_identifies_nobody(world: World, seat: Seat) -> None:
    assert world.authenticate(seat, token="x" * 32).verdict == "OP_21"


def test_token_is_taken_as_it_is_written(world: World, seat: Seat) -> None:
    assert world.authenticate(seat, token=seat.token.swapcase()).verdict == "OP_21"


def test_token_of_another_operator_identifies_nobody(world: World, seat: Seat) -> None:
    world.operator, world.platform = world.join_platform()
    assert world.authenticate(seat).verdict == "OP_21"


@pytest.mark.parametrize("spoil", [block, exclude])
def test_launch_of_a_barred_player_is_not_authorized(world: World, seat: Seat, spoil: Any) -> None:
    spoil(seat)
    answer = world.authenticate(seat)
    assert (answer.verdict, answer.message) == ("OP_22", "Authorization failed")


@pytest.mark.parametrize("spoil", [disable_game, suspend])
def test_launch_of_a_disabled_game_or_a_suspended_operator_is_not_authorized(
    world: World, seat: Seat, spoil: Any
) -> None:
    spoil(world)
    assert world.authenticate(seat).verdict == "OP_22"


def test_dead_token_of_a_blocked_player_is_a_dead_token(world: World, seat: Seat) -> None:
    block(seat)
    end(seat)
    assert world.authenticate(seat).verdict == "OP_21"


def test_lobby_session_is_authorized(world: World) -> None:
    assert world.authenticate(world.seat(lobby_ref=world.add_lobby("portomaso").lobby_ref)).verdict == "OK"


def test_balance_is_answered(world: World, seat: Seat) -> None:
    with world.unmoved():
        assert world.ask_balance(seat).data == {"balance": Decimal("100.00"), "currency_code": "EUR"}


def test_balance_of_a_suspended_operator_is_answered(world: World, seat: Seat) -> None:
    suspend(world)
    assert world.ask_balance(seat).verdict == "OK"


@pytest.mark.parametrize("spoil", [end, expire])
def test_balance_for_a_dead_token_is_refused(world: World, seat: Seat, spoil: Any) -> None:
    spoil(seat)
    assert world.ask_balance(seat).verdict == "OP_21"


def test_balance_for_another_players_token_is_refused(world: World, seat: Seat) -> None:
    assert world.ask_balance(seat, token=world.seat().token).verdict == "OP_21"


def test_balance_of_another_operators_session_is_refused(world: World, seat: Seat) -> None:
    world.operator, world.platform = world.join_platform()
    assert world.ask_balance(seat).verdict == "OP_21"


def test_balance_of_an_unknown_player_is_refused(world: World, seat: Seat) -> None:
    assert world.ask_balance(seat, user_id="nobody").verdict == "OP_34"


@pytest.mark.parametrize("currency", ["GBP", "USD"])
def test_balance_in_another_currency_than_the_sessions_is_refused(world: World, seat: Seat, currency: str) -> None:
    assert world.ask_balance(seat, currency_code=currency).verdict == "OP_30"


@pytest.mark.parametrize("spoil", [block, exclude])
def test_balance_of_a_barred_player_is_refused(world: World, seat: Seat, spoil: Any) -> None:
    spoil(seat)
    assert world.ask_balance(seat).verdict == "OP_33"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "x" * 32, "user_id": "nobody", "currency_code": "GBP"}, "OP_21"),
        ({"user_id": "nobody", "currency_code": "GBP"}, "OP_34"),
        ({"currency_code": "GBP"}, "OP_30"),
        ({}, "OP_33"),
    ],
)
def test_balance_looks_at_token_then_player_then_currency_then_block(
    world: World, seat: Seat, change: dict[str, str], code: str
) -> None:
    block(seat)
    assert world.ask_balance(seat, **change).verdict == code


def test_exclusion_that_is_over_bars_nothing(world: World, seat: Seat) -> None:
    Player.objects.filter(pk=seat.player.pk).update(excluded_until=datetime.now(UTC) - timedelta(seconds=1))
    assert [world.authenticate(seat).verdict, world.ask_balance(seat).verdict] == ["OK", "OK"]
