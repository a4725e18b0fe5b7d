import io
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from sandbox.__main__ import main
from sandbox.casino_client import CasinoClient
from sandbox.journal import Journal
from sandbox.play import play
from sandbox.play.mischief import MISCHIEF
from sandbox.play.robot import Plan
from sandbox.play.rounds import ROUNDS
from sandbox.wallet_client import WalletClient
from tests.sandbox import faults_in_play as faults
from tests.sandbox.reference_server import Server, serve
from tests.sandbox.reference_wallet import ReferenceWallet

DIFFERENCE = re.compile(
    r"^player (?P<player>\S+): (?P<what>.+)\n  expected (?P<expected>.+)\n  found    (?P<found>.+)", re.MULTILINE
)


def make_plan(
    *,
    players: int = 8,
    rounds: int | None = 600,
    seconds: float | None = None,
    rate: float | None = None,
    threads: int = 4,
    misbehave: bool = True,
    patience: float = 10.0,
) -> Plan:
    return Plan(
        players=players,
        rounds=rounds,
        seconds=seconds,
        rate=rate,
        threads=threads,
        seed=7,
        misbehave=misbehave,
        ip="203.0.113.7",
        patience=patience,
    )


def play_against(
    wallet: ReferenceWallet, plan: Plan, *, timeout: float = 5.0, data: Path | None = None
) -> tuple[int, str]:
    """The robot's exit code, and what it printed, in lines that are not broken; its journal is kept in `data`."""
    printed = io.StringIO()
    with serve(wallet) as server, TemporaryDirectory() as folder:
        line = WalletClient(server.wallet_url, wallet.operator_id, "secret_key", timeout)
        casino = CasinoClient(server.api_url, server.api_key)
        code = play(Console(file=printed, width=2000), plan, line, casino, Journal(data or Path(folder)))
        line.close()
        casino.close()
    return code, printed.getvalue()


def read_row(printed: str, name: str) -> str:
    """A value of the summary."""
    cells = [line.strip("│").split("│") for line in printed.splitlines() if line.startswith("│")]
    return {key.strip(): value.strip() for key, value in cells}[name]


def read_kinds(printed: str, name: str) -> set[str]:
    return {part.rpartition(" ")[0] for part in read_row(printed, name).split(", ")}


def first_difference(printed: str) -> dict[str, str]:
    found = DIFFERENCE.search(printed)
    assert found, printed
    return found.groupdict()


def write_demo(path: Path, server: Server, **changes: str) -> Path:
    operator = {"operator_id": "examplecasino", "secret_key": "secret_key"}
    demo = {"wallet_url": server.wallet_url, "backoffice_url": server.address, "casino": {"api_key": server.api_key}}
    path.write_text(json.dumps({**demo, "operators": {"generic": operator}, **changes}))
    return path


def test_honest_run_ends_with_equal_books() -> None:
    code, printed = play_against(ReferenceWallet(), make_plan(misbehave=False, rounds=1000))
    assert code == 0
    assert read_row(printed, "players") == "8"
    assert read_row(printed, "rounds").startswith("1,000 in ")
    assert read_row(printed, "misbehaviours") == "none"
    assert read_row(printed, "retries") == "0"
    assert read_row(printed, "differences") == "0"
    assert read_kinds(printed, "rounds by kind") == {kind.__name__.replace("_", " ") for kind in ROUNDS}
    assert read_kinds(printed, "refusals by code") == {"OP_31"}


def test_misbehaving_run_ends_with_equal_books() -> None:
    code, printed = play_against(ReferenceWallet(), make_plan(rounds=2500))
    assert code == 0
    assert read_row(printed, "differences") == "0"
    assert read_kinds(printed, "misbehaviours") == {kind.__name__.replace("_", " ") for kind in MISCHIEF}
    assert read_kinds(printed, "refusals by code") == {"OP_21", "OP_31", "OP_33", "OP_40", "OP_41", "OP_49"}
    assert read_kinds(printed, "BET and its cancel") == {"bet first", "cancel first"}


