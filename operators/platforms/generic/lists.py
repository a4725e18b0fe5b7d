"""The rows of the lists of games and lobbies."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from operators.platforms.decoding import DECODER
from operators.platforms.listings import Game, Lobby, Vendor
from operators.platforms.reading import (
    LONGEST_REF,
    LONGEST_TITLE,
    LONGEST_WORD,
    read_addresses,
    read_date,
    read_description,
    read_flag,
    read_object,
    read_ref,
    read_text,
)


class GamesReply(msgspec.Struct):
    """Where the list of games is."""

    games: list[msgspec.Raw]


class LobbiesReply(msgspec.Struct):
    """Where the list of lobbies is."""

    lobbies: list[msgspec.Raw]


def read_game(text: bytes) -> Game | None:
    """Return a row of the list of games, or None where it has no usable id."""
    raw = _decode(text)
    game_ref, details = read_ref(raw.get("id")), read_object(raw.get("details"))
    if game_ref is None:
        return None
    return Game(
        game_ref=game_ref,
        title=read_text(raw.get("title"), LONGEST_TITLE),
        vendor=_read_vendor(raw),
        game_type=read_text(raw.get("type"), LONGEST_WORD),
        subtype=read_text(raw.get("subtype"), LONGEST_WORD),
        platform=read_text(raw.get("platform"), LONGEST_WORD),
        enabled=read_flag(raw.get("enabled", 1)),
        fun_mode=read_flag(raw.get("fun_mode")),
        campaigns=read_flag(raw.get("campaigns")),
        created_date=read_date(raw.get("created_at")),
        description=read_description(details.get("description")),
        thumbnails=read_addresses(read_object(details.get("thumbnails"))),
    )


def read_lobby(text: bytes) -> Lobby | None:
    """Return a row of the list of lobbies, or None where it has no usable id."""
    raw = _decode(text)
    lobby_ref, details = read_ref(raw.get("lobby_id")), read_object(raw.get("details"))
    if lobby_ref is None:
        return None
    return Lobby(lobby_ref, _read_vendor(raw), read_addresses(read_object(details.get("thumbnails"))))


def _read_vendor(raw: Mapping[str, Any]) -> Vendor | None:
    name = read_text(raw.get("vendor"), LONGEST_REF)
    return _vendor_named(name) if name else None


@lru_cache
def _vendor_named(name: str) -> Vendor:
    """The protocol says no more of a vendor than its name, which is its id as well."""
    return Vendor(vendor_ref=name, title=name)


def _decode(text: bytes) -> Mapping[str, Any]:
    try:
        return read_object(DECODER.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
