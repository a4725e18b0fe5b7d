"""Pictures of games and lobbies, which the browser fetches from the platform's own address."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Game, Lobby, Vendor
from config.admin import allow_images


def find_picture(row: Game | Lobby | Vendor) -> str:
    """Return the address of a row's picture, the first that is a web address; empty if it has none."""
    thumbnails = getattr(row, "thumbnails", None)
    addresses = thumbnails.values() if isinstance(thumbnails, dict) else ()
    return next((url for url in addresses if isinstance(url, str) and origin_of(url)), "")


def origin_of(url: str) -> str:
    """Return scheme and host of a web address; empty for anything else, or where it could not be named in a policy."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return ""
    named = parts.hostname and not any(character in parts.hostname for character in " ;,'\"")
    return origin if parts.scheme in {"http", "https"} and named else ""


def picture(row: Game | Lobby | Vendor) -> SafeString:
    """Write a row's picture; it loads when it comes into view, and tells the platform nothing of us."""
    url = find_picture(row)
    if not url:
        return SafeString("")
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy" referrerpolicy="no-referrer">', url)


def let_show(response: HttpResponse, rows: Iterable[Game | Lobby | Vendor]) -> HttpResponse:
    """Let a page show the pictures of some rows."""
    return allow_images(response, filter(None, (origin_of(find_picture(row)) for row in rows)))