def test_requests_come_in_all_the_forms_that_platforms_use() -> None:
    wallet = faults.Recording()
    code, _ = play_against(wallet, make_plan(misbehave=False, rounds=1000))
    assert code == 0
    transactions = [data for command, data in wallet.asked if command == "changebalance"]
    contexts = [data["context"] for data in transactions]
    assert {name for context in contexts for name in context} == {
        "reason",
        "rake",
        "history_id",
        "game_details",
        "campaign_code",
        "campaign_details",
    }
    assert all(context["reason"] and context["history_id"] for context in contexts)
    assert {data["transaction_type"] for data in transactions} == {"BET", "WIN", "REFUND"}
    assert {type(data["transaction_id"]) for data in transactions} == {int, str}
    assert {data["round_finished"] for data in transactions} == {True, False, None}
    assert {command for command, _ in wallet.asked} == {
        "authenticate",
        "balance",
        "changebalance",
        "status",
        "cancel",
        "finishround",
    }
    assert {session.game_id is None for session in wallet.sessions.values()} == {True, False}
    per_round = Counter((data["user_id"], data["round_id"]) for data in transactions)
    assert max(per_round.values()) >= 5
    players_of_round = {(data["round_id"], data["user_id"]) for data in transactions}
    assert max(Counter(str(round_id) for round_id, _ in players_of_round).values()) > 1


def test_every_deposit_and_transaction_is_in_the_wallets_own_sum() -> None:
    wallet = ReferenceWallet()
    code, _ = play_against(wallet, make_plan(rounds=300))
    assert code == 0
    sums = dict.fromkeys(wallet.players, Decimal(0))
    for user_id, _currency, amount in wallet.movements:
        sums[user_id] += amount
    assert sums == {user_id: sum(player.balances.values()) for user_id, player in wallet.players.items()}
    assert len(sums) == 8


@pytest.mark.parametrize(
    ("faulty", "what", "expected", "found"),
    [
        (faults.RetryAppliedTwice, r"(BET|WIN) \d+: balance", r"\d+\.\d\d", r"\d+\.\d\d"),
        (faults.LostWin, r"(BET \d+|WIN \d+|balance): balance", r"\d+\.\d\d", r"\d+\.\d\d"),
        (faults.CancelAppliedTwice, r"(BET \d+|WIN \d+|balance): balance", r"\d+\.\d\d", r"\d+\.\d\d"),
        (faults.NoTombstone, r"BET \d+", "OP_49", "OK"),
        (faults.DeadTokenRefusesWin, r"WIN \d+", "OK", "OP_21 unknown or ended token"),
        (faults.RetryJudgedByToken, r"BET \d+", "OK", "OP_40 the transaction id was used with other data"),
        (faults.FundsCheckedTooEarly, r"two BETs of \S+ at once", "OK and OP_31", "OK and OK"),
        (faults.CanceledShownAsLive, r"status of (BET|WIN) \d+: transaction_status", "CANCELED", "OK"),
        (faults.MoneyAsFloat, r"(BET|WIN) \d+", "OK", r"BAD_REPLY balance is \S+, not a number with two decimals"),
    ],
)
def test_fault_of_the_wallet_is_found(faulty: type[ReferenceWallet], what: str, expected: str, found: str) -> None:
    code, printed = play_against(faulty(), make_plan())
    assert code == 1
    assert int(read_row(printed, "differences")) > 0
    named = [match.groupdict() for match in DIFFERENCE.finditer(printed)]
    patterns = {"what": what, "expected": expected, "found": found}
    assert [one for one in named if all(re.fullmatch(patterns[key], one[key]) for key in patterns)], named


def test_balance_that_is_a_cent_short_is_found_to_the_cent() -> None:
    code, printed = play_against(faults.WrongBalance(), make_plan(misbehave=False))
    assert code == 1
    difference = first_difference(printed)
    assert Decimal(difference["expected"]) - Decimal(difference["found"]) == Decimal("0.01")


def test_difference_shows_the_players_last_transactions() -> None:
    plan = make_plan(misbehave=False, players=1, threads=1)
    code, printed = play_against(faults.LostWin(), plan)
    assert code == 1
    difference = first_difference(printed)
    lost = Decimal(difference["expected"]) - Decimal(difference["found"])
    history = printed[printed.index("  found") :].splitlines()[1:17]
    assert lost > 0
    assert history[-1].endswith(f" → {difference['expected']}")
    assert lost in {Decimal(line.split()[2]) for line in history if line.startswith("    WIN ")}


