"""What was played, as the platform's own books have it: never more, never less than the wallet holds."""

import os
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.journal import Journal, Sum
from sandbox.platform.catalogue import build_catalogue
from sandbox.wallet_client import Reply
from tests.sandbox import faults_in_play as faults
from tests.sandbox import reference_casino
from tests.sandbox.platform_process import environment_for, run_platform
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet
from tests.sandbox.test_play import make_plan, play_against, write_demo

OK = Reply(True, {}, "", "", 1.0, b"")
REFUSED = Reply(False, {}, "OP_31", "", 1.0, b"")
UNANSWERED = Reply(False, {}, "TIMEOUT", "", 1.0, b"")
DAY = date(2021, 5, 3)

Total = tuple[str, str, str, Decimal]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def describe(transaction_id: int, kind: str, amount: str, **changes: object) -> dict[str, object]:
    """The data of a changebalance in game 1015, at noon of the day; `context` is laid over the usual one."""
    context = changes.pop("context", {})
    assert isinstance(context, Mapping)
    usual: dict[str, object] = {
        "token": "t" * 32,
        "user_id": "alice",
        "transaction_type": kind,
        "transaction_id": transaction_id,
        "round_id": 7,
        "round_finished": False,
        "game_id": 1015,
        "currency_code": "EUR",
        "amount": Decimal(amount),
        "transaction_timestamp": "2021-05-03 12:00:00",
        "context": {"reason": "SPIN", "history_id": "h-7", **context},
    }
    return usual | changes


def play(journal: Journal, transaction_id: int, kind: str, amount: str, **changes: object) -> None:
    journal.note("examplecasino", "changebalance", describe(transaction_id, kind, amount, **changes), OK)


def cancel(journal: Journal, transaction_id: int) -> None:
    journal.note("examplecasino", "cancel", {"transaction_id": transaction_id}, OK)


def total(sums: list[Sum]) -> Counter[Total]:
    """Game, currency, kind, amount, and how often."""
    counted: Counter[Total] = Counter()
    for each in sums:
        counted[each.game_id, each.currency, each.kind, each.amount] += each.times
    return counted


def total_of_wallet(wallet: ReferenceWallet) -> Counter[Total]:
    """The same of what stands in the wallet."""
    standing = [each.fingerprint for each in wallet.transactions.values() if each.fingerprint and not each.canceled]
    return Counter((game, currency, kind, amount) for _, kind, amount, currency, _, game in standing)


def revenue_of_wallet(wallet: ReferenceWallet) -> dict[tuple[str, str], Decimal]:
    """What the house kept, by vendor and currency."""
    games, kept = build_catalogue().games, defaultdict[tuple[str, str], Decimal](Decimal)
    for (game, currency, kind, amount), times in total_of_wallet(wallet).items():
        kept[games[int(game)].vendor, currency] += amount * times * (1 if kind == "BET" else -1)
    return kept


def run_python(words: list[str], **environment: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, *words], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout + run.stderr


def sum_run(journal: Journal) -> list[Sum]:
    today = datetime.now(UTC).date()
    return journal.sum_movements("examplecasino", today - timedelta(days=1), today)


def test_only_what_was_acknowledged_is_written_down(journal: Journal) -> None:
    play(journal, 1, "BET", "2.50")
    journal.note("examplecasino", "changebalance", describe(2, "BET", "9.99"), REFUSED)
    journal.note("examplecasino", "changebalance", describe(3, "WIN", "9.99"), UNANSWERED)
    journal.note("examplecasino", "balance", {"user_id": "alice"}, OK)
    assert journal.sum_movements("examplecasino", DAY, DAY) == [Sum("1015", "EUR", "BET", False, Decimal("2.50"), 1)]


def test_retry_counts_once_and_the_first_words_stand(journal: Journal) -> None:
    play(journal, 1, "BET", "2.50")
    play(journal, 1, "BET", "2.5000", context={"reason": "RETRY", "history_id": "other"}, round_id="7")
    journal.flush()
    again = describe(1, "BET", "2.5", transaction_timestamp="2020-11-30 23:59:59") | {"transaction_id": "1"}
    journal.note("examplecasino", "changebalance", again, OK)
    assert journal.sum_movements("examplecasino", DAY, DAY) == [Sum("1015", "EUR", "BET", False, Decimal("2.50"), 1)]
    assert [each.history_id for each in journal.list_round("examplecasino", 1, "h-7")] == ["h-7"]
    assert journal.list_round("examplecasino", 1, "other") == []


