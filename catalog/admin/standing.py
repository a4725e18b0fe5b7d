"""Labels that say where a row stands: on the platform's list, and switched there."""

from django.utils.safestring import SafeString

from catalog.models import Game, Listing, Vendor
from config.display import chip

LISTING_LOOKS = {Listing.LISTED: "success", Listing.GONE: "", Listing.UNMAPPED: "warning"}


def listing_chip(listing: str) -> SafeString:
    """Write in a word where a row stands on the platform's list."""
    return chip(listing.capitalize(), LISTING_LOOKS[Listing(listing)])


def chip_of_platform(row: Game | Vendor) -> SafeString:
    """Write whether the platform has a listed row switched on."""
    return chip("On", "success") if row.platform_enabled else chip("Off", "warning")
