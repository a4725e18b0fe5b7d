"""Drawings for thumbnails: SVG fragments around (0, 0), about 140 across, in the colours `light`, `main` and `deep`."""

import math
from collections.abc import Callable, Mapping

LIGHT, MAIN, DEEP = "url(#light)", "url(#main)", "url(#deep)"


def _point(radius: float, degrees: float) -> str:
    angle = math.radians(degrees - 90)
    return f"{radius * math.cos(angle):.1f},{radius * math.sin(angle):.1f}"


def _star(points: int, outer: float, inner: float, fill: str) -> str:
    step = 180 / points
    corners = " ".join(_point(inner if turn % 2 else outer, turn * step) for turn in range(points * 2))
    return f'<polygon points="{corners}" fill="{fill}" stroke-linejoin="round"/>'


def _circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def _moved(x: float, y: float, turn: float, size: float, drawing: str) -> str:
    return f'<g transform="translate({x:g} {y:g}) rotate({turn:g}) scale({size:g})">{drawing}</g>'


def _sun() -> str:
    return _star(14, 72, 50, MAIN) + _circle(0, 0, 42, DEEP) + _circle(0, 0, 36, LIGHT)


def _moon() -> str:
    crescent = f'<path d="M18 -66 A68 68 0 1 0 62 34 A54 54 0 1 1 18 -66Z" fill="{LIGHT}"/>'
    return crescent + "".join(_moved(x, y, 10, size, _star(5, 20, 9, MAIN)) for x, y, size in _STARS)


_STARS = ((36, -14, 1.1), (62, -48, 0.6), (10, 20, 0.5))


def _star_burst() -> str:
    return _star(5, 74, 34, MAIN) + _star(5, 56, 26, LIGHT) + _moved(0, 0, 36, 1, _star(5, 24, 11, DEEP))


def _gem() -> str:
    return (
        f'<polygon points="-44,-48 44,-48 72,-12 0,68 -72,-12" fill="{MAIN}"/>'
        f'<path d="M-44 -48 L-24 -12 H-72Z M-24 -12 H24 L0 68Z" fill="{LIGHT}"/>'
        f'<path d="M44 -48 L72 -12 H24Z M-44 -48 H0 L-24 -12Z" fill="{DEEP}"/>'
        f'<polygon points="24,-12 72,-12 0,68" fill="{DEEP}" opacity=".5"/>'
    )


def _crown() -> str:
    jewels = "".join(_circle(x, y, radius, LIGHT) for x, y, radius in ((-66, -28, 8), (0, -58, 9), (66, -28, 8)))
    return (
        f'<path d="M-54 44 L-66 -22 L-30 6 L0 -50 L30 6 L66 -22 L54 44Z" fill="{MAIN}"/>{jewels}'
        f'<rect x="-56" y="40" width="112" height="20" rx="6" fill="{LIGHT}"/>'
        + "".join(_circle(x, 50, 6, DEEP) for x in (-32, 0, 32))
    )


def _coin() -> str:
    layers = ((58, DEEP), (52, MAIN), (40, DEEP), (34, MAIN), (22, DEEP), (16, MAIN))
    stack = "".join(f'<ellipse cx="-4" cy="{y}" rx="58" ry="18" fill="{fill}"/>' for y, fill in layers)
    return stack + _circle(10, -22, 44, DEEP) + _circle(8, -26, 44, LIGHT) + _moved(8, -26, 0, 0.42, _star_burst())


def _mountain() -> str:
    return (
        _circle(34, -36, 24, LIGHT)
        + f'<polygon points="-84,56 -18,-54 48,56" fill="{MAIN}"/><polygon points="6,56 46,-10 88,56" fill="{DEEP}"/>'
        + f'<polygon points="-18,-54 -38,-20 -24,-28 -16,-16 -6,-28 2,-20" fill="{LIGHT}"/>'
    )


def _wave() -> str:
    curve = "M-84 {y} q14 -34 42 -8 t42 0 t42 0 t42 8 v40 h-168Z"
    layers = ((-14, LIGHT), (12, MAIN), (36, DEEP))
    return _circle(0, -34, 30, LIGHT) + "".join(
        f'<path d="{curve.format(y=height)}" fill="{fill}"/>' for height, fill in layers
    )


def _flame() -> str:
    return (
        f'<path d="M4 -76 C14 -40 58 -22 50 24 C45 58 20 70 0 70 C-24 70 -52 54 -50 18 C-48 -8 -30 -16 -28 -42 '
        f'C-14 -36 -6 -22 -8 -8 C6 -22 10 -50 4 -76Z" fill="{MAIN}"/>'
        f'<path d="M2 0 C10 16 28 24 24 44 C20 60 8 64 0 64 C-12 64 -26 56 -24 38 C-22 24 -4 20 2 0Z" fill="{LIGHT}"/>'
    )


