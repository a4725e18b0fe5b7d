"""balance, and the order of its refusals: token, user, currency, block."""

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect_ok, expect_refusal
from sandbox.certify.messages import Player, balance, bet, new_id
from sandbox.certify.registry import rule

UNKNOWN_TOKEN = "Z" * 32


def blocked_player(case: Case) -> Player:
    player = case.player()
    case.stage.cashier.block(player.user_id, "certification")
    return player


@rule("bal-01", "balance tells amount and currency.")
def tells_balance(case: Case) -> None:
    player = case.player("327.19")
    expect_ok(case.send(balance(player)), balance="327.19", currency_code=player.currency)


@rule("bal-02", "Asking moves nothing: twice the same.")
def asking_moves_nothing(case: Case) -> None:
    player = case.player("327.19")
    expect_ok(case.send(balance(player)), balance="327.19")
    expect_ok(case.send(balance(player)), balance="327.19")


@rule("bal-03", "balance follows a BET.")
def follows_a_bet(case: Case) -> None:
    player = case.player("100.00")
    expect_ok(case.send(bet(player, "0.01")))
    expect_ok(case.send(balance(player)), balance="99.99")


@rule("bal-04", "An unknown token gets OP_21.")
def unknown_token(case: Case) -> None:
    expect_refusal(case.send(balance(case.player()).but(token=UNKNOWN_TOKEN)), "OP_21")


@rule("bal-05", "An unknown user gets OP_34.")
def unknown_user(case: Case) -> None:
    expect_refusal(case.send(balance(case.player()).but(user_id=f"nobody{new_id()}")), "OP_34")


@rule("bal-06", "A currency the player has no account in gets OP_30.")
def unknown_currency(case: Case) -> None:
    expect_refusal(case.send(balance(case.player()).but(currency_code="XXX")), "OP_30")


@rule("bal-07", "A blocked player gets OP_33.")
def blocked(case: Case) -> None:
    expect_refusal(case.send(balance(blocked_player(case))), "OP_33")


@rule("bal-08", "The token comes before the user.")
def token_before_user(case: Case) -> None:
    message = balance(case.player()).but(token=UNKNOWN_TOKEN, user_id=f"nobody{new_id()}")
    expect_refusal(case.send(message), "OP_21")


@rule("bal-09", "The user comes before the currency.")
def user_before_currency(case: Case) -> None:
    message = balance(case.player()).but(user_id=f"nobody{new_id()}", currency_code="XXX")
    expect_refusal(case.send(message), "OP_34")


@rule("bal-10", "The currency comes before the block.")
def currency_before_block(case: Case) -> None:
    expect_refusal(case.send(balance(blocked_player(case)).but(currency_code="XXX")), "OP_30")


@rule("bal-11", "The token comes before the block.")
def token_before_block(case: Case) -> None:
    expect_refusal(case.send(balance(blocked_player(case)).but(token=UNKNOWN_TOKEN)), "OP_21")


@rule("bal-12", "Once unblocked, the balance is told again.")
def unblocked(case: Case) -> None:
    player = blocked_player(case)
    case.stage.cashier.unblock(player.user_id, "certification")
    expect_ok(case.send(balance(player)), balance="100.00")
