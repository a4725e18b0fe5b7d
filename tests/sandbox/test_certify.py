"""Certify finds nothing wrong with a sound wallet, and the right thing wrong with a faulty one."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatch

import pytest

from sandbox.casino_client import CasinoClient
from sandbox.certify import checks as _checks  # noqa: F401 - importing them lists the rules
from sandbox.certify.messages import Player
from sandbox.certify.registry import RULES, list_rules, rule
from sandbox.certify.runner import Outcome, Verdict, try_rules
from sandbox.certify.stage import Stage
from sandbox.wallet_client import WalletClient
from tests.sandbox import faulty_wallet, wallet_faults
from tests.sandbox.reference_server import serve
from tests.sandbox.reference_wallet import ReferenceWallet

# The lines that each fault turns red, and no others.
FAULTS: dict[type[faulty_wallet.Wallet], str] = {
    wallet_faults.BlockBarsCredits: "win-05 win-16",
    wallet_faults.CancelAppliedTwice: "cancel-06 cancel-07 race-08",
    wallet_faults.CanceledIsUnknown: "status-05 status-06 cancel-18",
    wallet_faults.DeadTokenBarsWin: "env-09 win-03 win-04 win-24 replay-17",
    wallet_faults.FinishedRoundTakesBets: "bet-31 round-01 round-02 round-03 round-05 round-07 round-09 round-10",
    wallet_faults.FloatAmounts: "bet-13",
    wallet_faults.FloatMoney: "env-26 env-27 env-28 env-29 env-30 bet-13 audit-04",
    wallet_faults.IdsAreNumbers: "bet-33",
    wallet_faults.IdsInText: "env-19 env-22 env-23 env-24 env-25",
    wallet_faults.LocalTime: "env-32 audit-06",
    wallet_faults.MalformedIsFinal: "sign-17 sign-18 sign-30 body-* audit-05",
    wallet_faults.MoneyInText: "env-26 env-27 env-28 env-29 env-30 audit-04",
    wallet_faults.NoTombstone: "replay-20 replay-21 replay-22 cancel-10 race-11",
    wallet_faults.OpenDoor: "door-05 door-06 door-07 door-08 door-09 door-14 door-15 door-16",
    wallet_faults.OtherTokenIsOtherData: "replay-05 replay-06 replay-07 replay-17",
    wallet_faults.PageOnBadBody: "sign-17 sign-18 sign-30 env-02 env-15 env-16 env-17 env-18 body-* "
    "audit-01 audit-02 audit-03 audit-05 audit-06",
    wallet_faults.RefusalLeavesTrace: "bet-04",
    wallet_faults.ReplayAppliedTwice: "sign-16 replay-0? replay-10 replay-11 replay-12 replay-13 replay-14 replay-15 "
    "replay-16 replay-17 replay-18 replay-19 replay-22 replay-30 cancel-12 race-01 race-02",
    wallet_faults.ReserialisedEcho: "env-07 env-08 env-10 env-11 env-12 audit-03",
    wallet_faults.RoundedAmounts: "body-31 body-32 body-33",
    wallet_faults.RoundsAreShared: "round-06",
    wallet_faults.SecretInMessage: "audit-08",
    wallet_faults.SessionBeforeReplay: "bet-26 bet-27 replay-06 replay-07 replay-28 replay-29",
    wallet_faults.StaleBalance: "replay-15",
    wallet_faults.TimestampAfterSigning: "sign-0? sign-10 sign-11 sign-12 sign-13 sign-14 sign-15 sign-16 sign-17 "
    "sign-18 sign-31 audit-02",
    wallet_faults.UnknownIsCanceled: "replay-20 replay-21 replay-22 status-08 cancel-08 cancel-09 cancel-10 cancel-11 "
    "cancel-12 cancel-23 race-11",
    wallet_faults.UnsignedError: "sign-07 sign-08 sign-09 sign-10 sign-11 sign-12 sign-13 sign-14 sign-15 sign-16 "
    "sign-17 sign-18 audit-02",
}
# What these lines show depends on who comes first in a race, or on what the sound wallet can store.
AS_IT_FALLS = {
    wallet_faults.CanceledIsUnknown: "race-07",
    wallet_faults.MalformedIsFinal: "body-87",
    wallet_faults.NoTombstone: "race-07",
    wallet_faults.PageOnBadBody: "body-87",
    wallet_faults.UnknownIsCanceled: "race-07",
}


@dataclass(frozen=True, kw_only=True)
class SoundWallet:
    """A wallet without a fault, and what certify has to know of its operator and casino."""

    wallet_url: str
    api_url: str
    api_key: str
    operator_id: str
    secret: str
    previous_secret: str
    disabled_game: object

    def connect(self, wallet_url: str = "") -> Stage:
        """A stage on this wallet, or on another address that stands in front of it."""
        address = wallet_url or self.wallet_url
        return Stage(
            WalletClient(address, self.operator_id, self.secret),
            casino=CasinoClient(self.api_url, self.api_key),
            retiring=WalletClient(address, self.operator_id, self.previous_secret),
            disabled_game=self.disabled_game,
        )


@pytest.fixture
def reference() -> ReferenceWallet:
    return ReferenceWallet(secrets_accepted=["secret_key", "former_key"], games_disabled={"239"})


@pytest.fixture
def sound_wallet(reference: ReferenceWallet) -> Iterator[SoundWallet]:
    """The wallet under test: override this fixture to put the same faults in front of another one."""
    with serve(reference) as server:
        yield SoundWallet(
            wallet_url=server.wallet_url,
            api_url=server.api_url,
            api_key=server.api_key,
            operator_id=reference.operator_id,
            secret="secret_key",
            previous_secret="former_key",
            disabled_game=239,
        )


def certify(stage: Stage, *prefixes: str) -> list[Outcome]:
    try:
        return list(try_rules(list_rules(list(prefixes)), stage))
    finally:
        stage.close()


def ids_with(outcomes: list[Outcome], verdict: Verdict) -> set[str]:
    return {outcome.rule.id for outcome in outcomes if outcome.verdict == verdict}


def expand(patterns: str) -> set[str]:
    return {id_ for id_ in RULES if any(fnmatch(id_, pattern) for pattern in patterns.split())}


def find_red_lines(sound: SoundWallet, fault: type[faulty_wallet.Wallet], *prefixes: str) -> set[str]:
    line = WalletClient(sound.wallet_url, sound.operator_id, sound.secret)
    with faulty_wallet.serve(fault(line)) as wallet_url:
        outcomes = certify(sound.connect(wallet_url), *prefixes)
    line.close()
    return ids_with(outcomes, Verdict.FAILED)


def test_there_are_at_least_120_rules_in_16_groups() -> None:
    assert len(RULES) >= 120
    assert len({rule.group for rule in RULES.values()}) == 16


def test_no_two_rules_of_a_group_say_the_same() -> None:
    assert len({(rule.group, rule.sentence) for rule in RULES.values()}) == len(RULES)


def test_rule_with_a_taken_id_is_refused() -> None:
    with pytest.raises(ValueError, match="door-01"):
        rule("door-01", "Another rule.")


def test_rule_of_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="window-01"):
        rule("window-01", "A rule of no group.")


def test_sound_wallet_passes_every_rule(sound_wallet: SoundWallet) -> None:
    outcomes = certify(sound_wallet.connect())
    assert [(outcome.rule.id, outcome.reason) for outcome in outcomes if outcome.verdict != Verdict.PASSED] == []
    assert len(outcomes) == len(RULES)


def test_same_wallet_passes_a_second_time(sound_wallet: SoundWallet) -> None:
    certify(sound_wallet.connect())
    assert ids_with(certify(sound_wallet.connect()), Verdict.PASSED) == set(RULES)


def test_proxy_without_a_fault_turns_nothing_red(sound_wallet: SoundWallet) -> None:
    assert find_red_lines(sound_wallet, faulty_wallet.Wallet) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_fault_turns_its_own_lines_red(sound_wallet: SoundWallet, fault: type[faulty_wallet.Wallet]) -> None:
    open_lines = expand(AS_IT_FALLS.get(fault, ""))
    assert find_red_lines(sound_wallet, fault) - open_lines == expand(FAULTS[fault]) - open_lines


def test_missing_lock_turns_the_races_red(sound_wallet: SoundWallet) -> None:
    red = find_red_lines(sound_wallet, wallet_faults.IdenticalAtOnceApplied, "race")
    assert red == {"race-01", "race-02", "race-09"}


def test_every_fault_is_tried() -> None:
    written = {
        fault
        for fault in vars(wallet_faults).values()
        if isinstance(fault, type) and issubclass(fault, faulty_wallet.Wallet)
    }
    untried = {faulty_wallet.Wallet, wallet_faults.Remembering, wallet_faults.IdenticalAtOnceApplied}
    assert written - untried == set(FAULTS)


def test_without_a_casino_the_given_player_is_played(reference: ReferenceWallet, sound_wallet: SoundWallet) -> None:
    reference.add_player("611", {"EUR": Decimal("12.34")})
    given = Player("611", reference.launch("611", "EUR", "200"), "EUR", 200)
    outcomes = certify(Stage(WalletClient(sound_wallet.wallet_url, "examplecasino", "secret_key"), given=given))
    assert [(outcome.rule.id, outcome.reason) for outcome in outcomes if outcome.verdict == Verdict.FAILED] == []
    assert ids_with(outcomes, Verdict.NOT_RUN) == expand(
        "launch-* door-22 door-23 sign-09 sign-12 sign-31 env-22 auth-03 auth-08 auth-09 auth-10 auth-11 auth-12 "
        "bal-07 bal-10 bal-11 bal-12 bet-16 bet-17 bet-18 bet-19 bet-20 bet-22 bet-23 bet-24 bet-28 bet-29 bet-30 "
        "bet-34 bet-39 win-05 win-16 win-24 win-25 win-27 replay-05 replay-13 replay-28 round-06 status-14 cancel-11 "
        "cancel-12 cancel-19 finish-06 finish-09 race-12"
    )


def test_without_anybody_to_play_as_only_the_open_rules_are_run(sound_wallet: SoundWallet) -> None:
    outcomes = certify(Stage(WalletClient(sound_wallet.wallet_url, "examplecasino", "secret_key")), "door")
    assert ids_with(outcomes, Verdict.PASSED) == {"door-01", "door-02", "door-03", "door-16", "door-19", "door-21"}
    assert ids_with(outcomes, Verdict.FAILED) == set()
