"""The caller's address: what the connection says, or what our own proxies wrote, and nobody else."""

import ipaddress

import pytest

from operators.selectors.addresses import AddressUnknown, client_address, is_allowed


def address(remote: str, forwarded: str, proxies: int) -> str:
    return str(client_address(remote_address=remote, forwarded_for=forwarded, trusted_proxies=proxies))


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "found"),
    [
        ("198.51.100.7", "", 0, "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", 0, "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7", 1, "198.51.100.7"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.7", 1, "198.51.100.7"),
        ("10.0.0.1", "192.0.2.1,198.51.100.7,10.0.0.2", 2, "198.51.100.7"),
        ("10.0.0.1", "nonsense, 198.51.100.7", 1, "198.51.100.7"),
        ("::ffff:198.51.100.7", "", 0, "198.51.100.7"),
        ("2001:db8::7", "", 0, "2001:db8::7"),
    ],
)
def test_the_address_is_the_one_that_our_proxies_vouch_for(
    remote: str, forwarded: str, proxies: int, found: str
) -> None:
    assert address(remote, forwarded, proxies) == found


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies"),
    [("", "", 0), ("unix:", "", 0), ("10.0.0.1", "", 1), ("10.0.0.1", "198.51.100.7", 2), ("10.0.0.1", "unknown", 1)],
)
def test_an_address_that_nobody_vouches_for_is_unknown(remote: str, forwarded: str, proxies: int) -> None:
    with pytest.raises(AddressUnknown):
        address(remote, forwarded, proxies)


@pytest.mark.parametrize(
    ("caller", "networks", "allowed"),
    [
        ("198.51.100.7", [], True),
        ("198.51.100.7", ["198.51.100.7"], True),
        ("198.51.100.7", ["192.0.2.0/24", "198.51.100.0/24"], True),
        ("198.51.100.7", ["198.51.100.8/31"], False),
        ("198.51.100.7", ["2001:db8::/32"], False),
        ("2001:db8::7", ["2001:db8::/32"], True),
    ],
)
def test_a_list_lets_in_what_is_on_it_and_an_empty_one_lets_all_in(
    caller: str, networks: list[str], allowed: bool
) -> None:
    parsed = [ipaddress.ip_network(network) for network in networks]
    assert is_allowed(ipaddress.ip_address(caller), parsed) is allowed
