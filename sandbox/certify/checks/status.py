"""status: what became of a transaction."""

from collections.abc import Callable

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_ok, expect_refusal
from sandbox.certify.messages import Message, bet, cancel, new_id, refund, status, win
from sandbox.certify.registry import rule


def register_done_rule(number: int, kind: str, build: Callable[..., Message]) -> None:
    @rule(f"status-{number:02}", f"A {kind} that was done is OK.")
    def done_is_ok(case: Case) -> None:
        message = build(case.player("100.00"), "10.00")
        expect_ok(case.send(message))
        expect_ok(case.send(status(message)), transaction_status="OK")


register_done_rule(1, "BET", bet)
register_done_rule(2, "WIN", win)
register_done_rule(3, "REFUND", refund)


@rule("status-04", "The answer names user and transaction.")
def names_its_subject(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    exchange = case.send(status(stake))
    expect_ok(exchange, user_id=stake.data["user_id"], transaction_id=stake.transaction_id)


@rule("status-05", "A canceled BET is answered OK with transaction_status CANCELED.")
def canceled_bet(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake)))
    expect_ok(case.send(status(stake)), transaction_status="CANCELED")


@rule("status-06", "A canceled WIN is answered OK with transaction_status CANCELED.")
def canceled_win(case: Case) -> None:
    payout = win(case.player("100.00"), "10.00")
    expect_ok(case.send(payout))
    expect_ok(case.send(cancel(payout)))
    expect_ok(case.send(status(payout, transaction_type="WIN")), transaction_status="CANCELED")


@rule("status-07", "A transaction nobody sent gets OP_41.")
def unknown(case: Case) -> None:
    expect_refusal(case.send(status(bet(case.player(), "10.00"))), "OP_41")


@rule("status-08", "A transaction of which only the cancel came gets OP_41.")
def tombstone(case: Case) -> None:
    stake = bet(case.player(), "10.00")
    expect_refusal(case.send(cancel(stake)), "OP_41")
    expect_refusal(case.send(status(stake)), "OP_41")


@rule("status-09", "A BET that was refused for funds gets OP_41.")
def refused_bet(case: Case) -> None:
    stake = bet(case.player("1.00"), "10.00")
    expect_refusal(case.send(stake), "OP_31")
    expect_refusal(case.send(status(stake)), "OP_41")


@rule("status-10", "An unknown user gets OP_34.")
def unknown_user(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(status(stake, user_id=f"nobody{new_id()}")), "OP_34")


@rule("status-11", "A date that no calendar has and a time in milliseconds are no reason to refuse.")
def impossible_date(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    message = status(stake, transaction_date="2020-11-31", transaction_ts="1606822496000")
    expect_ok(case.send(message), transaction_status="OK")


@rule("status-12", "Neither date nor time need be there.")
def no_date(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    message = status(stake).without("transaction_date").without("transaction_ts")
    expect_ok(case.send(message), transaction_status="OK")


@rule("status-13", "Asking moves nothing, however often.")
def asking_moves_nothing(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    for _ in range(3):
        expect_ok(case.send(status(stake)), transaction_status="OK")
    case.expect_holds(player, "90.00")


@rule("status-14", "A blocked player's transaction can be asked for.")
def blocked_player(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    case.stage.cashier.block(player.user_id, "certification")
    expect_ok(case.send(status(stake)), transaction_status="OK")


@rule("status-15", "Asking for an unknown transaction leaves no trace: it is taken when it comes.")
def asking_leaves_no_trace(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_refusal(case.send(status(stake)), "OP_41")
    expect_ok(case.send(stake), balance="90.00")
