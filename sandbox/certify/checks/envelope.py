"""The shape of an answer: the echoed request, ids of the type they came in, money with two decimals, the time."""

import json
import re
from datetime import UTC, datetime

from sandbox.certify.case import Case
from sandbox.certify.exchange import Exchange
from sandbox.certify.expectations import expect, expect_http, expect_ok, expect_raw, expect_refusal
from sandbox.certify.messages import Message, Player, authenticate, balance, bet, cancel, finishround, status, win
from sandbox.certify.registry import rule

MONEY = re.compile(rb"-?(0|[1-9]\d*)\.\d\d")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
CLOCK_TOLERANCE_SECONDS = 60


def send_text(case: Case, message: Message, old: str, new: str) -> Exchange:
    """Send a message with a piece of its JSON text written differently."""
    text = case.wallet.encode(message.command, message.data).decode()
    expect(old in text, f"the request has no {old}")
    return case.send_body(message.command, text.replace(old, new, 1).encode())


def expect_echo(exchange: Exchange) -> None:
    """:raises Failed: the answer's `request` is not, byte for byte, what was sent."""
    found = exchange.find_raw("request")
    expect(found == exchange.body.strip(), "the request is not echoed byte for byte", exchange)


def expect_money(exchange: Exchange, wanted: str) -> None:
    """:raises Failed: the balance is not printed exactly like this."""
    expect_ok(exchange)
    expect_raw(exchange, wanted.encode(), "response", "data", "balance")


@rule("env-01", "A refusal, too, comes with HTTP 200.")
def refusal_is_http_200(case: Case) -> None:
    exchange = case.send(bet(case.player("1.00"), "2.00"))
    expect_http(exchange, 200)
    expect(exchange.response.get("status") == "ERROR", "response.status is not ERROR", exchange)


@rule("env-02", "A body that makes no sense, too, is answered with HTTP 200.")
def nonsense_is_http_200(case: Case) -> None:
    expect_http(case.send_body("changebalance", b"nonsense"), 200)


@rule("env-03", "Answers are application/json.")
def content_type(case: Case) -> None:
    exchange = case.send(balance(case.player()))
    kind = exchange.answer.headers.get("Content-Type", "").lower().replace(" ", "")
    expect(kind in {"application/json", "application/json;charset=utf-8"}, f"Content-Type is {kind}", exchange)


@rule("env-04", "response has status, response_timestamp, hash and data.")
def response_members(case: Case) -> None:
    exchange = case.send(balance(case.player()))
    missing = {"status", "response_timestamp", "hash", "data"} - set(exchange.response)
    expect(not missing, f"response lacks {', '.join(sorted(missing))}", exchange)


@rule("env-05", "An error has its code and a message in data.")
def error_members(case: Case) -> None:
    exchange = case.send(bet(case.player("1.00"), "2.00"))
    expect(exchange.data.get("error_code") == "OP_31", f"error_code is {exchange.data.get('error_code')}", exchange)
    expect(bool(exchange.data.get("error_message")), "error_message is missing or empty", exchange)


@rule("env-06", "The request is echoed with its keys in their order.")
def echo_keeps_key_order(case: Case) -> None:
    message = balance(case.player())
    body = case.wallet.encode("balance", dict(reversed(list(message.data.items()))))
    backwards = json.dumps(dict(reversed(json.loads(body).items())), separators=(",", ":")).encode()
    exchange = case.send_body("balance", backwards)
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-07", "The echo keeps the text of numbers: 17.250 stays 17.250.")
def echo_keeps_trailing_zero(case: Case) -> None:
    exchange = send_text(case, win(case.player(), "17.25"), "17.25", "17.250")
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-08", "The echo keeps exponents: 1e1 stays 1e1.")
def echo_keeps_exponent(case: Case) -> None:
    exchange = send_text(case, win(case.player(), "10.00"), "10.00", "1e1")
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-09", "The echo keeps nulls.")
def echo_keeps_nulls(case: Case) -> None:
    exchange = case.send(win(case.player(), "1", token=None, round_finished=None))
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-10", "The echo keeps white space between the members.")
def echo_keeps_white_space(case: Case) -> None:
    message = balance(case.player())
    document = json.loads(case.wallet.encode("balance", message.data))
    exchange = case.send_body("balance", json.dumps(document, indent="\t").replace("\n", "\r\n").encode())
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-11", "The echo keeps unicode escapes as they were written.")
def echo_keeps_escapes(case: Case) -> None:
    message = win(case.player(), "1.00", context={"reason": "CAFE", "history_id": "h"})
    exchange = send_text(case, message, "CAFE", r"caf\u00e9\/\ud83c\udfb0")
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-12", "The echo keeps characters outside ASCII as they were written.")
def echo_keeps_utf8(case: Case) -> None:
    exchange = case.send(win(case.player(), "1.00", context={"reason": "café 🎰", "history_id": "h"}))
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-13", "Members nobody has heard of are accepted and echoed.")
def echo_keeps_unknown_members(case: Case) -> None:
    message = balance(case.player()).but(novelty=[1, {"a": None}])
    exchange = case.send_changed(message, debug={"code": 200, "time": "0.04"})
    expect_ok(exchange)
    expect_echo(exchange)


@rule("env-14", "A refusal echoes the request.")
def echo_on_refusal(case: Case) -> None:
    exchange = case.send(bet(case.player("1.00"), "2"))
    expect_refusal(exchange, "OP_31")
    expect_echo(exchange)


@rule("env-15", "A refused body that is JSON is echoed.")
def echo_of_refused_body(case: Case) -> None:
    exchange = case.send(bet(case.player(), "1.00").without("amount"))
    expect_echo(exchange)


