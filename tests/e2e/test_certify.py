"""The real wallet passes a platform's certification, and a fault put in front of it is found."""

import pytest

from sandbox.certify.registry import RULES
from tests.e2e.live_casino import LiveCasino
from tests.sandbox import faulty_wallet, wallet_faults
from tests.sandbox.test_certify import FAULTS, SoundWallet, expand, find_red_lines

pytestmark = pytest.mark.live


@pytest.fixture
def sound_wallet(live: LiveCasino) -> SoundWallet:
    return SoundWallet(
        wallet_url=live.options.wallet_url,
        api_url=f"{live.options.backoffice_url}/api/v1",
        api_key=live.api_key,
        operator_id=live.operator.operator_ref,
        secret=live.secret,
        previous_secret=live.previous_secret,
        disabled_game=None,
    )


def test_real_wallet_passes_every_rule(live: LiveCasino) -> None:
    more = ["--previous-secret", live.previous_secret, "--disabled-game", live.switch_off_game()]
    code, said = live.run("-m", "sandbox", "certify", "--demo", live.demo, *more)
    count = said.splitlines()[-1].split(" · ")[0]
    assert (code, count) == (0, f"{len(RULES)} rules: {len(RULES)} passed, 0 failed, 0 not run"), said


@pytest.mark.parametrize(
    ("fault", "group"),
    [
        (wallet_faults.CancelAppliedTwice, "cancel"),
        (wallet_faults.FloatMoney, "env"),
        (wallet_faults.RoundsAreShared, "round"),
        (wallet_faults.SessionBeforeReplay, "bet"),
    ],
)
def test_fault_in_front_of_the_real_wallet_turns_its_lines_red(
    sound_wallet: SoundWallet, fault: type[faulty_wallet.Wallet], group: str
) -> None:
    expected = {id_ for id_ in expand(FAULTS[fault]) if id_.startswith(f"{group}-")}
    assert expected
    assert find_red_lines(sound_wallet, fault, group) == expected
