"""Statements that the guards of requests and ceilings refuse, each alone."""

from django.utils import timezone

from tests.wallet.asked import make_request
from tests.wallet.world import Seat
from wallet.enums import RequestKind, RequestState
from wallet.models import Round

TABLE = "wallet_approvalrequest"
REQUEST = f"UPDATE {TABLE} SET "
DECIDED = "decided_at = now(), decided_by = "


def asked(**other: str) -> str:
    """One more adjustment that waits, with other values."""
    values = {
        "kind": "'adjustment'",
        "state": "'open'",
        "player_id": "{player}",
        "account_id": "{account}",
        "transaction_id": "NULL",
        "round_id": "NULL",
        "amount": "1",
        "currency": "'EUR'",
        "reason": "'goodwill'",
        "note": "'x'",
        "requested_by": "'x'",
        "requested_at": "now()",
        "expires_at": "now() + interval '1 day'",
        "decided_by": "''",
        "decision_note": "''",
    } | other
    return f"INSERT INTO {TABLE} ({', '.join(values)}) VALUES ({', '.join(values.values())})"


CONSTRAINTS = {
    "wallet_approvalrequest_approved_is_booked": (
        f"{REQUEST} state = 'approved', {DECIDED} 'x' WHERE kind = 'adjustment'"
    ),
    "wallet_approvalrequest_ended_by_someone": f"{REQUEST} {DECIDED} 'x' WHERE state = 'open'",
    "wallet_approvalrequest_expires_later": asked(expires_at="now()"),
    "wallet_approvalrequest_explained": asked(note="''"),
    "wallet_approvalrequest_names_its_object": asked(amount="0"),
    "wallet_approvalrequest_one_for_round": asked(
        kind="'forced_close'", account_id="NULL", amount="NULL", round_id="{round}"
    ),
    "wallet_approvalrequest_one_for_transaction": asked(kind="'forced_cancel'", transaction_id="{bet}"),
    "wallet_approvalrequest_two_people": (f"{REQUEST} state = 'rejected', {DECIDED} requested_by WHERE state = 'open'"),
    "wallet_approvalrequest_withdrawn_by_requester": (
        f"{REQUEST} state = 'withdrawn', {DECIDED} 'x' WHERE state = 'open'"
    ),
    "wallet_ceiling_not_negative": "UPDATE wallet_ceiling SET daily_up_to = -0.01",
    "wallet_ceiling_once": (
        "INSERT INTO wallet_ceiling (role, currency, request_up_to, approve_up_to, daily_up_to, changed_by)"
        " SELECT role, currency, 0, 0, 0, '' FROM wallet_ceiling"
    ),
}
KEPT = {
    "id": "-id",
    "kind": "'forced_close'",
    "player_id": "{stranger}",
    "account_id": "NULL",
    "transaction_id": "{win}",
    "round_id": "NULL",
    "amount": "amount + 1",
    "currency": "'USD'",
    "reason": "'fraud'",
    "note": "'y'",
    "requested_by": "'y'",
    "requested_at": "now()",
    "expires_at": "now()",
}
TRIGGERS: dict[str, tuple[str, list[str]]] = {
    f"{TABLE} wallet_approvalrequest_stays_as_asked": (
        f"update of {TABLE} is refused: what was asked for stays",
        [f"{REQUEST} {column} = {value} WHERE state = 'open'" for column, value in KEPT.items()],
    ),
    f"{TABLE} wallet_approvalrequest_ends_once": (
        f"update of {TABLE} is refused: it was decided",
        [
            f"{REQUEST} decision_note = 'y' WHERE state = 'rejected'",
            f"{REQUEST} state = 'open', decided_by = '', decided_at = NULL WHERE state = 'rejected'",
            f"{REQUEST} decided_by = 'y' WHERE state = 'rejected'",
        ],
    ),
    f"{TABLE} wallet_approvalrequest_never_deleted": (
        f"delete of {TABLE} is refused: requests stay on record",
        [f"DELETE FROM {TABLE} WHERE state = 'open'", f"DELETE FROM {TABLE} WHERE state = 'rejected'"],
    ),
    f"{TABLE} wallet_approvalrequest_never_emptied": (
        f"truncate of {TABLE} is refused: requests stay on record",
        [f"TRUNCATE {TABLE}"],
    ),
}


def add_rows(seat: Seat, played: Round) -> None:
    """An adjustment, a cancel and a close that wait, and an adjustment that was rejected."""
    make_request(seat)
    make_request(seat, state=RequestState.REJECTED, decided_by="staff:boris", decided_at=timezone.now())
    make_request(seat, kind=RequestKind.FORCED_CANCEL, transaction=seat.rows[0].transaction)
    make_request(seat, kind=RequestKind.FORCED_CLOSE, round=played, account=None, amount=None)
