"""Signed-in sessions: how they begin, how they end, and the sign-ins on the way that still lack the second factor."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from operators.services.audit import name_of, write_audit_entry

SIGNED_IN_AT, SEEN_AT, HALF_WAY = "signed_in_at", "seen_at", "half_way"
# How long a password that was right waits for its second factor.
HALF_WAY_FOR = timedelta(minutes=10)
# Being seen is written down once in that time, not with every request.
SEEN_EVERY = timedelta(minutes=1)


def begin_half_way(request: HttpRequest, *, person: User, leads_to: str, now: datetime) -> None:
    """Remember in an anonymous session whose password was right."""
    request.session.flush()
    request.session[HALF_WAY] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "until": (now + HALF_WAY_FOR).timestamp(),
        "leads_to": leads_to,
    }


def find_half_way(request: HttpRequest, *, now: datetime) -> tuple[User, str] | None:
    """Return who has yet to prove the second factor, and where the sign-in leads; None if nobody, or not any more."""
    kept = request.session.get(HALF_WAY)
    if not kept or now.timestamp() > kept["until"]:
        return None
    person = User.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or person.get_session_auth_hash() != kept["password"]:
        return None
    return person, kept["leads_to"]


def begin_session(request: HttpRequest, *, person: User, now: datetime) -> None:
    """Sign a person in, in a session of a new key."""
    request.session.flush()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.timestamp()
    write_audit_entry(by=name_of(person), action="sign_in", subject=person)


def end_session(request: HttpRequest, *, why: str) -> None:
    """Sign the person out of this browser."""
    if request.user.is_authenticated:
        write_audit_entry(by=name_of(request.user), action="sign_out", subject=request.user, details={"why": why})
    logout(request)


def find_overdue(request: HttpRequest, *, now: datetime) -> str:
    """Say why a session has lasted too long; an empty text if it has not. Notes that it was in use."""
    kept = request.session
    if SIGNED_IN_AT not in kept:
        kept[SIGNED_IN_AT] = kept[SEEN_AT] = now.timestamp()
    if now.timestamp() - kept[SIGNED_IN_AT] > settings.SIGN_IN_HOURS * 3600:
        return f"{settings.SIGN_IN_HOURS} hours have passed since you signed in"
    if now.timestamp() - kept[SEEN_AT] > settings.SIGN_IN_IDLE_MINUTES * 60:
        return f"nothing was done for {settings.SIGN_IN_IDLE_MINUTES} minutes"
    if now.timestamp() - kept[SEEN_AT] > SEEN_EVERY.total_seconds():
        kept[SEEN_AT] = now.timestamp()
    return ""


def end_sessions(*, person: User) -> int:
    """Sign a person out everywhere; returns of how many browsers."""
    own = [kept.pk for kept in Session.objects.iterator() if kept.get_decoded().get(SESSION_KEY) == str(person.pk)]
    return Session.objects.filter(pk__in=own).delete()[0]
