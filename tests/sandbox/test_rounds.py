"""Rounds against a reference wallet over HTTP, whose answers are spoiled on purpose where a test is about that."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.journal import Journal
from sandbox.platform.catalogue import build_catalogue
from sandbox.platform.launch import Launch
from sandbox.platform.rounds import RoundRefused, RoundReport, play_round
from sandbox.platform.sessions import PlaySession, open_session
from sandbox.wallet_client import Identifiers, WalletClient
from tests.sandbox.reference_request import Refusal
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet
from tests.sandbox.test_reels import BLANKS, Scripted, show

GAME = build_catalogue().games[1015]
STAKE = Decimal("1.00")
TWO_CHERRIES = show(c0="cherry", c1="cherry")
THREE_CROWNS = show(c0="crown", c1="crown", c2="crown")
TIMEOUT = 0.5
pytestmark = pytest.mark.live

Data = dict[str, object]


@dataclass
class SpoiledWallet(ReferenceWallet):
    """Answers the next calls of a kind (BET, WIN, cancel, ...) with the codes it was given, one after the other.

    Before a code, `done` stands for doing what was asked and then failing; `late` for doing it after the time-out.
    """

    spoils: dict[str, list[str]] = field(default_factory=dict)
    heard: list[tuple[str, Data]] = field(default_factory=list)

    def execute(self, command: str, data: Data) -> Data:
        kind = str(data.get("transaction_type", command))
        self.heard.append((kind, dict(data)))
        how, _, code = ("".join(self.spoils.get(kind, [])[:1])).rpartition(" ")
        if self.spoils.get(kind):
            self.spoils[kind].pop(0)
        if how == "late":
            time.sleep(TIMEOUT + 0.2)
        answer = super().execute(command, data) if how or not code else {}
        if code:
            raise Refusal(code, "spoiled")
        return answer

    def hear(self, *kinds: str) -> list[Data]:
        return [data for kind, data in self.heard if kind in kinds]


@pytest.fixture
def wallet() -> SpoiledWallet:
    wallet = SpoiledWallet()
    wallet.add_player("bob", {"EUR": Decimal("10.00")})
    return wallet


@pytest.fixture
def session(wallet: SpoiledWallet, tmp_path: Path) -> Iterator[PlaySession]:
    with serve(wallet) as server:
        client, journal = WalletClient(server.wallet_url, wallet.operator_id, "secret_key", TIMEOUT), Journal(tmp_path)
        yield open_session(make_launch(wallet.launch("bob", "EUR", str(GAME.id))), client, journal)
        journal.close()
        client._pool.close()


def make_launch(token: str) -> Launch:
    return Launch(
        mode="real",
        game=GAME,
        lobby=None,
        token=token,
        currency="EUR",
        language="en",
        home_url="",
        deposit_url="",
        device="",
        group="",
        client_name="",
    )


class Luck(Scripted):
    """Scripted cells, and free spins granted where it is told so."""

    def __init__(self, *spins: Sequence[str], grants: bool = False) -> None:
        super().__init__(*spins)
        self.grants = grants

    def random(self) -> float:
        return 0.0 if self.grants else 0.99


def play(session: PlaySession, *spins: Sequence[str], grants: bool = False) -> RoundReport:
    return play_round(session, GAME, STAKE, Identifiers(), Luck(*spins, grants=grants))


def wait_until_settled(session: PlaySession) -> None:
    deadline = time.monotonic() + 15
    while session.settling and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not session.settling


def test_lost_round_is_a_bet_and_a_win_of_nothing_that_closes_it(wallet: SpoiledWallet, session: PlaySession) -> None:
    report = play(session, BLANKS)
    assert (report.status, report.won, session.balance) == ("played", Decimal("0.00"), Decimal("9.00"))
    bet, win = wallet.hear("BET", "WIN")
    assert (bet["amount"], bet["round_finished"], bet["context"]) == (
        Decimal("1.00"),
        False,
        {"reason": "SPIN", "history_id": f"sb-{report.round_id}"},
    )
    assert (win["amount"], win["round_finished"]) == (Decimal("0.00"), True)
    assert str(bet["round_id"]) == str(win["round_id"]) == report.round_id
    assert bet["game_id"] == 1015


def test_won_round_pays_what_the_reels_show(wallet: SpoiledWallet, session: PlaySession) -> None:
    assert play(session, TWO_CHERRIES).won == Decimal("0.60")
    assert wallet.balance_of("bob", "EUR") == session.balance == Decimal("9.60")


def test_ids_only_grow(wallet: SpoiledWallet, session: PlaySession) -> None:
    play(session, BLANKS)
    play(session, BLANKS)
    rounds = [data["round_id"] for data in wallet.hear("BET")]
    transactions = [data["transaction_id"] for data in wallet.hear("BET", "WIN")]
    assert rounds == sorted(set(map(int, map(str, rounds))))
    assert transactions == sorted(set(map(int, map(str, transactions))))


def test_free_spins_are_further_wins_of_the_same_round_and_the_last_closes_it(
    wallet: SpoiledWallet, session: PlaySession
) -> None:
    spins = [THREE_CROWNS, BLANKS, TWO_CHERRIES, BLANKS, TWO_CHERRIES, BLANKS, BLANKS]
    report = play(session, *spins)
    assert (len(report.spins), report.won) == (7, Decimal("1.20"))
    wins = wallet.hear("WIN")
    assert [(win["amount"], win["round_finished"]) for win in wins] == [
        (Decimal("0.60"), False),
        (Decimal("0.60"), False),
        (Decimal("0.00"), True),
    ]
    assert {str(win["context"]["reason"]) for win in wins} == {"BONUS-GAME"}  # type: ignore[index]
    assert {win["round_id"] for win in wins} == {int(report.round_id)}


def test_granted_free_spin_is_a_bet_of_nothing_with_its_campaign(wallet: SpoiledWallet, session: PlaySession) -> None:
    play(session, BLANKS, grants=True)
    assert session.free_spins == 3
    report = play(session, TWO_CHERRIES)
    assert (report.stake, report.won) == (Decimal("0.00"), Decimal("0.12"))
    assert session.free_spins == 2
    context = {
        "reason": "PROMO-FREESPIN",
        "history_id": f"sb-{report.round_id}",
        "campaign_code": "SANDBOX-WELCOME",
        "campaign_details": {"total_spins": 3, "remaining_spins": 2},
    }
    bet, win = wallet.hear("BET", "WIN")[-2:]
    assert (bet["amount"], bet["context"]) == (Decimal("0.00"), context)
    assert (win["amount"], win["context"]) == (Decimal("0.12"), context)
    assert session.balance == Decimal("9.12")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("OP_31", "Your balance does not cover this stake. Choose a smaller one, or make a deposit."),
        ("OP_33", "Your account is blocked. The casino's support can tell you more."),
        ("OP_35", "The casino has switched this game off."),
        ("OP_49", "The casino refused this round for good."),
        ("OP_41", "The casino refused this round: OP_41 spoiled"),
    ],
)
def test_refused_bet_is_explained_and_neither_won_nor_canceled(
    wallet: SpoiledWallet, session: PlaySession, code: str, sentence: str
) -> None:
    wallet.spoils["BET"] = [code]
    report = play(session, TWO_CHERRIES)
    assert (report.status, report.message, report.over, report.spins) == ("refused", sentence, False, ())
    assert wallet.hear("WIN", "cancel") == []
    assert not session.settling


def test_ended_session_is_over(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.end_session(session.launch.token)
    report = play(session, TWO_CHERRIES)
    assert (report.status, report.over) == ("refused", True)
    assert report.message == "Your session has ended. Open the game again from the casino."


@pytest.mark.parametrize("spoil", ["OP_50", "OP_47", "done OP_50", "done OP_47", "late OP_50", "late "])
def test_unconfirmed_bet_is_canceled_and_costs_nothing(wallet: SpoiledWallet, session: PlaySession, spoil: str) -> None:
    wallet.spoils["BET"] = [spoil]
    report = play(session, TWO_CHERRIES)
    assert (report.status, report.spins, report.won) == ("in_doubt", (), Decimal("0.00"))
    wait_until_settled(session)
    time.sleep(0.3)  # a late BET arrives after its cancel
    (bet,), (cancel,) = wallet.hear("BET"), wallet.hear("cancel")
    same = ("user_id", "transaction_id", "round_id", "game_id")
    assert {name: cancel[name] for name in same} == {name: bet[name] for name in same}
    assert cancel["round_finished"] is True
    assert wallet.balance_of("bob", "EUR") == session.balance == Decimal("10.00")


def test_cancel_is_repeated_until_it_is_acknowledged(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils = {"BET": ["done OP_47"], "cancel": ["OP_50", "done OP_50"]}
    assert play(session, BLANKS).status == "in_doubt"
    assert session.settling
    wait_until_settled(session)
    assert len(wallet.hear("cancel")) == 3
    assert wallet.balance_of("bob", "EUR") == session.balance == Decimal("10.00")


def test_win_is_repeated_unchanged_until_it_is_acknowledged(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils["WIN"] = ["OP_50", "done OP_50"]
    report = play(session, TWO_CHERRIES)
    assert (report.status, report.won) == ("played", Decimal("0.60"))
    assert report.message == "The casino has not confirmed your win yet. We keep sending it until it does."
    wait_until_settled(session)
    first, second, third = wallet.hear("WIN")
    assert first == second == third
    assert wallet.balance_of("bob", "EUR") == session.balance == Decimal("9.60")


def test_wins_after_an_unconfirmed_one_keep_their_order(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils["WIN"] = ["", "OP_50"]
    spins = [THREE_CROWNS, TWO_CHERRIES, TWO_CHERRIES, TWO_CHERRIES, BLANKS, BLANKS, BLANKS]
    play(session, *spins)
    wait_until_settled(session)
    wins = wallet.hear("WIN")
    assert [win["amount"] for win in wins] == [Decimal(text) for text in ("0.60", "0.60", "0.60", "0.60", "0.00")]
    assert wins[1] == wins[2]
    assert [win["round_finished"] for win in wins] == [False, False, False, False, True]
    assert wallet.balance_of("bob", "EUR") == session.balance == Decimal("10.80")


def test_win_that_is_refused_for_good_is_not_repeated(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils["WIN"] = ["OP_49"]
    play(session, TWO_CHERRIES)
    assert not session.settling
    assert len(wallet.hear("WIN")) == 1


def test_no_round_is_played_while_one_is_being_settled(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils["WIN"] = ["OP_50"]
    play(session, TWO_CHERRIES)
    with pytest.raises(RoundRefused, match="still being settled"):
        play(session, TWO_CHERRIES)
    assert len(wallet.hear("BET")) == 1
    wait_until_settled(session)
    assert play(session, BLANKS).status == "played"


def test_call_log_tells_of_every_call(wallet: SpoiledWallet, session: PlaySession) -> None:
    wallet.spoils["WIN"] = ["OP_50"]
    play(session, TWO_CHERRIES)
    wait_until_settled(session)
    assert [(record.label, record.code) for record in session.records] == [
        ("authenticate", "OK"),
        ("BET 1.00", "OK"),
        ("WIN 0.60", "OP_50"),
        ("WIN 0.60", "OK"),
    ]
    assert [record.number for record in session.records] == [1, 2, 3, 4]
