"""Bodies that cannot be acted on: answered with OP_50 and the field's name, so that they are sent again, mended."""

from typing import Any

import pytest

from tests.wallet.platform import Answer
from tests.wallet.world import Seat, World, without_dots

NEEDED = {
    "authenticate": ["token"],
    "balance": ["token", "user_id", "currency_code"],
    "changebalance": [
        "user_id",
        "transaction_type",
        "transaction_id",
        "round_id",
        "game_id",
        "currency_code",
        "amount",
        "transaction_timestamp",
    ],
    "status": ["user_id", "transaction_id"],
    "cancel": ["user_id", "transaction_id", "round_id", "game_id"],
    "finishround": ["user_id", "round_id", "game_id"],
}
IDS = {"user_id", "transaction_id", "round_id", "game_id"}
WRONG: dict[str, list[object]] = {
    "token": [7, True, [], {}, "", "x" * 51, "to|ken", "to\nken"],
    "currency_code": [978, None, "", "EUROS", "E|R"],
    "transaction_type": [1, None, "", "bet", "STAKE", "x" * 21],
    "amount": [None, True, "", "ten", [], "NaN", -1, "-0.01", "17.255", 17.255, 10**16, "1e16"],
    "transaction_timestamp": [1606822496, None, "", "yesterday", "2026-11-31 10:00:00", "x" * 41],
    "round_finished": [0, "true", []],
    "context": ["SPIN", 7, True, [1], {"reason": 7}, {"reason": "a|b"}, {"reason": "x" * 256}],
}
WRONG |= {key: [None, True, 1.5, [], {}, "", "a|b", "a\x00b", "x" * 128] for key in IDS}
FIELDS = {command: [*needed] for command, needed in NEEDED.items()}
FIELDS["changebalance"] += ["token", "round_finished", "context"]
FIELDS["cancel"] += ["round_finished"]
CASES = [(command, name, value) for command, names in FIELDS.items() for name in names for value in WRONG[name]]


def usual_data(seat: Seat, command: str) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "user_id": seat.user_id,
        "token": seat.token,
        "currency_code": "EUR",
        "transaction_type": "BET",
        "amount": 5,
        "transaction_id": 77,
        "round_id": 78,
        "round_finished": False,
        "game_id": 200,
        "transaction_timestamp": "2026-11-20 13:44:53",
        "context": {"reason": "SPIN"},
    }
    return {name: usual[name] for name in FIELDS[command]}


def send(world: World, seat: Seat, command: str, change: dict[str, object]) -> Answer:
    return world.platform.call(command, without_dots(usual_data(seat, command) | change))


@pytest.mark.parametrize(("command", "name"), [(command, name) for command in NEEDED for name in NEEDED[command]])
def test_missing_field_is_named(world: World, seat: Seat, command: str, name: str) -> None:
    with world.unmoved():
        answer = send(world, seat, command, {name: ...})
        assert answer.verdict == "OP_50"
        assert f"`{name}`" in answer.message


@pytest.mark.parametrize(("command", "name", "value"), CASES)
def test_malformed_field_is_named(world: World, seat: Seat, command: str, name: str, value: object) -> None:
    with world.unmoved():
        answer = send(world, seat, command, {name: value})
        assert answer.verdict == "OP_50"
        assert f"`{name}" in answer.message or f"`data.{name}" in answer.message


@pytest.mark.parametrize("command", NEEDED)
@pytest.mark.parametrize("name", ["command", "request_timestamp", "hash", "data"])
def test_missing_member_of_the_envelope_is_named(world: World, seat: Seat, command: str, name: str) -> None:
    body = world.platform.write(command, usual_data(seat, command)).replace(f'"{name}"'.encode(), b'"other"', 1)
    answer = world.platform.send(command, body).check_envelope(body, world.platform.secret)
    assert answer.verdict == "OP_50"
    assert f"`{name}`" in answer.message


@pytest.mark.parametrize("data", [None, [], "x", 7])
def test_data_that_is_no_object_is_named(world: World, data: object) -> None:
    answer = world.platform.call("status", data)
    assert answer.verdict == "OP_50"
    assert "data" in answer.message


def test_command_other_than_the_paths_is_refused(world: World, seat: Seat) -> None:
    body = world.platform.write("balance", {"token": seat.token})
    answer = world.platform.send("authenticate", body).check_envelope(body, world.platform.secret)
    assert answer.verdict == "OP_50"
    assert "`command` is 'balance'" in answer.message


def test_user_id_of_70_characters_is_taken_and_of_71_refused(world: World) -> None:
    seat = world.seat(user_id="u" * 70)
    assert world.bet(seat, "1.00").verdict == "OK"
    answer = world.bet(seat, "1.00", user_id="u" * 71)
    assert (answer.verdict, answer.message) == ("OP_50", "Malformed request: `user_id` is longer than 70 characters")


@pytest.mark.parametrize("length", [1, 20, 50])
def test_token_of_up_to_50_characters_is_looked_up(world: World, length: int) -> None:
    assert world.platform.call("authenticate", {"token": "x" * length}).verdict == "OP_21"


@pytest.mark.parametrize("name", ["token", "round_finished", "context"])
def test_field_that_only_passes_by_may_be_absent_from_a_win(world: World, seat: Seat, name: str) -> None:
    assert world.win(seat, **{name: ...}).verdict == "OK"


def test_status_needs_no_dates(world: World, seat: Seat) -> None:
    without = dict.fromkeys(["transaction_type", "transaction_date", "transaction_ts", "round_id"], ...)
    assert world.status(seat, 1, **without).verdict == "OP_41"


def test_finishround_needs_no_dates(world: World, seat: Seat) -> None:
    assert world.finish_round(seat, 1, round_date=..., round_ts=...).verdict == "OP_41"


@pytest.mark.parametrize("ids", [{"game_id": 2**62, "round_id": 10**19, "transaction_id": 10**20 - 1}])
def test_integers_of_twenty_digits_are_ids(world: World, seat: Seat, ids: dict[str, int]) -> None:
    lobby = world.seat(lobby_ref=world.add_lobby("portomaso").lobby_ref)
    assert world.bet(lobby, "1.00", **ids).verdict == "OK"
    assert world.status(lobby, str(ids["transaction_id"])).verdict == "OK"


def test_malformed_movement_is_not_taken_for_one_in_doubt(world: World, seat: Seat) -> None:
    world.bet(seat, "17.255", transaction_id=77, round_id=78)
    (found,) = world.exchanges()
    assert (found.error_code, found.unresolved, found.transaction_ref) == ("OP_50", False, "77")
