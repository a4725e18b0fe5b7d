"""The catalogue: kept in step with what platforms list, and switched on and off by us."""

from catalog.services.fetching import CatalogueNotOffered
from catalog.services.offers import switch_game, switch_lobby, switch_vendor
from catalog.services.runs import SyncUnderWay, WorkersDied, give_up_silent_runs
from catalog.services.synchronisation import NotHeld, agree_to_shrink, purge_previews, sync_catalog

__all__ = [
    "CatalogueNotOffered",
    "NotHeld",
    "SyncUnderWay",
    "WorkersDied",
    "agree_to_shrink",
    "give_up_silent_runs",
    "purge_previews",
    "switch_game",
    "switch_lobby",
    "switch_vendor",
    "sync_catalog",
]
