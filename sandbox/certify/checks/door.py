"""Who may come in, with what method and how much: everything that is not answered with HTTP 200."""

from sandbox.certify.case import Case
from sandbox.certify.expectations import expect, expect_http, expect_ok, expect_refusal
from sandbox.certify.messages import Message, authenticate, balance, bet, cancel, finishround, status
from sandbox.certify.registry import rule
from sandbox.wallet_client import sign_authorization

LARGEST_BODY = 64 * 1024
WRONG = "0" * 40


def send_with(case: Case, message: Message, **headers: str | None) -> int:
    """Send a message with headers replaced, or dropped where None; underscores stand for hyphens. The HTTP status."""
    changed = {name.replace("_", "-"): text for name, text in headers.items()}
    merged = {**case.wallet.headers(message.command), **changed}
    kept = {name: text for name, text in merged.items() if text is not None}
    body = case.wallet.encode(message.command, message.data)
    note = ", ".join(f"without {name}" if text is None else f"{name}={text[:4]}…" for name, text in changed.items())
    return case.send_body(message.command, body, kept, note=note).answer.status


def expect_door_shut(case: Case, message: Message, **headers: str | None) -> None:
    found = send_with(case, message, **headers)
    expect(found == 403, f"expected HTTP 403, got {found}", case.subject)


@rule("door-01", "ping answers 200 without any authorization.")
def ping(case: Case) -> None:
    expect_http(case.send_body("ping", b"", {}, method="GET"), 200)


@rule("door-02", "ping says PONG.")
def ping_body(case: Case) -> None:
    exchange = case.send_body("ping", b"", {}, method="GET")
    expect(exchange.answer.body.strip() == b"PONG", f"ping says {exchange.answer.body[:40]!r}", exchange)


@rule("door-03", "ping does not mind a stranger's headers.")
def ping_with_wrong_headers(case: Case) -> None:
    headers = {"X-Operator-Id": "nobody", "X-Authorization": WRONG}
    expect_http(case.send_body("ping", b"", headers, method="GET"), 200)


@rule("door-04", "A known operator with the right X-Authorization comes in.")
def right_headers(case: Case) -> None:
    expect_http(case.send(balance(case.player())), 200)


@rule("door-05", "Without X-Authorization the answer is 403.")
def missing_authorization(case: Case) -> None:
    expect_door_shut(case, balance(case.player()), X_Authorization=None)


@rule("door-06", "With an empty X-Authorization the answer is 403.")
def empty_authorization(case: Case) -> None:
    expect_door_shut(case, balance(case.player()), X_Authorization="")


@rule("door-07", "With a wrong X-Authorization the answer is 403.")
def wrong_authorization(case: Case) -> None:
    expect_door_shut(case, balance(case.player()), X_Authorization=WRONG)


@rule("door-08", "The X-Authorization of one command does not open another.")
def authorization_of_another_command(case: Case) -> None:
    other = sign_authorization("status", case.wallet.secret_key)
    expect_door_shut(case, balance(case.player()), X_Authorization=other)


@rule("door-09", "An X-Authorization signed with another secret is refused with 403.")
def authorization_with_another_secret(case: Case) -> None:
    other = sign_authorization("balance", f"{case.wallet.secret_key}x")
    expect_door_shut(case, balance(case.player()), X_Authorization=other)


@rule("door-10", "An operator nobody knows gets 403.")
def unknown_operator(case: Case) -> None:
    expect_door_shut(case, balance(case.player()), X_Operator_Id="nobody-of-that-name")


@rule("door-11", "Without an operator header the answer is 403.")
def missing_operator(case: Case) -> None:
    expect_door_shut(case, balance(case.player()), X_Operator_Id=None)


@rule("door-12", "X-TT-Operator-Id, the header's former name, is taken where the new one is absent.")
def former_operator_header(case: Case) -> None:
    former = {"X_Operator_Id": None, "X_TT_Operator_Id": case.wallet.operator_id}
    found = send_with(case, balance(case.player()), **former)
    expect(found == 200, f"expected HTTP 200, got {found}", case.subject)


@rule("door-13", "X-TT-Operator-Id does not mend a wrong X-Operator-Id.")
def former_header_beside_a_wrong_one(case: Case) -> None:
    both = {"X_Operator_Id": "nobody-of-that-name", "X_TT_Operator_Id": case.wallet.operator_id}
    expect_door_shut(case, balance(case.player()), **both)


@rule("door-14", "All six commands are behind the door.")
def every_command_is_guarded(case: Case) -> None:
    player = case.player()
    stake = bet(player, "1.00")
    for message in (authenticate(player), balance(player), stake, status(stake), cancel(stake), finishround(stake)):
        expect_door_shut(case, message, X_Authorization=WRONG)


@rule("door-15", "A BET that was turned away moves nothing, and may come again.")
def bet_turned_away(case: Case) -> None:
    player = case.player("100.00")
    stake = bet(player, "10.00")
    expect_door_shut(case, stake, X_Authorization=WRONG)
    case.expect_holds(player, "100.00")
    expect_ok(case.send(stake), balance="90.00")


@rule("door-16", "The door comes before the body: a stranger's nonsense gets 403.")
def door_before_body(case: Case) -> None:
    headers = {**case.wallet.headers("balance"), "X-Authorization": WRONG}
    expect_http(case.send_body("balance", b"{", headers), 403)


@rule("door-17", "A body of exactly 64 KiB is read.")
def largest_body(case: Case) -> None:
    message = balance(case.player())
    body = case.wallet.encode("balance", message.data)
    padded = body[:-1] + b" " * (LARGEST_BODY - len(body)) + b"}"
    expect_ok(case.send_body("balance", padded))


@rule("door-18", "A body of one byte more gets 413.")
def too_large_body(case: Case) -> None:
    body = case.wallet.encode("balance", balance(case.player()).data)
    padded = body[:-1] + b" " * (LARGEST_BODY + 1 - len(body)) + b"}"
    expect_http(case.send_body("balance", padded), 413)


@rule("door-19", "GET on a command gets 405.")
def get_on_a_command(case: Case) -> None:
    expect_http(case.send_body("balance", b"", method="GET"), 405)


@rule("door-20", "PUT of a good BET gets 405, and nothing moves.")
def put_on_a_command(case: Case) -> None:
    player = case.player("100.00")
    body = case.wallet.encode("changebalance", bet(player, "10.00").data)
    expect_http(case.send_body("changebalance", body, method="PUT"), 405)
    case.expect_holds(player, "100.00")


@rule("door-21", "POST on ping gets 405.")
def post_on_ping(case: Case) -> None:
    expect_http(case.send_body("ping", b"", {}), 405)


@rule("door-22", "While a secret is rotated, the previous one still opens the door.")
def previous_secret(case: Case) -> None:
    retiring = case.stage.find_retiring()
    expect_ok(case.send(balance(case.player()), wallet=retiring))


@rule("door-23", "A hash signed with the other of two valid secrets than X-Authorization gets OP_20.")
def mixed_secrets(case: Case) -> None:
    retiring = case.stage.find_retiring()
    message = balance(case.player())
    body = case.wallet.encode("balance", message.data)
    expect_refusal(case.send_body("balance", body, retiring.headers("balance")), "OP_20")
