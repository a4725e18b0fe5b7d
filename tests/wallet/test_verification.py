"""verify_ledger: with the guards off, every way to falsify the ledger is planted, and found by account and row."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from tests.wallet.falsifications import FAULTS, HASH, NO_PLAYERS, account, row
from tests.wallet.world import Seat, World
from wallet.management.commands import verify_ledger as command
from wallet.models import Account, LedgerVerification, Transaction
from wallet.services import proofs, verification
from wallet.services.verification import verify_ledger
from wallet.tasks import verify_ledger as nightly

pytestmark = pytest.mark.plants_faults

NOW = datetime(2026, 11, 1, 3, 10, tzinfo=UTC)
GUARDED = (
    *("wallet_ledgerrow", "wallet_transaction", "wallet_account", "wallet_round", "wallet_player", "catalog_game"),
    "operators_operator",
)


@pytest.fixture
def names(world: World, seat: Seat) -> Iterator[dict[str, Any]]:
    """Rows 1 to 7 of the account: deposit, bet, win, bet, its cancel, win, bet; and what the faults name."""
    world.game = world.add_game("201")
    seat.game_ref, seat.token = 201, world.launch(seat.player, game_ref="201")
    world.bet(seat, "10.00", transaction_id="r2", round_id=1)
    world.win(seat, "5.00", transaction_id="r3", round_id=1)
    world.bet(seat, "7.00", transaction_id="r4", round_id=1)
    world.cancel(seat, "r4", 1)
    world.win(seat, "20.00", transaction_id="r6", round_id=2)
    world.bet(seat, "3.00", transaction_id="r7", round_id=3)
    stranger = World(world.transport)
    other = stranger.seat()
    stranger.bet(other, "1.00")
    deposit = seat.player.transactions.get(kind="deposit")
    yield {
        **{f"t{row.number}": row.pk for row in seat.rows},
        **{name: name for name in ("r2", "r3", "r4", "r6", "r7")},
        "d1": deposit.reference,
        "account": seat.account.pk,
        "player": seat.player.pk,
        "neighbour": world.add_player("GBP").pk,
        "round": world.round(2).pk,
        "game": world.game.pk,
        "operator": world.operator.pk,
        "other_casino": stranger.casino.pk,
        "other_account": other.account.pk,
        "rival": world.seat("0").account.pk,
        "other_house": stranger.casino.accounts.get(kind="house").pk,
        "other_bet": other.rows[0].pk,
    }
    connection.needs_rollback = True  # what a fault has left pointing at nothing is not looked at again


def falsify(names: dict[str, Any], before: str, after: str) -> None:
    """Run statements with the guards on, then others with them off; the test's transaction takes all of it back."""
    with connection.cursor() as cursor:
        if before:
            cursor.execute(before.format(**names))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if after:
            cursor.execute(after.format(**names))


def list_found(names: dict[str, Any]) -> list[tuple[int | None, str]]:
    """What a verification finds, all of it in the account that was falsified."""
    found = verify_ledger(now=NOW).differences
    assert {difference["account_id"] for difference in found} <= {names["account"]}
    return sorted(((one["number"], one["fault"]) for one in found), key=str)


@pytest.mark.parametrize("rows_a_batch", [1, 50_000])
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_by_account_and_row(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, fault: str, rows_a_batch: int
) -> None:
    monkeypatch.setattr(verification, "ROWS_A_BATCH", rows_a_batch)
    before, after, expected = FAULTS[fault]
    falsify(names, before, after)
    assert list_found(names) == sorted(((row, said.format(**names)) for row, said in expected), key=str)


def test_row_of_no_account_is_found(names: dict[str, Any]) -> None:
    falsify(names, "", "UPDATE wallet_ledgerrow SET account_id = -1, debit_id = -1 WHERE transaction_id = {t7}")
    found = {(one["account_id"], one["number"], one["fault"]) for one in verify_ledger(now=NOW).differences}
    assert (-1, 7, NO_PLAYERS) in found
    assert (names["account"], 6, "the account counts 7 rows, its last row is number 6") in found


def test_account_that_counts_rows_and_has_none_is_found(names: dict[str, Any]) -> None:
    falsify(names, "", "UPDATE wallet_account SET last_number = 1 WHERE id = {rival}")
    [found] = verify_ledger(now=NOW).differences
    assert (found["account_id"], found["number"]) == (names["rival"], None)
    assert found["fault"] == "the account holds 0.00000000 and counts 1 rows, but has none"


def test_sound_ledger_has_no_difference(names: dict[str, Any]) -> None:
    result = verify_ledger(now=NOW)
    accounts = Account.objects.filter(kind="player")
    assert (result.difference_count, result.differences, result.started_at) == (0, [], NOW)
    assert (result.accounts, result.rows) == (accounts.count(), sum(account.last_number for account in accounts))
    assert result.finished_at > NOW
    assert LedgerVerification.objects.get(pk=result.pk) == result


def test_search_suspects_nothing_of_what_is_sound_nor_says_anything_of_it(
    names: dict[str, Any], world: World, seat: Seat
) -> None:
    world.cancel(seat, "never booked", 1)
    tombstone = Transaction.objects.get(kind="tombstone", player=seat.player)
    everything = proofs.LOWEST_ID, proofs.HIGHEST_ID
    for find in (proofs.find_broken_chains, proofs.find_unmatched, proofs.find_lost_rounds):
        assert list(find(*everything)) == []
    assert proofs.list_differences(accounts=[names["account"]], transactions=[tombstone.pk]) == []


def test_without_any_row_there_is_nothing_to_find(db: None) -> None:
    progress: list[tuple[int, int]] = []
    assert verify_ledger(now=NOW, progress=lambda done, total: progress.append((done, total))).difference_count == 0
    assert progress[-1][0] == progress[-1][1]


def test_progress_is_told_after_each_batch(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "ROWS_A_BATCH", 1)
    told: list[tuple[int, int]] = []
    verify_ledger(now=NOW, progress=lambda done, total: told.append((done, total)))
    assert len(told) >= 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_first_differences_are_kept_and_all_are_counted(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "KEPT_DIFFERENCES", 3)
    falsify(names, "", account("casino_id = {other_casino}"))
    result = verify_ledger(now=NOW)
    assert (result.difference_count, len(result.differences)) == (8, 3)


def test_command_ends_with_code_0_when_all_is_well(names: dict[str, Any]) -> None:
    printed = StringIO()
    call_command("verify_ledger", stdout=printed)
    assert "rows of" in printed.getvalue()
    assert printed.getvalue().rstrip().endswith(": 0 differences")


def test_command_ends_with_code_1_and_says_what_is_wrong_with_which_row(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    falsify(names, "", row(3, "context = 'forged'"))
    printed = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_ledger", stdout=printed, no_color=True)
    assert end.value.code == 1
    where = f"account {names['account']}, row 3, transaction {names['t3']}"
    assert printed.getvalue().splitlines()[-1] == f"{where}: {HASH}"


def test_command_shows_the_first_differences_only(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SHOWN", 2)
    falsify(names, "", account("casino_id = {other_casino}"))
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=printed, no_color=True)
    assert printed.getvalue().count("\naccount ") == 2


def test_nightly_task_answers_how_many_differences_there_are(
    names: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    settings.LEDGER_DIGEST_PATH = tmp_path
    assert nightly() == 0
    falsify(names, "", account("balance = 0"))
    assert nightly() == 1
