"""Whose address a call comes from, and whether a list lets it in."""

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class AddressUnknown(Exception):
    """The caller's address cannot be told: a proxy header is missing, too short or malformed."""


def client_address(*, remote_address: str, forwarded_for: str, trusted_proxies: int) -> Address:
    """Return the caller's address, as far as our own proxies vouch for it.

    Without trusted proxies it is the connection's; with N of them the Nth entry from the end of `X-Forwarded-For`,
    which the outermost of ours wrote. What stands before it is the caller's own claim and is not looked at.

    :raises AddressUnknown:
    """
    claimed = remote_address
    if trusted_proxies:
        hops = [hop.strip() for hop in forwarded_for.split(",")]
        if len(hops) < trusted_proxies:
            raise AddressUnknown("X-Forwarded-For has fewer entries than there are trusted proxies")
        claimed = hops[-trusted_proxies]
    try:
        address = ipaddress.ip_address(claimed)
    except ValueError as error:
        raise AddressUnknown(f"{claimed!r} is not an address") from error
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Say whether an allow list lets an address in; an empty one lets all in."""
    return not networks or any(address in network for network in networks)
