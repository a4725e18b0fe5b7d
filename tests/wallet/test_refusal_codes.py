"""The codes by which casinos' sites and staff tell refusals apart: what is built on them breaks if one changes."""

import pytest

from operators.selectors.refusals import Refusal
from wallet.services import approvals, busy, cashier, ceilings, limits, players, requests, stuck_rounds

CODES: dict[type[Refusal], str] = {
    cashier.InvalidAmount: "invalid_amount",
    cashier.NoSuchAccount: "no_such_account",
    cashier.BalanceTooLow: "insufficient_funds",
    cashier.ReferenceReused: "reference_reused",
    cashier.DepositLimitReached: "deposit_limit_reached",
    cashier.DepositorBarred: "player_blocked",
    cashier.DepositorExcluded: "player_excluded",
    players.PlayerDataDiffers: "player_data_differs",
    players.ExclusionShortened: "exclusion_shortened",
    stuck_rounds.RoundEnded: "round_ended",
    stuck_rounds.RoundTaken: "round_taken",
    stuck_rounds.RoundNotTaken: "round_not_taken",
    limits.SessionTimeUp: "session_time_reached",
    ceilings.AboveCeiling: "above_ceiling",
    ceilings.OwnCeiling: "own_ceiling",
    requests.AlreadyRequested: "already_requested",
    requests.NotCancelable: "not_cancelable",
    requests.RoundIsFinished: "round_finished",
    approvals.RequestEnded: "request_ended",
    approvals.NotTheRequester: "not_the_requester",
    approvals.RequestOvertaken: "request_overtaken",
    approvals.RequestExpired: "request_expired",
    busy.LedgerBusy: "ledger_busy",
}


@pytest.mark.parametrize("refusal", CODES)
def test_refusal_has_its_code(refusal: type[Refusal]) -> None:
    assert refusal.code == CODES[refusal]
