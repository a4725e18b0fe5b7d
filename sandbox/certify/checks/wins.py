"""changebalance with a WIN or a REFUND: late money, credited whatever became of session, player and round."""

from collections.abc import Callable
from decimal import Decimal

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_ok, expect_refusal
from sandbox.certify.messages import Message, bet, cancel, finishround, new_id, refund, win
from sandbox.certify.registry import rule

UNKNOWN_TOKEN = "Z" * 32
UNMAPPED_GAME = 999_999

Credit = Callable[..., Message]


def adds_its_amount(case: Case, credit: Credit) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake), balance="90.00")
    expect_ok(case.send(credit(player, "17.25", round_id=stake.round_id)), balance="107.25")
    case.expect_holds(player, "107.25")


def zero(case: Case, credit: Credit) -> None:
    expect_ok(case.send(credit(case.player("100.00"), "0.00")), balance="100.00")


def null_token(case: Case, credit: Credit) -> None:
    expect_ok(case.send(credit(case.player("100.00"), "5.00", token=None)), balance="105.00")


def dead_token(case: Case, credit: Credit) -> None:
    expect_ok(case.send(credit(case.player("100.00"), "5.00", token=UNKNOWN_TOKEN)), balance="105.00")


def blocked(case: Case, credit: Credit) -> None:
    player = case.player("100.00")
    case.stage.cashier.block(player.user_id, "certification")
    expect_ok(case.send(credit(player, "5.00")), balance="105.00")


def without_bet(case: Case, credit: Credit) -> None:
    expect_ok(case.send(credit(case.player("0.00"), "5.00")), balance="5.00")


def finished_round(case: Case, credit: Credit) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(finishround(stake)))
    expect_ok(case.send(credit(player, "5.00", round_id=stake.round_id)), balance="95.00")


def after_cancel(case: Case, credit: Credit) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_ok(case.send(stake))
    expect_ok(case.send(cancel(stake)))
    expect_ok(case.send(credit(player, "10.00", round_id=stake.round_id)), balance="110.00")


def unmapped_game(case: Case, credit: Credit) -> None:
    expect_ok(case.send(credit(case.player("100.00"), "5.00", game_id=UNMAPPED_GAME)), balance="105.00")


def no_account(case: Case, credit: Credit) -> None:
    player = case.player("100.00")
    expect_refusal(case.send(credit(player, "5.00", currency_code="XXX")), "OP_30")
    case.expect_holds(player, "100.00")


def unknown_user(case: Case, credit: Credit) -> None:
    expect_refusal(case.send(credit(case.player(), "5.00", user_id=f"nobody{new_id()}")), "OP_34")


# What a WIN and a REFUND share.
SHARED: tuple[tuple[str, Callable[[Case, Credit], None]], ...] = (
    ("adds its amount, and the answer has the balance after it.", adds_its_amount),
    ("of 0 is normal.", zero),
    ("without a token is credited.", null_token),
    ("with a dead token is credited.", dead_token),
    ("for a blocked player is credited.", blocked),
    ("in a round without a BET is credited.", without_bet),
    ("in a finished round is credited.", finished_round),
    ("after a cancel in the same round is credited.", after_cancel),
    ("for a game that the catalogue does not know is credited.", unmapped_game),
    ("in a currency without an account gets OP_30.", no_account),
    ("for an unknown user gets OP_34.", unknown_user),
)


def register_credit_rule(number: int, kind: str, credit: Credit, index: int) -> None:
    sentence, check = SHARED[index]

    @rule(f"win-{number:02}", f"A {kind} {sentence}")
    def credit_rule(case: Case) -> None:
        check(case, credit)


for _index in range(len(SHARED)):
    register_credit_rule(1 + _index, "WIN", win, _index)
    register_credit_rule(1 + len(SHARED) + _index, "REFUND", refund, _index)


@rule("win-23", "Several WINs in one round each add their amount.")
def several_wins(case: Case) -> None:
    player = case.player("0.00")
    first = win(player, "1.00")
    expect_ok(case.send(first), balance="1.00")
    expect_ok(case.send(win(player, "2.00", round_id=first.round_id)), balance="3.00")


@rule("win-24", "A WIN with another player's token goes to the user it names.")
def another_players_token(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    expect_ok(case.send(win(player, "5.00", token=other.token)), balance="105.00")
    case.expect_holds(other, "100.00")


@rule("win-25", "A WIN in another currency than the session's goes to the account of that currency.")
def another_currency(case: Case) -> None:
    player = case.stage.create_player("100.00", currencies=("EUR", "USD"))
    expect_ok(case.send(win(player, "5.00", currency_code="USD")), balance="5.00", currency_code="USD")
    case.expect_holds(player, "100.00")


@rule("win-26", "A poker WIN with a rake of four decimals is credited in full.")
def rake(case: Case) -> None:
    context = {"reason": "not_provided", "rake": Decimal("0.0328")}
    expect_ok(case.send(win(case.player("0.00"), "17.25", context=context)), balance="17.25")


@rule("win-27", "A WIN of a disabled game is credited.")
def disabled_game(case: Case) -> None:
    game_id = case.stage.find_disabled_game()
    expect_ok(case.send(win(case.player("100.00"), "5.00", game_id=game_id)), balance="105.00")
