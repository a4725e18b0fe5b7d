"""Countries and regions by their names, as staff read them."""

from babel import Locale
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from config.display import NOTHING

ENGLISH = Locale("en")


def name_place(code: str) -> str:
    """Name an ISO 3166 code: a country by its name, a region by its country's; an unknown one as it is."""
    country, _, region = code.partition("-")
    name = ENGLISH.territories.get(country, "")
    return f"{name}: {code}" if name and region else name or code


def list_countries() -> list[tuple[str, str]]:
    """Return the codes and names of all countries, by name."""
    countries = [(code, name) for code, name in ENGLISH.territories.items() if len(code) == 2 and code != "ZZ"]
    return sorted(countries, key=lambda each: each[1])


def write_places(codes: list[str]) -> SafeString:
    """Write countries and regions by name, each with its code."""
    places = [(name_place(code), "" if "-" in code else f" {code}") for code in sorted(codes, key=name_place)]
    return format_html_join(", ", '<span>{}<span class="quiet">{}</span></span>', places) if places else NOTHING
