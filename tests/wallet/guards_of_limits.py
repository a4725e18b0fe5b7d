"""Statements that the guards of limits, their use, exclusions and refusals refuse, each alone."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from tests.wallet.world import STAFF, Seat
from wallet.enums import ExclusionKind, LimitKind, LimitPeriod, RefusalReason
from wallet.models import LimitRefusal
from wallet.services.limits import WantedLimit, set_limits
from wallet.services.players import exclude_player


def changed(values: str) -> str:
    """A change of a limit: currency, kind, period, from, to, how long after it was asked for it holds, and by whom."""
    currency, kind, period, was, amount, after, by = values.split(", ")
    return (
        "INSERT INTO wallet_limitchange (player_id, currency, kind, period, was, amount, asked_at, effective_at, by)"
        f" VALUES ({{player}}, {currency}, {kind}, {period}, {was}, {amount}, now(), now() + {after}, {by})"
    )


EXCLUSION = "INSERT INTO wallet_exclusion (player_id, kind, asked_at, until, reason, by) VALUES ({player}, 'cool_off', "
NOTHING, ALMOST_A_DAY = "interval '0 s'", "interval '23:59:59'"

CONSTRAINTS = {
    "wallet_exclusion_by_someone": f"{EXCLUSION} now(), now() + interval '1 day', '', '')",
    "wallet_exclusion_lasts": f"{EXCLUSION} now(), now(), '', 'x')",
    "wallet_limitchange_by_someone": changed(f"'EUR', 'wager', 'day', NULL, 5, {NOTHING}, ''"),
    "wallet_limitchange_loosened_later": changed(f"'EUR', 'wager', 'day', 5, 5.01, {ALMOST_A_DAY}, 'x'"),
    "wallet_limitchange_not_negative": changed(f"'EUR', 'wager', 'day', NULL, -0.01, {NOTHING}, 'x'"),
    "wallet_limitchange_of_its_period": changed(f"'EUR', 'wager', 'session', NULL, 5, {NOTHING}, 'x'"),
    "wallet_limitrefusal_once": (
        "INSERT INTO wallet_limitrefusal (player_id, account_id, kind, reference, amount, reason, period, at, last_at,"
        " times) SELECT player_id, account_id, kind, reference, 1, reason, period, now(), now(), 1"
        " FROM wallet_limitrefusal"
    ),
    "wallet_limituse_once": (
        "INSERT INTO wallet_limituse (account_id, period, zone, started_at, wager, net_loss, deposit)"
        " SELECT account_id, period, 'UTC', now(), 0, 0, 0 FROM wallet_limituse"
    ),
    "wallet_session_sitting": "UPDATE wallet_session SET sitting_until = now(), sitting_since = NULL",
}
# What the constraints refuse beside their first case.
MORE = {
    "wallet_limitchange_loosened_later": [
        changed(f"'EUR', 'wager', 'day', 5, NULL, {ALMOST_A_DAY}, 'x'"),
        changed(f"'EUR', 'wager', 'day', NULL, NULL, {NOTHING}, 'x'"),
        changed("'EUR', 'wager', 'day', NULL, 5, interval '-1 s', 'x'"),
        changed("'EUR', 'wager', 'day', 5, 4, interval '-1 s', 'x'"),
    ],
    "wallet_limitchange_of_its_period": [
        changed(f"'', 'wager', 'day', NULL, 5, {NOTHING}, 'x'"),
        changed(f"'', 'session_time', 'day', NULL, 5, {NOTHING}, 'x'"),
        changed(f"'EUR', 'session_time', 'session', NULL, 5, {NOTHING}, 'x'"),
    ],
    "wallet_session_sitting": [
        "UPDATE wallet_session SET sitting_since = now(), sitting_until = NULL",
        "UPDATE wallet_session SET sitting_since = now(), sitting_until = now() - interval '1 s'",
    ],
}
TRIGGERS: dict[str, tuple[str, list[str]]] = {
    "wallet_player wallet_player_exclusion_only_grows": (
        "update of wallet_player is refused: an exclusion only grows longer",
        [
            "UPDATE wallet_player SET excluded_until = excluded_until - interval '1 us' WHERE id = {player}",
            "UPDATE wallet_player SET excluded_until = NULL WHERE id = {player}",
        ],
    ),
    "wallet_exclusion wallet_exclusion_never_changed": (
        "of wallet_exclusion is refused: exclusions are append-only",
        ["UPDATE wallet_exclusion SET until = until", "DELETE FROM wallet_exclusion"],
    ),
    "wallet_exclusion wallet_exclusion_never_emptied": (
        "truncate of wallet_exclusion is refused: exclusions are append-only",
        ["TRUNCATE wallet_exclusion"],
    ),
    "wallet_limitchange wallet_limitchange_never_changed": (
        "of wallet_limitchange is refused: limit changes are append-only",
        ["UPDATE wallet_limitchange SET amount = amount", "DELETE FROM wallet_limitchange"],
    ),
    "wallet_limitchange wallet_limitchange_never_emptied": (
        "truncate of wallet_limitchange is refused: limit changes are append-only",
        ["TRUNCATE wallet_limitchange"],
    ),
    "wallet_limitrefusal wallet_limitrefusal_keeps_facts": (
        "of wallet_limitrefusal is refused: a refusal is proof",
        [
            "UPDATE wallet_limitrefusal SET amount = amount",
            "UPDATE wallet_limitrefusal SET at = now()",
            "UPDATE wallet_limitrefusal SET times = 2, allowed = 7",
            "DELETE FROM wallet_limitrefusal",
        ],
    ),
    "wallet_limitrefusal wallet_limitrefusal_never_emptied": (
        "truncate of wallet_limitrefusal is refused: a refusal is proof",
        ["TRUNCATE wallet_limitrefusal"],
    ),
}


def add_rows(seat: Seat) -> None:
    """One row, or a few, in each of the tables."""
    now = timezone.now()
    wanted = WantedLimit(LimitKind.WAGER, LimitPeriod.DAY, Decimal(50), "EUR")
    set_limits(player=seat.player, wanted=[wanted], by=STAFF, now=now)
    exclude_player(player=seat.player, until=now + timedelta(days=1), kind=ExclusionKind.COOL_OFF, by=STAFF, now=now)
    LimitRefusal.objects.create(
        player=seat.player,
        account=seat.account,
        kind="bet",
        reference="99",
        amount=Decimal(60),
        reason=RefusalReason.WAGER,
        period=LimitPeriod.DAY,
        at=now,
        last_at=now,
    )
