"""What closes a round, for whom, and what a closed round still takes."""

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_ok, expect_refusal
from sandbox.certify.messages import Message, Player, bet, cancel, finishround, win
from sandbox.certify.registry import rule


def expect_closed(case: Case, player: Player, last: Message, balance: str) -> None:
    """:raises Failed: the round takes a further BET, or that BET moves something."""
    expect_refusal(case.send(bet(player, "1.00", round_id=last.round_id)), "OP_49")
    case.expect_holds(player, balance)


@rule("round-01", "A BET with round_finished true closes its round to BETs.")
def closed_by_a_bet(case: Case) -> None:
    player = case.player("100.00")
    last = bet(player, "10.00", round_finished=True)
    expect_ok(case.send(last), balance="90.00")
    expect_closed(case, player, last, "90.00")


@rule("round-02", "A WIN with round_finished true closes its round to BETs.")
def closed_by_a_win(case: Case) -> None:
    player = case.player("100.00")
    last = win(player, "10.00", round_finished=True)
    expect_ok(case.send(last), balance="110.00")
    expect_closed(case, player, last, "110.00")


@rule("round-03", "WIN 0 with round_finished true closes its round to BETs.")
def closed_by_win_zero(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake), balance="90.00")
    last = win(player, "0.00", round_id=stake.round_id, round_finished=True)
    expect_ok(case.send(last), balance="90.00")
    expect_closed(case, player, last, "90.00")


@rule("round-04", "round_finished false or null leaves the round open.")
def left_open(case: Case) -> None:
    player = case.player("100.00")
    first = bet(player, "1.00", round_finished=None)
    expect_ok(case.send(first), balance="99.00")
    expect_ok(case.send(win(player, "0.00", round_id=first.round_id)), balance="99.00")
    expect_ok(case.send(bet(player, "1.00", round_id=first.round_id)), balance="98.00")


@rule("round-05", "A round that was closed once is not opened by a later round_finished false.")
def stays_closed(case: Case) -> None:
    player = case.player("100.00")
    last = win(player, "1.00", round_finished=True)
    expect_ok(case.send(last))
    later = win(player, "1.00", round_id=last.round_id, round_finished=False)
    expect_ok(case.send(later), balance="102.00")
    expect_closed(case, player, later, "102.00")


@rule("round-06", "One player's end of a round is not another's at the same table.")
def round_of_each_player(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    first = bet(player, "1.00", round_finished=True)
    expect_ok(case.send(first))
    expect_ok(case.send(bet(other, "1.00", round_id=first.round_id)), balance="99.00")


@rule("round-07", "A closed round's id in text is the same round.")
def round_id_in_text(case: Case) -> None:
    player = case.player("100.00")
    last = bet(player, "1.00", round_finished=True)
    expect_ok(case.send(last))
    expect_refusal(case.send(bet(player, "1.00", round_id=str(last.round_id))), "OP_49")


@rule("round-08", "A closed round does not keep the player from the next one.")
def next_round(case: Case) -> None:
    player = case.player("100.00")
    expect_ok(case.send(bet(player, "1.00", round_finished=True)), balance="99.00")
    expect_ok(case.send(bet(player, "1.00")), balance="98.00")


@rule("round-09", "finishround closes a round to BETs.")
def closed_by_finishround(case: Case) -> None:
    player = case.player("100.00")
    last = bet(player, "10.00")
    expect_ok(case.send(last), balance="90.00")
    expect_ok(case.send(finishround(last)))
    expect_closed(case, player, last, "90.00")


@rule("round-10", "A cancel with round_finished true closes a round to BETs.")
def closed_by_cancel(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake, round_finished=True)))
    expect_refusal(case.send(bet(player, "1.00", round_id=stake.round_id)), "OP_49")
    case.expect_holds(player, "100.00")


@rule("round-11", "A cancel with round_finished null leaves the round open.")
def left_open_by_cancel(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake, round_finished=None)))
    expect_ok(case.send(bet(player, "1.00", round_id=stake.round_id)), balance="99.00")


@rule("round-12", "A whole round: two BETs, two WINs, the last of them closing it.")
def whole_round(case: Case) -> None:
    player = case.player("100.00")
    first = bet(player, "10.00")
    expect_ok(case.send(first), balance="90.00")
    expect_ok(case.send(bet(player, "5.00", round_id=first.round_id)), balance="85.00")
    expect_ok(case.send(win(player, "7.50", round_id=first.round_id)), balance="92.50")
    expect_ok(case.send(win(player, "30.00", round_id=first.round_id, round_finished=True)), balance="122.50")
    case.expect_holds(player, "122.50")
