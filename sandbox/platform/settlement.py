"""Calls that the wallet must get: retried, in order and ever more slowly, until it has acknowledged them.

They are kept in memory, so what is still open when this process ends is lost, as it would not be at a real platform.
"""

import threading
from collections.abc import Mapping, Sequence

from sandbox.platform.sessions import PlaySession, WalletCall

# After these answers a call is not made again: it was done, or document 001 says that it never will be.
FINAL_CODES: Mapping[str, frozenset[str]] = {
    "changebalance": frozenset({"", "OP_49"}),
    "cancel": frozenset({"", "OP_41", "OP_49"}),
}
FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0


def deliver(session: PlaySession, calls: Sequence[WalletCall]) -> Sequence[WalletCall]:
    """Make calls one after the other until one is not acknowledged; return that one and the rest."""
    for position, call in enumerate(calls):
        if session.send(call).code not in FINAL_CODES[call.command]:
            return calls[position:]
    return ()


def settle_later(session: PlaySession, calls: Sequence[WalletCall], delay: float = FIRST_DELAY) -> None:
    """Go on delivering in the background; `session.settling` says for how long."""
    session.settling = True
    timer = threading.Timer(delay, _settle, (session, calls, delay))
    timer.daemon = True
    timer.start()


def _settle(session: PlaySession, calls: Sequence[WalletCall], delay: float) -> None:
    remaining = deliver(session, calls)
    if remaining:
        settle_later(session, remaining, min(max(delay, FIRST_DELAY) * 2, LONGEST_DELAY))
        return
    if calls[-1].command == "cancel":
        session.refresh_balance()
    session.settling = False
