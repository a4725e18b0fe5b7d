import socket
import threading
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from sandbox.wallet_client import (
    Answer,
    BadReply,
    Identifiers,
    WalletClient,
    encode_request,
    read_reply,
    sign_authorization,
    sign_request,
    sign_response,
)
from tests.sandbox.reference_server import Server, serve
from tests.sandbox.reference_wallet import ReferenceWallet

SENT = b'{"command":"balance","amount":17.250}'
ANSWER = (
    b'{"request":' + SENT + b',"response":{"status":"OK","response_timestamp":"2020-12-01 15:33:11",'
    b'"hash":"fcc641fb4885911b30861927ad20c5ac3687928f","data":{"balance":327.10,"rake":0.0328,"count":2}}}'
)
REFUSAL = (
    b'{"request":' + SENT + b',"response":{"status":"ERROR","response_timestamp":"2020-12-01 13:44:55",'
    b'"hash":"a28565adb019ff3e1b2e5c23ff79f9287487d0a0","data":{"error_code":"OP_31","error_message":"no"}}}'
)


@pytest.fixture
def wallet() -> ReferenceWallet:
    wallet = ReferenceWallet()
    wallet.add_player("611", {"EUR": Decimal("327.10")})
    return wallet


@pytest.fixture
def server(wallet: ReferenceWallet) -> Iterator[Server]:
    with serve(wallet) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[WalletClient]:
    client = WalletClient(server.wallet_url, "examplecasino", "secret_key", timeout=2.0)
    yield client
    client.close()


def test_signatures_are_those_computed_by_hand() -> None:
    assert sign_authorization("status", "secret_key") == "bf84a057cda585cb95f0a1fc64e967faacd71fbc"
    signed = sign_request("authenticate", "2020-12-01 13:44:54", "secret_key")
    assert signed == "5f672eb7f0286f30ce13ce4c4d622b2e0c1ad40f"
    assert sign_response("OK", "2020-12-01 15:33:11", "secret_key") == "fcc641fb4885911b30861927ad20c5ac3687928f"
    assert sign_response("ERROR", "2020-12-01 13:44:55", "secret_key") == "a28565adb019ff3e1b2e5c23ff79f9287487d0a0"


def test_amounts_go_out_as_numbers_with_the_digits_they_have() -> None:
    data = {"amount": Decimal("17.250"), "rake": Decimal("0.0328"), "stake": Decimal("10000000000000000.10")}
    body = encode_request("changebalance", data, "secret_key", "2020-12-01 13:44:54")
    assert body == (
        b'{"command":"changebalance","request_timestamp":"2020-12-01 13:44:54",'
        b'"hash":"7dc4f2ea1bbbb524c807020a3fa5852199b099d3",'
        b'"data":{"amount":17.250,"rake":0.0328,"stake":10000000000000000.10}}'
    )


def test_answer_in_order_is_read_with_exact_numbers() -> None:
    status, data = read_reply(SENT, ANSWER, "secret_key")
    assert (status, data) == ("OK", {"balance": Decimal("327.10"), "rake": Decimal("0.0328"), "count": 2})
    assert type(data["rake"]) is Decimal


def test_refusal_in_order_is_read() -> None:
    assert read_reply(SENT, REFUSAL, "secret_key") == ("ERROR", {"error_code": "OP_31", "error_message": "no"})


@pytest.mark.parametrize(
    ("whole", "old", "new", "complaint"),
    [
        (ANSWER, b"17.250", b"17.25", "the request is not echoed as it was sent"),
        (ANSWER, b'"command":"balance"', b'"command": "balance"', "the request is not echoed as it was sent"),
        (ANSWER, b"327.10", b"327.1", "balance is 327.1, not a number with two decimals"),
        (ANSWER, b"327.10", b"327", "balance is 327, not a number with two decimals"),
        (ANSWER, b"327.10", b"327.100", "balance is 327.100, not a number with two decimals"),
        (ANSWER, b"327.10", b"32710e-2", "balance is 32710e-2, not a number with two decimals"),
        (ANSWER, b"327.10", b'"327.10"', 'balance is "327.10", not a number with two decimals'),
        (ANSWER, b"fcc641", b"fcc642", "the response hash does not fit status and response_timestamp"),
        (ANSWER, b"15:33:11", b"15:33:12", "the response hash does not fit status and response_timestamp"),
        (ANSWER, b"2020-12-01 15", b"2020-12-01T15", "response_timestamp is '2020-12-01T15:33:11'"),
        (REFUSAL, b"OP_31", b"OP_99", "error_code is 'OP_99'"),
        (REFUSAL, b'"error_code"', b'"code"', "error_code is None"),
    ],
)
def test_answer_out_of_order_is_refused_with_what_is_wrong(
    whole: bytes, old: bytes, new: bytes, complaint: str
) -> None:
    assert old in whole
    with pytest.raises(BadReply) as raised:
        read_reply(SENT, whole.replace(old, new, 1), "secret_key")
    assert str(raised.value) == complaint


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"\xff", ANSWER[:-1], b"[" * 100_000, b'{"request":1}'])
def test_answer_that_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(BadReply, match=r"^not an envelope: "):
        read_reply(SENT, body, "secret_key")


