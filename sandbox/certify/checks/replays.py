"""changebalance with a transaction id that is known already: decided before session, block, limit and funds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_codes, expect_ok, expect_refusal
from sandbox.certify.messages import Message, Player, bet, cancel, finishround, new_id, refund, status, win
from sandbox.certify.registry import rule
from sandbox.wallet_client import format_timestamp

UNKNOWN_TOKEN = "Z" * 32
TIMES = 100


def take_bet(case: Case, amount: str = "10.00") -> tuple[Player, Message]:
    """A player of 100.00 whose BET has been taken."""
    player = case.player("100.00")
    stake = bet(player, amount)
    expect_ok(case.send(stake))
    return player, stake


def register_retry_rule(number: int, kind: str, build: Callable[..., Message], after: str) -> None:
    @rule(f"replay-{number:02}", f"A {kind} sent again is answered OK and moves nothing.")
    def retry_moves_nothing(case: Case) -> None:
        player = case.player("100.00")
        message = build(player, "10.00")
        expect_ok(case.send(message), balance=after)
        expect_ok(case.send(message), balance=after)
        case.expect_holds(player, after)


register_retry_rule(1, "BET", bet, "90.00")
register_retry_rule(2, "WIN", win, "110.00")
register_retry_rule(3, "REFUND", refund, "110.00")


@rule("replay-04", f"The very same bytes {TIMES} times over are one transaction.")
def hundred_times(case: Case) -> None:
    player = case.player("100.00")
    body = case.wallet.encode("changebalance", bet(player, "1.00").data)
    expect_codes([case.send_body("changebalance", body) for _ in range(TIMES)], {"OK": TIMES})
    case.expect_holds(player, "99.00")


@rule("replay-05", "A retry with the token of a later launch gets its OK.")
def retry_with_a_new_token(case: Case) -> None:
    player, stake = take_bet(case)
    later = case.stage.open_session(player)
    expect_ok(case.send(stake.but(token=later.token)), balance="90.00")


@rule("replay-06", "A retry with a dead token gets its OK.")
def retry_with_a_dead_token(case: Case) -> None:
    _, stake = take_bet(case)
    expect_ok(case.send(stake.but(token=UNKNOWN_TOKEN)), balance="90.00")


@rule("replay-07", "A retry without a token gets its OK.")
def retry_without_a_token(case: Case) -> None:
    _, stake = take_bet(case)
    expect_ok(case.send(stake.but(token=None)), balance="90.00")


@rule("replay-08", "A retry with other timestamps gets its OK.")
def retry_with_other_timestamps(case: Case) -> None:
    _, stake = take_bet(case)
    yesterday = format_timestamp(datetime.now(UTC) - timedelta(days=1))
    expect_ok(case.send(stake.but(transaction_timestamp=yesterday), timestamp=yesterday), balance="90.00")


@rule("replay-09", "A retry with another context gets its OK.")
def retry_with_another_context(case: Case) -> None:
    _, stake = take_bet(case)
    expect_ok(case.send(stake.but(context={"reason": "RETRY", "history_id": "other"})), balance="90.00")


@rule("replay-10", "A retry with another round_finished gets its OK.")
def retry_with_another_round_finished(case: Case) -> None:
    _, stake = take_bet(case)
    expect_ok(case.send(stake.but(round_finished=None)), balance="90.00")


@rule("replay-11", "A retry with the amount written otherwise gets its OK: 17.25, 17.250 and a text are one value.")
def retry_with_the_amount_respelled(case: Case) -> None:
    _, stake = take_bet(case, "17.25")
    for amount in (Decimal("17.250"), "17.25", msgspec.Raw(b"1725e-2")):
        expect_ok(case.send(stake.but(amount=amount)), balance="82.75")


@rule("replay-12", "A retry with its ids in the other JSON type gets its OK: 113 and its text are one id.")
def retry_with_ids_respelled(case: Case) -> None:
    player, stake = take_bet(case)
    texts = {name: str(stake.data[name]) for name in ("transaction_id", "round_id", "game_id")}
    expect_ok(case.send(stake.but(**texts)), balance="90.00")
    case.expect_holds(player, "90.00")


@rule("replay-13", "A retry after the player was blocked gets its OK.")
def retry_after_a_block(case: Case) -> None:
    player, stake = take_bet(case)
    case.stage.cashier.block(player.user_id, "certification")
    expect_ok(case.send(stake), balance="90.00")


@rule("replay-14", "A retry after the money was spent gets its OK.")
def retry_after_the_money_is_spent(case: Case) -> None:
    player, stake = take_bet(case, "60.00")
    expect_ok(case.send(bet(player, "40.00")), balance="0.00")
    expect_ok(case.send(stake))


@rule("replay-15", "A retry tells the present balance, not the one of then.")
def retry_tells_the_present_balance(case: Case) -> None:
    player, stake = take_bet(case)
    expect_ok(case.send(win(player, "25.00")), balance="115.00")
    expect_ok(case.send(stake), balance="115.00")


@rule("replay-16", "A retry after the round was finished gets its OK.")
def retry_after_the_round(case: Case) -> None:
    _, stake = take_bet(case)
    expect_ok(case.send(finishround(stake)))
    expect_ok(case.send(stake), balance="90.00")


@rule("replay-17", "A retry of a WIN with a dead token gets its OK.")
def retry_of_a_win(case: Case) -> None:
    player = case.player("100.00")
    payout = win(player, "10.00")
    expect_ok(case.send(payout), balance="110.00")
    expect_ok(case.send(payout.but(token=UNKNOWN_TOKEN)), balance="110.00")


@rule("replay-18", "A canceled BET that comes again gets OP_49, and nothing moves.")
def retry_of_a_canceled_bet(case: Case) -> None:
    player, stake = take_bet(case)
    expect_ok(case.send(cancel(stake)))
    expect_refusal(case.send(stake), "OP_49")
    case.expect_holds(player, "100.00")


@rule("replay-19", "A canceled WIN that comes again gets OP_49, and nothing moves.")
def retry_of_a_canceled_win(case: Case) -> None:
    player = case.player("100.00")
    payout = win(player, "10.00")
    expect_ok(case.send(payout))
    expect_ok(case.send(cancel(payout)))
    expect_refusal(case.send(payout), "OP_49")
    case.expect_holds(player, "100.00")


@rule("replay-20", "A BET whose cancel came first gets OP_49, and nothing moves.")
def bet_after_its_cancel(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    expect_refusal(case.send(stake), "OP_49")
    case.expect_holds(player, "100.00")


@rule("replay-21", "A WIN whose cancel came first gets OP_49, and nothing moves.")
def win_after_its_cancel(case: Case) -> None:
    player = case.player("100.00")
    payout = win(player, "10.00")
    expect_refusal(case.send(cancel(payout)), "OP_41")
    expect_refusal(case.send(payout), "OP_49")
    case.expect_holds(player, "100.00")


@rule("replay-22", "A BET whose cancel came first gets OP_49 each time it comes.")
def bet_after_its_cancel_again(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    expect_codes([case.send(stake) for _ in range(3)], {"OP_49": 3})


def register_other_data_rule(number: int, name: str, value: Callable[[Case], object]) -> None:
    @rule(f"replay-{number:02}", f"A known transaction id with another {name} gets OP_40, and nothing moves.")
    def other_data(case: Case) -> None:
        player, stake = take_bet(case)
        expect_refusal(case.send(stake.but(**{name: value(case)})), "OP_40")
        case.expect_holds(player, "90.00")


register_other_data_rule(23, "amount", lambda _: Decimal("10.01"))
register_other_data_rule(24, "transaction_type", lambda _: "WIN")
register_other_data_rule(25, "currency_code", lambda _: "XXX")
register_other_data_rule(26, "round_id", lambda _: new_id())
register_other_data_rule(27, "game_id", lambda _: 999_998)
register_other_data_rule(28, "user_id", lambda case: case.player("100.00").user_id)


@rule("replay-29", "OP_40 comes before the token and the funds.")
def other_data_before_token_and_funds(case: Case) -> None:
    _, stake = take_bet(case)
    expect_refusal(case.send(stake.but(token=UNKNOWN_TOKEN, amount=Decimal("1000.00"))), "OP_40")


@rule("replay-30", "After an OP_40 the original is as it was.")
def original_after_other_data(case: Case) -> None:
    _, stake = take_bet(case)
    expect_refusal(case.send(stake.but(amount=Decimal("10.01"))), "OP_40")
    expect_ok(case.send(status(stake)), transaction_status="OK")
    expect_ok(case.send(stake), balance="90.00")


@rule("replay-31", "The user comes before what is known: an unknown user gets OP_34.")
def user_before_known(case: Case) -> None:
    _, stake = take_bet(case)
    expect_refusal(case.send(stake.but(user_id=f"nobody{new_id()}")), "OP_34")
