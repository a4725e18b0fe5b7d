"""How GameHistory is called: the fields, their hash, and page after page."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from operators.platforms.base import Call, Http, Malformed, Platform
from operators.platforms.gmag.rounds import Page, find_error, parse_page
from operators.platforms.gmag.windows import Window, check_window
from operators.platforms.signatures import MASK, Signed

Value = str | int | Sequence[str]

ENCODER = msgspec.json.Encoder(decimal_format="number")
LARGEST_PAGE = 10_000
# Under 30 minutes do not fill so many; a platform that always names one more must not keep us for ever.
MOST_PAGES = 10_000
USUAL_PAGE = 5_000


def text_to_sign(fields: Mapping[str, Value]) -> str:
    """Return the text that the hash covers before the secret: fields by name, lists in JSON as they are sent."""
    return "&".join(f"{name}={_write_value(fields[name])}" for name in sorted(fields))


def sign(fields: Mapping[str, Value], secret: str) -> str:
    """Return the `hash` of a call: the MD5 of the text and the secret right behind it."""
    return hashlib.md5(f"{text_to_sign(fields)}{secret}".encode()).hexdigest()  # noqa: S324 - the protocol's own


def _write_value(value: Value) -> str:
    return str(value) if isinstance(value, str | int) else ENCODER.encode(value).decode()


def write_time(at: datetime) -> str:
    """Return a time as the document writes it: GMT, to the second, without a zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def read_clock() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


def make_request_ref() -> str:
    """Return an id for one call."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Config:
    """Which brand we are at the platform, and where its game data is; the clock says what is past."""

    api_host: str
    operator_ref: str
    secret: str = field(repr=False)
    http: Http
    clock: Callable[[], datetime] = read_clock
    make_request_ref: Callable[[], str] = make_request_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rounds of a window; what is empty or None does not narrow."""

    show_all: bool = False
    round_ref: str = ""
    player_ref: str = ""
    provider_code: str = ""
    currency: str = ""
    game_code: str = ""


EVERYTHING = Filter()


class Client(Platform):
    """The one call, on the game data host. `signed` tells what the last one signed."""

    def __init__(self, config: Config, report: Callable[[Call], None]) -> None:
        super().__init__(config.http, report, config.secret)
        self._config = config
        self.signed: Signed | None = None

    def get_game_history(
        self, window: Window, *, size: int = USUAL_PAGE, page: int = 1, only: Filter = EVERYTHING
    ) -> Page:
        """Return one page of the rounds that ended in a window. `size` is a wish: the answer has its own.

        :raises BadWindow: the platform would not answer for this window.
        :raises PlatformFailure:
        """
        check_window(window, now=self._config.clock())
        if not 1 <= size <= LARGEST_PAGE or page < 1:
            raise ValueError(f"page {page} of {size} rows: pages count from 1 and have 1 to {LARGEST_PAGE:,} rows")
        fields = self.build_fields(window, size=size, page=page, only=only)
        hashed = sign(fields, self._config.secret)
        self.signed = Signed(f"{text_to_sign(fields)}{MASK}", "hash", hashed)
        url = f"{self._config.api_host.rstrip('/')}/history/game?hash={hashed}"
        body = ENCODER.encode(fields)
        return self.read("GameHistory", url, headers={}, body=body, parse=lambda answer: parse_page(answer, page))

    def list_pages(self, window: Window, *, size: int = USUAL_PAGE, only: Filter = EVERYTHING) -> Iterator[Page]:
        """Return a window's pages one after the other, as many as the platform says, until one is empty.

        :raises BadWindow: the platform would not answer for this window.
        :raises PlatformFailure: also where a page repeats the one before, or none is the last.
        """
        before: Page | None = None
        for number in range(1, MOST_PAGES + 1):
            page = self.get_game_history(window, size=size, page=number, only=only)
            if page.is_empty:
                return
            if before is not None and (page.rounds, page.refused) == (before.rounds, before.refused):
                raise Malformed(f"page {number} says again what the page before said")
            yield page
            before = page
            if number >= page.pages:
                return
        raise Malformed(f"more than {MOST_PAGES:,} pages")

    def find_error(self, answer: Any) -> tuple[str, str] | None:
        """Return the error that an answer tells of, whatever its HTTP status is."""
        return find_error(answer)

    def build_fields(self, window: Window, *, size: int, page: int, only: Filter = EVERYTHING) -> dict[str, Value]:
        """Return what a call sends and signs; what there is nothing to say of is left out."""
        narrowed = {
            "roundId": only.round_ref,
            "playerId": only.player_ref,
            "providerCode": only.provider_code,
            "currency": only.currency,
            "gameCode": only.game_code,
        }
        return {
            "requestId": self._config.make_request_ref(),
            "brandId": self._config.operator_ref,
            "startTime": write_time(window.start),
            "endTime": write_time(window.end),
            "size": size,
            "page": page,
            "showAll": int(only.show_all),
            **{name: value for name, value in narrowed.items() if value},
        }
