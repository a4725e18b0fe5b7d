"""What machines ask a process about itself: whether it lives, can take traffic, and how it does.

They are answered before Django, at no place of work: a process whose places are all taken still answers them, and a
balancer may ask by address, without a name that ALLOWED_HOSTS has.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from config.metrics import CONTENT_TYPE, write_metrics
from config.readiness import tell_faults

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: the status line, the kind of content, and the content."""

    status: str
    content_type: str
    body: bytes


Probe = Callable[[Mapping[str, Any]], Told]


def tell_health(_environ: Mapping[str, Any]) -> Told:
    """Answer that the process lives."""
    return Told("200 OK", JSON, b'{"alive": true}')


def tell_readiness(_environ: Mapping[str, Any]) -> Told:
    """Answer 200 when ready, else 503 with the reasons."""
    faults = tell_faults()
    body = json.dumps({"ready": not faults, "faults": faults}).encode()
    return Told("503 Service Unavailable" if faults else "200 OK", JSON, body)


def tell_metrics(environ: Mapping[str, Any]) -> Told:
    """Answer the figures to who shows METRICS_TOKEN, where one is set."""
    token, shown = settings.METRICS_TOKEN, environ.get("HTTP_AUTHORIZATION", "")
    if not token or not hmac.compare_digest(f"Bearer {token}".encode(), shown.encode(errors="replace")):
        return Told("403 Forbidden", JSON, b'{"code": "access_denied"}')
    return Told("200 OK", CONTENT_TYPE, write_metrics())


PROBES: dict[str, Probe] = {"/healthz": tell_health, "/readyz": tell_readiness, "/metrics": tell_metrics}
