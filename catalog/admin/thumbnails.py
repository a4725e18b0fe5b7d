"""Pictures of games, lobbies and vendors, which the browser fetches from the platform's own address."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Game, Lobby, OperatorCurrency, Vendor
from config.admin import allow_images

Pictured = Game | Lobby | Vendor | OperatorCurrency


def list_pictures(row: Pictured) -> list[str]:
    """Return the addresses of a row's pictures that are web addresses: our own first, then the platform's."""
    thumbnails = getattr(row, "thumbnails", None)
    theirs = thumbnails.values() if isinstance(thumbnails, dict) else ()
    addresses = [getattr(row, "custom_thumbnail_url", ""), *theirs, getattr(row, "logo_url", "")]
    return [url for url in addresses if isinstance(url, str) and origin_of(url)]


def find_picture(row: Pictured) -> str:
    """Return the address of a row's picture; empty if it has none."""
    return next(iter(list_pictures(row)), "")


def origin_of(url: str) -> str:
    """Return scheme and host of a web address; empty for anything else, or where it could not be named in a policy."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return ""
    named = parts.hostname and not any(character in parts.hostname for character in " ;,'\"")
    return origin if parts.scheme in {"http", "https"} and named else ""


def picture(row: Pictured) -> SafeString:
    """Write a row's picture; it loads when it comes into view, and tells the platform nothing of us.

    Where a picture of our own does not load, the platform's stands in.
    """
    url, *others = [*list_pictures(row)[:2], ""]
    if not url:
        return SafeString("")
    fallback = others[0] if url == getattr(row, "custom_thumbnail_url", "") else ""
    stand_in = format_html(' x-data x-on:error.once="$el.src = $el.dataset.fallback" data-fallback="{}"', fallback)
    return format_html(
        '<img class="thumbnail" src="{}" alt="" loading="lazy" referrerpolicy="no-referrer"{}>',
        url,
        stand_in if fallback else "",
    )


def let_show(response: HttpResponse, rows: Iterable[Pictured]) -> HttpResponse:
    """Let a page show the pictures of some rows."""
    return allow_images(response, {origin_of(url) for row in rows for url in list_pictures(row)[:2]})
