"""What may become of a platform's request: fields gone, doubled, of another type or size; bytes cut and mixed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.wallet.platform import sha1

STAMP = "2026-11-20 13:44:54"
NUMBERS = [
    0,
    -0.0,
    -1,
    1,
    0.01,
    0.001,
    17.25,
    5e-324,
    1e308,
    2**31,
    2**53 + 1,
    2**63,
    2**64,
    10**15,
    10**16,
    10**40,
    -(2**63),
]
TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "1e3",
    "NaN",
    "null",
    "5.00",
    "5,00",
    "٣",
    "a|b",
    "a\x00b",
    "\x7f",
    "\ud800",
    "\U0001f3b0",
    "e\u0301",
]
LONG = ["x" * length for length in (20, 21, 50, 51, 70, 71, 127, 128, 255, 256, 4_000)]
WORDS = [
    "BET",
    "WIN",
    "REFUND",
    "bet",
    "EUR",
    "USD",
    "eur",
    "2026-02-30 25:61:61",
    STAMP,
    "0001-01-01",
    "9999-12-31T23:59:60Z",
]
MARKS = [
    b"",
    b"{",
    b"}",
    b"[",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"1e999",
    b"NaN",
    b"//",
]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS + LONG + WORDS),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
)
values = st.one_of(
    leaves,
    st.lists(leaves, max_size=2),
    st.dictionaries(st.sampled_from(["reason", "data", "", "game_details"]), leaves, max_size=2),
)


@dataclass(frozen=True)
class Body:
    """A request's bytes, and the command whose path they go to."""

    command: str
    sent: bytes

    def __repr__(self) -> str:
        return f"Body({self.command!r}, {self.sent[:2000]!r}, {len(self.sent)} bytes)"


@st.composite
def bodies(draw: st.DrawFn, usual: Callable[[str, int], dict[str, Any]], secret: str) -> Body:
    """Requests that were well formed and well signed before something happened to them.

    :param usual: the data of a command; the number makes its ids.
    """
    command = draw(
        st.sampled_from(
            ["authenticate", "balance", "changebalance", "changebalance", "status", "cancel", "finishround"]
        )
    )
    data: Any = usual(command, draw(st.integers(0, 10**9)))
    for _ in range(draw(st.integers(0, 3))):
        change(draw, data)
    envelope: dict[str, Any] = {"command": command, "request_timestamp": STAMP, "data": data}
    envelope["hash"] = sha1(command, STAMP, secret)
    if draw(st.integers(0, 9)) == 0:
        change(draw, envelope)
    text = json.dumps(envelope, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    return Body(command, damage(draw, text) if draw(st.integers(0, 4)) == 0 else text)


def change(draw: st.DrawFn, members: dict[str, Any]) -> None:
    """Take a member away, put another value in its place, or put one in that nobody knows."""
    name = draw(st.sampled_from([*members, "extra"]))
    if draw(st.integers(0, 4)) == 0:
        members.pop(name, None)
    else:
        members[name] = draw(values)


def damage(draw: st.DrawFn, text: bytes) -> bytes:
    """Cut the text, double a part of it, or put something strange into it."""
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    how = draw(st.sampled_from(["cut", "double", "mark", "nest", "grow"]))
    if how == "cut":
        return text[:start] + text[end:]
    if how == "double":
        return text[:end] + text[start:]
    if how == "nest":
        return text[:start] + b"[" * draw(st.sampled_from([1, 100, 10_000])) + text[start:]
    if how == "grow":
        return text[:start] + b" " * draw(st.sampled_from([1, 60_000, 66_000])) + text[start:]
    return text[:start] + draw(st.sampled_from(MARKS)) + text[end:]
