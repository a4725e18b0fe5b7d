"""The windows of time that gmag answers for: under 30 minutes, whole minutes, past, and not older than 30 days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)
STEP = LONGEST - MINUTE
KEPT = timedelta(days=30)
# What the platform is about to forget: too late to ask for, as the calls before it take their time.
FORGETTING = timedelta(minutes=5)


class BadWindow(ValueError):
    """The platform would not answer for this window."""


class WindowWithoutZone(BadWindow):
    """A time does not say where on earth it is meant."""


class WindowOffTheMinute(BadWindow):
    """A time has seconds."""


class WindowBackwards(BadWindow):
    """The end is not after the start."""


class WindowTooLong(BadWindow):
    """From start to end it is 30 minutes or more."""


class WindowNotPast(BadWindow):
    """The end is still to come."""


class WindowForgotten(BadWindow):
    """The start is more than 30 days ago, which is as long as history is kept."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` until `end`, both whole minutes and aware of their zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a period is pulled in: whole-minute windows, the oldest first; and what of it is lost for good."""

    asked: Window | None
    lost: Window | None

    def list_windows(self) -> Iterator[Window]:
        """Return windows side by side that cover what can be asked for."""
        if self.asked is None:
            return
        start = self.asked.start
        while start < self.asked.end:
            end = min(start + STEP, self.asked.end)
            yield Window(start, end)
            start = end


def check_window(window: Window, *, now: datetime) -> None:
    """Refuse what the platform would not answer, before it is asked.

    :raises BadWindow: as the subclass that names it.
    """
    start, end = window.start, window.end
    if start.utcoffset() is None or end.utcoffset() is None:
        raise WindowWithoutZone(f"{start} to {end} has no time zone")
    if any(each.second or each.microsecond for each in (start, end)):
        raise WindowOffTheMinute(f"{start} to {end} does not begin and end on the minute")
    if end <= start:
        raise WindowBackwards(f"{start} to {end} does not end after its start")
    if end - start >= LONGEST:
        raise WindowTooLong(f"{start} to {end} is not under 30 minutes")
    if end > now:
        raise WindowNotPast(f"{end} is still to come")
    if start < now - KEPT:
        raise WindowForgotten(f"{start} is more than 30 days ago")


def plan_windows(since: datetime, until: datetime, *, now: datetime) -> Plan:
    """Divide a period (both ends aware of their zone) into what can be pulled and what the platform has forgotten.

    Ends between minutes are moved outwards, as far as that is past.
    """
    start, end = _floor(since), min(_ceil(until), _floor(now))
    oldest = min(_ceil(now - KEPT + FORGETTING), end)
    asked = Window(max(start, oldest), end) if max(start, oldest) < end else None
    return Plan(asked, Window(start, oldest) if start < oldest else None)


def _floor(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _ceil(at: datetime) -> datetime:
    floor = _floor(at)
    return floor if floor == at else floor + MINUTE
