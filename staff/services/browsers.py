"""Browsers in which a person has signed in before, known by a signed cookie."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from operators.origin import current_origin
from staff.services.lock_out import Trier

COOKIE = "known_browser"
KNOWN_FOR = 90 * 24 * 3600
SALT = "staff.browsers"


def read_trier(request: HttpRequest, username: str) -> Trier:
    """Return who tries to sign in with a request, and whether in a browser that the person is known by."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KNOWN_FOR)
    name, _, browser = (kept or "").rpartition(" ")
    return Trier(username, current_origin().address, browser if name == username else "")


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Know the browser as this person's from now on; a new mark with each sign-in, so that an old copy helps nobody."""
    response.set_signed_cookie(
        COOKIE,
        f"{username} {get_random_string(22)}",
        salt=SALT,
        max_age=KNOWN_FOR,
        path=request.path.partition("admin/")[0] + "admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