@rule("env-16", "Where the body is not JSON, request is null.")
def null_for_no_json(case: Case) -> None:
    expect_raw(case.send_body("balance", b'{"command": "balance",'), b"null", "request")


@rule("env-17", "Where the body is not UTF-8, request is null.")
def null_for_no_utf8(case: Case) -> None:
    message = balance(case.player()).but(novelty="cafe")
    body = case.wallet.encode("balance", message.data).replace(b"cafe", b"caf\xe9")
    expect_raw(case.send_body("balance", body), b"null", "request")


@rule("env-18", "Where there is no body, request is null.")
def null_for_no_body(case: Case) -> None:
    expect_raw(case.send_body("balance", b""), b"null", "request")


def send_known(case: Case, **spelled: object) -> Exchange:
    """Ask the status of a transaction with ids spelled in another JSON type than before."""
    stake = bet(case.player(), "1.00")
    case.send(stake)
    changes = {
        name: int(str(stake.data[name])) if kind is int else str(stake.data[name]) for name, kind in spelled.items()
    }
    return case.send(status(stake, **changes))


def expect_same_type(exchange: Exchange, *names: str) -> None:
    expect_ok(exchange)
    sent = json.loads(exchange.body)["data"]
    for name in names:
        expect_raw(exchange, json.dumps(sent[name]).encode(), "response", "data", name)


@rule("env-19", "A transaction_id sent as a number comes back as a number.")
def number_transaction_id(case: Case) -> None:
    expect_same_type(send_known(case, transaction_id=int), "transaction_id")


@rule("env-20", "A transaction_id sent as a text comes back as a text.")
def text_transaction_id(case: Case) -> None:
    expect_same_type(send_known(case, transaction_id=str), "transaction_id")


@rule("env-21", "A user_id sent as a text comes back as a text.")
def text_user_id(case: Case) -> None:
    expect_same_type(send_known(case, user_id=str), "user_id")


@rule("env-22", "A user_id sent as a number finds its player and comes back as a number.")
def number_user_id(case: Case) -> None:
    case.stage.require_casino()
    expect_same_type(send_known(case, user_id=int), "user_id")


def register_type_rule(number: int, command: str) -> None:
    @rule(f"env-{number:02}", f"{command}: ids come back in the type they were sent in.")
    def types_are_kept(case: Case) -> None:
        stake = bet(case.player(), "1.00")
        case.send(stake)
        build = {"cancel": cancel, "finishround": finishround}[command]
        names = {"cancel": ("transaction_id",), "finishround": ("round_id", "game_id")}[command]
        message = build(stake)
        expect_same_type(case.send(message), "user_id", *names)
        expect_same_type(case.send(message.but(**{name: str(message.data[name]) for name in names})), *names)


register_type_rule(23, "cancel")
register_type_rule(24, "finishround")


@rule("env-25", "An id of twenty digits, past any machine integer, comes back to the digit.")
def twenty_digits(case: Case) -> None:
    stake = bet(case.player(), "1.00")
    long = stake.but(transaction_id=int(f"9{stake.transaction_id:019}"), round_id=int(f"9{stake.round_id:019}"))
    expect_ok(case.send(long), balance="99.00")
    expect_same_type(case.send(status(long)), "transaction_id")


def register_money_rule(number: int, command: str) -> None:
    @rule(f"env-{number:02}", f"{command}: the balance is a JSON number with two decimals, the last one zero too.")
    def money_has_two_decimals(case: Case) -> None:
        player = case.player("327.11")
        case.send(bet(player, "0.01"))
        expect_money(case.send(message_with_balance(command, player)), "327.10")


def message_with_balance(command: str, player: Player) -> Message:
    return {"authenticate": authenticate(player), "balance": balance(player), "changebalance": win(player, "0.00")}[
        command
    ]


register_money_rule(26, "authenticate")
register_money_rule(27, "balance")
register_money_rule(28, "changebalance")


@rule("env-29", "A whole balance, too, has its two decimals.")
def whole_balance(case: Case) -> None:
    expect_money(case.send(balance(case.player("100.00"))), "100.00")


@rule("env-30", "Nothing is 0.00.")
def empty_balance(case: Case) -> None:
    expect_money(case.send(balance(case.player("0.00"))), "0.00")


@rule("env-31", "response_timestamp is YYYY-MM-DD HH:MM:SS.")
def timestamp_format(case: Case) -> None:
    exchange = case.send(balance(case.player()))
    found = str(exchange.response.get("response_timestamp"))
    expect(TIMESTAMP.fullmatch(found) is not None, f"response_timestamp is {found}", exchange)


def seconds_off(exchange: Exchange) -> float | None:
    """How far the answer's timestamp is from this machine's UTC; None where it is no timestamp."""
    try:
        answered = datetime.fromisoformat(str(exchange.response["response_timestamp"])).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
    return abs((exchange.received_at - answered).total_seconds())


@rule("env-32", "response_timestamp is the present in UTC.")
def timestamp_is_utc(case: Case) -> None:
    exchange = case.send(balance(case.player()))
    off = seconds_off(exchange)
    expect(off is not None and off < CLOCK_TOLERANCE_SECONDS, f"response_timestamp is {off} s off", exchange)


@rule("env-33", "balance and changebalance name the currency.")
def currency_is_named(case: Case) -> None:
    player = case.player()
    expect_ok(case.send(balance(player)), currency_code=player.currency)
    expect_ok(case.send(bet(player, "1.00")), currency_code=player.currency)


@rule("env-34", "An old request_timestamp is no reason to refuse: retries may be late.")
def old_request_timestamp(case: Case) -> None:
    expect_ok(case.send(balance(case.player()), timestamp="2020-12-01 13:44:54"))
