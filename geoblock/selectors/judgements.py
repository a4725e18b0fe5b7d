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
    decision = judge_place(in_force=in_force, vendor=vendor, address=parsed, place=place, is_real=is_real)
    return Judgement(parsed, place, decision)


def judge_place(
    *, in_force: InForce, vendor: VendorCountries, address: Address | None, place: Place, is_real: bool
) -> Decision:
    """Decide on a place, whatever the database says of the address."""
    return decide(
        rules=in_force.rules,
        global_rules=in_force.global_rules,
        vendor=vendor,
        address=address,
        country=place.country,
        regions=place.regions,
        is_real=is_real,
        block_unknown=settings.GEOIP_UNKNOWN == "block",
    )
