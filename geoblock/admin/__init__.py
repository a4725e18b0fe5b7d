"""GeoIP's pages in the admin."""

from geoblock.admin.blocked import BlockedLaunchAdmin
from geoblock.admin.rules import GeoRulesAdmin

__all__ = ["BlockedLaunchAdmin", "GeoRulesAdmin"]
