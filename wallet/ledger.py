"""The SQL functions that move money, called from Python: one round trip and one commit each.

Text of the functions: `wallet/sql/`. Amounts are Decimals in major units. The clock is the caller's.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django.db
import psycopg
from django.db import connection

# By then the first try has used up the caller's time; whoever asks gets to repeat it.
LONGEST_FIRST_TRY = 1.5
# A reference that another player took meanwhile; a deadlock; a serialization failure.
REPEATABLE = {"WA001", "40P01", "40001"}


class LedgerTimeout(Exception):
    """A time-out ended the work: the database's, and nothing was booked; or ours, and that is not known."""


class LedgerUnavailable(Exception):
    """The database could not be reached, or failed; whether anything was booked is not known."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The operator on whose behalf a platform calls, as far as the ledger needs to know it.

    `suspended` refuses new bets; `skip_closing` leaves rounds open where others would be closing; a win of `large_win`
    or more in a round without a bet is tagged.
    """

    operator_id: int
    casino_id: int
    suspended: bool
    skip_closing: bool
    large_win: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """A bet, win or refund as a platform asks for it; `kind` is one of `Kind`."""

    kind: str
    user_id: str
    token: str | None
    reference: str
    round_ref: str
    round_finished: bool
    game_ref: str
    currency: str
    amount: Decimal
    promotional: bool
    platform_at: datetime | None
    context: str | None


def digest_token(token: str) -> bytes:
    """Return what is stored of a session's token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Posting:
    """What a function decided (`outcome`, the words of the SQL), and the account's balance then."""

    outcome: str
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class CashPosting:
    """A cashier's movement: the outcome, the balance then, and the transaction that holds the reference."""

    outcome: str
    balance: Decimal | None
    transaction_id: int | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose session a token opens; all but the outcome is None where it opens none.

    What the player's place is judged by: the `address` the session was opened from, what it `opened`, its vendor's
    countries (None for no vendor), and the versions of the GeoIP rules in force (None for no rules).
    """

    outcome: str
    user_id: str
    user_name: str
    display_name: str
    country: str
    group: str
    currency: str
    balance: Decimal
    address: str
    opened: str
    prohibited_countries: Sequence[str] | None
    restricted_countries: Sequence[str] | None
    rules_id: int | None
    global_rules_id: int | None


def change_balance(*, caller: Caller, movement: Movement, now: datetime) -> Posting:
    """Book a bet, win or refund once, or answer its retry; see `wallet_change_balance.sql`."""
    return Posting(
        *_call(
            "SELECT outcome, balance FROM wallet_change_balance("
            "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                caller.operator_id,
                caller.casino_id,
                caller.suspended,
                caller.skip_closing,
                movement.kind,
                movement.user_id,
                None if movement.token is None else digest_token(movement.token),
                movement.reference,
                movement.round_ref,
                movement.round_finished,
                movement.game_ref,
                movement.currency,
                movement.amount,
                movement.promotional,
                caller.large_win,
                movement.platform_at,
                movement.context,
                now,
            ),
        )
    )


def cancel_transaction(
    *, caller: Caller, user_id: str, reference: str, round_ref: str, round_finished: bool, now: datetime
) -> str:
    """Reverse one transaction, or keep a tombstone for it; see `wallet_cancel_transaction.sql`."""
    (outcome,) = _call(
        "SELECT wallet_cancel_transaction(%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            caller.operator_id,
            caller.casino_id,
            caller.skip_closing,
            user_id,
            reference,
            round_ref,
            round_finished,
            now,
        ),
    )
    return str(outcome)


def finish_round(*, caller: Caller, user_id: str, round_ref: str, now: datetime) -> str:
    """End a round at the platform's word; see `wallet_finish_round.sql`."""
    (outcome,) = _call(
        "SELECT wallet_finish_round(%s, %s, %s, %s, %s, %s)",
        (caller.operator_id, caller.casino_id, caller.skip_closing, user_id, round_ref, now),
    )
    return str(outcome)


def get_status(*, caller: Caller, user_id: str, reference: str) -> str:
    """Say what became of a transaction, after whatever of the player's is in flight; see `wallet_get_status.sql`."""
    (outcome,) = _call(
        "SELECT wallet_get_status(%s, %s, %s, %s)", (caller.operator_id, caller.casino_id, user_id, reference)
    )
    return str(outcome)


def authenticate(*, caller: Caller, token: str, now: datetime) -> Identity:
    """Find whose session a token opens; see `wallet_authenticate.sql`."""
    return Identity(
        *_call(
            "SELECT outcome, user_id, user_name, display_name, country, player_group, currency, balance, address,"
            " opened, prohibited_countries, restricted_countries, rules_id, global_rules_id"
            " FROM wallet_authenticate(%s, %s, %s, %s)",
            (caller.operator_id, not caller.suspended, digest_token(token), now),
        )
    )


