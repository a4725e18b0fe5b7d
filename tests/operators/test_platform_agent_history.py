"""History and daily reports, and the walk through their pages, where document 004's replies are not what they seem."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from operators.platforms.agent import Search, add_up_by_day
from operators.platforms.agent.paging import Page, read_page, walk_pages
from operators.platforms.base import Malformed
from tests.operators.agent_client import AUGUST, laid, reply, well
from tests.operators.platform_stub import Stub


def history_page(stub: Stub, groups: Any, **paginate: Any) -> Any:
    client = laid(stub, "history", well({"currencyGroup": groups, "paginate": paginate}))
    return client.get_history(Search())


@pytest.mark.parametrize("next_page", [True, 1, "1", "true"])
def test_another_page_is_announced_by_true_or_one(stub: Stub, next_page: object) -> None:
    assert history_page(stub, {}, next=next_page).has_next is True


@pytest.mark.parametrize("next_page", [False, 0, "0", None])
def test_the_last_page_is_announced_by_false_or_zero(stub: Stub, next_page: object) -> None:
    assert history_page(stub, {}, next=next_page).has_next is False


@pytest.mark.parametrize("groups", [None, {}, {"EUR": None}, {"EUR": []}, {"EUR": {"items": None}}, {"EUR": {}}])
def test_a_history_of_nothing_is_an_empty_page(stub: Stub, groups: Any) -> None:
    page = history_page(stub, groups)
    assert (page.rows, page.is_empty) == ((), True)


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"items": rows}], ids=["list", "items"])
def test_a_currencys_history_is_a_list_or_holds_one(stub: Stub, wrap: Callable[[Any], Any]) -> None:
    page = history_page(stub, {"EUR": wrap([{"id": 7}]), "USD": wrap([{"id": "8"}])})
    assert [(row.history_ref, row.base_currency) for row in page.rows] == [("7", "EUR"), ("8", "USD")]


@pytest.mark.parametrize("agent_id", [9, "9"])
def test_an_agents_id_is_a_number_or_a_text(stub: Stub, agent_id: object) -> None:
    (row,) = history_page(stub, {"EUR": [{"id": "1", "userInGame": {"agentId": agent_id}}]}).rows
    grant = laid(stub, "getFreeRound", well({"id": "1", "agentId": agent_id})).get_free_round("1")
    assert (row.player.agent_ref, grant.agent_ref) == ("9", "9")


@pytest.mark.parametrize("name", ["id", "gameId"])
@pytest.mark.parametrize("category", ["slot", {"id": "slot", "label": "Slot"}])
def test_a_historys_game_goes_by_either_name_and_category(stub: Stub, name: str, category: object) -> None:
    (row,) = history_page(stub, {"EUR": [{"id": "1", "game": {name: "pg_1", "category": category}}]}).rows
    assert (row.game_ref, row.category) == ("pg_1", "slot")


@pytest.mark.parametrize(
    ("amount", "balances", "delta", "mismatched"),
    [
        ("-1600", ("5011680", "5010080"), Decimal(-1600), False),
        ("-1.6", ("5011680", "5010080"), Decimal(-1600), True),
        ("0", ("10", "10.00"), Decimal("0.00"), False),
        ("5", (None, "10"), None, False),
        (None, ("5", "10"), Decimal(5), False),
    ],
)
def test_the_balances_are_the_truth_and_an_amount_that_contradicts_them_is_flagged(
    stub: Stub, amount: object, balances: tuple[object, object], delta: Decimal | None, mismatched: bool
) -> None:
    around = dict(zip(("walletBeforeBalance", "walletAfterBalance"), balances, strict=True))
    (row,) = history_page(stub, {"EUR": [{"id": "1", "amount": {"playerAmount": amount}, **around}]}).rows
    assert (row.delta, row.is_mismatched) == (delta, mismatched)


def test_a_row_without_an_id_is_kept_as_unreadable(stub: Stub) -> None:
    page = history_page(stub, {"EUR": [{"roundId": "1"}, 5, {"id": "2"}]})
    assert [row.history_ref for row in page.rows] == ["2"]
    assert page.unreadable == ({"roundId": "1", "baseCurrency": "EUR"}, 5)


def test_amounts_are_kept_in_all_three_currencies_as_sent(stub: Stub) -> None:
    """As of a provider that counts in thousands of rupiah."""
    inner = {"providerAmount": "-1.6", "playerAmount": "-1600", "settleAmount": "-0.32"}
    amount = {"playerCurrency": "IDR", "settleCurrency": "EUR", "playerToSettleRate": "0.0002", "amount": inner}
    (row,) = history_page(stub, {"EUR": [{"id": "1", "userInGame": {"currency": "KIDR"}, "amount": amount}]}).rows
    sums = row.amounts
    assert (row.player.currency, sums.provider_amount) == ("KIDR", Decimal("-1.6"))
    assert (sums.player_currency, sums.player_amount) == ("IDR", Decimal(-1600))
    assert (sums.settle_currency, sums.settle_amount) == ("EUR", Decimal("-0.32"))
    assert sums.player_to_settle_rate == Decimal("0.0002")


def pages_of(*pages: tuple[list[int], object]) -> list[dict[str, Any]]:
    return [
        well({"currencyGroup": {"EUR": [{"id": number} for number in ids]}, "paginate": {"next": following}})
        for ids, following in pages
    ]


def walk(stub: Stub, *pages: tuple[list[int], object]) -> list[list[str]]:
    client = laid(stub, "history", *pages_of(*pages))
    return [[row.history_ref for row in page.rows] for page in client.walk_history(Search(per_page=2))]


def test_a_walk_goes_on_while_there_is_a_next_page(stub: Stub) -> None:
    assert walk(stub, ([4, 3], True), ([2, 1], 1), ([0], False)) == [["4", "3"], ["2", "1"], ["0"]]
    assert [body.count(b'"perPage":2') for body in stub.bodies] == [1, 1, 1]
    assert [body.partition(b'"page":')[2][:1] for body in stub.bodies] == [b"1", b"2", b"3"]


def test_a_walk_ends_at_an_empty_page(stub: Stub) -> None:
    assert walk(stub, ([2, 1], True), ([], True)) == [["2", "1"]]


@pytest.mark.parametrize("pages", [[([2, 1], True)], [([4, 3], True), ([2, 1], True), ([4, 3], True)]])
def test_a_page_that_comes_again_ends_the_walk_with_a_failure(stub: Stub, pages: list[Any]) -> None:
    with pytest.raises(Malformed, match="says again what an earlier page said"):
        walk(stub, *pages)
    assert len(stub.asked) == len(pages) + (len(pages) == 1)


def test_pages_that_overlap_are_not_the_same_page(stub: Stub) -> None:
    """What is played during the walk moves rows on."""
    assert walk(stub, ([4, 3], True), ([3, 2], True), ([1], False)) == [["4", "3"], ["3", "2"], ["1"]]


def test_a_walk_without_an_end_is_broken_off() -> None:
    def fetch(number: int) -> Page[int]:
        return read_page([{"id": number}], {"next": True}, lambda raw: int(raw["id"]))

    walk = walk_pages(fetch)
    assert sum(len(page.rows) for page in islice(walk, 10_000)) == 10_000
    with pytest.raises(Malformed, match="more than 10,000 pages"):
        next(walk)


def test_a_daily_report_is_walked_likewise(stub: Stub) -> None:
    rows = reply("playerDailyReport")["result"]["items"]
    client = laid(
        stub,
        "playerDailyReport",
        well({"items": rows[:2], "paginate": {"next": 1}}),
        well({"items": rows[2:], "paginate": {"next": 0}}),
    )
    pages = list(client.walk_player_daily_report(Search("player0001"), period=AUGUST))
    assert [len(page.rows) for page in pages] == [2, 3]


def test_the_hours_of_a_utc_day_are_added_up_without_what_free_rounds_paid(stub: Stub) -> None:
    def row(hour: str, win_loss: str, free: str) -> dict[str, Any]:
        names = ("validTurnOver", "agentWinLoss", "agentCommission", "agentContribution")
        sums = dict.fromkeys(names, "0.1")
        return {"timestamp": hour, "playerWinLoss": win_loss, "playerFreeRound": free, "freeRoundCount": 1, **sums}

    rows = [
        row("2024-08-15T23:00:00Z", "0.1", "4140"),
        row("2024-08-16T01:00:00+02:00", "0.2", "0.5"),
        row("2024-08-16T00:00:00Z", "0.4", "0"),
    ]
    client = laid(stub, "playerDailyReport", well({"items": rows}))
    first, second = add_up_by_day(client.get_player_daily_report(Search("p"), period=AUGUST).rows)
    assert (first.day, first.rows, first.figures.player_win_loss) == (date(2024, 8, 15), 2, Decimal("0.3"))
    assert (first.figures.valid_turnover, first.figures.free_round_count) == (Decimal("0.2"), 2)
    assert first.player_free_rounds == (Decimal(4140), Decimal("0.5"))
    assert (second.day, second.rows, second.player_free_rounds) == (date(2024, 8, 16), 1, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agentWinLoss", None),
        ("playerWinLoss", "much"),
        ("timestamp", "noon"),
        ("freeRoundCount", "1.5"),
        ("playerFreeRound", "x"),
    ],
)
def test_a_report_row_with_a_figure_that_cannot_be_read_is_none(stub: Stub, name: str, value: object) -> None:
    answer = reply("playerDailyReport")
    answer["result"]["items"][1][name] = value
    page = laid(stub, "playerDailyReport", answer).get_player_daily_report(Search("p"), period=AUGUST)
    assert (len(page.rows), len(page.unreadable)) == (4, 1)
