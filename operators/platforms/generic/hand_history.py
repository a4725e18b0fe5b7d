"""What happened in a round, as its vendor tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from operators.platforms.decoding import decode
from operators.platforms.reading import read_object, read_web_address


class HandHistoryKind(StrEnum):
    """How a hand history is to be shown."""

    JSON = "json"
    URL = "url"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class HandHistory:
    """`data` of a JSON one, `address` of one that is opened elsewhere (by a person, never fetched by us).

    `text` is the whole answer as it came, and all there is of a RAW one.
    """

    kind: HandHistoryKind
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""


def parse_hand_history(answer: bytearray) -> HandHistory:
    """Read a hand history; what is neither of the two kinds is a RAW one."""
    text = answer.decode(errors="replace")
    try:
        raw = read_object(decode(answer))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return HandHistory(HandHistoryKind.RAW, text)
    kind, data = raw.get("type"), raw.get("data")
    if raw.get("success") is False:
        return HandHistory(HandHistoryKind.RAW, text)
    if kind == HandHistoryKind.JSON and isinstance(data, dict):
        return HandHistory(HandHistoryKind.JSON, text, data=data)
    if kind == HandHistoryKind.URL and (address := read_web_address(data)):
        return HandHistory(HandHistoryKind.URL, text, address=address)
    return HandHistory(HandHistoryKind.RAW, text)
