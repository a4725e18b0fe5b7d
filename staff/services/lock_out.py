"""Failures to sign in are counted, and too many of them end the trying for a while.

A try is counted before the password is looked at and taken back when it was right, so that tries made at once are as
many as tries one after the other. It is counted by the user name, whether there is one or not, and by the address. A
browser in which that person has signed in before is counted by itself instead: whoever fails under other people's names
shuts out strangers' browsers for a while, never the ones that they work with.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from operators.services.audit import write_audit_entry
from staff.models import Counted, SignInCount

TRIES = {Counted.NAME: 5, Counted.BROWSER: 5, Counted.ADDRESS: 20}
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(minutes=15)
NOBODY = "nobody"


class TooManyTries(Exception):
    """Nothing is tried until the time that it tells."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Trier:
    """Who tries to sign in: under which name, from where, in a browser that the person is known by or none."""

    username: str
    address: str | None
    browser: str = ""

    @property
    def counts(self) -> list[tuple[Counted, str]]:
        """By what a failure counts; locks are taken in this order."""
        if self.browser:
            return [(Counted.BROWSER, f"{self.username} {self.browser}")]
        return [(Counted.NAME, name_or_digest(self.username)), (Counted.ADDRESS, network_of(self.address))]


def name_or_digest(username: str) -> str:
    """Return a user name; of one that nobody has, which may be a password in the wrong field, a digest."""
    if User.objects.filter(username=username).exists():
        return username
    return f"unknown {salted_hmac('staff.lock_out', username).hexdigest()[:16]}"


def network_of(address: str | None) -> str:
    """Return an address; of IPv6, where one machine has many, the network that is one customer's."""
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def count_try(*, trier: Trier, now: datetime) -> None:
    """Count a try before it is made.

    :raises TooManyTries: there were too many, this one among them.
    """
    with transaction.atomic():
        forget_old_counts(now)
        ends = [_count(counted, subject, now) for counted, subject in trier.counts]
    locked = [end for end in ends if end]
    if locked:
        raise TooManyTries(max(locked))


def _count(counted: Counted, subject: str, now: datetime) -> datetime | None:
    rows = SignInCount.objects.select_for_update(of=("self",))
    count, _ = rows.get_or_create(counted=counted, subject=subject, defaults={"last_at": now})
    if count.locked_until and count.locked_until > now:
        return count.locked_until
    fresh = count.locked_until is not None or count.last_at < now - FORGOTTEN_AFTER
    count.failures = 1 if fresh else count.failures + 1
    count.last_at, count.locked_until = now, None
    if count.failures > TRIES[counted]:
        count.locked_until = now + LOCKED_FOR
        details = {"for_minutes": int(LOCKED_FOR.total_seconds() // 60), "tries": TRIES[counted]}
        write_audit_entry(by=NOBODY, action="lock_out", subject=str(count), details=details)
    count.save()
    return count.locked_until


def take_back_try(*, trier: Trier) -> None:
    """Take back the try that was counted last: it was none to guess."""
    SignInCount.objects.filter(_any_of(trier.counts), failures__gt=0).update(failures=F("failures") - 1)


def forget_failures(*, trier: Trier) -> None:
    """Forget a person's failures once signed in; what others failed at from the same address still counts."""
    own = [count for count in trier.counts if count[0] != Counted.ADDRESS]
    SignInCount.objects.filter(_any_of(own)).update(failures=0)


def unlock(*, count: SignInCount, by: str) -> None:
    """End a lock-out before its time."""
    with transaction.atomic():
        SignInCount.objects.filter(pk=count.pk).update(failures=0, locked_until=None)
        write_audit_entry(by=by, action="unlock", subject=str(count), details={"failures": count.failures})


def forget_old_counts(now: datetime) -> None:
    """Delete what counts no more."""
    old = SignInCount.objects.filter(
        Q(locked_until=None) | Q(locked_until__lt=now), last_at__lt=now - timedelta(days=1)
    )
    old.delete()


def _any_of(counts: Sequence[tuple[Counted, str]]) -> Q:
    found = Q(pk__in=[])
    for counted, subject in counts:
        found |= Q(counted=counted, subject=subject)
    return found
