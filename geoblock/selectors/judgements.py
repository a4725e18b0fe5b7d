"""Judge launches by where the player is."""

from dataclasses import dataclass

from django.conf import settings

from geoblock.rules import Address, Decision, Place, VendorCountries, decide, read_address
from geoblock.selectors.locations import find_place
from geoblock.selectors.rules import InForce


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision, and the place that it was made for."""

    address: Address
    place: Place
    decision: Decision


def judge(*, in_force: InForce, vendor: VendorCountries, address: str, is_real: bool) -> Judgement:
    """Decide on a player's address by the rules in force, the game's vendor and the setting for unknown countries.

    :raises ValueError: the text is no address.
    """
    parsed = read_address(address)
    place = find_place(parsed)
    decision = decide(
        rules=in_force.rules,
        global_rules=in_force.global_rules,
        vendor=vendor,
        address=parsed,
        country=place.country,
        regions=place.regions,
        is_real=is_real,
        block_unknown=settings.GEOIP_UNKNOWN == "block",
    )
    return Judgement(parsed, place, decision)
