"""The catalogue's pages in the admin."""

from catalog.admin.games import GameAdmin
from catalog.admin.offers import LobbyAdmin, VendorAdmin

__all__ = ["GameAdmin", "LobbyAdmin", "VendorAdmin"]
