"""Rounds that stay open: beat keeps the queue of them, staff take them and write down what they find."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet.enums import RoundState
from wallet.models import Round, RoundNote, RoundWatch, StuckRound

# How long a round is left to itself before it counts as one that stays open.
QUEUED_AFTER = timedelta(hours=1)
# How long after we closed a round we look whether a late bet has opened it again.
LOOK_BACK = timedelta(days=14)

QUEUE_OLD = """
INSERT INTO wallet_stuckround (round_id, noted_at)
SELECT id, %(now)s FROM wallet_round WHERE id > %(up_to)s AND opened_at <= %(horizon)s AND state <> 'finished'
ON CONFLICT DO NOTHING
"""
# An old round may wait again: a late movement failed, or a late bet reopened what we had closed.
QUEUE_DOUBTFUL = """
INSERT INTO wallet_stuckround (round_id, noted_at)
SELECT DISTINCT played.id, %(now)s::timestamptz
FROM operators_exchange AS exchange
JOIN wallet_round AS played ON played.operator_id = exchange.operator_id AND played.round_ref = exchange.round_ref
WHERE exchange.unresolved AND exchange.round_ref <> '' AND played.opened_at <= %(horizon)s
    AND played.state <> 'finished'
ON CONFLICT DO NOTHING
"""
QUEUE_REOPENED = """
INSERT INTO wallet_stuckround (round_id, noted_at)
SELECT DISTINCT played.id, %(now)s::timestamptz
FROM wallet_roundclosing AS closing
JOIN wallet_round AS played ON played.id = closing.round_id
WHERE closing.at >= %(since)s AND played.opened_at <= %(horizon)s AND played.state <> 'finished'
ON CONFLICT DO NOTHING
"""
FORGET_FINISHED = """
DELETE FROM wallet_stuckround USING wallet_round
WHERE wallet_round.id = wallet_stuckround.round_id AND wallet_round.state = 'finished'
"""
# Up to the last old round before the first young one: a movement on its way holds a number above any old round's.
LOOKED_UP_TO = """
SELECT max(id) FROM wallet_round
WHERE id > %(up_to)s AND id < coalesce(
    (
        SELECT id FROM wallet_round WHERE id > %(up_to)s AND opened_at > %(horizon)s ORDER BY id LIMIT 1
    ),
    9223372036854775807
)
"""


class RoundEnded(Refusal):
    """There is nothing left to see to: the round is finished."""

    code = "round_ended"


class RoundTaken(Refusal):
    """Somebody else sees to the round."""

    code = "round_taken"


class RoundNotTaken(Refusal):
    """Nobody sees to the round, so that nobody can give it back."""

    code = "round_not_taken"


def watch_rounds(*, now: datetime) -> int:
    """Bring the queue in step with the rounds: those open for an hour go in, finished ones out.

    Returns how many went in. Each round is read once when it is an hour old, whatever becomes of it.
    """
    facts: dict[str, datetime | int] = {"now": now, "horizon": now - QUEUED_AFTER, "since": now - LOOK_BACK}
    with transaction.atomic(), connection.cursor() as cursor:
        watch = RoundWatch.objects.select_for_update(of=("self",)).get(pk=1)
        facts |= {"up_to": watch.up_to}
        cursor.execute(FORGET_FINISHED)
        queued = 0
        for statement in (QUEUE_OLD, QUEUE_DOUBTFUL, QUEUE_REOPENED):
            cursor.execute(statement, facts)
            queued += cursor.rowcount
        cursor.execute(LOOKED_UP_TO, facts)
        [last] = cursor.fetchone()
        watch.up_to = last or watch.up_to
        watch.save(update_fields=["up_to"])
    return queued


def mark_stranded(*, played: Round, pending: list[str], by: str, now: datetime) -> bool:
    """Mark a round as too old for what is still pending, once, with a note that says so; return whether it was new."""
    with transaction.atomic():
        stuck = _queue(played, now)
        if stuck.stranded_at is not None:
            return False
        stuck.stranded_at = now
        stuck.save(update_fields=["stranded_at"])
        RoundNote.objects.create(
            round=played, at=now, by=by, text=f"Stranded. Still pending: {', '.join(pending)}"[:2000]
        )
    return True


def take_round(*, played: Round, owner: User, by: str, now: datetime) -> StuckRound:
    """Let a member of staff see to a round; taking it again changes nothing.

    :raises RoundEnded, RoundTaken:
    """
    with transaction.atomic():
        stuck = _queue(played, now)
        if stuck.owner_id not in {None, owner.pk}:
            raise RoundTaken(f"{stuck.owner} sees to this round since {stuck.owned_at:%Y-%m-%d %H:%M} UTC.")
        return _give(stuck, owner, by, now, "take_round")


def assign_round(*, played: Round, owner: User, by: str, now: datetime) -> StuckRound:
    """Let somebody see to a round, whoever did before.

    :raises RoundEnded:
    """
    with transaction.atomic():
        return _give(_queue(played, now), owner, by, now, "assign_round")


def release_round(*, played: Round, by: str, now: datetime) -> StuckRound:
    """Give a round back to the queue.

    :raises RoundEnded, RoundNotTaken:
    """
    with transaction.atomic():
        stuck = _queue(played, now)
        if stuck.owner_id is None:
            raise RoundNotTaken("Nobody sees to this round.")
        return _give(stuck, None, by, now, "release_round")


def add_round_note(*, played: Round, text: str, by: str, now: datetime) -> RoundNote:
    """Add a note to a round, finished or not.

    :raises ValidationError: the text is empty or too long.
    """
    note = RoundNote(round=played, at=now, by=by, text=text.strip())
    _check(note)
    with transaction.atomic():
        note.save()
        write_audit_entry(by=by, action="add_round_note", subject=played, details={"text": note.text})
    return note


def _check(note: RoundNote) -> None:
    try:
        note.clean_fields(exclude=["round"])
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from error


def _queue(played: Round, now: datetime) -> StuckRound:
    """Return a round's place in the queue, locked; one that is not there yet is put there.

    :raises RoundEnded:
    """
    played.refresh_from_db()
    if played.state != RoundState.FINISHED:
        StuckRound.objects.get_or_create(round=played, defaults={"noted_at": now})
    stuck = StuckRound.objects.select_for_update(of=("self",)).select_related("owner").filter(round=played).first()
    if stuck is None or played.state == RoundState.FINISHED:
        raise RoundEnded("The round is finished: there is nothing left to see to.")
    return stuck


def _give(stuck: StuckRound, owner: User | None, by: str, now: datetime, action: str) -> StuckRound:
    if stuck.owner != owner:
        details = {"from": stuck.owner and stuck.owner.get_username(), "to": owner and owner.get_username()}
        stuck.owner, stuck.owned_at = owner, now if owner else None
        stuck.save(update_fields=["owner", "owned_at"])
        write_audit_entry(by=by, action=action, subject=stuck.round, details={"owner": details})
    return stuck
