"""A round for real money: BET, then the WINs, the last of which closes it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from sandbox.platform.catalogue import Game
from sandbox.platform.reels import STAKES, Spin, spin_round
from sandbox.platform.sessions import CallRecord, PlaySession, WalletCall
from sandbox.platform.settlement import deliver, settle_later
from sandbox.wallet_client import Identifiers

GRANT_CHANCE = 0.04
GRANTED_SPINS = 3
GRANTED_STAKE = STAKES[0]
CAMPAIGN_CODE = "SANDBOX-WELCOME"

# After these the platform cannot know whether the BET was taken, and cancels it.
DOUBTFUL_CODES = frozenset({"TIMEOUT", "UNREACHABLE", "BAD_REPLY", "OP_47", "OP_50"})
SESSION_ENDED = "OP_21"
REFUSALS: Mapping[str, str] = {
    "OP_20": "The casino did not accept this platform's signature: the secret keys differ.",
    SESSION_ENDED: "Your session has ended. Open the game again from the casino.",
    "OP_30": "You have no account in this currency at the casino.",
    "OP_31": "Your balance does not cover this stake. Choose a smaller one, or make a deposit.",
    "OP_32": "You have reached one of your limits at the casino.",
    "OP_33": "Your account is blocked. The casino's support can tell you more.",
    "OP_34": "The casino does not know you any more.",
    "OP_35": "The casino has switched this game off.",
    "OP_40": "The casino has seen this transaction before, with other figures.",
    "OP_49": "The casino refused this round for good.",
}
IN_DOUBT = "The casino did not confirm your stake, so the round was called off. If it was taken, it comes back to you."
WIN_ON_ITS_WAY = "The casino has not confirmed your win yet. We keep sending it until it does."
STILL_SETTLING = "Your last round is still being settled with the casino. One moment."


class RoundRefused(Exception):
    """No round can be played at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round whose outcome is drawn and whose calls are ready to be made."""

    round_id: int
    stake: Decimal
    spins: Sequence[Spin]
    bet: WalletCall
    wins: Sequence[WalletCall]
    cancel: WalletCall


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """What the page is told of a round; `spins` is empty unless the stake was taken.

    `status` is played, refused or in_doubt; `over` means that no further round can be played in this session.
    """

    status: str
    message: str
    over: bool
    round_id: str
    stake: Decimal
    spins: Sequence[Spin]
    won: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """What the page shows of a session between rounds."""

    balance: Decimal
    settling: bool
    free_spins: int
    calls: Sequence[CallRecord]


def read_state(session: PlaySession) -> SessionState:
    return SessionState(
        balance=session.balance,
        settling=session.settling,
        free_spins=session.free_spins,
        calls=list(session.records),
    )


def play_round(
    session: PlaySession, game: Game, stake: Decimal, identifiers: Identifiers, chance: random.Random
) -> RoundReport:
    """Play one round against the wallet, for a granted free spin's stake where the player has one.

    :raises RoundRefused: a round of this session is being played or settled.
    """
    if not session.playing.acquire(blocking=False):
        raise RoundRefused(STILL_SETTLING)
    try:
        if session.settling:
            raise RoundRefused(STILL_SETTLING)
        granted = session.free_spins > 0
        spins = spin_round(GRANTED_STAKE if granted else stake, chance)
        plan = plan_round(session, game, Decimal("0.00") if granted else stake, spins, identifiers)
        return _play(session, game, plan, chance)
    finally:
        session.playing.release()


def _play(session: PlaySession, game: Game, plan: Round, chance: random.Random) -> RoundReport:
    reply = session.send(plan.bet)
    report = partial(_report, stake=plan.stake, round_id=str(plan.round_id))
    if reply.code in DOUBTFUL_CODES or reply.code.startswith("HTTP_"):
        settle_later(session, [plan.cancel], delay=0.0)
        return report(status="in_doubt", message=IN_DOUBT)
    if not reply.ok:
        message = REFUSALS.get(reply.code) or f"The casino refused this round: {reply.code} {reply.message}"
        return report(status="refused", message=message, over=reply.code == SESSION_ENDED)
    _count_free_spins(session, game, plan, chance)
    remaining = deliver(session, plan.wins)
    if remaining:
        settle_later(session, remaining)
    return report(status="played", spins=plan.spins, message=WIN_ON_ITS_WAY if remaining else "")


def _count_free_spins(session: PlaySession, game: Game, plan: Round, chance: random.Random) -> None:
    if not plan.stake:
        session.free_spins -= 1
    elif game.campaigns and chance.random() < GRANT_CHANCE:
        session.free_spins = GRANTED_SPINS


def report_fun_round(stake: Decimal, spins: Sequence[Spin]) -> RoundReport:
    """The report of a round that no wallet hears of."""
    return _report(status="played", stake=stake, spins=spins)


def _report(
    *,
    status: str,
    stake: Decimal,
    spins: Sequence[Spin] = (),
    round_id: str = "",
    message: str = "",
    over: bool = False,
) -> RoundReport:
    return RoundReport(
        status=status,
        message=message,
        over=over,
        round_id=round_id,
        stake=stake,
        spins=spins,
        won=sum((spin.win for spin in spins), Decimal("0.00")),
    )


def plan_round(
    session: PlaySession, game: Game, stake: Decimal, spins: Sequence[Spin], identifiers: Identifiers
) -> Round:
    """Write down every call of a round before the first is made, so that a retry repeats it exactly."""
    round_id = identifiers.next()
    reason = "SPIN" if stake else "PROMO-FREESPIN"

    def move(kind: str, amount: Decimal, why: str, *, is_last: bool = False) -> WalletCall:
        data = _describe_movement(session, game, kind, round_id, why)
        data |= {"amount": amount, "transaction_id": identifiers.next(), "round_finished": is_last}
        return WalletCall("changebalance", data, f"{kind} {amount}")

    bet = move("BET", stake, reason)
    wins = [move("WIN", amount, why, is_last=is_last) for amount, why, is_last in _list_wins(spins, reason)]
    cancel = _cancel(bet)
    return Round(round_id=round_id, stake=stake, spins=spins, bet=bet, wins=wins, cancel=cancel)


def _list_wins(spins: Sequence[Spin], reason: str) -> list[tuple[Decimal, str, bool]]:
    """Amount, reason and whether it closes the round: what spins won, and the last one in any case."""
    last = len(spins) - 1
    reasons = [reason, *["BONUS-GAME"] * last]
    return [
        (spin.win, why, number == last)
        for number, (spin, why) in enumerate(zip(spins, reasons, strict=True))
        if spin.win or number == last
    ]


def _describe_movement(session: PlaySession, game: Game, kind: str, round_id: int, reason: str) -> dict[str, object]:
    return {
        "token": session.launch.token,
        "user_id": session.player.user_id,
        "transaction_type": kind,
        "round_id": round_id,
        "game_id": game.id,
        "currency_code": session.player.currency,
        "transaction_timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "context": _context(session, round_id, reason),
    }


def _context(session: PlaySession, round_id: int, reason: str) -> dict[str, object]:
    context: dict[str, object] = {"reason": reason, "history_id": f"sb-{round_id}"}
    if reason == "PROMO-FREESPIN":
        remaining = session.free_spins - 1
        context |= {
            "campaign_code": CAMPAIGN_CODE,
            "campaign_details": {"total_spins": GRANTED_SPINS, "remaining_spins": remaining},
        }
    return context


def _cancel(bet: WalletCall) -> WalletCall:
    data = {name: bet.data[name] for name in ("user_id", "transaction_id", "round_id", "game_id")}
    return WalletCall("cancel", data | {"round_finished": True}, f"cancel {bet.label}")
