"""authenticate: who holds this token, and may they play."""

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect, expect_ok, expect_refusal
from sandbox.certify.messages import authenticate, bet
from sandbox.certify.registry import rule


@rule("auth-01", "A live token names its player and currency.")
def names_the_player(case: Case) -> None:
    player = case.player()
    expect_ok(case.send(authenticate(player)), user_id=player.user_id, currency_code=player.currency)


@rule("auth-02", "The answer has the player's name, a text.")
def has_user_name(case: Case) -> None:
    exchange = case.send(authenticate(case.player()))
    name = exchange.data.get("user_name")
    expect(isinstance(name, str) and 0 < len(name) <= 255, f"user_name is {name!r}", exchange)


@rule("auth-03", "The country comes as its code or as its English name.")
def has_country(case: Case) -> None:
    player = case.stage.create_player("0", country="DE")
    exchange = case.send(authenticate(player))
    country = exchange.data.get("user_country")
    expect(country in {"DE", "Germany"}, f"user_country is {country!r}", exchange)


@rule("auth-04", "The answer has the balance.")
def has_balance(case: Case) -> None:
    expect_ok(case.send(authenticate(case.player("12.34"))), balance="12.34")


@rule("auth-05", "Asking twice with a live token is fine.")
def asking_twice(case: Case) -> None:
    player = case.player("12.34")
    expect_ok(case.send(authenticate(player)), user_id=player.user_id)
    expect_ok(case.send(authenticate(player)), user_id=player.user_id, balance="12.34")


@rule("auth-06", "A token nobody gave out gets OP_21.")
def unknown_token(case: Case) -> None:
    expect_refusal(case.send(authenticate(case.player()).but(token="Z" * 32)), "OP_21")


@rule("auth-07", "A token in other capitals is another token: OP_21.")
def token_in_other_capitals(case: Case) -> None:
    player = case.player()
    expect_refusal(case.send(authenticate(player).but(token=player.token.swapcase())), "OP_21")


@rule("auth-08", "A player who was blocked since the launch gets OP_22.")
def blocked_player(case: Case) -> None:
    player = case.player()
    case.stage.cashier.block(player.user_id, "certification")
    expect_refusal(case.send(authenticate(player)), "OP_22")


@rule("auth-09", "Once unblocked, the player is let in again.")
def unblocked_player(case: Case) -> None:
    player = case.player()
    case.stage.cashier.block(player.user_id, "certification")
    case.stage.cashier.unblock(player.user_id, "certification")
    expect_ok(case.send(authenticate(player)), user_id=player.user_id)


@rule("auth-10", "A display name is sent where the player has one.")
def has_display_name(case: Case) -> None:
    player = case.stage.create_player("0", display_name="Lucky Seven")
    expect_ok(case.send(authenticate(player)), display_name="Lucky Seven")


@rule("auth-11", "A group is sent where the player has one.")
def has_group(case: Case) -> None:
    player = case.stage.create_player("0", group="vip")
    expect_ok(case.send(authenticate(player)), group="vip")


@rule("auth-12", "The session's currency decides which balance is shown.")
def balance_of_the_sessions_currency(case: Case) -> None:
    player = case.stage.create_player("10.00", currencies=("USD", "EUR"))
    expect_ok(case.send(authenticate(player)), currency_code="USD", balance="10.00")


@rule("auth-13", "authenticate shows what was spent since.")
def balance_is_current(case: Case) -> None:
    player = case.player("100.00")
    case.send(bet(player, "40.00"))
    expect_ok(case.send(authenticate(player)), balance="60.00")
