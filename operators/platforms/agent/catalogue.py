"""Games and providers, and the countries that a provider's games name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from operators.platforms.agent.fields import ENCODER, first_of, read_named, read_objects, read_optional_ref
from operators.platforms.agent.players import BetLimit, read_bet_limits
from operators.platforms.base import Malformed
from operators.platforms.decoding import DECODER
from operators.platforms.listings import Game, Vendor
from operators.platforms.reading import (
    LONGEST_TITLE,
    LONGEST_WORD,
    read_addresses,
    read_countries,
    read_decimal,
    read_flag,
    read_object,
    read_ref,
    read_text,
    read_web_address,
)

LOGO = "logo"
# A longer address is none that anybody serves, and no column has room for it.
LONGEST_ADDRESS = 1000
RESTRICTED, PROHIBITED = "restrictedCountries", "prohibitedCountries"


@dataclass(frozen=True, slots=True)
class ProviderCategory:
    """A kind of a provider's games, and the bet limits that its players may be given."""

    category_ref: str
    label: str
    bet_limits: tuple[BetLimit, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the platform lists it for one of the agent's currencies."""

    provider_ref: str
    title: str
    active: bool
    online: bool
    logo_url: str
    categories: tuple[ProviderCategory, ...]


class _ProviderOfGame(msgspec.Struct):
    """Of a game's row only its provider, so that 20,000 rows are not read for a dozen of them."""

    provider: msgspec.Raw = msgspec.Raw(b"null")


_PROVIDER_OF_GAME = msgspec.json.Decoder(_ProviderOfGame)


def read_game(text: bytes) -> Game | None:
    """Return a game of the list, or None where its row cannot be read."""
    raw = _decode(text)
    game_ref, provider = read_ref(first_of(raw, "id", "gameId")), raw.get("provider")
    vendor = _read_vendor(provider)
    if game_ref is None or (provider and vendor is None):
        return None
    return Game(
        game_ref=game_ref,
        title=read_text(raw.get("name"), LONGEST_TITLE),
        vendor=vendor,
        game_type=read_named(raw.get("category"))[0][:LONGEST_WORD],
        free_rounds=read_flag(raw.get("hasFreeRound")),
        rtp=read_rtp(raw.get("rtp")),
        thumbnails=read_addresses({LOGO: raw.get("logoUrl")}),
    )


def read_rtp(value: Any) -> Decimal | None:
    """Return what a game pays back in per cent; zero is how the platform says that it does not know."""
    rtp = read_decimal(value)
    return rtp if rtp is not None and rtp > 0 else None


def _read_vendor(value: Any) -> Vendor | None:
    ref, title = read_named(value)
    prohibited = _read_countries(value, PROHIBITED)
    restricted = _read_countries(value, RESTRICTED)
    if not ref or prohibited is None or restricted is None:
        return None
    return Vendor(
        vendor_ref=ref,
        title=title,
        restricted_countries=tuple(country for country in restricted if country not in prohibited),
        prohibited_countries=prohibited,
    )


def _read_countries(provider: Any, name: str) -> tuple[str, ...] | None:
    """None where they are no list, or one of them is no code: what cannot be read must not count as no country."""
    value = read_object(provider).get(name)
    if value is None:
        return ()
    codes = read_countries(value) if isinstance(value, list) else None
    if codes is None or len(codes) == len(value):
        return codes
    named = {str(each or "").strip().upper() for each in value} - {""}
    return codes if len(codes) == len(named) else None


def read_vendor(text: bytes) -> Vendor | None:
    """Return a vendor from what `merge_providers` made, or None where its row cannot be read.

    A country that is restricted and prohibited is prohibited.
    """
    raw = _decode(text)
    named = _read_vendor(raw)
    if named is None:
        return None
    return Vendor(
        vendor_ref=named.vendor_ref,
        title=named.title,
        enabled=_is_on(raw.get("active")),
        online=_is_on(raw.get("online")),
        logo_url=_read_logo(raw),
        restricted_countries=named.restricted_countries,
        prohibited_countries=named.prohibited_countries,
        categories=tuple(read_objects(raw.get("categories"))),
    )


def merge_providers(provider_texts: Sequence[bytes], game_texts: Sequence[bytes]) -> list[bytes]:
    """Return the rows of the providers, each with the countries that its games name.

    A provider that only games name has a row, too; a row that cannot be read stays as it came.

    :raises Malformed: a provider's countries cannot be read.
    """
    named = _find_providers_of_games(game_texts)
    merged = [_merge(text, named) for text in provider_texts]
    return merged + [ENCODER.encode(row) for row in named.values()]


def _merge(text: bytes, named: dict[str, dict[str, Any]]) -> bytes:
    raw = _decode(text)
    known = named.pop(read_optional_ref(raw.get("id")), None)
    if known is None:
        return text
    return ENCODER.encode({**known, **raw, RESTRICTED: known[RESTRICTED], PROHIBITED: known[PROHIBITED]})


def _find_providers_of_games(game_texts: Sequence[bytes]) -> dict[str, dict[str, Any]]:
    distinct = {_find_provider(text) for text in game_texts}
    found: dict[str, dict[str, Any]] = {}
    for raw in sorted(distinct):
        provider = _decode_any(raw)
        vendor = _read_vendor(provider)
        if vendor is not None:
            row = {"id": vendor.vendor_ref, "name": vendor.title, RESTRICTED: [], PROHIBITED: []}
            row = found.setdefault(vendor.vendor_ref, row)
            row[RESTRICTED] = sorted({*row[RESTRICTED], *vendor.restricted_countries})
            row[PROHIBITED] = sorted({*row[PROHIBITED], *vendor.prohibited_countries})
        elif read_named(provider)[0]:
            raise Malformed(f"a provider of games cannot be read: {bytes(raw[:100]).decode(errors='replace')}")
    return found


def _find_provider(game_text: bytes) -> bytes:
    try:
        return bytes(_PROVIDER_OF_GAME.decode(game_text).provider)
    except msgspec.DecodeError:
        return b"null"


def parse_providers(result: Mapping[str, Any]) -> tuple[Provider, ...]:
    """Return the providers with what bet limits they offer.

    :raises Malformed: there is no list of them.
    """
    if not isinstance(result.get("items"), list):
        raise Malformed("the answer has no list “items”")
    return tuple(provider for raw in read_objects(result["items"]) if (provider := _read_provider(raw)))


def _read_provider(raw: Mapping[str, Any]) -> Provider | None:
    provider_ref = read_ref(raw.get("id"))
    if provider_ref is None:
        return None
    return Provider(
        provider_ref=provider_ref,
        title=read_text(raw.get("name"), LONGEST_TITLE),
        active=_is_on(raw.get("active")),
        online=_is_on(raw.get("online")),
        logo_url=_read_logo(raw),
        categories=tuple(
            ProviderCategory(*read_named(category), read_bet_limits(category.get("betLimits")))
            for category in read_objects(raw.get("categories"))
        ),
    )


def _read_logo(raw: Mapping[str, Any]) -> str:
    address = read_web_address(raw.get("logoUrl"))
    return address if len(address) <= LONGEST_ADDRESS else ""


def _is_on(value: Any) -> bool:
    return value is None or read_flag(value)


def _decode(text: bytes) -> Mapping[str, Any]:
    return read_object(_decode_any(text))


def _decode_any(text: bytes) -> Any:
    try:
        return DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
