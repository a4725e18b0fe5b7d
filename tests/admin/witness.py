"""Sees to it that whatever a page of the admin writes is in the audit trail, in every test that posts to one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
TRAIL = "operators_auditentry"
# Kept about sessions, tries to sign in, calls to platforms and the schedule's own state: nobody's decision.
KEPT_BY_ITSELF = {
    "django_session",
    "staff_signincount",
    "operators_exchange",
    "operators_entrystanding",
    "django_celery_beat_periodictasks",
    # A secret holds from its first code on, which is recorded; until then nobody has decided anything.
    "staff_secondfactor",
}


@contextmanager
def watching(method: str, address: str) -> Iterator[None]:
    """Fail if what is done inside writes without an audit entry."""
    written: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        done = execute(sql, *given)
        found = WRITE.match(sql)
        if found:
            written.add(found[1])
        return done

    with connection.execute_wrapper(note):
        yield
    unrecorded = written - KEPT_BY_ITSELF
    assert not unrecorded or TRAIL in written, f"{method} {address} writes {sorted(unrecorded)} and no audit entry"
