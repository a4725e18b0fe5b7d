"""The launch address of document 001: what its parameters must be, and the sentence for each that is not."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.platform.catalogue import Catalogue, Game, Lobby
from sandbox.settings import Settings

TOKEN = re.compile(r"[A-Za-z0-9]{20,50}")
CURRENCY = re.compile(r"[A-Za-z0-9]{2,4}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_]([A-Za-z]{2}|[A-Za-z]{4}|[0-9]{3}))?")
ALPHANUMERIC_14 = re.compile(r"[A-Za-z0-9]{0,14}")
LONGEST_URL = 500


class OddLaunch(Exception):
    """A launch parameter is missing or wrong; says which one, and what to do."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter}: {problem}")
        self.parameter = parameter
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A launch that makes sense: a game or a lobby, in real or in fun mode.

    `token` and `currency` are empty in fun mode; links are empty unless they are http or https.
    """

    mode: str
    game: Game | None
    lobby: Lobby | None
    token: str
    currency: str
    language: str
    home_url: str
    deposit_url: str
    device: str
    group: str
    client_name: str

    @property
    def is_fun(self) -> bool:
        return self.mode == "fun"


def read_launch(query: str, catalogue: Catalogue, settings: Settings) -> Launch:
    """Read the query of a launch address.

    :raises OddLaunch: a parameter is missing, given twice, malformed, or names what is not here.
    """
    given = _read_once(query)
    mode = given.get("mode", "")
    if mode not in {"real", "fun"}:
        raise OddLaunch("mode", "It must be real or fun.")
    _require_operator(given.get("operator_id", ""), settings)
    lobby = _find_lobby(given, mode, catalogue)
    return Launch(
        mode=mode,
        game=None if lobby else _find_game(given.get("game_id", ""), mode, catalogue),
        lobby=lobby,
        token=_read(given, "token", TOKEN, "20 to 50 letters and digits") if mode == "real" else "",
        currency=_read(given, "currency", CURRENCY, "a currency code such as EUR").upper() if mode == "real" else "",
        language=_read_language(given.get("language", "")),
        home_url=keep_web_address(given.get("home_url", "")),
        deposit_url=keep_web_address(given.get("deposit_url", "")),
        device=_read_device(given.get("device", "")),
        group=_read(given, "group", ALPHANUMERIC_14, "at most 14 letters and digits"),
        client_name=_read_client_name(given.get("clientName", "")),
    )


def keep_web_address(address: str) -> str:
    """The address if a browser may be sent there, otherwise nothing."""
    if len(address) > LONGEST_URL:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname else ""


def _read_once(query: str) -> dict[str, str]:
    values = parse_qs(query, keep_blank_values=True)
    for name, texts in values.items():
        if len(texts) > 1:
            raise OddLaunch(name, "It is given more than once.")
    return {name: texts[0] for name, texts in values.items()}


def _require_operator(operator_id: str, settings: Settings) -> None:
    if not operator_id:
        raise OddLaunch("operator_id", "It is missing.")
    if operator_id != settings.operator_id:
        raise OddLaunch("operator_id", f"No operator has the id “{operator_id}” at this platform.")


def _find_lobby(given: dict[str, str], mode: str, catalogue: Catalogue) -> Lobby | None:
    # Document 001: where a lobby is named, the game is ignored.
    lobby_id = given.get("lobby_id", "")
    if not lobby_id:
        return None
    if mode == "fun":
        raise OddLaunch("lobby_id", "A lobby opens in real mode only.")
    lobby = catalogue.lobbies.get(lobby_id)
    if lobby is None:
        raise OddLaunch("lobby_id", f"There is no lobby “{lobby_id}” here.")
    return lobby


def _find_game(game_id: str, mode: str, catalogue: Catalogue) -> Game:
    if not game_id:
        raise OddLaunch("game_id", "It is missing; a launch needs game_id or lobby_id.")
    game = catalogue.find_game(game_id)
    if game is None:
        raise OddLaunch("game_id", f"There is no game “{game_id}” here.")
    if not game.enabled:
        raise OddLaunch("game_id", f"{game.title} is switched off at the moment.")
    if mode == "fun" and not game.fun_mode:
        raise OddLaunch("mode", f"{game.title} cannot be played for fun, only in real mode.")
    return game


def _read(given: dict[str, str], name: str, pattern: re.Pattern[str], wanted: str) -> str:
    text = given.get(name, "")
    if not pattern.fullmatch(text):
        raise OddLaunch(name, f"It must be {wanted}." if text else f"It is missing; it must be {wanted}.")
    return text


def _read_language(text: str) -> str:
    return text.replace("_", "-") if LANGUAGE.fullmatch(text) else "en"


def _read_device(text: str) -> str:
    if text not in {"", "desktop", "mobile"}:
        raise OddLaunch("device", "It must be desktop or mobile.")
    return text


def _read_client_name(text: str) -> str:
    if len(text) > 14:
        raise OddLaunch("clientName", "It must be at most 14 characters.")
    return text
