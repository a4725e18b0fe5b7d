"""What keeps the wallet going: the ledger's coming partitions, and the loose ends of movements left in doubt."""

from datetime import date, datetime

from django.db import connection, transaction

from wallet import ledger
from wallet.enums import RoundState
from wallet.models import Round

MONTHS_AHEAD = 3

RESOLVE_BOOKED = """
UPDATE operators_exchange SET unresolved = false
WHERE unresolved AND EXISTS (
    SELECT FROM wallet_transaction AS booked
    WHERE booked.owner_id = operators_exchange.operator_id AND booked.source = 'platform'
        AND booked.reference = operators_exchange.transaction_ref
)
"""
# A later retry that was refused for good; what was malformed, badly signed or left in doubt again is none.
RESOLVE_REFUSED = """
UPDATE operators_exchange SET unresolved = false
WHERE unresolved AND EXISTS (
    SELECT FROM operators_exchange AS later
    WHERE later.operator_id = operators_exchange.operator_id AND later.command = operators_exchange.command
        AND later.transaction_ref = operators_exchange.transaction_ref AND later.at > operators_exchange.at
        AND NOT later.unresolved AND later.error_code NOT IN ('', 'OP_20', 'OP_47', 'OP_50')
)
"""
FINISH_CLOSING = """
UPDATE wallet_round SET state = 'finished'
WHERE id = %s AND state = 'closing' AND wallet_round_end_state(operator_id, %s, round_ref, false) = 'finished'
"""


def create_coming_partitions(*, now: datetime) -> list[str]:
    """Make the ledger's partitions of this month and the next three, where they are missing; return their names."""
    months = [now.year * 12 + now.month - 1 + ahead for ahead in range(MONTHS_AHEAD + 1)]
    return [ledger.create_partition(date=date(month // 12, month % 12 + 1, 1)) for month in months]


def settle_pending() -> tuple[int, int]:
    """Mark exchanges whose movement was booked, canceled or refused since as resolved, and end the rounds that waited.

    Returns how many exchanges and how many rounds.
    """
    with connection.cursor() as cursor:
        cursor.execute(RESOLVE_BOOKED)
        exchanges = int(cursor.rowcount)
        cursor.execute(RESOLVE_REFUSED)
        exchanges += int(cursor.rowcount)
    closing = Round.objects.filter(state=RoundState.CLOSING).select_related("player").order_by("pk")
    return exchanges, sum(_finish(waiting) for waiting in closing)


def _finish(closing: Round) -> int:
    """End one round under its player's lock, unless something in it is still pending."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [closing.player_id])
        cursor.execute(FINISH_CLOSING, [closing.pk, closing.player.user_id])
        return int(cursor.rowcount)
