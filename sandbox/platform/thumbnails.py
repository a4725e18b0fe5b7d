"""Thumbnails of games and lobbies: SVG, drawn from the id, no two alike."""

import textwrap
from dataclasses import dataclass
from html import escape

import falcon

from sandbox.platform.catalogue import Game, Lobby
from sandbox.platform.draws import between, pick
from sandbox.platform.motifs import draw_motif
from sandbox.platform.state import Platform

FOR_A_YEAR = "public, max-age=31536000, immutable"
SCHEMES = (35, 60, 150, 180, 210, 300, 325)
MOTIF_OF_LOBBY = {"roulette": "wheel", "blackjack": "cards", "baccarat": "cards", "game": "star"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a thumbnail shows: a motif in two hues, a title and the maker's name."""

    key: str
    title: str
    maker: str
    motif: str
    hue: int


class Thumbnails:
    """GET /thumbnails/300x300/{name}.svg, where a lobby's name starts with `lobby_`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, _request: falcon.Request, response: falcon.Response, name: str) -> None:
        picture = self._find(name)
        if picture is None:
            raise falcon.HTTPNotFound(title="No such thumbnail")
        response.content_type = "image/svg+xml"
        response.cache_control = [FOR_A_YEAR]
        response.text = draw_thumbnail(picture)

    def _find(self, name: str) -> Picture | None:
        if name.startswith("lobby_"):
            lobby = self._platform.catalogue.lobbies.get(name.removeprefix("lobby_"))
            return picture_lobby(lobby) if lobby else None
        game = self._platform.catalogue.find_game(name)
        return picture_game(game) if game else None


def picture_game(game: Game) -> Picture:
    return Picture(str(game.id), game.title, game.vendor, game.motif, game.hue)


def picture_lobby(lobby: Lobby) -> Picture:
    theme = lobby.lobby_id.removeprefix(lobby.vendor).strip("_").replace("_", " ")
    motif = MOTIF_OF_LOBBY.get(theme.partition(" ")[0], "crown")
    return Picture(lobby.lobby_id, f"{theme} lobby".strip().capitalize(), lobby.vendor, motif, _hue(lobby.lobby_id))


def draw_thumbnail(picture: Picture) -> str:
    """The picture as a complete SVG document, 300 by 300."""
    key, hue = picture.key, picture.hue
    turn = between(-8, 8, "turn", key)
    second = (hue + pick(SCHEMES, "scheme", key)) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" width="300" height="300" role="img" '
        f'aria-label="{escape(picture.title)}"><defs>{_paints(hue, second)}</defs>'
        f'<rect width="300" height="300" fill="url(#back)"/>{_backdrop(key)}'
        '<circle cx="150" cy="132" r="118" fill="url(#glow)"/>'
        f'<g transform="translate(150 130) rotate({turn}) scale(1.12)">{draw_motif(picture.motif)}</g>'
        f'<rect y="196" width="300" height="104" fill="url(#fade)"/>{_caption(picture)}</svg>'
    )


def _hue(key: str) -> int:
    return between(0, 359, "hue", key)


def _paints(hue: int, second: int) -> str:
    return (
        _gradient("back", f"hsl({hue} 62% 30%)", f"hsl({second} 66% 14%)")
        + _gradient("light", f"hsl({second} 96% 90%)", f"hsl({second} 92% 70%)")
        + _gradient("main", f"hsl({second} 88% 66%)", f"hsl({second} 82% 44%)")
        + _gradient("deep", f"hsl({hue} 70% 42%)", f"hsl({hue} 75% 18%)")
        + '<radialGradient id="glow"><stop stop-color="#fff" stop-opacity=".34"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
        '<linearGradient id="fade" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#05060c" stop-opacity="0"/>'
        '<stop offset=".55" stop-color="#05060c" stop-opacity=".82"/></linearGradient>'
    )


def _gradient(name: str, top: str, bottom: str) -> str:
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2=".4" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient>'
    )


def _backdrop(key: str) -> str:
    kind = pick(("beams", "bubbles", "rings", "hills"), "backdrop", key)
    draws = {"beams": _beams, "bubbles": _bubbles, "rings": _rings, "hills": _hills}
    return f'<g fill="#fff" opacity=".1">{draws[kind](key)}</g>'


def _beams(key: str) -> str:
    count = between(7, 12, "beams", key)
    return "".join(
        f'<path d="M150 132 L134 -140 H166Z" transform="rotate({360 / count * beam:.1f} 150 132)"/>'
        for beam in range(count)
    )


def _bubbles(key: str) -> str:
    spots = (
        (between(0, 300, "x", key, n), between(0, 260, "y", key, n), between(3, 26, "r", key, n)) for n in range(18)
    )
    return "".join(f'<circle cx="{x}" cy="{y}" r="{radius}"/>' for x, y, radius in spots)


def _rings(key: str) -> str:
    step = between(22, 34, "rings", key)
    return "".join(
        f'<circle cx="150" cy="132" r="{step * ring}" fill="none" stroke="#fff" stroke-width="7"/>'
        for ring in range(3, 9)
    )


def _hills(key: str) -> str:
    heights = [between(110, 220, "hill", key, n) for n in range(4)]
    return "".join(
        f'<path d="M-20 300 Q{75 * n + 20} {height} {75 * n + 140} 300Z"/>' for n, height in enumerate(heights)
    )


def _caption(picture: Picture) -> str:
    lines = textwrap.wrap(picture.title, 17)
    size = 27 if len(lines) == 1 else 24
    top = 272 - 27 * (len(lines) - 1)
    rows = "".join(
        f'<text x="150" y="{top + 27 * n}" font-size="{size}" font-weight="800">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    maker = (
        f'<text x="150" y="291" font-size="12" letter-spacing="2" opacity=".8">{escape(picture.maker.upper())}</text>'
    )
    return f'<g fill="#fff" text-anchor="middle" font-family="system-ui, Segoe UI, sans-serif">{rows}{maker}</g>'