def get_balance(*, caller: Caller, token: str, user_id: str, currency: str, now: datetime) -> Posting:
    """Read a balance for a live session; see `wallet_get_balance.sql`."""
    return Posting(
        *_call(
            "SELECT outcome, balance FROM wallet_get_balance(%s, %s, %s, %s, %s, %s)",
            (caller.operator_id, caller.casino_id, digest_token(token), user_id, currency, now),
        )
    )


def try_bet(
    *,
    caller: Caller,
    player_id: int,
    user_id: str,
    account_id: int,
    currency: str,
    game_id: int,
    game_ref: str,
    amount: Decimal,
    now: datetime,
) -> str:
    """Say what would become of a bet, and leave nothing of it; see `wallet_try_bet.sql`."""
    (outcome,) = _call(
        "SELECT wallet_try_bet(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            caller.operator_id,
            caller.casino_id,
            caller.suspended,
            player_id,
            user_id,
            account_id,
            currency,
            game_id,
            game_ref,
            amount,
            now,
        ),
    )
    return str(outcome)


def move_cash(
    *,
    casino_id: int,
    kind: str,
    user_id: str,
    reference: str,
    currency: str,
    amount: Decimal,
    context: str,
    now: datetime,
) -> CashPosting:
    """Book a deposit or withdrawal once; see `wallet_move_cash.sql`."""
    return CashPosting(
        *_call(
            "SELECT outcome, balance, transaction_id FROM wallet_move_cash(%s, %s, %s, %s, %s, %s, %s, %s)",
            (casino_id, kind, user_id, reference, currency, amount, context, now),
        )
    )


@dataclass(frozen=True, slots=True)
class Approved:
    """What came of an approved request: the outcome, and the transaction that it booked."""

    outcome: str
    transaction_id: int | None


@dataclass(frozen=True, slots=True)
class ForcedClose:
    """What came of an approved close: the outcome, and the state that the round was in."""

    outcome: str
    was: str | None


def adjust(*, request_id: int, by: str, now: datetime) -> Approved:
    """Book the adjustment of an open request of somebody else's; see `wallet_adjust.sql`."""
    query = "SELECT outcome, transaction_id FROM wallet_adjust(%s, %s, %s)"
    return Approved(*_call(query, (request_id, by, now)))


def force_cancel(*, request_id: int, by: str, now: datetime) -> Approved:
    """Reverse the transaction of an open request of somebody else's; see `wallet_force_cancel.sql`."""
    query = "SELECT outcome, transaction_id FROM wallet_force_cancel(%s, %s, %s)"
    return Approved(*_call(query, (request_id, by, now)))


def force_close(*, request_id: int, by: str, now: datetime) -> ForcedClose:
    """End the round of an open request of somebody else's; see `wallet_force_close.sql`."""
    return ForcedClose(*_call("SELECT outcome, was FROM wallet_force_close(%s, %s, %s)", (request_id, by, now)))


def limit_account(*, player_id: int, currency: str, now: datetime) -> None:
    """Have an account's limits weighed and their use counted from now on; see `wallet_limit_account.sql`."""
    _call("SELECT wallet_limit_account(%s, %s, %s)", (player_id, currency, now))


def lock_player(*, player_id: int) -> None:
    """Wait for what moves on a player's accounts, and keep the rest waiting until the caller's transaction ends."""
    _call("SELECT pg_advisory_xact_lock(%s)", (player_id,))


def create_partition(*, date: date) -> str:
    """Make the ledger's partition of a month, unless it is there, and return its name."""
    (name,) = _call("SELECT wallet_create_partition(%s)", (date,))
    return str(name)


def _call(query: str, parameters: Sequence[object]) -> tuple[Any, ...]:
    """Run one function; a second time where the first met a dead connection or a reference taken meanwhile.

    Everything here is idempotent, so a call that may have been done already can be repeated.
    """
    started = time.monotonic()
    try:
        return _run(query, parameters)
    except _Repeatable as fault:
        if time.monotonic() - started > LONGEST_FIRST_TRY:
            raise LedgerTimeout(str(fault)) from fault
        return _run(query, parameters)


class _Repeatable(LedgerUnavailable):
    """The call failed for a reason that a repetition is likely to clear."""


def _run(query: str, parameters: Sequence[object]) -> tuple[Any, ...]:
    try:
        connection.ensure_connection()
    except django.db.Error as error:
        # The front door gave this request no connection in time: nothing was booked, and nothing will be.
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise LedgerTimeout(str(error)) from error
        raise _unavailable(error) from error
    try:
        # Django's own cursors write the values into the query, which PostgreSQL would then plan anew each time.
        row = psycopg.Cursor(connection.connection).execute(query, parameters, prepare=True).fetchone()
        return tuple(row or ())
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
        raise LedgerTimeout(str(error)) from error
    except psycopg.Error as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> LedgerUnavailable:
    raw = connection.connection
    if raw is not None and (raw.broken or raw.closed):
        connection.close()
        return _Repeatable(str(error))
    if getattr(error, "sqlstate", None) in REPEATABLE:
        return _Repeatable(str(error))
    return LedgerUnavailable(str(error))
