"""Players, launches and transfers in replies that leave open, contradict or get wrong what document 004 says."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import conditional_escape

from operators.platforms.agent import Client, Difference, LaunchOrder
from operators.platforms.agent.players import PlayerBalance
from operators.platforms.base import PlatformFailure
from tests.operators.agent_client import laid, reply, well
from tests.operators.platform_stub import Stub

LAUNCH = LaunchOrder("player0001", "pg_00001", "THB", "203.0.113.7")


def ask_balance(client: Client) -> PlayerBalance:
    return client.get_player_balance("player0001", currency="THB")


@pytest.mark.parametrize("balance", ["110.01", 110.01])
def test_a_balance_is_exact_as_text_and_as_number(stub: Stub, balance: object) -> None:
    client = laid(stub, "getPlayerBalance", well({"balance": balance, "currency": "THB"}))
    assert ask_balance(client).balance == Decimal("110.01")


def test_bet_limits_that_were_never_set_are_none_and_those_of_nothing_are_empty(stub: Stub) -> None:
    asked: list[Any] = [None, {}, {"ae": {}}, {"ae": None}]
    read = []
    for limits in asked:
        client = laid(stub, "getPlayerStatus", well({"username": "daniel", "active": False, "betLimits": limits}))
        read.append(client.get_player_status("daniel", currency="THB").bet_limits)
    assert read == [None, {}, {"ae": {}}, {"ae": {}}]


def test_a_launch_page_is_plain_text_that_templates_escape(stub: Stub) -> None:
    launch = laid(stub, "launchGame", well({"type": "html", "html": "<script>go()</script>"})).launch_game(LAUNCH)
    assert (launch.kind, launch.url, type(launch.html)) == ("html", "", str)
    assert conditional_escape(launch.html) == "&lt;script&gt;go()&lt;/script&gt;"


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"type": "url"},
        {"type": "url", "url": "javascript:alert(1)"},
        {"type": "html", "url": "https://a.example"},
        {"type": "html", "html": ""},
        {"type": "html", "html": 5},
        {"type": "app", "url": "https://a.example"},
    ],
)
def test_a_launch_that_opens_nothing_is_a_failure(stub: Stub, result: Any) -> None:
    with pytest.raises(PlatformFailure, match="neither a web address nor a page"):
        laid(stub, "launchGame", well(result)).launch_game(LAUNCH)


def moved(stub: Stub, call: str, **changes: Any) -> tuple[Difference, ...]:
    answer = reply(call)
    for path, value in changes.items():
        side, _, name = path.partition("__")
        holder = answer["result"][side] if name else answer["result"]
        holder[name or side] = value
    client = laid(stub, call, answer)
    transfer = getattr(client, call)(username="player0001", amount=Decimal(100), currency="EUR")
    differences: tuple[Difference, ...] = transfer.differences
    return differences


def test_both_sides_of_a_transfer_have_exact_balances(stub: Stub) -> None:
    client = laid(stub, "deposit", reply("deposit"))
    transfer = client.deposit(username="player0001", amount=Decimal(100), currency="EUR")
    assert (transfer.agent.moved, transfer.player.moved) == (Decimal("-100.00"), Decimal(100))
    assert (transfer.agent.before_balance, transfer.agent.after_balance) == (
        Decimal("9982909.49"),
        Decimal("9982809.49"),
    )


@pytest.mark.parametrize(
    ("call", "changes", "flagged"),
    [
        ("deposit", {}, ()),
        ("withdraw", {}, ()),
        ("deposit", {"player__afterBalance": "199.99"}, (Difference("player", "100", "99.99"),)),
        ("withdraw", {"player__afterBalance": "200"}, (Difference("player", "-100", "0"),)),
        ("deposit", {"agent__afterBalance": "9982909.49"}, (Difference("agent", "-100", "0.00"),)),
        ("withdraw", {"currency": "USD"}, (Difference("currency", "EUR", "USD"),)),
    ],
)
def test_a_transfer_that_moved_something_else_is_flagged(
    stub: Stub, call: str, changes: dict[str, Any], flagged: tuple[Difference, ...]
) -> None:
    assert moved(stub, call, **changes) == flagged
