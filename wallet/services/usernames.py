"""The names by which `agent` platforms know our players: stored before the platform is told of them.

No lock is held while a platform is called. Launches at once of a new player meet at a unique index instead: they ask
for the same name, and the one that comes second finds its own player there.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from operators.models import Operator
from operators.platforms.agent import Client, make_username
from operators.platforms.base import OutcomeUnknown, PlatformFailure
from operators.services import write_audit_entry
from wallet.enums import UsernameState
from wallet.models import PlatformUsername, Player

USERNAME_UNAVAILABLE = "PLAYER_USERNAME_UNAVAILABLE"
# Two strangers with our twelve random characters in a row do not happen; a platform that refuses every name does.
MOST_NAMES = 3


def ensure_username(
    *, client: Client, player: Player, operator: Operator, currency: str, by: str, now: datetime
) -> str:
    """Return the name of a player at the platform, which has it by then.

    An earlier call that went unanswered is settled first: the player is there and ours, or gets another name.

    :raises PlatformFailure: it is not known whether the platform has the player; asking again is safe.
    """
    for _ in range(MOST_NAMES):
        named = _reserve(player, operator, now)
        if named.state == UsernameState.CREATED:
            return named.username
        if _is_there(client, named, currency):
            _settle(named, UsernameState.CREATED, by, now)
            return named.username
        _settle(named, UsernameState.ABANDONED, by, now)
    raise PlatformFailure(USERNAME_UNAVAILABLE, f"the platform refused {MOST_NAMES} new names", permanent=True)


def _reserve(player: Player, operator: Operator, now: datetime) -> PlatformUsername:
    in_use = PlatformUsername.objects.filter(player=player, operator=operator).exclude(state=UsernameState.ABANDONED)
    found = in_use.first()
    if found is not None:
        return found
    fresh = PlatformUsername(player=player, operator=operator, state=UsernameState.ASKED, asked_at=now)
    fresh.username = make_username(player.user_id)
    try:
        # Durable: what an enclosing transaction could still take back is not stored before the call.
        with transaction.atomic(durable=True):
            fresh.save(force_insert=True)
    except IntegrityError:
        return in_use.get()
    return fresh


def _is_there(client: Client, named: PlatformUsername, currency: str) -> bool:
    """Create the player; say whether the platform has it as ours."""
    try:
        client.create_player(named.username)
    except OutcomeUnknown:
        raise
    except PlatformFailure as failure:
        if failure.code != USERNAME_UNAVAILABLE:
            raise
        found = client.find_created_player(named.username, currency=currency, asked_at=named.asked_at)
        return found is not None
    return True


def _settle(named: PlatformUsername, state: UsernameState, by: str, now: datetime) -> None:
    """Write what became of a name, unless somebody else did meanwhile."""
    with transaction.atomic(durable=True):
        asked = PlatformUsername.objects.filter(pk=named.pk, state=UsernameState.ASKED)
        if asked.update(state=state, settled_at=now):
            details = {"player": named.player.user_id, "operator": named.operator.operator_ref, "state": state.value}
            write_audit_entry(by=by, action="settle_username", subject=named, details=details)
