"""Who may call: the address, X-H-AUTH-ID, X-H-TIMESTAMP and X-H-AUTH-SIG."""

import base64
import hmac
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import falcon

from sandbox.hizi.problems import Problem
from sandbox.settings import Account

LARGEST_DIFFERENCE = timedelta(minutes=5)
HAS_TIME = re.compile(r"[0-9-]+T[0-9:.,]+([Zz]|[+-][0-9:]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the control API sets: the way of signing, and who may call (None: any address; empty: nobody)."""

    secret_is_first_field: bool = False
    allowed_ips: Sequence[str] | None = None


def sign(fields: Sequence[str], secret: str) -> str:
    """base64 of HMAC-SHA256 over the fields joined by `#`."""
    return base64.b64encode(hmac.digest(secret.encode(), "#".join(fields).encode(), "sha256")).decode()


def require_access(
    request: falcon.Request, signed: Sequence[str], account: Account | None, settings: Settings, now: datetime
) -> Account:
    """Let a request of our operator pass. `signed` is what its call signs after id and timestamp.

    :raises Problem: 403, with a code for the address, the headers, the operator, the timestamp or the signature.
    """
    if not _is_allowed(request.remote_addr, settings.allowed_ips):
        raise Problem(falcon.HTTP_403, "IP_NOT_ALLOWED")
    names = ("X-H-AUTH-ID", "X-H-TIMESTAMP", "X-H-AUTH-SIG")
    operator_id, timestamp, signature = (request.get_header(name) or "" for name in names)
    if not (operator_id and timestamp and signature):
        raise Problem(falcon.HTTP_403, "MISSING_HEADER")
    if account is None or operator_id != account.operator_id:
        raise Problem(falcon.HTTP_403, "UNKNOWN_OPERATOR")
    _require_recent(timestamp, now)
    first = [account.secret_key] if settings.secret_is_first_field else []
    expected = sign([*first, operator_id, timestamp, *signed], account.secret_key)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise Problem(falcon.HTTP_403, "INVALID_SIGNATURE")
    return account


def _is_allowed(address: str, allowed: Sequence[str] | None) -> bool:
    if allowed is None:
        return True
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(each, strict=False) for each in allowed)


def _require_recent(timestamp: str, now: datetime) -> None:
    sent_at = _read_timestamp(timestamp)
    if sent_at is None:
        raise Problem(falcon.HTTP_403, "INVALID_TIMESTAMP")
    if abs(now - sent_at) > LARGEST_DIFFERENCE:
        raise Problem(falcon.HTTP_403, "TIMESTAMP_EXPIRED")


def _read_timestamp(text: str) -> datetime | None:
    """An ISO 8601 date and time; one without an offset is UTC."""
    if not HAS_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