def _flower() -> str:
    petal = '<ellipse cx="0" cy="-44" rx="22" ry="32" fill="{}"/>'
    outer = "".join(_moved(0, 0, 45 * turn, 1, petal.format(MAIN)) for turn in range(8))
    inner = "".join(_moved(0, 0, 45 * turn + 22.5, 0.68, petal.format(LIGHT)) for turn in range(8))
    return outer + inner + _circle(0, 0, 17, DEEP)


def _fruit() -> str:
    stems = f'<path d="M-30 24 Q-18 -40 30 -64 Q34 -20 32 20" fill="none" stroke="{LIGHT}" stroke-width="7"/>'
    leaf = f'<path d="M28 -64 Q-20 -84 -40 -50 Q4 -36 28 -64Z" fill="{LIGHT}"/>'
    cherries = _circle(-32, 38, 32, MAIN) + _circle(34, 34, 32, MAIN)
    return stems + leaf + cherries + _circle(-42, 28, 8, LIGHT) + _circle(24, 24, 8, LIGHT)


def _bolt() -> str:
    shape = "18,-78 -48,10 -8,10 -22,76 52,-18 8,-18"
    shadow = f'<polygon points="{shape}" fill="{DEEP}" transform="translate(7 6)"/>'
    return f'{shadow}<polygon points="{shape}" fill="{LIGHT}"/>'


def _wheel() -> str:
    slices = "".join(
        f'<path d="M0 0 L{_point(64, start)} A64 64 0 0 1 {_point(64, start + 30)}Z" fill="{fill}"/>'
        for start, fill in zip(range(0, 360, 30), (LIGHT, DEEP) * 6, strict=True)
    )
    return _circle(0, 0, 72, MAIN) + slices + _circle(0, 0, 26, MAIN) + _star(4, 24, 6, LIGHT)


def _cards() -> str:
    card = f'<rect x="-34" y="-50" width="68" height="100" rx="9" fill="{LIGHT}" stroke="{DEEP}" stroke-width="3"/>'
    heart = f'<path d="M0 26 C-40 -4 -24 -34 0 -14 C24 -34 40 -4 0 26Z" fill="{MAIN}"/>'
    diamond = f'<polygon points="0,-28 20,0 0,28 -20,0" fill="{DEEP}"/>'
    return _moved(-26, 2, -16, 1, card + diamond) + _moved(26, 4, 14, 1, card + heart)


def _dice() -> str:
    def die(fill: str, pips: str) -> str:
        return f'<rect x="-34" y="-34" width="68" height="68" rx="14" fill="{fill}"/>{pips}'

    five = "".join(_circle(x, y, 7, DEEP) for x, y in ((-17, -17), (17, -17), (0, 0), (-17, 17), (17, 17)))
    three = "".join(_circle(x, y, 7, DEEP) for x, y in ((-17, -17), (0, 0), (17, 17)))
    return _moved(-28, 22, -14, 1, die(LIGHT, five)) + _moved(34, -26, 18, 0.92, die(MAIN, three))


def _balls() -> str:
    places = ((-36, 24, 34, MAIN), (38, 28, 32, DEEP), (2, -30, 38, LIGHT))
    return "".join(
        _circle(x, y, radius, fill) + _circle(x, y, radius * 0.5, "#fff") + _circle(x, y, radius * 0.2, DEEP)
        for x, y, radius, fill in places
    )


def _rocket() -> str:
    body = f'<path d="M0 -76 C34 -46 34 10 18 40 H-18 C-34 10 -34 -46 0 -76Z" fill="{LIGHT}"/>'
    fins = f'<path d="M-24 4 L-52 48 L-18 38Z M24 4 L52 48 L18 38Z" fill="{MAIN}"/>'
    fire = f'<path d="M-14 42 Q0 92 14 42Z" fill="{MAIN}"/>'
    return _moved(0, 0, 38, 1, fire + fins + body + _circle(0, -22, 14, DEEP))


DRAWINGS: Mapping[str, Callable[[], str]] = {
    "sun": _sun,
    "moon": _moon,
    "star": _star_burst,
    "gem": _gem,
    "crown": _crown,
    "coin": _coin,
    "mountain": _mountain,
    "wave": _wave,
    "flame": _flame,
    "flower": _flower,
    "fruit": _fruit,
    "bolt": _bolt,
    "wheel": _wheel,
    "cards": _cards,
    "dice": _dice,
    "balls": _balls,
    "rocket": _rocket,
}


def draw_motif(name: str) -> str:
    return DRAWINGS[name]()