@pytest.mark.parametrize(("unreliable", "timeout"), [(faults.Unreliable, 5.0), (faults.Slow, 0.2)])
def test_books_are_equal_after_lost_and_late_answers(unreliable: type[ReferenceWallet], timeout: float) -> None:
    code, printed = play_against(unreliable(), make_plan(), timeout=timeout)
    assert code == 0, printed
    assert read_row(printed, "differences") == "0"
    assert read_kinds(printed, "refusals by code") & {"OP_47", "OP_50", "TIMEOUT"} == unreliable.codes  # type: ignore[attr-defined]


def test_win_that_is_never_acknowledged_is_a_difference_and_its_status_settles_the_books() -> None:
    plan = make_plan(misbehave=False, players=2, threads=2, patience=0.3)
    code, printed = play_against(faults.WinNeverAcknowledged(), plan)
    assert code == 1
    assert read_row(printed, "differences") == "2"
    assert re.fullmatch(r"WIN \d+", first_difference(printed)["what"])
    assert first_difference(printed)["expected"] == "an answer"
    assert first_difference(printed)["found"] == "OP_50: lost after"


def test_wallet_that_is_gone_for_good_is_not_waited_for_by_every_player() -> None:
    plan = make_plan(players=12, threads=2, rounds=None, seconds=30.0, misbehave=False, patience=1.0)
    started = time.monotonic()
    code, printed = play_against(faults.GoneAfterAWhile(), plan)
    assert code == 1
    assert read_row(printed, "differences") == "24"
    assert 1 < time.monotonic() - started < 15


def test_rate_is_kept() -> None:
    started = time.monotonic()
    code, printed = play_against(ReferenceWallet(), make_plan(rounds=40, rate=40.0, misbehave=False))
    assert code == 0
    assert read_row(printed, "rounds").startswith("40 in ")
    assert 0.7 < time.monotonic() - started < 15


def test_run_ends_when_its_time_is_up() -> None:
    started = time.monotonic()
    code, printed = play_against(ReferenceWallet(), make_plan(rounds=None, seconds=0.5))
    assert code == 0
    assert read_row(printed, "differences") == "0"
    assert 0.5 < time.monotonic() - started < 15


def test_command_reads_the_demo_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "demo.json", server)
        assert main(["play", "--demo", str(demo), "--rounds", "30", "--players", "3"]) == 0
    printed = capsys.readouterr().out
    assert read_row(printed, "players") == "3"
    assert read_row(printed, "differences") == "0"


def test_command_prefers_its_options_to_the_demo_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "demo.json", server, wallet_url="http://127.0.0.1:1/wallet")
        words = ["play", "--demo", str(demo), "--wallet-url", server.wallet_url, "--rounds", "10", "--players", "1"]
        assert main(words) == 0
    assert read_row(capsys.readouterr().out, "rounds").startswith("10 in ")


def test_robot_that_finds_no_wallet_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "demo.json", server, wallet_url="http://127.0.0.1:1/wallet")
        assert main(["play", "--demo", str(demo)]) == 2
    complaint = " ".join(capsys.readouterr().err.split())
    assert complaint.startswith("The robot cannot play: no wallet answers a ping at http://127.0.0.1:1/wallet: ")


def test_robot_without_settings_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--demo", str(tmp_path / "none.json")]) == 2
    assert "The robot cannot play: wallet_url is not in " in capsys.readouterr().err


def test_robot_with_a_wrong_secret_reports_the_door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "demo.json", server)
        assert main(["play", "--demo", str(demo), "--secret", "wrong", "--players", "1"]) == 1
    difference = first_difference(capsys.readouterr().out)
    assert difference["what"] == "authenticate"
    assert difference["found"] == "HTTP_403 HTTP status 403 where 200 is due"


def test_interrupted_run_still_compares_its_books(tmp_path: Path) -> None:
    with serve(ReferenceWallet()) as server:
        demo = write_demo(tmp_path / "demo.json", server)
        command = [sys.executable, "-m", "sandbox", "play", "--demo", str(demo), "--seconds", "60", "--misbehave"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert [process.stdout.readline()[:7] for _ in range(2)] == ["Seating", "Misbeha"]
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert read_row(printed, "differences") == "0"
