"""How the casino API introduces itself in its OpenAPI document."""

from typing import Any

INTRODUCTION = """
For a casino's own site and cashier. Send a key of yours as `Authorization: Bearer <key>`; it may do what its scopes say
(`read`, `launch`, `cashier`), from the addresses that it was made for.

Bodies and answers are JSON. Texts hold neither `|` nor control characters. Amounts are text, such as `"25.00"`, in the
major unit of their currency. Times are UTC. A player's id goes into an address percent-encoded, its slashes too.

Lists come in pages: `{"results": […], "next": …}`, where `next` is the address of the following page, or null.

Limits of play are for days, weeks and months of the casino's own time zone. A tighter limit holds at once, a looser one
after 24 hours; an exclusion ends when it said it would, and never earlier.

Whatever is refused is answered with `{"code", "detail", "fields"}`: the code for programs, the detail for people, and
what is wrong with which field. Nothing was done then. A call that got no answer, or 500 or 503, may be repeated as it
was: a player is registered once, and a reference moves money once.
""".strip()

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Casino API",
    "DESCRIPTION": INTRODUCTION,
    "VERSION": "1",
    "TAGS": [
        {"name": "Players", "description": "Who plays, and what their accounts hold and moved."},
        {"name": "Cashier", "description": "Money paid in and out, once for each reference of yours."},
        {"name": "Catalogue", "description": "What your platforms list."},
        {"name": "Launch", "description": "Opening a game."},
        {"name": "Responsible gambling", "description": "Limits that players set themselves, and exclusions."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "LimitKindEnum": "wallet.enums.LimitKind",
        "LimitPeriodEnum": "wallet.enums.LimitPeriod",
        "ExclusionKindEnum": "wallet.enums.ExclusionKind",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