def test_call_returns_what_the_wallet_says(client: WalletClient, wallet: ReferenceWallet) -> None:
    token = wallet.launch("611", "EUR", "200")
    reply = client.call("balance", {"token": token, "user_id": "611", "currency_code": "EUR"})
    assert (reply.ok, reply.code, reply.message) == (True, "", "")
    assert reply.data == {"balance": Decimal("327.10"), "currency_code": "EUR"}
    assert b'"balance":327.10' in reply.raw


def test_call_returns_the_code_of_a_refusal(client: WalletClient) -> None:
    reply = client.call("authenticate", {"token": "IfpdCsglTNR4xuFH0ijZ"})
    assert (reply.ok, reply.code, reply.message) == (False, "OP_21", "unknown or ended token")


def test_call_with_a_wrong_secret_is_turned_away_at_the_door(server: Server) -> None:
    client = WalletClient(server.wallet_url, "examplecasino", "wrong")
    reply = client.call("authenticate", {"token": "IfpdCsglTNR4xuFH0ijZ"})
    client.close()
    assert (reply.ok, reply.code, reply.raw) == (False, "HTTP_403", b"Access denied")


def test_answer_signed_with_another_secret_is_a_bad_reply(client: WalletClient) -> None:
    reply = client.judge(SENT, Answer(200, {}, ANSWER.replace(b"fcc6", b"fcc7"), 1.0))
    assert (reply.code, reply.message) == (
        "BAD_REPLY",
        "the response hash does not fit status and response_timestamp",
    )


def test_call_to_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    reply = WalletClient(f"http://127.0.0.1:{port}/wallet", "examplecasino", "secret_key").call("balance", {})
    assert (reply.ok, reply.code, reply.raw) == (False, "UNREACHABLE", b"")


def test_call_without_an_answer_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/wallet"
        client = WalletClient(url, "examplecasino", "secret_key", timeout=0.2)
        reply = client.call("balance", {})
        client.close()
    assert (reply.ok, reply.code) == (False, "TIMEOUT")
    assert 200 <= reply.milliseconds < 5000


def test_call_survives_a_connection_that_the_wallet_closed_meanwhile(wallet: ReferenceWallet) -> None:
    with serve(wallet) as server:
        port = server.server_port
        client = WalletClient(server.wallet_url, "examplecasino", "secret_key")
        assert client.call("authenticate", {"token": "none"}).code == "OP_21"
    with serve(wallet, port):
        assert client.call("authenticate", {"token": "none"}).code == "OP_21"
        client.close()


def test_ping_is_sent_bare(client: WalletClient) -> None:
    answer = client.send("ping", None, {}, "GET")
    assert (answer.status, answer.body, answer.failure) == (200, b"PONG", "")


def test_request_is_done_although_the_caller_hangs_up(client: WalletClient, wallet: ReferenceWallet) -> None:
    data = {"user_id": "611", "transaction_id": 7, "round_id": 1, "game_id": 200}
    client.send_and_hang_up("cancel", client.encode("cancel", data))
    deadline = time.monotonic() + 5
    while "7" not in wallet.transactions and time.monotonic() < deadline:
        time.sleep(0.01)
    assert wallet.transactions["7"].fingerprint is None


def test_threads_share_a_client(client: WalletClient, wallet: ReferenceWallet) -> None:
    token = wallet.launch("611", "EUR", None)
    codes: list[str] = []

    def bet(number: int) -> None:
        for count in range(20):
            data = {
                "token": token,
                "user_id": "611",
                "transaction_type": "BET",
                "transaction_id": number * 100 + count,
                "round_id": number,
                "game_id": 200,
                "currency_code": "EUR",
                "amount": Decimal("0.10"),
                "transaction_timestamp": "2020-12-01 13:44:54",
                "context": {"reason": "SPIN"},
            }
            codes.append(client.call("changebalance", data).code)

    threads = [threading.Thread(target=bet, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [""] * 160
    assert wallet.balance_of("611", "EUR") == Decimal("311.10")


def test_secret_is_not_shown() -> None:
    assert "very secret" not in repr(WalletClient("http://127.0.0.1:1/wallet", "examplecasino", "very secret"))


def test_identifiers_grow_and_are_unique_over_threads() -> None:
    identifiers = Identifiers()
    drawn: list[list[int]] = [[] for _ in range(4)]

    def draw(into: list[int]) -> None:
        into.extend(identifiers.next() for _ in range(5000))

    threads = [threading.Thread(target=draw, args=(into,)) for into in drawn]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(into == sorted(into) for into in drawn)
    assert len({number for into in drawn for number in into}) == 20_000
    assert max(len(str(number)) for into in drawn for number in into) == 19


def test_identifiers_after_a_restart_are_larger() -> None:
    before = Identifiers().next()
    time.sleep(0.001)
    assert Identifiers().next() > before
