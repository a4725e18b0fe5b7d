"""Requests at the same moment: one transaction is applied once, and money is never bet twice."""

from collections.abc import Callable

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect, expect_answered_balance, expect_codes, expect_ok, expect_refusal
from sandbox.certify.messages import Message, bet, cancel, finishround, status, win
from sandbox.certify.registry import rule

CROWD = 16
TRIES = 5


def register_identical_rule(number: int, kind: str, build: Callable[..., Message], after: str) -> None:
    @rule(f"race-{number:02}", f"{CROWD} identical {kind}s at once are all OK and moved once.")
    def identical(case: Case) -> None:
        player = case.player("100.00")
        expect_codes(case.send_together([build(player, "10.00")] * CROWD), {"OK": CROWD})
        case.expect_holds(player, after)


register_identical_rule(1, "BET", bet, "90.00")
register_identical_rule(2, "WIN", win, "110.00")


@rule("race-03", "Of two BETs of 80 on 100 at once, one is taken.")
def two_bets(case: Case) -> None:
    player = case.player("100.00")
    expect_codes(case.send_together([bet(player, "80.00"), bet(player, "80.00")]), {"OK": 1, "OP_31": 1})
    case.expect_holds(player, "20.00")


@rule("race-04", f"Of {CROWD} BETs of 10 on 100 at once, ten are taken.")
def many_bets(case: Case) -> None:
    player = case.player("100.00")
    answers = case.send_together([bet(player, "10.00") for _ in range(CROWD)])
    expect_codes(answers, {"OK": 10, "OP_31": CROWD - 10})
    case.expect_holds(player, "0.00")


@rule("race-05", f"{CROWD} BETs and WINs at once add up.")
def bets_and_wins(case: Case) -> None:
    player = case.player("100.00")
    moves = [build(player, "1.00") for build in (bet, win) for _ in range(CROWD // 2)]
    expect_codes(case.send_together(moves), {"OK": CROWD})
    case.expect_holds(player, "100.00")


@rule("race-06", "BETs in one round at once each answer with another balance.")
def balances_in_order(case: Case) -> None:
    player = case.player("100.00")
    first = bet(player, "1.00")
    answers = case.send_together([first, *(bet(player, "1.00", round_id=first.round_id) for _ in range(CROWD - 1))])
    expect_codes(answers, {"OK": CROWD})
    found = sorted(str(answer.balance) for answer in answers)
    expect(len(set(found)) == CROWD, f"{CROWD} BETs answered with the balances {', '.join(found)}", answers[-1])
    case.expect_holds(player, f"{100 - CROWD}.00")


@rule("race-07", "A cancel racing its BET: either both are done, or the BET is refused; the money is back.")
def cancel_racing_its_bet(case: Case) -> None:
    player = case.player("100.00")
    ends = {("OK", "OK"): "OK", ("OP_49", "OP_41"): "OP_41"}
    for _ in range(TRIES):
        stake = bet(player, "10.00")
        taken, canceled = case.send_together([stake, cancel(stake)])
        both = taken.code, canceled.code
        expect(both in ends, f"the BET got {both[0]} and its cancel {both[1]}", canceled)
        expect(case.send(status(stake)).code == ends[both], f"status does not fit {both}", case.subject)
        case.expect_holds(player, "100.00")


@rule("race-08", f"{CROWD} identical cancels at once are all CANCELED and moved once.")
def identical_cancels(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    answers = case.send_together([cancel(stake)] * CROWD)
    for answer in answers:
        expect_ok(answer, transaction_status="CANCELED")
    case.expect_holds(player, "100.00")


@rule("race-09", "One transaction id with two amounts at once: one is taken, the other gets OP_40.")
def two_amounts(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    answers = case.send_together([stake, bet(player, "20.00").but(transaction_id=stake.transaction_id)])
    expect_codes(answers, {"OK": 1, "OP_40": 1})
    left = "90.00" if answers[0].code == "OK" else "80.00"
    case.expect_holds(player, left)


@rule("race-10", f"{CROWD} identical finishrounds at once are all OK.")
def identical_finishrounds(case: Case) -> None:
    stake = bet(case.player("100.00"), "10.00")
    expect_ok(case.send(stake))
    expect_codes(case.send_together([finishround(stake)] * CROWD), {"OK": CROWD})


@rule("race-11", "Tombstones at once: identical cancels of an unknown BET all get OP_41, and it is refused.")
def identical_early_cancels(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_codes(case.send_together([cancel(stake)] * CROWD), {"OP_41": CROWD})
    expect_refusal(case.send(stake), "OP_49")
    case.expect_holds(player, "100.00")


@rule("race-12", "Players at one table bet in one round at once, each on their own account.")
def one_table(case: Case) -> None:
    players = [case.player("100.00") for _ in range(TRIES)]
    first = bet(players[0], "10.00")
    answers = case.send_together([first, *(bet(player, "10.00", round_id=first.round_id) for player in players[1:])])
    for answer in answers:
        expect_ok(answer)
        expect_answered_balance(answer, "90.00")
