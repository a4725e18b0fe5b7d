"""Bodies that are refused: OP_50, which stops no retry, with a message that names the field; and nothing moves."""

from decimal import Decimal
from typing import Any

import msgspec

from sandbox.certify.case import Case, describe
from sandbox.certify.expectations import expect, expect_ok, expect_refusal
from sandbox.certify.messages import Message, Player, authenticate, balance, bet, cancel, finishround, status, win
from sandbox.certify.registry import rule

DEPTH = 10_000
NEEDED = {
    "authenticate": ("token",),
    "balance": ("token", "user_id", "currency_code"),
    "changebalance": (
        "user_id",
        "transaction_type",
        "transaction_id",
        "round_id",
        "game_id",
        "currency_code",
        "amount",
        "transaction_timestamp",
    ),
    "status": ("user_id", "transaction_id"),
    "cancel": ("user_id", "transaction_id", "round_id", "game_id"),
    "finishround": ("round_id", "user_id", "game_id"),
}

# What a BET may not have: the field, the value, and how the sentence calls it.
UNFIT: tuple[tuple[str, object, str], ...] = (
    ("amount", Decimal("-1.00"), "a negative amount"),
    ("amount", Decimal("1.005"), "an amount with a third decimal"),
    ("amount", msgspec.Raw(b"1e-3"), "an amount whose exponent makes a third decimal"),
    ("amount", "1.005", "an amount in text with a third decimal"),
    ("amount", Decimal("10000000000000000.00"), "an amount with 17 digits before the point"),
    ("amount", msgspec.Raw(b"1e16"), "an amount whose exponent makes 17 digits"),
    ("amount", "ten", "an amount that is a word"),
    ("amount", "NaN", "the amount NaN in text"),
    ("amount", "Infinity", "the amount Infinity in text"),
    ("amount", "", "an empty amount"),
    ("amount", "1,00", "a comma in the amount"),
    ("amount", True, "an amount that is true"),
    ("amount", [Decimal("1.00")], "an amount in a list"),
    ("transaction_type", "BONUS", "a transaction type that does not exist"),
    ("transaction_type", "bet", "a transaction type in small letters"),
    ("transaction_id", 1.5, "a transaction id with a fraction"),
    ("transaction_id", msgspec.Raw(b"1e3"), "a transaction id with an exponent"),
    ("transaction_id", True, "a transaction id that is true"),
    ("transaction_id", {"id": 1}, "a transaction id that is an object"),
    ("transaction_id", "", "an empty transaction id"),
    ("transaction_id", "7" * 128, "a transaction id of 128 characters"),
    ("transaction_id", "12|34", "a | in the transaction id"),
    ("round_id", [1], "a round id that is a list"),
    ("round_id", "12|34", "a | in the round id"),
    ("game_id", False, "a game id that is false"),
    ("user_id", "u" * 71, "a user id of 71 characters"),
    ("user_id", "12|34", "a | in the user id"),
    ("user_id", {}, "a user id that is an object"),
    ("token", "A" * 51, "a token of 51 characters"),
    ("token", f"{'A' * 20}|{'A' * 11}", "a | in the token"),
    ("token", 12345678901234567890, "a token that is a number"),
    ("currency_code", "EUROS", "a currency of five letters"),
    ("currency_code", 978, "a currency that is a number"),
    ("round_finished", "true", "a round_finished that is a text"),
    ("round_finished", 1, "a round_finished that is a number"),
    ("transaction_timestamp", 1606822496, "a transaction timestamp that is a number"),
    ("transaction_timestamp", "yesterday", "a transaction timestamp that is a word"),
    ("context", "SPIN", "a context that is a text"),
    ("context", ["SPIN"], "a context that is a list"),
)


def build(command: str, player: Player) -> Message:
    """A good message of this command; what it speaks of need not exist, since the body comes first."""
    stake = bet(player, "1.00")
    return {
        "authenticate": authenticate(player),
        "balance": balance(player),
        "changebalance": stake,
        "status": status(stake),
        "cancel": cancel(stake),
        "finishround": finishround(stake),
    }[command]


def register_needed_rule(number: int, command: str, name: str) -> None:
    @rule(f"body-{number:02}", f"{command} without {name}, or with null for it, gets OP_50.")
    def field_is_needed(case: Case) -> None:
        message = build(command, case.player())
        expect_refusal(case.send(message.without(name), note=f"without {name}"), "OP_50", naming=name)
        expect_refusal(case.send(message.but(**{name: None}), note=f"{name}=null"), "OP_50", naming=name)


_pairs = [(command, name) for command, names in NEEDED.items() for name in names]
for _number, (_command, _name) in enumerate(_pairs, start=1):
    register_needed_rule(_number, _command, _name)


def register_unfit_rule(number: int, name: str, value: object, words: str) -> None:
    @rule(f"body-{number:02}", f"A BET with {words} gets OP_50, and nothing moves.")
    def value_is_unfit(case: Case) -> None:
        player = case.player("100.00")
        message = bet(player, "1.00").but(**{name: value})
        expect_refusal(case.send(message, note=describe({name: value})), "OP_50", naming=name)
        case.expect_holds(player, "100.00")


for _number, _unfit in enumerate(UNFIT, start=30):
    register_unfit_rule(_number, *_unfit)


def expect_needed_in_envelope(case: Case, name: str) -> None:
    message = balance(case.player())
    expect_refusal(case.send_changed(message, without=name), "OP_50", naming=name)
    null: dict[str, Any] = {name: None}
    expect_refusal(case.send_changed(message, **null), "OP_50", naming=name)


