"""Where someone is: ISO 3166-1 and 3166-2 codes and their names."""

from dataclasses import dataclass
from functools import lru_cache

import pycountry

# Not in ISO 3166, which leaves the code to its users; every database of addresses has it.
USER_ASSIGNED = {"XK": "Kosovo"}

OTHER_CODES = {"UK": "GB", "EL": "GR"}


@dataclass(frozen=True, slots=True)
class Place:
    """A country (ISO 3166-1 alpha-2) and the regions in it (ISO 3166-2, largest first); empty where unknown."""

    country: str = ""
    regions: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Every code under which a list may name the place."""
        around = (region.partition("-")[0] for region in self.regions)
        return frozenset((self.country, *self.regions, *around)) - {""}

    def __str__(self) -> str:
        regions = ", ".join(self.regions)
        return f"{self.country} ({regions})" if self.country and regions else self.country or regions or "unknown"


@lru_cache(maxsize=8192)
def find_name(code: str) -> str | None:
    """Return the English name of a country or, with its country, of a region; None where there is no such code."""
    if code in USER_ASSIGNED:
        return USER_ASSIGNED[code]
    if "-" not in code:
        country = pycountry.countries.get(alpha_2=code)
        return None if country is None or country.alpha_2 != code else getattr(country, "common_name", country.name)
    region = pycountry.subdivisions.get(code=code)
    if region is None or region.code != code:
        return None
    return f"{region.name}, {find_name(region.country_code)}"


def find_country(called: str) -> str | None:
    """Return the code of a country by what people write in its place: its name, or another code of it."""
    return _list_other_names().get(called.upper())


@lru_cache(maxsize=1)
def _list_other_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for name in (country.alpha_3, country.name, find_name(country.alpha_2) or ""):
            names.setdefault(name.upper(), country.alpha_2)
    return names | OTHER_CODES


@lru_cache(maxsize=1)
def list_codes() -> dict[str, str]:
    """Return every code that a list may hold, with its name: countries first."""
    countries = sorted([*(country.alpha_2 for country in pycountry.countries), *USER_ASSIGNED])
    regions = sorted(region.code for region in pycountry.subdivisions)
    return {code: find_name(code) or "" for code in [*countries, *regions]}
