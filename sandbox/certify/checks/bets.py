"""changebalance with a BET: what it moves, and every refusal in its order."""

from dataclasses import replace
from decimal import Decimal

import msgspec

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_ok, expect_refusal
from sandbox.certify.messages import Player, balance, bet, new_id, win
from sandbox.certify.registry import rule

UNKNOWN_TOKEN = "Z" * 32
UNMAPPED_GAME = 999_999


def block(case: Case, player: Player) -> None:
    case.stage.cashier.block(player.user_id, "certification")


@rule("bet-01", "A BET takes its amount, and the answer has the balance after it.")
def takes_its_amount(case: Case) -> None:
    player = case.player("100.00")
    expect_ok(case.send(bet(player, "17.25")), balance="82.75", currency_code=player.currency)
    case.expect_holds(player, "82.75")


@rule("bet-02", "The whole balance may be bet.")
def takes_everything(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "100.00")), balance="0.00")


@rule("bet-03", "A cent more than the balance gets OP_31, and nothing moves.")
def more_than_the_balance(case: Case) -> None:
    player = case.player("100.00")
    expect_refusal(case.send(bet(player, "100.01")), "OP_31")
    case.expect_holds(player, "100.00")


@rule("bet-04", "After OP_31 and a deposit the same BET is taken: a refusal leaves no trace.")
def same_bet_after_a_deposit(case: Case) -> None:
    player = case.player("10.00")
    stake = bet(player, "50.00")
    expect_refusal(case.send(stake), "OP_31")
    case.add_money(player, "90.00")
    expect_ok(case.send(stake), balance="50.00")


@rule("bet-05", "BET 0, a free spin, is normal.")
def zero(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "0.00")), balance="100.00")


@rule("bet-06", "BET 0 is normal with nothing on the account, too.")
def zero_with_nothing(case: Case) -> None:
    expect_ok(case.send(bet(case.player("0.00"), "0.00")), balance="0.00")


@rule("bet-07", "Several BETs in one round each take their amount.")
def several_in_a_round(case: Case) -> None:
    player = case.player("100.00")
    first = bet(player, "10.00")
    expect_ok(case.send(first), balance="90.00")
    expect_ok(case.send(bet(player, "20.00", round_id=first.round_id)), balance="70.00")
    expect_ok(case.send(bet(player, "30.00", round_id=first.round_id)), balance="40.00")


@rule("bet-08", "Cents add up: ten BETs of 0.10 and a WIN of 0.20 on 1.10 leave 0.30.")
def cents_add_up(case: Case) -> None:
    player = case.player("1.10")
    for _ in range(10):
        expect_ok(case.send(bet(player, "0.10")))
    expect_ok(case.send(win(player, "0.20")), balance="0.30")


@rule("bet-09", "An amount in text is taken for the number that it is.")
def amount_in_text(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "0", amount="17.25")), balance="82.75")


@rule("bet-10", "17.250 has no third decimal: it is 17.25.")
def trailing_zero(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "17.250")), balance="82.75")


@rule("bet-11", "1e1 is ten.")
def exponent(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "0", amount=msgspec.Raw(b"1e1"))), balance="90.00")


@rule("bet-12", "A whole number without a point is an amount.")
def whole_number(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "0", amount=17)), balance="83.00")


@rule("bet-13", "Amounts past a float's digits stay exact to the cent.")
def large_amounts(case: Case) -> None:
    player = case.player("0.00")
    expect_ok(case.send(win(player, "9007199254740993.01")), balance="9007199254740993.01")
    expect_ok(case.send(bet(player, "9007199254740992.98")), balance="0.03")


@rule("bet-14", "Without a token a BET gets OP_21.")
def null_token(case: Case) -> None:
    player = case.player("100.00")
    expect_refusal(case.send(bet(player, "1.00", token=None)), "OP_21")
    case.expect_holds(player, "100.00")


@rule("bet-15", "With an unknown token a BET gets OP_21.")
def unknown_token(case: Case) -> None:
    player = case.player("100.00")
    expect_refusal(case.send(bet(player, "1.00", token=UNKNOWN_TOKEN)), "OP_21")
    case.expect_holds(player, "100.00")


@rule("bet-16", "With another player's token a BET gets OP_21.")
def another_players_token(case: Case) -> None:
    player, other = case.player("100.00"), case.player("100.00")
    expect_refusal(case.send(bet(player, "1.00", token=other.token)), "OP_21")
    case.expect_holds(player, "100.00")
    case.expect_holds(other, "100.00")


@rule("bet-17", "With the token of another game a BET gets OP_21.")
def another_games_token(case: Case) -> None:
    player = case.player("100.00")
    other_game = case.stage.games[1]
    expect_refusal(case.send(bet(player, "1.00", game_id=other_game)), "OP_21")
    case.expect_holds(player, "100.00")


@rule("bet-18", "A lobby's token allows any game.")
def lobby_token(case: Case) -> None:
    player = case.stage.create_player("100.00", lobby=True)
    expect_ok(case.send(bet(player, "1.00", game_id=case.stage.games[0])), balance="99.00")
    expect_ok(case.send(bet(player, "1.00", game_id=case.stage.games[1])), balance="98.00")


@rule("bet-19", "A game that the catalogue does not know is accepted.")
def unmapped_game(case: Case) -> None:
    player = case.stage.create_player("100.00", lobby=True)
    expect_ok(case.send(bet(player, "1.00", game_id=UNMAPPED_GAME)), balance="99.00")


@rule("bet-20", "A BET leaves other players' balances alone.")
def other_players(case: Case) -> None:
    player, other = case.player("100.00"), case.player("50.00")
    expect_ok(case.send(bet(player, "1.00")), balance="99.00")
    case.expect_holds(other, "50.00")


