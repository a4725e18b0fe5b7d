"""Statements that the guards of user names, launch pages, round closings and waiting calls refuse, each alone."""

from django.utils import timezone

from tests.wallet.world import STAFF, Seat, World
from wallet.enums import CallState, ClosingReason, UsernameState
from wallet.models import LaunchPage, PlatformUsername, Round, RoundClosing, WaitingCall

NAME = "INSERT INTO wallet_platformusername (player_id, operator_id, username, state, asked_at, settled_at) VALUES "
CALL = "UPDATE wallet_waitingcall SET "

CONSTRAINTS = {
    "wallet_launchpage_session_id_key": (
        "INSERT INTO wallet_launchpage (session_id, html, home_url, expires_at)"
        " SELECT session_id, '', '', now() FROM wallet_launchpage"
    ),
    "wallet_platformusername_form": f"{NAME} ({{stranger}}, {{operator}}, 'Olga-1', 'asked', now(), NULL)",
    "wallet_platformusername_once": f"{NAME} ({{stranger}}, {{operator}}, 'olga0123456789', 'asked', now(), NULL)",
    "wallet_platformusername_one_in_use": f"{NAME} ({{player}}, {{operator}}, 'olga9876543210', 'asked', now(), NULL)",
    "wallet_platformusername_settled_has_time": "UPDATE wallet_platformusername SET state = 'created'",
    "wallet_waitingcall_ended_has_time": f"{CALL} state = 'done'",
    "wallet_waitingcall_once": (
        "INSERT INTO wallet_waitingcall (operator_id, kind, reference, arguments, lane, user_ref, round_ref, state,"
        " attempts, polls, since, facts, may_have_left, error_code, error, created_at, created_by, settle_as,"
        " settle_reason, settle_asked_by, settled_by) SELECT operator_id, kind, reference, '{{}}', '', '', '',"
        " 'waiting', 0, 0, now(), '{{}}', false, '', '', now(), 'x', '', '', '', '' FROM wallet_waitingcall"
    ),
    "wallet_waitingcall_sending_is_leased": f"{CALL} state = 'sending'",
    "wallet_waitingcall_settled_by_second": (
        f"{CALL} state = 'settled', ended_at = now(), settle_as = 'done', settle_reason = 'x', settle_asked_by = 'x',"
        " settled_by = 'x'"
    ),
    "wallet_waitingcall_settlement_explained": f"{CALL} settle_as = 'done'",
}


def add_rows(world: World, seat: Seat, played: Round) -> None:
    """One row in each of the tables."""
    now = timezone.now()
    LaunchPage.objects.create(session=seat.session, html="<p>", expires_at=now)
    PlatformUsername.objects.create(
        player=seat.player,
        operator=world.operator,
        username="olga0123456789",
        state=UsernameState.ASKED,
        asked_at=now,
    )
    RoundClosing.objects.create(round=played, at=now, by=STAFF, reason=ClosingReason.AGE)
    WaitingCall.objects.create(
        operator=world.operator,
        kind="deposit",
        reference="1",
        state=CallState.WAITING,
        since=now,
        created_at=now,
        created_by=STAFF,
    )