def test_canceled_counts_no_more_whichever_answer_was_read_first(journal: Journal) -> None:
    play(journal, 1, "BET", "1.00")
    cancel(journal, 1)
    cancel(journal, 2)
    play(journal, 2, "WIN", "4.00")
    cancel(journal, 3)
    assert journal.sum_movements("examplecasino", DAY, DAY) == []
    journal.flush()
    movements = journal.list_round("examplecasino", 2, "h-7")
    assert [(each.transaction_id, each.kind, bool(each.canceled_at)) for each in movements] == [
        (1, "BET", True),
        (2, "WIN", True),
    ]


def test_days_are_cut_at_midnight_utc_and_operators_are_kept_apart(journal: Journal) -> None:
    play(journal, 1, "BET", "1.00", transaction_timestamp="2021-05-02 23:59:59")
    play(journal, 2, "BET", "2.00", transaction_timestamp="2021-05-03 00:00:00")
    play(journal, 3, "BET", "3.00", transaction_timestamp="2021-05-03 23:59:59")
    play(journal, 4, "BET", "4.00", transaction_timestamp="2021-05-04 00:00:00")
    journal.note("other", "changebalance", describe(2, "BET", "5.00"), OK)
    assert {each.amount for each in journal.sum_movements("examplecasino", DAY, DAY)} == {Decimal(2), Decimal(3)}
    assert [each.amount for each in journal.sum_movements("other", DAY, DAY)] == [Decimal("5.00")]


def test_what_many_threads_note_while_it_is_flushed_is_all_there(tmp_path: Path) -> None:
    journal, other = Journal(tmp_path), Journal(tmp_path)

    def note(start: int) -> None:
        for number in range(500):
            play(journal, start + number, "BET", "0.10")
            play(other, start + number, "BET", "0.10")

    with other.flushing(), journal.flushing():
        threads = [threading.Thread(target=note, args=[start]) for start in (10_000, 20_000, 30_000, 40_000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = Journal(tmp_path)
    assert found.sum_movements("examplecasino", DAY, DAY) == [Sum("1015", "EUR", "BET", False, Decimal("0.10"), 2000)]
    found.close()


@pytest.mark.live
@pytest.mark.parametrize("kind", [ReferenceWallet, faults.Unreliable])
def test_robot_that_misbehaves_writes_down_what_the_wallet_holds(
    kind: type[ReferenceWallet], tmp_path: Path, journal: Journal
) -> None:
    wallet = kind()
    code, printed = play_against(wallet, make_plan(rounds=1500), data=tmp_path)
    assert code == 0, printed
    assert total(sum_run(journal)) == total_of_wallet(wallet)


@pytest.mark.live
def test_win_that_only_its_status_acknowledged_is_written_down(tmp_path: Path, journal: Journal) -> None:
    wallet = faults.WinNeverAcknowledged()
    play_against(wallet, make_plan(misbehave=False, players=2, threads=2, patience=0.3), data=tmp_path)
    held = total_of_wallet(wallet)
    assert "WIN" in {kind for _, _, kind, _ in held}
    assert total(sum_run(journal)) == held


@pytest.mark.live
def test_robot_as_a_process_of_its_own_is_in_the_running_servers_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    games = [*build_catalogue().games.values()][:40]
    listed = [row | {"game_id": str(game.id)} for row, game in zip(reference_casino.GAMES, games, strict=True)]
    monkeypatch.setattr(reference_casino, "GAMES", listed)
    wallet = ReferenceWallet()
    with serve(wallet) as server:
        environment = environment_for(server.wallet_url, wallet) | {"SANDBOX_DATA": str(tmp_path / "data")}
        with run_platform(wallet, environment) as platform:
            demo = write_demo(tmp_path / "demo.json", server)
            # By its demo file alone it would keep its journal elsewhere.
            words = ["-m", "sandbox", "play", "--demo", str(demo), "--rounds", "400", "--players", "5", "--misbehave"]
            code, said = run_python(words, SANDBOX_DATA=str(platform.data))
            assert code == 0, said
            today = datetime.now(UTC).date()
            reported = [
                row
                for day in (today - timedelta(days=1), today)
                for row in platform.get(
                    f"/api/generic/businessReport?date={day}",
                    headers={
                        "X-Operator-Id": "examplecasino",
                        "X-Authorization": "ce1e2ca8c76e1adc8c0ad5f943aa9aaa6d09db8e",
                    },
                ).json()
            ]
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in reported:
        found[row["vendor"], row["currency_code"]] += Decimal(row["gross_gaming_revenue"])
    assert found == revenue_of_wallet(wallet)


def test_journal_is_beside_the_demo_file_unless_told_otherwise(tmp_path: Path, journal: Journal) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "elsewhere.json", server)
        code, said = run_python(["-m", "sandbox", "play", "--demo", str(demo), "--rounds", "5", "--players", "1"])
    assert code == 0, said
    found = Journal(tmp_path / "sandbox")
    assert sum_run(found) != []
    assert sum_run(journal) == []
    found.close()
