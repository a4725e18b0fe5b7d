"""Ledger, rounds and transactions in the admin: found, filtered, and each row shown whole."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.admin.house import House, ago
from tests.wallet.world import Seat
from wallet.admin import ledger
from wallet.models import LedgerRow, LedgerVerification
from wallet.services.play import UnknownTransaction
from wallet.services.stuck_rounds import watch_rounds

LIST = reverse("admin:wallet_ledgerrow_changelist")


def listed(client: Client, **query: Any) -> list[LedgerRow]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def references(client: Client, **query: Any) -> list[str | None]:
    return [row.transaction.reference for row in listed(client, **query)]


def shown(client: Client, row: LedgerRow) -> Any:
    return client.get(reverse("admin:wallet_ledgerrow_change", args=[row.pk]))


def money(amount: str, currency: str = "EUR") -> str:
    look = "money negative" if amount.startswith("-") else "money"
    return f'<span class="{look}">{amount} <span class="currency">{currency}</span></span>'


def test_rows_are_listed_newest_first_with_signed_amounts(boss: Client, house: House, seat: Seat) -> None:
    bet, win = house.post("bet", seat, "10.00"), house.post("win", seat, "2500.00")
    answer = boss.get(LIST, {"player": seat.user_id})
    assert references(boss, player=seat.user_id)[:2] == [win.reference, bet.reference]
    page = answer.content.decode()
    for text in (money("-10.00"), money("+2,500.00"), money("2,590.00"), "100.00 →", "Game 200", bet.round_ref):
        assert text in page


def test_search_finds_a_transaction_and_what_reversed_it(boss: Client, house: House, seat: Seat) -> None:
    house.post("bet", seat, "1.00")
    bet = house.post("bet", seat, "10.00")
    house.undo(seat, bet.reference)
    found = listed(boss, q=bet.reference)
    assert [(row.kind, row.reverses_id) for row in found] == [("cancel", bet.row.pk), ("bet", None)]


def test_search_finds_a_players_rows_in_every_currency(boss: Client, house: House, seat: Seat) -> None:
    house.seat()
    house.pay_in(seat.player, "5.00", "USD")
    assert [money(f"{row.amount:.2f}", row.account.currency) for row in listed(boss, q=seat.user_id)] == [
        money("5.00", "USD"),
        money("100.00"),
    ]


def test_search_for_an_unknown_id_finds_nothing_and_says_so(boss: Client, house: House, seat: Seat) -> None:
    assert listed(boss, q="unknown") == []
    assert "No ledger row fits." in boss.get(LIST, {"q": "unknown"}).content.decode()


def test_rows_are_filtered_by_what_they_are(boss: Client, house: House, seat: Seat) -> None:
    odd = house.post("win", seat, "1.00")
    bet = house.post("bet", seat, "1.00")
    ours = {"account__casino__id__exact": house.casino.pk}
    assert references(boss, kind__exact="bet", **ours) == [bet.reference]
    assert references(boss, tag="without_bet", **ours) == [odd.reference]
    assert references(boss, tag="any", **ours) == [odd.reference]
    assert references(boss, operator__id__exact=house.operator.pk) == [bet.reference, odd.reference]
    assert len(references(boss, currency="EUR", **ours)) == 3
    assert references(boss, currency="USD", **ours) == []


def test_rows_are_filtered_by_round(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "1.00")
    win = house.post("win", seat, "1.00", round_ref=bet.round_ref)
    house.post("bet", seat, "1.00")
    assert references(boss, round=bet.round_ref) == [win.reference, bet.reference]
    assert references(boss, round="unknown") == []


def test_rows_are_filtered_by_casino(boss: Client, house: House, seat: Seat) -> None:
    other = House()
    other.seat("7.00")
    assert [row.amount for row in listed(boss, account__casino__id__exact=other.casino.pk)] == [7]


def test_rows_are_filtered_by_time_in_utc(boss: Client, house: House, seat: Seat) -> None:
    early = house.post("bet", seat, "1.00", at=ago(days=2))
    late = house.post("bet", seat, "1.00", at=ago(hours=2))
    day = {"player": seat.user_id, "created_at_from_0": f"{early.row.created_at:%Y-%m-%d}"}
    assert references(boss, **day, created_at_to_0=f"{early.row.created_at:%Y-%m-%d}") == [early.reference]
    since = {
        "created_at_from_0": f"{late.row.created_at:%Y-%m-%d}",
        "created_at_from_1": f"{late.row.created_at:%H:%M:%S}",
    }
    assert late.reference in references(boss, player=seat.user_id, **since)
    assert early.reference not in references(boss, player=seat.user_id, **since)


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "2026-02-30"])
def test_time_that_is_none_bounds_nothing(boss: Client, house: House, seat: Seat, text: str) -> None:
    assert len(references(boss, player=seat.user_id, created_at_from_0=text)) == 1


def test_filter_without_an_index_looks_at_the_newest_rows_unless_a_time_is_set(
    boss: Client, house: House, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "NEWEST_ROWS", 2)
    old = house.post("win", seat, "1.00", at=ago(days=8))
    for _ in range(3):
        newest = house.post("win", seat, "1.00")
    currency = {"currency": "EUR"}
    bounded = boss.get(LIST, currency)
    assert "looks at the newest" in bounded.content.decode()
    shown = [row.pk for row in bounded.context["cl"].result_list]
    assert newest.row.pk in shown
    assert old.row.pk not in shown
    day = f"{old.row.created_at:%Y-%m-%d}"
    for wider in (
        currency | {"created_at_from_0": day, "created_at_to_0": day},
        currency | {"player": seat.user_id},
        {"q": old.reference},
        {"tag": "without_bet"},
        {},
    ):
        answer = boss.get(LIST, wider)
        assert "looks at the newest" not in answer.content.decode()
        assert old.row.pk in [row.pk for row in answer.context["cl"].result_list]


def test_lists_end_at_a_page_that_nobody_leafs_to(boss: Client, house: House, seat: Seat) -> None:
    house.post("bet", seat, "1.00")
    assert boss.get(LIST, {"p": "1000000"}).context["cl"].page_num == 1_000_000
    assert listed(boss, p="1000000") == listed(boss, p="100") == []


def test_tombstones_and_movements_of_a_player_are_found_among_transactions(
    boss: Client, house: House, seat: Seat
) -> None:
    bet, tombstone = house.post("bet", seat, "1.00"), "never-came"
    with pytest.raises(UnknownTransaction):
        house.undo(seat, tombstone)
    house.post("bet", house.seat(), "1.00")
    answer = boss.get(reverse("admin:wallet_transaction_changelist"), {"player": seat.user_id})
    found = [each.reference for each in answer.context["cl"].result_list]
    assert found[:2] == [tombstone, bet.reference]
    assert len(found) == 3


def test_rounds_that_are_not_finished_are_found_however_old(boss: Client, house: House, seat: Seat) -> None:
    opened = house.post("bet", seat, "1.00", at=ago(days=30))
    ended = house.post("bet", seat, "1.00")
    house.end(seat, ended.round_ref)
    rounds = reverse("admin:wallet_round_changelist")

    def found() -> list[str]:
        listed = boss.get(rounds, {"state__exact": "open", "player": seat.user_id}).context["cl"].result_list
        return [each.round_ref for each in listed]

    assert found() == [opened.round_ref]
    watch_rounds(now=timezone.now())
    assert found() == [opened.round_ref]


def test_list_never_counts_the_ledger_and_asks_as_often_for_many_rows_as_for_few(
    boss: Client, house: House, seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss.get(LIST)
    with django_assert_num_queries(6):
        boss.get(LIST)
    for number in range(30):
        house.add_game(f"g{number}")
        house.post("win", house.seat(), "1.00", game_ref=f"g{number}")
    with django_assert_num_queries(6) as asked:
        boss.get(LIST)
    assert not [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]


def test_pages_follow_one_another_without_a_count(boss: Client, house: House, seat: Seat) -> None:
    for _ in range(60):
        house.post("win", seat, "1.00")
    first, second = references(boss, player=seat.user_id), references(boss, player=seat.user_id, p=2)
    assert (len(first), len(second), len({*first, *second})) == (50, 11, 61)
    assert listed(boss, player=seat.user_id, p=9) == []


def test_row_is_shown_whole(boss: Client, house: House, seat: Seat) -> None:
    at = ago(hours=1).replace(microsecond=0)
    bet = house.post("bet", seat, "10.00", at=at)
    row, page = bet.row, shown(boss, bet.row).content.decode()
    first = LedgerRow.objects.get(account_id=row.account_id, number=1)
    expected = [
        money("-10.00"),
        money("100.00"),
        money("90.00"),
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        bet.reference,
        bet.round_ref,
        seat.user_id,
        "Game 200",
        row.hash.hex(),
        first.hash.hex(),
        "Row 2 of the account's chain",
        "Player EUR (the player's)",
        "House EUR",
    ]
    assert [text for text in expected if text not in page] == []


def test_context_is_laid_out_with_its_numbers_as_they_came(boss: Client, house: House, seat: Seat) -> None:
    context = '{"reason":"SPIN","rake":0.0500,"ticket":12345678901234567890,"note":"<b>"}'
    page = shown(boss, house.post("bet", seat, "1.00", context=context).row).content.decode()
    for line in ("&quot;rake&quot;: 0.0500", "&quot;ticket&quot;: 12345678901234567890", "&quot;&lt;b&gt;&quot;"):
        assert line in page


def test_first_row_of_an_account_has_no_hash_before_it(boss: Client, house: House, seat: Seat) -> None:
    first = LedgerRow.objects.get(account_id=seat.account.pk, number=1)
    assert "none: the account's first row" in shown(boss, first).content.decode()


def test_reversal_and_original_lead_to_each_other(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "10.00")
    house.undo(seat, bet.reference)
    reversal = LedgerRow.objects.get(reverses=bet.row.pk)
    original_page, reversal_page = shown(boss, bet.row).content.decode(), shown(boss, reversal).content.decode()
    assert reverse("admin:wallet_ledgerrow_change", args=[reversal.pk]) in original_page
    assert reverse("admin:wallet_ledgerrow_change", args=[bet.row.pk]) in reversal_page
    assert money("+10.00") in reversal_page


def test_remarks_are_written_in_words(boss: Client, house: House, seat: Seat) -> None:
    win = house.post("win", seat, "1000.00")
    for page in (shown(boss, win.row).content.decode(), boss.get(LIST).content.decode()):
        assert "No bet in the round" in page
        assert "Large win in a round without a bet" in page


def test_rounds_are_found_by_id_and_filtered_by_state(boss: Client, house: House, seat: Seat) -> None:
    address = reverse("admin:wallet_round_changelist")
    open_one, ended = house.post("bet", seat, "1.00", at=ago(minutes=3)), house.post("bet", seat, "1.00")
    house.end(seat, ended.round_ref)

    def found(**query: Any) -> list[str]:
        return [row.round_ref for row in boss.get(address, query).context["cl"].result_list]

    assert found(q=ended.round_ref) == [ended.round_ref]
    assert found(q=ended.round_ref[:-1]) == []
    assert found(state__exact="open", player=seat.user_id) == [open_one.round_ref]
    assert found(player=seat.user_id) == [ended.round_ref, open_one.round_ref]
    assert re.search(r"open for 3 min\b", boss.get(address, {"q": open_one.round_ref}).content.decode())


@pytest.mark.parametrize("name", ["round", "transaction"])
def test_other_lists_never_count_and_ask_as_often_for_many_as_for_few(
    boss: Client, house: House, seat: Seat, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address, queries = reverse(f"admin:wallet_{name}_changelist"), {"round": 5, "transaction": 3}[name]
    house.post("bet", seat, "1.00")
    boss.get(address)
    with django_assert_num_queries(queries):
        boss.get(address)
    for number in range(20):
        house.add_game(f"g{number}")
        house.post("win", house.seat(), "1.00", game_ref=f"g{number}")
    with django_assert_num_queries(queries) as asked:
        boss.get(address)
    assert not [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]


def test_tombstone_is_found_and_explained(boss: Client, house: House, seat: Seat) -> None:
    tombstone = house.leave_tombstone(seat)
    found = boss.get(reverse("admin:wallet_transaction_changelist"), {"q": str(tombstone.reference)})
    assert [each.pk for each in found.context["cl"].result_list] == [tombstone.pk]
    page = boss.get(reverse("admin:wallet_transaction_change", args=[tombstone.pk])).content.decode()
    assert "Nothing was booked" in page
    assert house.operator.name in page


def test_transaction_that_moved_money_leads_to_its_ledger_row(boss: Client, house: House, seat: Seat) -> None:
    bet = house.post("bet", seat, "1.00")
    answer = boss.get(reverse("admin:wallet_transaction_change", args=[bet.row.pk]))
    assert answer.headers["Location"] == reverse("admin:wallet_ledgerrow_change", args=[bet.row.pk])


def test_deposit_is_named_after_its_casino(boss: Client, house: House, seat: Seat) -> None:
    answer = boss.get(
        reverse("admin:wallet_transaction_changelist"), {"source__exact": "cashier", "player": seat.user_id}
    )
    assert f"{house.casino.name} (cashier)" in answer.content.decode()


def test_differences_are_named_by_account_and_row(boss: Client, house: House, seat: Seat) -> None:
    row = house.post("bet", seat, "1.00").row
    difference = {
        "account_id": row.account_id,
        "number": 2,
        "transaction_id": row.pk,
        "fault": "the balance is not the sum",
    }
    run = LedgerVerification.objects.create(
        started_at=timezone.now() - timedelta(minutes=2),
        finished_at=timezone.now(),
        accounts=1,
        rows=2,
        difference_count=1,
        differences=[difference],
    )
    page = boss.get(reverse("admin:wallet_ledgerverification_change", args=[run.pk])).content.decode()
    assert "the balance is not the sum" in page
    assert reverse("admin:wallet_ledgerrow_change", args=[row.pk]) in page
    assert "1 difference\n" in boss.get(reverse("admin:wallet_ledgerverification_changelist")).content.decode()
