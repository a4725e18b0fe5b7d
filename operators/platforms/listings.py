"""What platforms list, in the same words whichever protocol they speak."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Vendor:
    """A game studio; countries are ISO 3166-1 alpha-2 or ISO 3166-2 codes, `categories` as the platform sent them."""

    vendor_ref: str
    title: str = ""
    enabled: bool = True
    online: bool = True
    logo_url: str = ""
    restricted_countries: tuple[str, ...] = ()
    prohibited_countries: tuple[str, ...] = ()
    categories: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Game:
    """One game of a list; what the platform leaves out is empty, off or None. `rtp` is in per cent."""

    game_ref: str
    title: str = ""
    vendor: Vendor | None = None
    game_type: str = ""
    subtype: str = ""
    platform: str = ""
    enabled: bool = True
    fun_mode: bool = False
    campaigns: bool = False
    free_rounds: bool = False
    rtp: Decimal | None = None
    created_date: date | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    thumbnails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lobby:
    """One lobby of a list."""

    lobby_ref: str
    vendor: Vendor | None = None
    thumbnails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency that a platform offers; `multiplier` multiplies stakes, it is no exchange rate."""

    code: str
    multiplier: Decimal


@dataclass(frozen=True, slots=True)
class GameConfiguration:
    """A game's figures in one currency: stakes and exposures in minor units (1/100), `max_payout` in stakes.

    `raw` is the JSON that they were read from.
    """

    game_ref: str
    currency_code: str
    stakes: tuple[int, ...]
    currency_multiplier: Decimal | None = None
    expected_rtp: Decimal | None = None
    one_hundred_x_odds: Decimal | None = None
    max_win_odds: Decimal | None = None
    max_payout: Decimal | None = None
    max_payout_odds: Decimal | None = None
    max_exposure: Decimal | None = None
    calculated_max_exposure: Decimal | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A list as it came: each row's own JSON text, read only when somebody asks for it.

    `read` turns such a text into a row, or None where it cannot be read. `stable` says that a row's text stays the same
    while its facts do, so that who has read a text once need not read it again.
    """

    texts: Sequence[bytes]
    read: Callable[[bytes], Row | None]
    stable: bool = True
