"""finishround: the platform has no more to say in a round."""

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_codes, expect_ok, expect_refusal
from sandbox.certify.messages import bet, finishround, new_id, win
from sandbox.certify.registry import rule


@rule("finish-01", "A round that was played is finished, and the answer names round, user and game.")
def names_its_subject(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    names = ("round_id", "user_id", "game_id")
    expect_ok(case.send(finishround(stake)), **{name: stake.data[name] for name in names})


@rule("finish-02", "Finishing it again is OK each time.")
def again(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_codes([case.send(finishround(stake)) for _ in range(3)], {"OK": 3})


@rule("finish-03", "A round that a WIN has closed can be finished.")
def closed_already(case: Case) -> None:
    last = win(case.player("100.00"), "10.00", round_finished=True)
    expect_ok(case.send(last))
    expect_ok(case.send(finishround(last)))


@rule("finish-04", "A round nobody played gets OP_41.")
def unknown_round(case: Case) -> None:
    expect_refusal(case.send(finishround(bet(case.player(), "10.00"))), "OP_41")


@rule("finish-05", "An unknown user gets OP_34.")
def unknown_user(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(finishround(stake, user_id=f"nobody{new_id()}")), "OP_34")


@rule("finish-06", "A round that another user played gets OP_41, and stays open for its player.")
def another_users_round(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_refusal(case.send(finishround(stake, user_id=other.user_id)), "OP_41")
    expect_ok(case.send(bet(player, "10.00", round_id=stake.round_id)), balance="80.00")


@rule("finish-07", "Finishing moves no money.")
def moves_nothing(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(finishround(stake)))
    case.expect_holds(player, "90.00")


@rule("finish-08", "Date and time need not be there, nor be sensible.")
def dates_do_not_matter(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(finishround(stake, round_date="2023-02-30", round_ts="never")))
    expect_ok(case.send(finishround(stake).without("round_date").without("round_ts")))


@rule("finish-09", "A blocked player's round can be finished.")
def blocked_player(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    case.stage.cashier.block(player.user_id, "certification")
    expect_ok(case.send(finishround(stake)))


@rule("finish-10", "Asking to finish an unknown round leaves no trace: its BET is taken.")
def unknown_round_leaves_no_trace(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_refusal(case.send(finishround(stake)), "OP_41")
    expect_ok(case.send(stake), balance="90.00")
