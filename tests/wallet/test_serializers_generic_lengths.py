"""The shortest and the longest text that each field of a body takes, and the one beyond."""

import json

import pytest
from msgspec import Raw

from wallet.serializers.generic import Malformed, decode_request, parse_context

BALANCE = {"token": "t", "user_id": 1, "currency_code": "EUR"}
MOVE = {
    "user_id": 1,
    "transaction_type": "BET",
    "transaction_id": 1,
    "round_id": 1,
    "game_id": 1,
    "currency_code": "EUR",
    "amount": 1,
    "transaction_timestamp": "2020-12-01 13:44:54",
}
# Command and field of its data; what it may be as long as.
OF_DATA = [
    ("balance", "token", 1, 50),
    ("balance", "currency_code", 1, 4),
    ("changebalance", "token", 1, 50),
    ("changebalance", "currency_code", 1, 4),
    ("changebalance", "transaction_type", 1, 20),
    ("changebalance", "transaction_timestamp", 0, 40),
]
OF_ENVELOPE = [("command", 1, 20), ("request_timestamp", 0, 40), ("hash", 0, 64)]
OF_CONTEXT = [("reason", 255), ("history_id", 127), ("campaign_code", 127)]


def fault_of(path: str, data: dict[str, object], **envelope: object) -> str:
    """What is wrong with a body; nothing where it is decoded."""
    body = {"command": path, "request_timestamp": "2020-12-01 13:44:54", "hash": "0" * 40, "data": data}
    try:
        decode_request(path, json.dumps(body | envelope).encode())
    except Malformed as fault:
        return str(fault)
    return ""


def expected(name: str, shortest: int, longest: int) -> dict[int, str]:
    """For each length what is wrong with it."""
    told = {shortest: "", longest: "", longest + 1: f"Expected `str` of length <= {longest} - at `{name}`"}
    return told | ({0: f"Expected `str` of length >= 1 - at `{name}`"} if shortest else {})


@pytest.mark.parametrize(("command", "name", "shortest", "longest"), OF_DATA)
def test_text_of_a_movement_is_as_long_as_it_may_be(command: str, name: str, shortest: int, longest: int) -> None:
    usual: dict[str, object] = {**(BALANCE if command == "balance" else MOVE)}
    told = expected(f"data.{name}", shortest, longest)
    assert {length: fault_of(command, {**usual, name: "x" * length}) for length in told} == told


@pytest.mark.parametrize(("name", "shortest", "longest"), OF_ENVELOPE)
def test_text_of_the_envelope_is_as_long_as_it_may_be(name: str, shortest: int, longest: int) -> None:
    told = expected(name, shortest, longest)
    if name == "command":
        told |= {length: f"`command` is '{'x' * length}', but the path says 'balance'" for length in (1, 20)}
    assert {length: fault_of("balance", {**BALANCE}, **{name: "x" * length}) for length in told} == told


@pytest.mark.parametrize(("name", "longest"), OF_CONTEXT)
def test_text_of_the_context_is_as_long_as_it_may_be(name: str, longest: int) -> None:
    fits = json.dumps({name: "x" * longest})
    assert parse_context(Raw(fits.encode()))[1] == fits
    with pytest.raises(Malformed, match=f"of length <= {longest} - at `{name}`"):
        parse_context(Raw(json.dumps({name: "x" * (longest + 1)}).encode()))
