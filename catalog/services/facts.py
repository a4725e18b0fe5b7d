"""What is compared and kept of a platform's rows: facts under the names of the catalogue's columns, as JSON."""

import hashlib
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import msgspec

from operators.platforms.listings import Currency, Game, GameConfiguration, Lobby, Vendor

# Raised whenever our reading of a row changes, so that rows whose text we know are read again.
READING = b"1"
DIGEST_SIZE = 16
ENCODER = msgspec.json.Encoder(decimal_format="number")
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
LONGEST_NUMBER = 100
# Digits before the point and after it, as the columns have them.
RTP = (3, 4)
FIGURE = (26, 4)
MULTIPLIER = (16, 8)


def digest_of(text: bytes) -> bytes:
    """Return by what a row's text is recognised."""
    return hashlib.blake2b(text, digest_size=DIGEST_SIZE, salt=READING).digest()


def describe_vendor(vendor: Vendor) -> bytes:
    """Return a vendor's facts."""
    return _encode(
        {
            "title": vendor.title,
            "platform_enabled": vendor.enabled,
            "online": vendor.online,
            "logo_url": vendor.logo_url,
            "restricted_countries": vendor.restricted_countries,
            "prohibited_countries": vendor.prohibited_countries,
            "categories": _storable(vendor.categories),
        }
    )


def describe_game(game: Game) -> bytes:
    """Return a game's facts."""
    return _encode(
        {
            "title": game.title,
            "vendor": game.vendor.vendor_ref if game.vendor else "",
            "game_type": game.game_type,
            "subtype": game.subtype,
            "platform": game.platform,
            "platform_enabled": game.enabled,
            "fun_mode": game.fun_mode,
            "campaigns": game.campaigns,
            "free_rounds": game.free_rounds,
            "rtp": _fit(game.rtp, *RTP),
            "created_date": game.created_date,
            "description": game.description,
            "thumbnails": game.thumbnails,
        }
    )


def describe_lobby(lobby: Lobby) -> bytes:
    """Return a lobby's facts."""
    return _encode({"vendor": lobby.vendor.vendor_ref if lobby.vendor else "", "thumbnails": lobby.thumbnails})


def describe_currency(currency: Currency) -> bytes | None:
    """Return a currency's facts, or None where its multiplier is out of all bounds, or its code is not one word."""
    multiplier = _fit(currency.multiplier, *MULTIPLIER)
    usable = multiplier and currency.code.split() == [currency.code]
    return _encode({"multiplier": multiplier}) if usable else None


def describe_configuration(configuration: GameConfiguration) -> bytes:
    """Return the facts of a game's configuration."""
    return _encode(
        {
            "game": configuration.game_ref,
            "currency": configuration.currency_code,
            "stakes": configuration.stakes,
            "currency_multiplier": _fit(configuration.currency_multiplier, *MULTIPLIER),
            "expected_rtp": _fit(configuration.expected_rtp, *RTP),
            "one_hundred_x_odds": _fit(configuration.one_hundred_x_odds, *FIGURE),
            "max_win_odds": _fit(configuration.max_win_odds, *FIGURE),
            "max_payout": _fit(configuration.max_payout, *FIGURE),
            "max_payout_odds": _fit(configuration.max_payout_odds, *FIGURE),
            "max_exposure": _fit(configuration.max_exposure, *FIGURE),
            "calculated_max_exposure": _fit(configuration.calculated_max_exposure, *FIGURE),
        }
    )


def _fit(value: Decimal | None, whole: int, places: int) -> Decimal | None:
    """Return a figure as its column keeps it, so that it compares equal the next time; None where it does not fit."""
    if value is None or not value.is_finite() or value.adjusted() >= whole:
        return None
    fitting = value.quantize(Decimal(1).scaleb(-places), context=EXACT)
    return fitting if fitting.adjusted() < whole else None


def _encode(facts: Mapping[str, Any]) -> bytes:
    """Write facts as JSON that PostgreSQL takes."""
    text = ENCODER.encode(facts)
    return ENCODER.encode(_storable(facts)) if b"\\u0000" in text else text


def _storable(value: Any) -> Any:
    """What came as JSON without what PostgreSQL's cannot hold: NUL, and numbers without end."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) < LONGEST_NUMBER else str(value)
    if isinstance(value, Mapping):
        return {_storable(name): _storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    return value
