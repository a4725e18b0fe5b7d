"""What every request of the back office passes: it is given an origin, and a session that lasted too long is ended."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from operators.origin import Origin, coming_from
from operators.selectors.addresses import AddressUnknown, client_address
from staff.services.sessions import end_session, find_overdue

Answer = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def address_of(request: HttpRequest) -> str | None:
    """Return the caller's address, as far as our own proxies vouch for it."""
    try:
        return str(
            client_address(
                remote_address=request.META.get("REMOTE_ADDR", ""),
                forwarded_for=request.headers.get("X-Forwarded-For", ""),
                trusted_proxies=settings.TRUSTED_PROXY_COUNT,
            )
        )
    except AddressUnknown:
        return None


def request_id_of(request: HttpRequest) -> str:
    """Return the id that a proxy of ours gave a request, or a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class NamedOrigin:
    """Lets all that a request does know whose it is, and tells the caller its id."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(address_of(request), request_id_of(request))
        with coming_from(origin):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = origin.request_id
        return response


class TimedSessions:
    """Signs out whoever has been idle, or signed in, for too long."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get(SESSION_KEY):
            why = find_overdue(request, now=timezone.now())
            if why:
                end_session(request, why=why)
                messages.info(request, f"You were signed out: {why}.")
        return self.get_response(request)
