"""The catalogue's pages in the admin."""

from catalog.admin.changes import ChangeAdmin
from catalog.admin.configurations import GameConfigurationAdmin
from catalog.admin.currencies import CurrencyAdmin, OperatorCurrencyAdmin
from catalog.admin.featured import FeaturedGameAdmin
from catalog.admin.games import GameAdmin
from catalog.admin.offers import LobbyAdmin, VendorAdmin
from catalog.admin.runs import SyncRunAdmin
from catalog.admin.tags import TagAdmin

__all__ = [
    "ChangeAdmin",
    "CurrencyAdmin",
    "FeaturedGameAdmin",
    "GameAdmin",
    "GameConfigurationAdmin",
    "LobbyAdmin",
    "OperatorCurrencyAdmin",
    "SyncRunAdmin",
    "TagAdmin",
    "VendorAdmin",
]
