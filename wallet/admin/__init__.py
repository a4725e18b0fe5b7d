"""The wallet's pages in the admin."""

from wallet.admin.ceilings import CeilingAdmin
from wallet.admin.ledger import LedgerRowAdmin, LedgerVerificationAdmin
from wallet.admin.limits import LimitRefusalAdmin
from wallet.admin.players import PlayerAdmin
from wallet.admin.requests import ApprovalRequestAdmin
from wallet.admin.rounds import RoundAdmin
from wallet.admin.sessions import SessionAdmin
from wallet.admin.stuck_rounds import StuckRoundAdmin
from wallet.admin.transactions import TransactionAdmin
from wallet.admin.waiting_calls import WaitingCallAdmin

__all__ = [
    "ApprovalRequestAdmin",
    "CeilingAdmin",
    "LedgerRowAdmin",
    "LedgerVerificationAdmin",
    "LimitRefusalAdmin",
    "PlayerAdmin",
    "RoundAdmin",
    "SessionAdmin",
    "StuckRoundAdmin",
    "TransactionAdmin",
    "WaitingCallAdmin",
]
