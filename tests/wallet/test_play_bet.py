"""BET: the order of its refusals, and what an accepted one books."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Game, Listing
from operators.services import suspend_operator
from tests.wallet.platform import numbers
from tests.wallet.world import STAFF, Seat, World
from wallet.models import Account, Player, Transaction
from wallet.services.launch import end_session
from wallet.services.players import block_player, exclude_player
from wallet.views.generic.door import DIRECTORY


def now() -> datetime:
    return datetime.now(UTC)


def block(seat: Seat) -> None:
    block_player(player=seat.player, reason="chargeback", by=STAFF, now=now())


def disable_game(world: World) -> None:
    Game.objects.filter(pk=world.game.pk).update(enabled=False)


def suspend(world: World) -> None:
    suspend_operator(operator=world.operator, by=STAFF)
    DIRECTORY.forget()


def test_bet_takes_the_stake(world: World, seat: Seat) -> None:
    answer = world.bet(seat, "17.25")
    assert (answer.verdict, answer.balance, seat.balance) == ("OK", Decimal("82.75"), Decimal("82.75"))


def test_bet_is_a_transfer_from_the_player_to_the_house(world: World, seat: Seat) -> None:
    world.bet(seat, "17.25", transaction_id=7, round_id=8)
    (row,) = seat.rows
    house = Account.objects.get(casino=world.casino, operator=world.operator, kind="house", currency="EUR")
    assert (row.kind, row.debit_id, row.credit_id, row.amount) == ("bet", seat.account.pk, house.pk, Decimal("17.25"))
    assert (row.number, row.balance, row.tags, row.reverses_id) == (2, Decimal("82.75"), None, None)
    assert (row.operator_id, row.game_id) == (world.operator.pk, world.game.pk)
    assert row.round is not None
    assert (row.round.round_ref, row.transaction.reference) == ("8", "7")
    assert house.balance is None
    assert world.system_balance("house") == Decimal("17.25")


def test_cents_add_up_exactly(world: World, seat: Seat) -> None:
    for _ in range(10):
        answer = world.bet(seat, "0.10")
    assert answer.balance == Decimal("99.00")


@pytest.mark.parametrize("amount", ["10.01", Decimal("10.01"), Decimal("10.010"), Decimal("1001e-2")])
def test_amount_is_the_same_however_it_is_written(world: World, seat: Seat, amount: object) -> None:
    assert world.move("BET", seat, 1, amount=amount).balance == Decimal("89.99")


def test_whole_balance_can_be_staked(world: World, seat: Seat) -> None:
    assert world.bet(seat, "100.00").balance == Decimal("0.00")


def test_bet_of_nothing_is_a_free_spin(world: World, seat: Seat) -> None:
    assert world.bet(seat, "0", round_id=8).balance == Decimal("100.00")
    (row,) = seat.rows
    assert (row.kind, row.amount, row.tags) == ("bet", Decimal(0), None)
    assert (world.round(8).bet_count, world.round(8).bet_sum) == (1, Decimal(0))


def test_bet_of_nothing_is_taken_from_an_empty_account(world: World) -> None:
    assert world.bet(world.seat("0"), "0").verdict == "OK"


def test_bet_above_the_balance_is_refused(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.bet(seat, "100.01")
    assert (answer.verdict, answer.message) == ("OP_31", "Insufficient funds")


def test_refused_bet_leaves_no_trace_and_its_id_can_be_used_after_a_deposit(world: World, seat: Seat) -> None:
    bet = {"transaction_id": 7, "round_id": 8}
    assert world.bet(seat, "150.00", **bet).verdict == "OP_31"
    world.pay_in(seat.player, "60.00")
    assert world.bet(seat, "150.00", **bet).balance == Decimal("10.00")
    assert Transaction.objects.filter(owner_id=world.operator.pk, reference="7").count() == 1


def test_unknown_player_is_refused(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.bet(seat, user_id="nobody")
    assert (answer.verdict, answer.message) == ("OP_34", "Player is not found")


def test_player_of_another_casino_is_unknown(world: World, seat: Seat) -> None:
    other = World(world.transport).seat()
    with world.unmoved():
        assert world.bet(seat, user_id=other.user_id, token=other.token).verdict == "OP_34"


def test_currency_without_an_account_is_refused(world: World, seat: Seat) -> None:
    with world.unmoved():
        answer = world.bet(seat, currency_code="GBP")
    assert (answer.verdict, answer.message) == ("OP_30", "Invalid currency")


def test_currency_of_another_session_is_refused(world: World, seat: Seat) -> None:
    world.pay_in(seat.player, "50.00", "USD")
    with world.unmoved():
        assert world.bet(seat, currency_code="USD").verdict == "OP_30"


def test_currencies_are_accounts_apart(world: World, seat: Seat) -> None:
    dollars = Seat(seat.player, seat.player.accounts.get(currency="USD"), world.launch(seat.player, "USD"), 200)
    world.pay_in(seat.player, "50.00", "USD")
    assert world.bet(dollars, "20.00").data == {"balance": Decimal("30.00"), "currency_code": "USD"}
    assert (seat.balance, dollars.balance) == (Decimal("100.00"), Decimal("30.00"))


@pytest.mark.parametrize("token", [None, ..., "x" * 32])
def test_bet_without_a_live_token_is_refused(world: World, seat: Seat, token: object) -> None:
    with world.unmoved():
        answer = world.bet(seat, token=token)
    assert (answer.verdict, answer.message) == ("OP_21", "Invalid token")


def test_bet_in_an_ended_session_is_refused(world: World, seat: Seat) -> None:
    end_session(session=seat.session, by=STAFF, now=now())
    with world.unmoved():
        assert world.bet(seat).verdict == "OP_21"


def test_bet_in_an_expired_session_is_refused(world: World, seat: Seat) -> None:
    seat.player.sessions.update(expires_at=now() - timedelta(milliseconds=1))
    with world.unmoved():
        assert world.bet(seat).verdict == "OP_21"


def test_bet_with_another_players_token_is_refused(world: World, seat: Seat) -> None:
    other = world.seat()
    with world.unmoved():
        assert world.bet(seat, token=other.token).verdict == "OP_21"


def test_bet_with_the_token_of_another_operator_is_refused(world: World, seat: Seat) -> None:
    operator, platform = world.join_platform()
    Game.objects.create(operator=operator, game_ref="200")
    world.platform = platform
    with world.unmoved():
        assert world.bet(seat).verdict == "OP_21"


def test_bet_on_another_game_than_the_sessions_is_refused(world: World, seat: Seat) -> None:
    world.add_game("201")
    with world.unmoved():
        assert world.bet(seat, game_id=201).verdict == "OP_21"


def test_bet_on_an_unknown_game_is_refused_where_the_session_is_for_one(world: World, seat: Seat) -> None:
    with world.unmoved():
        assert world.bet(seat, game_id=999).verdict == "OP_21"


def test_session_on_a_lobby_allows_any_game(world: World) -> None:
    seat = world.seat(lobby_ref=world.add_lobby("portomaso").lobby_ref)
    world.add_game("201")
    assert [world.bet(seat, "1.00", game_id=game).verdict for game in (200, 201, 999)] == ["OK"] * 3


def test_game_that_the_catalogue_does_not_know_is_put_on_it_unmapped(world: World) -> None:
    seat = world.seat(lobby_ref=world.add_lobby("portomaso").lobby_ref)
    assert world.bet(seat, "1.00", game_id=999).verdict == "OK"
    game = Game.objects.get(operator=world.operator, game_ref="999")
    (row,) = seat.rows
    assert (game.listing, game.title, row.game_id, row.tags) == (Listing.UNMAPPED, "", game.pk, ["unmapped_game"])
    assert world.bet(seat, "1.00", game_id="999").verdict == "OK"
    assert Game.objects.filter(operator=world.operator, game_ref="999").count() == 1
    assert seat.rows[1].tags is None


def test_blocked_player_is_refused(world: World, seat: Seat) -> None:
    block(seat)
    with world.unmoved():
        answer = world.bet(seat)
    assert (answer.verdict, answer.message) == ("OP_33", "Player is blocked")


def test_self_excluded_player_is_refused_until_the_exclusion_is_over(world: World, seat: Seat) -> None:
    Player.objects.filter(pk=seat.player.pk).update(excluded_until=now() - timedelta(seconds=1))
    assert world.bet(seat).verdict == "OK"
    exclude_player(player=seat.player, until=now() + timedelta(hours=1), by=STAFF, now=now())
    with world.unmoved():
        assert world.bet(seat).verdict == "OP_33"


def test_game_that_we_disabled_is_refused(world: World, seat: Seat) -> None:
    disable_game(world)
    with world.unmoved():
        answer = world.bet(seat)
    assert (answer.verdict, answer.message) == ("OP_35", "Game is disabled")


def test_game_that_the_platform_lists_as_off_or_gone_is_not_refused(world: World, seat: Seat) -> None:
    Game.objects.filter(pk=world.game.pk).update(platform_enabled=False, listing=Listing.GONE, gone_at=now())
    assert world.bet(seat).verdict == "OK"


def test_game_disabled_for_one_operator_plays_on_at_another(world: World, seat: Seat) -> None:
    operator, _ = world.join_platform()
    Game.objects.create(operator=operator, game_ref="200", enabled=False)
    assert world.bet(seat).verdict == "OK"


def test_suspended_operators_new_bet_is_refused(world: World, seat: Seat) -> None:
    suspend(world)
    with world.unmoved():
        assert world.bet(seat).verdict == "OP_35"


@pytest.mark.parametrize("finish", ["win", "bet", "cancel", "finishround"])
def test_bet_in_a_round_that_the_platform_finished_is_refused(world: World, seat: Seat, finish: str) -> None:
    world.bet(seat, "1.00", round_id=8, transaction_id=7, round_finished=finish == "bet")
    if finish == "win":
        world.win(seat, "0", round_id=8, round_finished=True)
    elif finish == "cancel":
        world.cancel(seat, 7, 8, round_finished=True)
    elif finish == "finishround":
        world.finish_round(seat, 8)
    with world.unmoved():
        answer = world.bet(seat, round_id=8)
    assert (answer.verdict, answer.message) == ("OP_49", "Operation failed: the round is finished")


def test_bet_in_a_round_that_we_closed_reopens_it_tagged(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", round_id=8)
    played = world.round(8)
    played.state, played.finished_at, played.finished_by = "finished", now(), STAFF
    played.save()
    assert world.bet(seat, "1.00", round_id=8).verdict == "OK"
    played = world.round(8)
    assert (played.state, played.finished_at, played.finished_by, played.bet_count) == ("open", None, "", 2)
    assert seat.rows[1].tags == ["round_reopened"]


# Each step's cause, and the code that it alone would give; the first cause in this order decides.
ORDER = ["OP_34", "OP_30", "OP_21", "OP_33", "OP_35", "OP_49", "OP_31"]


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_first_cause_in_the_decided_order_is_answered(world: World, seat: Seat, first: int) -> None:
    bet: dict[str, Any] = {"amount": 5000, "round_id": 8}
    world.bet(seat, "1.00", round_id=8, round_finished=True)
    causes = ORDER[first:]
    if "OP_34" in causes:
        bet["user_id"] = "nobody"
    if "OP_30" in causes:
        bet["currency_code"] = "GBP"
    if "OP_21" in causes:
        bet["token"] = None
    if "OP_33" in causes:
        block(seat)
    if "OP_35" in causes:
        disable_game(world)
    if "OP_49" not in causes:
        bet["round_id"] = next(numbers)
    with world.unmoved():
        assert world.move("BET", seat, 1, **bet).verdict == ORDER[first]


def test_currency_of_the_session_is_looked_at_after_the_token_and_before_the_block(world: World, seat: Seat) -> None:
    block(seat)
    assert world.bet(seat, currency_code="USD", token=None).verdict == "OP_21"
    assert world.bet(seat, currency_code="USD").verdict == "OP_30"


def test_players_share_a_round_id_but_not_a_round(world: World, seat: Seat) -> None:
    other = world.seat()
    world.bet(seat, "1.00", round_id=8, round_finished=True)
    assert world.bet(other, "2.00", round_id=8).verdict == "OK"
    assert world.bet(seat, "1.00", round_id=8).verdict == "OP_49"
    states = {played.player_id: played.state for played in world.operator.rounds.filter(round_ref="8")}
    assert states == {seat.player.pk: "finished", other.player.pk: "open"}


def test_operators_share_a_transaction_id_but_not_a_transaction(world: World, seat: Seat) -> None:
    world.bet(seat, "1.00", transaction_id=7, round_id=8)
    world.operator, world.platform = world.join_platform()
    world.game = world.add_game("200")
    seat.token = world.launch(seat.player)
    assert world.bet(seat, "2.00", transaction_id=7, round_id=8).balance == Decimal("97.00")
