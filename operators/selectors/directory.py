"""The operators that a platform's call may name, kept in the process so that the door works without the database."""

import hashlib
import ipaddress
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection
from psycopg.errors import LockNotAvailable

from operators.fields import SecretUnreadable
from operators.models import Operator, OperatorState
from operators.selectors.addresses import Network

logger = logging.getLogger(__name__)

FRESH_SECONDS = 4.0
STALE_SECONDS = 5.0
RETRY_SECONDS = 1.0
# How long a call waits for another's reading: the database may be hanging, and the platform wants an answer within 4 s.
LONGEST_WAIT = 0.5


class DirectoryUnavailable(Exception):
    """No operators were ever read, since the database has not answered yet."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and, by command, the header value that it makes."""

    secret: bytes
    authorizations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListedOperator:
    """What the door needs to know of an operator: its credentials (current first), networks, state and settings."""

    operator_id: int
    casino_id: int
    suspended: bool
    credentials: tuple[Credential, ...]
    networks: tuple[Network, ...]
    settings: Mapping[str, Any]


class Directory:
    """The operators of one protocol by operator id, read again when older than a few seconds.

    One thread reads while the others go on with what is there; only past `STALE_SECONDS` do they wait for it. While the
    database is down the last reading stands.
    """

    def __init__(self, protocol: str, commands: tuple[str, ...]) -> None:
        self._protocol = protocol
        self._commands = commands
        self._lock = threading.Lock()
        self._operators: dict[str, ListedOperator] | None = None
        self._read_at = float("-inf")
        self._tried_at = float("-inf")

    def find(self, operator_ref: str) -> ListedOperator | None:
        """Return the operator that is not terminated, or None.

        :raises DirectoryUnavailable:
        """
        age = time.monotonic() - self._read_at
        if age > FRESH_SECONDS:
            self._refresh(wait=age > STALE_SECONDS)
        if self._operators is None:
            raise DirectoryUnavailable
        return self._operators.get(operator_ref)

    def forget(self) -> None:
        """Read again at the next call."""
        self._read_at = self._tried_at = float("-inf")

    def _refresh(self, *, wait: bool) -> None:
        if not self._lock.acquire(timeout=LONGEST_WAIT if wait else 0):
            return
        try:
            now = time.monotonic()
            if now - self._read_at > FRESH_SECONDS and now - self._tried_at > RETRY_SECONDS:
                self._try_to_read(now)
        finally:
            self._lock.release()

    def _try_to_read(self, now: float) -> None:
        try:
            self._operators = self._read()
            self._read_at = now
        except Error as error:
            if connection.connection is None and isinstance(error.__cause__, LockNotAvailable):
                # The front door gave this request alone no connection in time: the next one's is as good as ever.
                return
            logger.warning("operators not read again: the database does not answer")
        except SecretUnreadable as error:
            logger.error("operators not read again: %s", error)  # noqa: TRY400 - the trace would say no more
        self._tried_at = time.monotonic()

    def _read(self) -> dict[str, ListedOperator]:
        operators = Operator.objects.filter(protocol=self._protocol).exclude(state=OperatorState.TERMINATED)
        return {operator.operator_ref: self._list(operator) for operator in operators}

    def _list(self, operator: Operator) -> ListedOperator:
        return ListedOperator(
            operator_id=operator.pk,
            casino_id=operator.casino_id,
            suspended=operator.state == OperatorState.SUSPENDED,
            credentials=tuple(
                self._credential(secret) for secret in (operator.secret, operator.previous_secret) if secret
            ),
            networks=tuple(ipaddress.ip_network(network) for network in operator.ip_allow_list),
            settings=operator.settings,
        )

    def _credential(self, secret: str) -> Credential:
        return Credential(
            secret.encode(),
            {command: hashlib.sha1((command + secret).encode()).hexdigest() for command in self._commands},  # noqa: S324
        )
