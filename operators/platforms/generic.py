"""generic: document 001's launch address, and its lists of games and lobbies. See docs/protocols.md."""

from urllib.parse import quote, urlencode


def build_launch_url(host: str, parameters: dict[str, str]) -> str:
    """Return where a game or lobby opens; parameters without a value are left out, the others percent-encoded."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{host.rstrip('/')}/?{urlencode(given, quote_via=quote, safe='')}"
