"""The request's hash is verified, and every answer past the door carries its own."""

from collections.abc import Callable

from sandbox.certify.case import Case
from sandbox.certify.exchange import Exchange
from sandbox.certify.expectations import expect, expect_ok, expect_refusal
from sandbox.certify.messages import (
    Message,
    Player,
    authenticate,
    balance,
    bet,
    cancel,
    finishround,
    new_id,
    status,
)
from sandbox.certify.registry import rule
from sandbox.wallet_client import sign_request, sign_response

WRONG = "0" * 40
LONG_AGO = "2020-12-01 13:44:54"


def expect_signed(exchange: Exchange, secret: str) -> None:
    """:raises Failed: the answer's hash is not the one of its status, its timestamp and the secret."""
    response = exchange.response
    found = response.get("hash")
    wanted = sign_response(str(response.get("status")), str(response.get("response_timestamp")), secret)
    expect(found == wanted, f"the {exchange.code} answer's hash does not verify", exchange)


def messages_of(player: Player, stake: Message) -> dict[str, Message]:
    """One good message of each command, once the stake has been taken."""
    return {
        "authenticate": authenticate(player),
        "balance": balance(player),
        "changebalance": stake,
        "status": status(stake),
        "cancel": cancel(stake),
        "finishround": finishround(stake),
    }


def register_ok_rule(number: int, command: str) -> None:
    @rule(f"sign-{number:02}", f"{command}: an OK is signed.")
    def ok_is_signed(case: Case) -> None:
        player = case.player()
        stake = bet(player, "1.00")
        case.send(stake)
        exchange = case.send(messages_of(player, stake)[command])
        expect_ok(exchange)
        expect_signed(exchange, case.wallet.secret_key)


for _number, _command in enumerate(
    ("authenticate", "balance", "changebalance", "status", "cancel", "finishround"), start=1
):
    register_ok_rule(_number, _command)


def provoke_op_20(case: Case) -> Exchange:
    return case.send_changed(balance(case.player()), hash=WRONG)


def provoke_op_21(case: Case) -> Exchange:
    return case.send(bet(case.player(), "1.00", token="A" * 32))


def provoke_op_22(case: Case) -> Exchange:
    player = case.player()
    case.stage.cashier.block(player.user_id, "certification")
    return case.send(authenticate(player))


def provoke_op_30(case: Case) -> Exchange:
    return case.send(balance(case.player()).but(currency_code="XXX"))


def provoke_op_31(case: Case) -> Exchange:
    return case.send(bet(case.player("1.00"), "1.01"))


def provoke_op_33(case: Case) -> Exchange:
    player = case.player()
    case.stage.cashier.block(player.user_id, "certification")
    return case.send(bet(player, "1.00"))


def provoke_op_34(case: Case) -> Exchange:
    return case.send(bet(case.player(), "1.00", user_id=f"nobody{new_id()}"))


def provoke_op_40(case: Case) -> Exchange:
    stake = bet(case.player(), "1.00")
    case.send(stake)
    return case.send(stake.but(round_id=new_id()))


def provoke_op_41(case: Case) -> Exchange:
    return case.send(status(bet(case.player(), "1.00")))


def provoke_op_49(case: Case) -> Exchange:
    stake = bet(case.player(), "1.00")
    case.send(stake)
    case.send(cancel(stake))
    return case.send(stake)


def provoke_op_50(case: Case) -> Exchange:
    return case.send(bet(case.player(), "1.00").without("amount"))


def provoke_op_50_without_json(case: Case) -> Exchange:
    return case.send_body("balance", b"{")


PROVOCATIONS: dict[str, Callable[[Case], Exchange]] = {
    "OP_20": provoke_op_20,
    "OP_21": provoke_op_21,
    "OP_22": provoke_op_22,
    "OP_30": provoke_op_30,
    "OP_31": provoke_op_31,
    "OP_33": provoke_op_33,
    "OP_34": provoke_op_34,
    "OP_40": provoke_op_40,
    "OP_41": provoke_op_41,
    "OP_49": provoke_op_49,
    "OP_50": provoke_op_50,
    "OP_50 to what is not JSON": provoke_op_50_without_json,
}


def register_error_rule(number: int, words: str, provoke: Callable[[Case], Exchange]) -> None:
    @rule(f"sign-{number:02}", f"An answer with {words} is signed.")
    def error_is_signed(case: Case) -> None:
        exchange = provoke(case)
        expect_refusal(exchange, words[:5])
        expect_signed(exchange, case.wallet.secret_key)


for _number, (_words, _provoke) in enumerate(PROVOCATIONS.items(), start=7):
    register_error_rule(_number, _words, _provoke)


def register_wrong_hash_rule(number: int, command: str) -> None:
    @rule(f"sign-{number:02}", f"{command}: a wrong hash gets OP_20.")
    def wrong_hash(case: Case) -> None:
        player = case.player()
        stake = bet(player, "1.00")
        case.send(stake)
        expect_refusal(case.send_changed(messages_of(player, stake)[command], hash=WRONG), "OP_20")


for _number, _command in enumerate(
    ("authenticate", "balance", "changebalance", "status", "cancel", "finishround"), start=19
):
    register_wrong_hash_rule(_number, _command)


@rule("sign-25", "A hash made for another request_timestamp gets OP_20.")
def hash_of_another_timestamp(case: Case) -> None:
    expect_refusal(case.send_changed(balance(case.player()), request_timestamp=LONG_AGO), "OP_20")


@rule("sign-26", "A hash made for another command gets OP_20.")
def hash_of_another_command(case: Case) -> None:
    signature = sign_request("status", LONG_AGO, case.wallet.secret_key)
    message = balance(case.player())
    expect_refusal(case.send_changed(message, request_timestamp=LONG_AGO, hash=signature), "OP_20")


@rule("sign-27", "A hash made with another secret gets OP_20.")
def hash_with_another_secret(case: Case) -> None:
    signature = sign_request("balance", LONG_AGO, f"{case.wallet.secret_key}x")
    message = balance(case.player())
    expect_refusal(case.send_changed(message, request_timestamp=LONG_AGO, hash=signature), "OP_20")


@rule("sign-28", "A BET with a wrong hash moves nothing, and may come again.")
def bet_with_wrong_hash(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_refusal(case.send_changed(stake, hash=WRONG), "OP_20")
    case.expect_holds(player, "100.00")
    expect_ok(case.send(stake), balance="90.00")


@rule("sign-29", "The hash comes before the player: wrong hash and unknown player get OP_20.")
def hash_before_player(case: Case) -> None:
    stake = bet(case.player(), "1.00", user_id=f"nobody{new_id()}")
    expect_refusal(case.send_changed(stake, hash=WRONG), "OP_20")


@rule("sign-30", "The body comes before the hash: no amount and a wrong hash get OP_50.")
def body_before_hash(case: Case) -> None:
    stake = bet(case.player(), "1.00").without("amount")
    expect_refusal(case.send_changed(stake, hash=WRONG), "OP_50", naming="amount")


@rule("sign-31", "An answer to the previous secret is signed with the previous secret.")
def previous_secret_signs(case: Case) -> None:
    retiring = case.stage.find_retiring()
    exchange = case.send(balance(case.player()), wallet=retiring)
    expect_signed(exchange, retiring.secret_key)
