"""What waits for `agent` platforms: free rounds, known again by their bonus code, and deposits, which nothing names.

A deposit's outcome is told by the player's balance: what it is more than before, without what was played since.
Calls of one player and currency wait for each other (`transfer_lane`), so that no second transfer blurs it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from operators.platforms.agent import Award, Client, Grant, GrantedIdUnknown, Period, Search
from operators.platforms.agent.history import HistoryRow
from operators.platforms.base import PlatformFailure
from operators.services.connections import connect_agent
from wallet.models import WaitingCall
from wallet.services.call_kinds import NO_TRACE, CallKind, Done, Facts, Undecided, register_kind

CREATE_FREE_ROUND = "createFreeRound"
DEPOSIT = "deposit"
# How far back the last thing played is looked for, and how far the platform's clock may be ahead of ours.
LOOK_BACK = timedelta(days=1)
CLOCK_TOLERANCE = timedelta(hours=1)
# How often a balance is looked at that moves while one looks.
LOOKS = 3


class FreeRounds(msgspec.Struct, frozen=True):
    """What a player is to get; the call's reference is the bonus code."""

    username: str
    currency: str
    game_ref: str
    starts_at: datetime
    ends_at: datetime
    rounds: int
    bet_amount: Decimal


class Deposit(msgspec.Struct, frozen=True):
    """What is to be carried from the agent's wallet to the player's."""

    username: str
    currency: str
    amount: Decimal


def transfer_lane(username: str, currency: str) -> str:
    """Return the lane of all that moves a player's money in one currency."""
    return f"transfer {username} {currency}"


def _send_free_round(call: WaitingCall, now: datetime) -> Facts:
    return _create_free_round(call, now, sent_before=False)


def _poll_free_round(call: WaitingCall, now: datetime) -> Done | Undecided:
    """Ask by repeating it under its bonus code, which the platform knows again if it ever came."""
    return Done(_create_free_round(call, now, sent_before=True))


def _create_free_round(call: WaitingCall, now: datetime, *, sent_before: bool) -> Facts:
    asked = msgspec.convert(call.arguments, FreeRounds)
    period = Period(asked.starts_at, asked.ends_at)
    award = Award(asked.currency, call.reference, asked.game_ref, period, asked.rounds, asked.bet_amount)
    with connect_agent(call.operator, now=now, about=call.reference) as client:
        granted = client.create_free_round(award, username=asked.username, sent_before=sent_before)
    return _tell_grant(granted)


def _tell_grant(granted: Grant | GrantedIdUnknown) -> Facts:
    if isinstance(granted, GrantedIdUnknown):
        return {"grant_ref": None, "flag": "Granted, but its id was in an answer that never came."}
    differences = [msgspec.to_builtins(difference) for difference in granted.differences]
    return {"grant_ref": granted.grant_ref, "code": granted.code, "differences": differences}


def _prepare_deposit(call: WaitingCall, now: datetime) -> Facts:
    """Note the balance, and the last thing played: what comes after it is play, what else moves is ours."""
    asked = msgspec.convert(call.arguments, Deposit)
    with connect_agent(call.operator, now=now, about=call.reference) as client:
        since = now - LOOK_BACK
        for _ in range(LOOKS):
            before = _read_balance(client, asked)
            newest = next(_walk_play(client, asked, since, now), None)
            if _read_balance(client, asked) == before:
                last = newest.history_ref if newest else None
                return {"balance": str(before), "since": since.isoformat(), "newest": last}
    raise PlatformFailure("PLAYER_IS_PLAYING", "the balance moves just now", permanent=False)


def _send_deposit(call: WaitingCall, now: datetime) -> Facts:
    asked = msgspec.convert(call.arguments, Deposit)
    with connect_agent(call.operator, now=now, about=call.reference) as client:
        done = client.deposit(username=asked.username, amount=asked.amount, currency=asked.currency)
    return {
        "transfer_ref": done.tx_ref,
        "player": {"before": str(done.player.before_balance), "after": str(done.player.after_balance)},
        "agent": {"before": str(done.agent.before_balance), "after": str(done.agent.after_balance)},
        "differences": [msgspec.to_builtins(difference) for difference in done.differences],
    }


def _poll_deposit(call: WaitingCall, now: datetime) -> Done | Undecided:
    asked = msgspec.convert(call.arguments, Deposit)
    with connect_agent(call.operator, now=now, about=call.reference) as client:
        balance = _read_balance(client, asked)
        played = _sum_play(client, asked, call.facts, now)
        if played is None or _read_balance(client, asked) != balance:
            return Undecided("PLAYER_IS_PLAYING", "What was played since cannot be told from the history just now.")
    moved = balance - Decimal(call.facts["balance"]) - played
    told = f"The balance was {call.facts['balance']} and is {balance}; {played} of that was played for."
    if moved == asked.amount:
        return Done({"proved_by": "balance", "said": told})
    if moved == 0:
        return Undecided(NO_TRACE, f"{told} Nothing has come of it so far.")
    return Undecided("UNEXPLAINED", f"{told} The rest, {moved}, is not the amount.")


def _read_balance(client: Client, asked: Deposit) -> Decimal:
    return client.get_player_balance(asked.username, currency=asked.currency).balance


def _sum_play(client: Client, asked: Deposit, facts: dict[str, Any], now: datetime) -> Decimal | None:
    """Return what play has moved since it was noted; None where a row does not tell, or the noted one is gone."""
    total = Decimal(0)
    for row in _walk_play(client, asked, datetime.fromisoformat(facts["since"]), now):
        if row.history_ref == facts["newest"]:
            return total
        if row.delta is None:
            return None
        total += row.delta
    return total if facts["newest"] is None else None


def _walk_play(client: Client, asked: Deposit, since: datetime, now: datetime) -> Iterator[HistoryRow]:
    period = Period(since, now + CLOCK_TOLERANCE)
    for page in client.walk_history(Search(username=asked.username), period=period):
        yield from (row for row in page.rows if row.player.currency in {asked.currency, ""})


register_kind(CallKind(CREATE_FREE_ROUND, FreeRounds, True, _send_free_round, _poll_free_round))
register_kind(CallKind(DEPOSIT, Deposit, False, _send_deposit, _poll_deposit, _prepare_deposit))