@rule("bet-21", "A currency the player has no account in gets OP_30.")
def no_account(case: Case) -> None:
    player = case.player("100.00")
    expect_refusal(case.send(bet(player, "1.00", currency_code="XXX")), "OP_30")
    case.expect_holds(player, "100.00")


@rule("bet-22", "A currency other than the session's gets OP_30, even with an account in it.")
def not_the_sessions_currency(case: Case) -> None:
    player = case.stage.create_player("100.00", currencies=("EUR", "USD"))
    expect_refusal(case.send(bet(player, "0.00", currency_code="USD")), "OP_30")


@rule("bet-23", "A blocked player's BET gets OP_33, and is taken once unblocked.")
def blocked(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "1.00")
    block(case, player)
    expect_refusal(case.send(stake), "OP_33")
    case.stage.cashier.unblock(player.user_id, "certification")
    expect_ok(case.send(stake), balance="99.00")


@rule("bet-24", "A disabled game's BET gets OP_35.")
def disabled_game(case: Case) -> None:
    game_id = case.stage.find_disabled_game()
    player = case.stage.create_player("100.00", lobby=True)
    expect_refusal(case.send(bet(player, "1.00", game_id=game_id)), "OP_35")


@rule("bet-25", "An unknown user gets OP_34.")
def unknown_user(case: Case) -> None:
    expect_refusal(case.send(bet(case.player(), "1.00", user_id=f"nobody{new_id()}")), "OP_34")


@rule("bet-26", "The user comes before the token.")
def user_before_token(case: Case) -> None:
    message = bet(case.player(), "1.00", user_id=f"nobody{new_id()}", token=UNKNOWN_TOKEN)
    expect_refusal(case.send(message), "OP_34")


@rule("bet-27", "The account comes before the token.")
def account_before_token(case: Case) -> None:
    message = bet(case.player(), "1.00", currency_code="XXX", token=UNKNOWN_TOKEN)
    expect_refusal(case.send(message), "OP_30")


@rule("bet-28", "The token comes before the block.")
def token_before_block(case: Case) -> None:
    player = case.player()
    block(case, player)
    expect_refusal(case.send(bet(player, "1.00", token=UNKNOWN_TOKEN)), "OP_21")


@rule("bet-29", "The session's currency comes before the block.")
def session_currency_before_block(case: Case) -> None:
    player = case.stage.create_player("100.00", currencies=("EUR", "USD"))
    block(case, player)
    expect_refusal(case.send(bet(player, "0.00", currency_code="USD")), "OP_30")


@rule("bet-30", "The block comes before the funds.")
def block_before_funds(case: Case) -> None:
    player = case.player("1.00")
    block(case, player)
    expect_refusal(case.send(bet(player, "2.00")), "OP_33")


@rule("bet-31", "A finished round comes before the funds.")
def round_before_funds(case: Case) -> None:
    player = case.player("1.00")
    last = win(player, "0.00", round_finished=True)
    expect_ok(case.send(last))
    expect_refusal(case.send(bet(player, "2.00", round_id=last.round_id)), "OP_49")


@rule("bet-32", "The token comes before the finished round.")
def token_before_round(case: Case) -> None:
    player = case.player("100.00")
    last = win(player, "0.00", round_finished=True)
    expect_ok(case.send(last))
    expect_refusal(case.send(bet(player, "1.00", round_id=last.round_id, token=UNKNOWN_TOKEN)), "OP_21")


@rule("bet-33", "An id is a text: 0123 and 123 are two transactions.")
def ids_are_texts(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "1.00")
    expect_ok(case.send(stake), balance="99.00")
    expect_ok(case.send(stake.but(transaction_id=f"0{stake.transaction_id}")), balance="98.00")


@rule("bet-34", "A user id of 70 characters can play.")
def long_user_id(case: Case) -> None:
    player = case.stage.create_player("100.00", user_id=f"{new_id():0>70}")
    expect_ok(case.send(balance(player)), balance="100.00")
    expect_ok(case.send(bet(player, "1.00")), balance="99.00")


@rule("bet-35", "Campaign details may be an object, a list or a text.")
def campaign_details(case: Case) -> None:
    player = case.player("100.00")
    for details in ({"total": 10, "left": 9}, [10, 9], "10 of 9"):
        context = {"reason": "PROMO-FREESPIN", "history_id": "h1", "campaign_code": "C1", "campaign_details": details}
        expect_ok(case.send(bet(player, "0.00", context=context)), balance="100.00")


@rule("bet-36", "A context with ticket, rake of four decimals and history is accepted.")
def full_context(case: Case) -> None:
    context = {
        "reason": "SPIN",
        "rake": Decimal("0.0328"),
        "history_id": "350-a1Basdf",
        "game_details": {"ticket_id": 12345678901234567890},
    }
    expect_ok(case.send(bet(case.player("100.00"), "1.00", context=context)), balance="99.00")


@rule("bet-37", "A context with a reason alone is accepted.")
def short_context(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "1.00", context={"reason": "not_provided"})), balance="99.00")


@rule("bet-38", "round_finished may be null.")
def null_round_finished(case: Case) -> None:
    expect_ok(case.send(bet(case.player("100.00"), "1.00", round_finished=None)), balance="99.00")


@rule("bet-39", "A BET in one currency leaves the account in the other alone.")
def other_currency(case: Case) -> None:
    player = case.stage.create_player("100.00", currencies=("EUR", "USD"))
    dollars = case.stage.open_session(replace(player, currency="USD"))
    expect_refusal(case.send(bet(dollars, "1.00")), "OP_31")
    expect_ok(case.send(bet(player, "1.00")), balance="99.00")
    case.expect_holds(dollars, "0.00")
