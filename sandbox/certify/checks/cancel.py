"""cancel: exactly one transaction undone, exactly once."""

from collections.abc import Callable

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect, expect_codes, expect_ok, expect_refusal
from sandbox.certify.messages import Message, bet, cancel, finishround, new_id, refund, status, win
from sandbox.certify.registry import rule


def register_reversal_rule(number: int, kind: str, build: Callable[..., Message], after: str) -> None:
    @rule(f"cancel-{number:02}", f"Canceling a {kind} moves its money back.")
    def moves_back(case: Case) -> None:
        player = case.player("100.00")
        message = build(player, "10.00")
        expect_ok(case.send(message), balance=after)
        expect_ok(case.send(cancel(message)), transaction_status="CANCELED")
        case.expect_holds(player, "100.00")


register_reversal_rule(1, "BET", bet, "90.00")
register_reversal_rule(2, "WIN", win, "110.00")
register_reversal_rule(3, "REFUND", refund, "110.00")


@rule("cancel-04", "The answer names user and transaction.")
def names_its_subject(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    exchange = case.send(cancel(stake))
    expect_ok(exchange, user_id=stake.data["user_id"], transaction_id=stake.transaction_id)


@rule("cancel-05", "The answer has no balance.")
def has_no_balance(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    exchange = case.send(cancel(stake))
    expect_ok(exchange)
    expect("balance" not in exchange.data, "the answer has a balance", exchange)


def register_twice_rule(number: int, kind: str, build: Callable[..., Message]) -> None:
    @rule(f"cancel-{number:02}", f"Canceling a {kind} again answers CANCELED and moves nothing.")
    def twice(case: Case) -> None:
        player = case.player("100.00")
        message = build(player, "10.00")
        expect_ok(case.send(message))
        for _ in range(3):
            expect_ok(case.send(cancel(message)), transaction_status="CANCELED")
        case.expect_holds(player, "100.00")


register_twice_rule(6, "BET", bet)
register_twice_rule(7, "WIN", win)


@rule("cancel-08", "A transaction nobody sent gets OP_41.")
def unknown(case: Case) -> None:
    expect_refusal(case.send(cancel(bet(case.player(), "10.00"))), "OP_41")


@rule("cancel-09", "A cancel that came first gets OP_41 each time it comes.")
def unknown_again(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_codes([case.send(cancel(stake)) for _ in range(3)], {"OP_41": 3})


@rule("cancel-10", "After OP_41 and the refused BET, a further cancel gets OP_41 and moves nothing.")
def cancel_after_the_refused_bet(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    expect_refusal(case.send(stake), "OP_49")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    case.expect_holds(player, "100.00")


@rule("cancel-11", "Another user's transaction gets OP_41, and stays.")
def another_users(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(cancel(stake, user_id=other.user_id)), "OP_41")
    expect_ok(case.send(status(stake)), transaction_status="OK")
    case.expect_holds(player, "90.00")
    case.expect_holds(other, "100.00")


@rule("cancel-12", "A stranger's cancel leaves no tombstone: the owner's retry gets OK.")
def another_users_leaves_no_tombstone(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(cancel(stake, user_id=other.user_id)), "OP_41")
    expect_ok(case.send(stake), balance="90.00")
    expect_ok(case.send(cancel(stake)), transaction_status="CANCELED")
    case.expect_holds(player, "100.00")


@rule("cancel-13", "An unknown user gets OP_34, and the transaction stays.")
def unknown_user(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(cancel(stake, user_id=f"nobody{new_id()}")), "OP_34")
    case.expect_holds(player, "90.00")


@rule("cancel-14", "Only the one transaction is undone, not its round.")
def only_the_one(case: Case) -> None:
    player = case.player("100.00")
    first = bet(player, "10.00")
    second = bet(player, "20.00", round_id=first.round_id)
    expect_ok(case.send(first))
    expect_ok(case.send(second), balance="70.00")
    expect_ok(case.send(cancel(first)))
    expect_ok(case.send(status(second)), transaction_status="OK")
    case.expect_holds(player, "80.00")


@rule("cancel-15", "Canceling a spent WIN takes the balance below zero.")
def below_zero(case: Case) -> None:
    player = case.player("0.00")
    payout = win(player, "10.00")
    expect_ok(case.send(payout), balance="10.00")
    expect_ok(case.send(bet(player, "8.00")), balance="2.00")
    expect_ok(case.send(cancel(payout)), transaction_status="CANCELED")
    case.expect_holds(player, "-8.00")


@rule("cancel-16", "While the balance is below zero a BET gets OP_31.")
def bet_below_zero(case: Case) -> None:
    player = case.player("0.00")
    payout = win(player, "10.00")
    expect_ok(case.send(payout))
    expect_ok(case.send(bet(player, "8.00")))
    expect_ok(case.send(cancel(payout)))
    expect_refusal(case.send(bet(player, "1.00")), "OP_31")


@rule("cancel-17", "Once the balance is positive again, BETs are taken.")
def bet_above_zero_again(case: Case) -> None:
    player = case.player("0.00")
    payout = win(player, "10.00")
    expect_ok(case.send(payout))
    expect_ok(case.send(bet(player, "8.00")))
    expect_ok(case.send(cancel(payout)))
    expect_ok(case.send(win(player, "9.00")), balance="1.00")
    expect_ok(case.send(bet(player, "1.00")), balance="0.00")


@rule("cancel-18", "BET 0 can be canceled.")
def zero(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "0.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake)), transaction_status="CANCELED")
    expect_ok(case.send(status(stake)), transaction_status="CANCELED")


@rule("cancel-19", "A blocked player's BET can be canceled, and the stake comes back.")
def blocked_player(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    case.stage.cashier.block(player.user_id, "certification")
    expect_ok(case.send(cancel(stake)), transaction_status="CANCELED")
    case.stage.cashier.unblock(player.user_id, "certification")
    case.expect_holds(player, "100.00")


@rule("cancel-20", "A BET of a finished round can be canceled.")
def finished_round(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(finishround(stake)))
    expect_ok(case.send(cancel(stake)), transaction_status="CANCELED")
    case.expect_holds(player, "100.00")


@rule("cancel-21", "A transaction id in text cancels the number's transaction.")
def id_in_text(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake, transaction_id=str(stake.transaction_id))), transaction_status="CANCELED")
    case.expect_holds(player, "100.00")


@rule("cancel-22", "round_finished need not be there.")
def without_round_finished(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake).without("round_finished")), transaction_status="CANCELED")
    case.expect_holds(player, "100.00")


@rule("cancel-23", "A tombstone bars its own transaction alone: the round's next BET is taken.")
def tombstone_bars_one(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    expect_ok(case.send(bet(player, "10.00", round_id=stake.round_id)), balance="90.00")
