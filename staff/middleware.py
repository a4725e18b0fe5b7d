"""What every request of the back office passes: it is given an origin, and a session that lasted too long is ended."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from operators.origin import Origin, coming_from, current_origin, name_request
from operators.selectors.addresses import AddressUnknown, client_address
from staff.services.sessions import end_session, find_overdue

Answer = Callable[[HttpRequest], HttpResponse]


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


class NamedOrigin:
    """Lets all that a request does know whose it is; the front door has named it, or there is none (in tests)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = current_origin().request_id or name_request("")
        with coming_from(Origin(address_of(request), name)):
            return self.get_response(request)


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
