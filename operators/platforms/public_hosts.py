"""Connections that only public addresses take, so that a host's name cannot lead a call into our own network."""

import ipaddress
import socket

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from operators.platforms.deadlines import TimedAdapter, TimedHTTPConnection, TimedHTTPSConnection

# NAT64's well-known prefix, and the addresses once called IPv4-compatible.
LAST_32_BITS_ARE_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# All that has ever been given out to the internet at large; the rest is local, or translated on the way.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class PrivateAddress(Exception):
    """A host's name led to an address that is not public."""


def is_public(address: str) -> bool:
    """Say whether an address is one of the internet at large."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    parsed = _find_inner(parsed) or parsed
    given_out = isinstance(parsed, ipaddress.IPv4Address) or parsed in GLOBAL_UNICAST
    return given_out and parsed.is_global and not parsed.is_multicast


def _find_inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which an IPv6 one leads, where a gateway or the kernel translates it."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in LAST_32_BITS_ARE_IPV4):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


class _PublicConnection:
    """Looks at where it has really been connected, before anything is sent: a name may answer otherwise each time."""

    def _new_conn(self) -> socket.socket:
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]
        address = connected.getpeername()[0]
        if not is_public(address):
            connected.close()
            raise PrivateAddress(f"{address} is not a public address, and PLATFORM_PRIVATE_HOSTS_ALLOWED is not set")
        return connected


class _PublicHTTPConnection(_PublicConnection, TimedHTTPConnection): ...


class _PublicHTTPSConnection(_PublicConnection, TimedHTTPSConnection): ...


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class PublicAdapter(TimedAdapter):
    """Makes such connections for `requests`."""

    pools = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