@rule("body-70", "A request without its command gets OP_50.")
def no_command(case: Case) -> None:
    expect_needed_in_envelope(case, "command")


@rule("body-71", "A request without request_timestamp gets OP_50.")
def no_request_timestamp(case: Case) -> None:
    expect_needed_in_envelope(case, "request_timestamp")


@rule("body-72", "A request without its hash gets OP_50: it is incomplete, not forged.")
def no_hash(case: Case) -> None:
    expect_needed_in_envelope(case, "hash")


@rule("body-73", "A request without data gets OP_50.")
def no_data(case: Case) -> None:
    expect_needed_in_envelope(case, "data")


@rule("body-74", "A command other than the address's gets OP_50.")
def command_of_another_address(case: Case) -> None:
    exchange = case.send_changed(balance(case.player()), command="status")
    expect_refusal(exchange, "OP_50", naming="command")


@rule("body-75", "data that is a list or a text gets OP_50.")
def data_is_no_object(case: Case) -> None:
    message = balance(case.player())
    expect_refusal(case.send_changed(message, data=[]), "OP_50", naming="data")
    expect_refusal(case.send_changed(message, data="token"), "OP_50", naming="data")


@rule("body-76", "A hash or a timestamp that is a number gets OP_50.")
def envelope_of_wrong_types(case: Case) -> None:
    message = balance(case.player())
    expect_refusal(case.send_changed(message, hash=1), "OP_50", naming="hash")
    expect_refusal(case.send_changed(message, request_timestamp=1606822496), "OP_50", naming="request_timestamp")


@rule("body-77", "A body that breaks off gets OP_50.")
def body_breaks_off(case: Case) -> None:
    body = case.wallet.encode("balance", balance(case.player()).data)
    expect_refusal(case.send_body("balance", body[:-1]), "OP_50")


@rule("body-78", "An empty body gets OP_50.")
def empty_body(case: Case) -> None:
    expect_refusal(case.send_body("balance", b""), "OP_50")


@rule("body-79", "A body that is JSON but no object gets OP_50.")
def body_is_no_object(case: Case) -> None:
    for body in (b"[]", b'"balance"', b"17", b"null"):
        expect_refusal(case.send_body("balance", body), "OP_50")


@rule("body-80", "A body that is not UTF-8 gets OP_50.")
def body_is_no_utf8(case: Case) -> None:
    body = case.wallet.encode("balance", balance(case.player()).but(novelty="cafe").data)
    expect_refusal(case.send_body("balance", body.replace(b"cafe", b"caf\xe9")), "OP_50")


@rule("body-81", "The bare word NaN is no JSON: OP_50, and nothing moves.")
def amount_is_bare_nan(case: Case) -> None:
    player = case.player("100.00")
    body = case.wallet.encode("changebalance", bet(player, "1.00", amount=msgspec.Raw(b"NaN")).data)
    expect_refusal(case.send_body("changebalance", body), "OP_50")
    case.expect_holds(player, "100.00")


@rule("body-82", "A WIN that was refused for its body is credited once it comes in order.")
def refused_body_leaves_no_trace(case: Case) -> None:
    player = case.player("100.00")
    message = win(player, "5.00")
    expect_refusal(case.send(message.without("round_id")), "OP_50", naming="round_id")
    expect_ok(case.send(message), balance="105.00")


@rule("body-83", "cancel: round_finished that is a text gets OP_50.")
def cancel_with_unfit_flag(case: Case) -> None:
    stake = bet(case.player(), "1.00")
    expect_refusal(case.send(cancel(stake, round_finished="yes")), "OP_50", naming="round_finished")


@rule("body-84", "A refused cancel leaves no tombstone: its BET is taken.")
def refused_cancel_leaves_no_tombstone(case: Case) -> None:
    stake = bet(case.player("100.00"), "1.00")
    expect_refusal(case.send(cancel(stake).without("round_id")), "OP_50", naming="round_id")
    expect_ok(case.send(stake), balance="99.00")


@rule("body-85", "A | in the context's reason gets OP_50, and nothing moves.")
def bar_in_the_reason(case: Case) -> None:
    player = case.player("100.00")
    message = bet(player, "1.00", context={"reason": "SPIN|BONUS", "history_id": "h"})
    expect_refusal(case.send(message), "OP_50", naming="reason")
    case.expect_holds(player, "100.00")


@rule("body-86", "A body nested ten thousand deep gets OP_50, not a crash.")
def nested_too_deep(case: Case) -> None:
    message = balance(case.player()).but(novelty=msgspec.Raw(b"[" * DEPTH + b"]" * DEPTH))
    body = case.wallet.encode("balance", message.data)
    expect_refusal(case.send_body("balance", body), "OP_50")


@rule("body-87", "A context with characters that a database cannot store gets OK or OP_50, and is never half done.")
def unstorable_context(case: Case) -> None:
    player = case.player("100.00")
    for escape in (b"\\u0000", b"\\ud800"):
        context = msgspec.Raw(b'{"reason":"SPIN","history_id":"h","novelty":"a%sb"}' % escape)
        message = win(player, "1.00", context=context)
        exchange = case.send(message)
        expect(exchange.code in {"OK", "OP_50"}, f"expected OK or OP_50, got {exchange.code}", exchange)
        wanted = "101.00" if exchange.code == "OK" else "100.00"
        case.expect_holds(player, wanted)
        case.send(cancel(message))
