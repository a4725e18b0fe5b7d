"""Pages that platforms answer launches with: kept for minutes, found by the session's token, and never trusted."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from wallet.ledger import digest_token
from wallet.models import LaunchPage, Session

# For the player to open it, and to load it again when it hangs.
KEPT_FOR = timedelta(minutes=5)
LONGEST_PAGE = 512 * 1024


def keep_launch_page(*, session: Session, html: str, home_url: str, now: datetime) -> None:
    """Keep the page that opens a session's game, as text."""
    text = html.replace("\0", "")
    LaunchPage.objects.create(session=session, html=text, home_url=home_url, expires_at=now + KEPT_FOR)


def find_launch_page(*, token: str, now: datetime) -> LaunchPage | None:
    """Return the page of the session that a token opened, unless its time or the session is over."""
    pages = LaunchPage.objects.select_related("session__operator__casino")
    return pages.filter(
        session__token_digest=digest_token(token), session__ended_at__isnull=True, expires_at__gt=now
    ).first()


def purge_launch_pages(*, now: datetime) -> int:
    """Delete the pages whose time is over; return how many."""
    return LaunchPage.objects.filter(expires_at__lte=now).delete()[0]


def write_frame_address(token: str) -> str:
    """Return where the player's browser finds the frame around a session's page."""
    return f"{settings.PUBLIC_PLAY_URL}/play/{token}"


def list_origins_around(page: LaunchPage) -> list[str]:
    """Return the origins that may show the frame inside a page of theirs: the casino's own sites."""
    homes = [urlsplit(url) for url in (page.session.operator.casino.home_url, page.home_url) if url]
    # Without a user's name, which may hold what would end the policy's directive.
    return sorted({f"{home.scheme}://{home.netloc.rpartition('@')[2]}" for home in homes})
