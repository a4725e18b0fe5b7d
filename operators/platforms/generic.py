"""generic: document 001's launch address, and its lists of games and lobbies. See docs/protocols.md."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from operators.platforms.base import Call, Http, Malformed, Platform

Row = TypeVar("Row")

LONGEST_REF = 127
LONGEST_TITLE = 255
LONGEST_WORD = 64
# A description that comes without its language: ISO 639-2's code for “undetermined”.
UNKNOWN_LANGUAGE = "und"
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def sign(resource: str, operator_ref: str, secret: str) -> str:
    """Return the X-Authorization header of a GET of ours."""
    return hashlib.sha1(f"{resource}{operator_ref}{secret}".encode()).hexdigest()  # noqa: S324 - the protocol's own


def build_launch_url(host: str, parameters: Mapping[str, str]) -> str:
    """Return where a game or lobby opens; parameters without a value are left out, the others percent-encoded."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{host.rstrip('/')}/?{urlencode(given, quote_via=quote, safe='')}"


@dataclass(frozen=True, slots=True)
class Config:
    """Whom we are at the platform, and where it is."""

    api_host: str
    operator_ref: str
    secret: str = field(repr=False)
    http: Http


@dataclass(frozen=True, slots=True)
class Game:
    """One game of the list; what the platform leaves out is empty, off or None."""

    game_ref: str
    title: str = ""
    vendor: str = ""
    game_type: str = ""
    subtype: str = ""
    platform: str = ""
    enabled: bool = True
    fun_mode: bool = False
    campaigns: bool = False
    created_date: date | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    thumbnails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lobby:
    """One lobby of the list."""

    lobby_ref: str
    vendor: str = ""
    thumbnails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """The readable rows of a list, each id once, and how many rows could not be read."""

    rows: tuple[Row, ...]
    unreadable: int


class Client(Platform):
    """GETs on the platform's API host."""

    def __init__(self, config: Config, report: Callable[[Call], None]) -> None:
        super().__init__(config.http, report)
        self._config = config

    def list_games(self) -> Listed[Game]:
        """:raises PlatformFailure:"""
        return self._get_resource("games", "/api/generic/games/list/all", parse_games)

    def list_lobbies(self) -> Listed[Lobby]:
        """:raises PlatformFailure:"""
        return self._get_resource("lobbies", "/api/generic/lobbies/list/all", parse_lobbies)

    def _get_resource(self, resource: str, path: str, parse: Callable[[Any], Listed[Row]]) -> Listed[Row]:
        operator_ref = self._config.operator_ref
        headers = {
            "X-Operator-Id": operator_ref,
            "X-Authorization": sign(resource, operator_ref, self._config.secret),
            "Accept": "application/json",
        }
        return self.read(resource, self._config.api_host.rstrip("/") + path, headers=headers, parse=parse)


def parse_games(answer: Any) -> Listed[Game]:
    """:raises Malformed: there is no list of games."""
    return _parse_list(answer, "games", _parse_game, lambda game: game.game_ref)


def parse_lobbies(answer: Any) -> Listed[Lobby]:
    """:raises Malformed: there is no list of lobbies."""
    return _parse_list(answer, "lobbies", _parse_lobby, lambda lobby: lobby.lobby_ref)


def _parse_list(
    answer: Any, key: str, parse: Callable[[Mapping[str, Any]], Row | None], ref_of: Callable[[Row], str]
) -> Listed[Row]:
    raw_rows = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(raw_rows, list):
        raise Malformed(f"there is no list “{key}”")
    parsed = [parse(raw) if isinstance(raw, dict) else None for raw in raw_rows]
    readable = [row for row in parsed if row is not None]
    return Listed(tuple({ref_of(row): row for row in readable}.values()), len(parsed) - len(readable))


def _parse_game(raw: Mapping[str, Any]) -> Game | None:
    game_ref = _ref(raw.get("id"))
    details = _object(raw.get("details"))
    if game_ref is None:
        return None
    return Game(
        game_ref=game_ref,
        title=_text(raw.get("title"), LONGEST_TITLE),
        vendor=_text(raw.get("vendor"), LONGEST_REF),
        game_type=_text(raw.get("type"), LONGEST_WORD),
        subtype=_text(raw.get("subtype"), LONGEST_WORD),
        platform=_text(raw.get("platform"), LONGEST_WORD),
        enabled=_flag(raw.get("enabled", 1)),
        fun_mode=_flag(raw.get("fun_mode")),
        campaigns=_flag(raw.get("campaigns")),
        created_date=_date(raw.get("created_at")),
        description=_description(details.get("description")),
        thumbnails=_addresses(_object(details.get("thumbnails"))),
    )


def _parse_lobby(raw: Mapping[str, Any]) -> Lobby | None:
    lobby_ref = _ref(raw.get("lobby_id"))
    thumbnails = _object(_object(raw.get("details")).get("thumbnails"))
    if lobby_ref is None:
        return None
    return Lobby(lobby_ref, _text(raw.get("vendor"), LONGEST_REF), _addresses(thumbnails))


def _ref(value: Any) -> str | None:
    """An id as text, or None where it is not usable as one."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= LONGEST_REF and not CONTROL.search(text) and "|" not in text else None


def _text(value: Any, longest: int) -> str:
    return CONTROL.sub("", value).strip()[:longest] if isinstance(value, str) else ""


def _flag(value: Any) -> bool:
    return value in (1, "1") or (isinstance(value, str) and value.lower() == "true")


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _description(value: Any) -> dict[str, str]:
    texts: Iterable[tuple[str, Any]] = {UNKNOWN_LANGUAGE: value}.items()
    if isinstance(value, dict):
        texts = value.items()
    kept = ((language, CONTROL.sub(" ", text).strip()) for language, text in texts if isinstance(text, str))
    return {language: text for language, text in kept if text}


def _addresses(pictures: Mapping[str, Any]) -> dict[str, str]:
    joined = ((size, re.sub(r"\s+", "", address)) for size, address in pictures.items() if isinstance(address, str))
    return {size: address for size, address in joined if _is_web_address(address)}


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not CONTROL.search(address)
    except ValueError:
        return False
