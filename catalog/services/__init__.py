"""The catalogue: kept in step with what platforms list, and switched on and off by us."""

from catalog.services.offers import switch_game, switch_lobby, switch_vendor
from catalog.services.synchronisation import (
    LOCK_SPACE,
    CatalogueNotOffered,
    Changes,
    ListEmpty,
    SyncResult,
    SyncUnderWay,
    sync_catalog,
)

__all__ = [
    "LOCK_SPACE",
    "CatalogueNotOffered",
    "Changes",
    "ListEmpty",
    "SyncResult",
    "SyncUnderWay",
    "switch_game",
    "switch_lobby",
    "switch_vendor",
    "sync_catalog",
]
