"""What the admin's theme is told: names, colours and the sidebar."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _list(title: str, icon: str, model: str) -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": _may(f"{app}.view_{name}"),
    }


def _page(title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}"), "permission": _may(permission)}


def _is_on_games(request: HttpRequest) -> bool:
    """Say whether it is the games' list or a game's page; the theme would count the pages below their address too."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    return (name or "").startswith("catalog_game_") and name not in OWN_ENTRIES


# Pages below another one's address that the sidebar names by themselves.
OWN_ENTRIES = ("catalog_game_lobby_preview", "catalog_game_unmapped")

NAVIGATION: list[dict[str, Any]] = [
    {"items": [{"title": "Overview", "icon": "monitoring", "link": reverse_lazy("admin:index")}]},
    {
        "title": "Money",
        "items": [
            _list("Ledger", "receipt_long", "wallet.ledgerrow"),
            _list("Rounds", "casino", "wallet.round"),
            _list("Stuck rounds", "hourglass_top", "wallet.stuckround"),
            _list("Transactions", "swap_horiz", "wallet.transaction"),
            _list("Verifications", "verified", "wallet.ledgerverification"),
            _list("Requests", "how_to_reg", "wallet.approvalrequest"),
            _list("Ceilings", "vertical_align_top", "wallet.ceiling"),
        ],
    },
    {
        "title": "Players",
        "items": [
            _list("Players", "group", "wallet.player"),
            _list("Sessions", "login", "wallet.session"),
            _list("Limit refusals", "front_hand", "wallet.limitrefusal"),
        ],
    },
    {
        "title": "Catalogue",
        "items": [
            _list("Games", "sports_esports", "catalog.game") | {"active": _is_on_games},
            _list("Lobbies", "meeting_room", "catalog.lobby"),
            _list("Vendors", "storefront", "catalog.vendor"),
            _list("Tags", "sell", "catalog.tag"),
            _list("Featured games", "star", "catalog.featuredgame"),
            _page("Lobby preview", "preview", "catalog_game_lobby_preview", "catalog.view_game"),
            _page("Unmapped games", "help_center", "catalog_game_unmapped", "catalog.view_game"),
            _list("Operator currencies", "payments", "catalog.operatorcurrency"),
            _list("Currencies", "currency_exchange", "catalog.currency"),
            _list("Game configurations", "tune", "catalog.gameconfiguration"),
            _list("Synchronisations", "sync", "catalog.syncrun"),
            _list("What changed", "difference", "catalog.change"),
        ],
    },
    {
        "title": "Platforms",
        "items": [
            _list("Operators", "hub", "operators.operator"),
            _list("GeoIP rules", "public", "geoblock.georules"),
            _list("Blocked launches", "block", "geoblock.blockedlaunch"),
            _list("Versions of settings", "rule_settings", "operators.settingsversion"),
            _list("Waiting calls", "pending_actions", "wallet.waitingcall"),
            _list("Exchange log", "sync_alt", "operators.exchange"),
        ],
    },
    {
        "title": "System",
        "items": [
            _list("Casinos", "apartment", "operators.casino"),
            _list("API keys", "key", "operators.apikey"),
            _list("Schedule", "schedule", "django_celery_beat.periodictask"),
            _list("Audit trail", "history", "operators.auditentry"),
            _list("Staff", "badge", "auth.user"),
            _list("Roles", "groups", "auth.group"),
            _list("Lock-outs", "lock", "staff.signincount"),
        ],
    },
]

# Tailwind's blue: its 600 carries white text, and stays apart from the red and green that figures are written in.
PRIMARY = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Back office",
    "SITE_HEADER": "Back office",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    # The audit trail is the history; the stock one knows nothing of the services.
    "SHOW_HISTORY": False,
    "COLORS": {"primary": PRIMARY},
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("backoffice/favicon.svg")}
    ],
    "DASHBOARD_CALLBACK": "wallet.admin.overview.show_overview",
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Second factor", "link": reverse_lazy("admin:own_second_factor")},
        ]
    },
    "STYLES": [lambda _request: static("backoffice/backoffice.css")],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
}
