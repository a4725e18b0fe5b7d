"""Where a player's browser is sent."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def build_launch_url(host: str, parameters: Mapping[str, str]) -> str:
    """Return where a game or lobby opens; parameters without a value are left out, the others percent-encoded."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{host.rstrip('/')}/?{urlencode(given, quote_via=quote, safe='')}"
