"""Where an address is, by a database in MaxMind's format.

The file is opened again whenever another one has taken its place. Without one, or with a broken one, no country is
known. It must be replaced by renaming: this process reads it in place.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import maxminddb
from django.conf import settings

from geoblock.rules import Address, Place

logger = logging.getLogger(__name__)

# Free databases are built monthly. One that has missed two of them is wrong about too many addresses.
OLDEST = timedelta(days=60)
# How many networks are looked through for one with regions.
LOOKED_THROUGH = 20_000

Signature = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class DatabaseStanding:
    """The database in use: what it is, when it was built, and what is wrong with it, in a sentence, if anything is.

    One that `tells_countries` can be old all the same.
    """

    path: Path
    kind: str
    built_at: datetime | None
    age: timedelta | None
    tells_countries: bool
    has_regions: bool
    fault: str

    @property
    def is_merely_old(self) -> bool:
        """Whether its age is all that is wrong with it."""
        return bool(self.fault) and self.tells_countries

    @property
    def is_by_dbip(self) -> bool:
        """Whether its licence asks for DB-IP to be named where results are shown."""
        return "DBIP" in self.kind or self.kind.startswith("country ipv")


@dataclass(frozen=True, slots=True)
class _Opened:
    signature: Signature | None
    reader: maxminddb.Reader | None
    fault: str


_opened = _Opened(None, None, "")


def find_place(address: Address) -> Place:
    """Return where an address is, as far as the database tells."""
    reader = _open(Path(settings.GEOIP_PATH)).reader
    if reader is None:
        return Place()
    try:
        return read_place(reader.get(address))
    except (maxminddb.InvalidDatabaseError, ValueError, OSError) as error:
        # An IPv6 address in a database of IPv4 ones is a ValueError.
        logger.warning("the GeoIP database does not tell where an address is: %s", error)
        return Place()


def read_place(record: Any) -> Place:
    """Return the place that a record names: `country_code` alone, or `country` and `subdivisions` with `iso_code`s."""
    if not isinstance(record, Mapping):
        return Place()
    country = record.get("country_code") or _code_of(record.get("country"))
    if not isinstance(country, str) or len(country) != 2:
        return Place()
    regions = (_code_of(part) for part in record.get("subdivisions") or ())
    return Place(country.upper(), tuple(f"{country}-{region}".upper() for region in regions if region))


def find_database_standing(now: datetime) -> DatabaseStanding:
    """Look at the database: what is wrong is also that it is old, or that it says nothing."""
    path = Path(settings.GEOIP_PATH)
    opened = _open(path)
    if opened.reader is None:
        return DatabaseStanding(path, "", None, None, tells_countries=False, has_regions=False, fault=opened.fault)
    metadata = opened.reader.metadata()
    built_at = datetime.fromtimestamp(metadata.build_epoch, UTC)
    try:
        countries, has_regions = _look_through(opened.reader)
        fault = "" if countries else "It names no countries."
    except maxminddb.InvalidDatabaseError as error:
        countries, has_regions, fault = 0, False, f"It is damaged: {error}."
    age = now - built_at
    fault = fault or (f"It is {age.days} days old." if age > OLDEST else "")
    return DatabaseStanding(path, metadata.database_type, built_at, age, bool(countries), has_regions, fault)


def _look_through(reader: maxminddb.Reader) -> tuple[int, bool]:
    """Count the networks of a country among the first ones, up to one that has a region too."""
    countries = 0
    for _, record in islice(reader, LOOKED_THROUGH):
        place = read_place(record)
        countries += bool(place.country)
        if place.regions:
            return countries, True
    return countries, False


def _code_of(part: object) -> str:
    code = part.get("iso_code") if isinstance(part, Mapping) else None
    return code if isinstance(code, str) else ""


def _open(path: Path) -> _Opened:
    global _opened  # noqa: PLW0603 - one reader for all threads; at worst two of them open the file at once
    try:
        seen = path.stat()
    except OSError:
        return _Opened(None, None, "There is no such file.")
    signature = (str(path), seen.st_mtime_ns, seen.st_ino, seen.st_size)
    if _opened.signature != signature:
        _opened = _read(path, signature)
    return _opened


def _read(path: Path, signature: Signature) -> _Opened:
    try:
        return _Opened(signature, maxminddb.open_database(path, maxminddb.MODE_AUTO), "")
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        logger.error("the GeoIP database %s cannot be read: %s", path, error)  # noqa: TRY400 - the trace says no more
        return _Opened(signature, None, f"It cannot be read: {str(error).rstrip('.?')}.")
