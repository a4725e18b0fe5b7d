"""GeoIP rules as people type them: JSON text in, lists out, or every fault with its line, column and remedy."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv6Network
from typing import Any

from geoblock.rules.decision import Lists, Network
from geoblock.rules.places import find_country, find_name
from operators.documents import Document, JsonFault, propose_repair, read_json

WHITE, BLACK, GRAY, ADDRESSES = "whiteList", "blackList", "grayList", "allowedIPList"
KEYS = (WHITE, BLACK, GRAY, ADDRESSES)
# In an operator's settings, not in its rules.
EXCEPTIONS = "restrictedCountriesAllowed"
LONGEST_LIST = 5000
# How many bits of ::ffff:192.0.2.1 stand before the IPv4 address.
MAPPED_LENGTH = 96
REMEDY = "Write two letters such as DE, or a region such as US-TX."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: line and column (from 1), what, and what to do about it."""

    line: int
    column: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.problem} {self.remedy}"


class RulesRefused(Exception):
    """The text is not rules; `faults` says why, and `proposal` is what it may have been meant to be, or None."""

    def __init__(self, faults: tuple[Fault, ...], proposal: str | None = None) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = faults
        self.proposal = proposal


@dataclass(frozen=True, slots=True)
class ReadRules:
    """What a text says: the lists, the same as JSON in capital letters, and what whoever typed it should know."""

    lists: Lists
    value: Mapping[str, list[str]]
    notices: tuple[str, ...]


def read_rules(text: str) -> ReadRules:
    """Read what was typed; an empty text is no rules.

    :raises RulesRefused: it is not JSON, or not rules.
    """
    try:
        document = read_json(text if text.strip() else "{}")
    except JsonFault as fault:
        told = Fault(fault.line, fault.column, fault.problem, fault.remedy)
        raise RulesRefused((told,), propose_repair(text)) from fault
    return _Reader(document).read()


def read_lists(value: Mapping[str, list[str]]) -> Lists:
    """Return the lists of rules that `read_rules` has read before."""
    return Lists(
        white=frozenset(value[WHITE]) if WHITE in value else None,
        black=frozenset(value.get(BLACK, ())),
        gray=frozenset(value.get(GRAY, ())),
        allowed_ips=tuple(ipaddress.ip_network(network) for network in value.get(ADDRESSES, ())),
    )


def read_excepted_countries(settings: Mapping[str, Any]) -> frozenset[str]:
    """Return where an operator account may open what vendors restrict, as its settings say."""
    listed = settings.get(EXCEPTIONS)
    return frozenset(code for code in listed if isinstance(code, str)) if isinstance(listed, list) else frozenset()


class _Unfit(Exception):
    """An entry is wrong: what, and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []
        self.notices: list[str] = []

    def read(self) -> ReadRules:
        typed = self.document.value
        if not isinstance(typed, dict):
            self.refuse((), "These are not rules.", 'Write an object such as {"blackList": ["US"]}.')
            raise RulesRefused(tuple(self.faults))
        value = {key: self.read_list(key, items) for key, items in typed.items() if self.is_known(key)}
        if self.faults:
            raise RulesRefused(tuple(self.faults))
        self.notice_oddities(value)
        return ReadRules(read_lists(value), value, tuple(self.notices))

    def refuse(self, path: tuple[str | int, ...], problem: str, remedy: str, *, key: bool = False) -> None:
        place = self.document.position_of_key(path) if key else self.document.position_of(path)
        self.faults.append(Fault(*place, problem, remedy))

    def is_known(self, key: str) -> bool:
        if key in KEYS:
            return True
        meant = next((known for known in KEYS if known.lower() == key.lower()), None)
        meant = meant or next(iter(get_close_matches(key, KEYS, n=1)), None)
        remedy = f"Did you mean “{meant}”?" if meant else f"Use {', '.join(KEYS)}."
        self.refuse((key,), f"“{key}” is not a GeoIP rule.", remedy, key=True)
        return False

    def read_list(self, key: str, items: Any) -> list[str]:
        if not isinstance(items, list):
            self.refuse((key,), f"“{key}” is not a list.", 'Put its entries between [ and ], as in ["DE", "AT"].')
            return []
        if len(items) > LONGEST_LIST:
            self.refuse((key,), f"“{key}” has more than {LONGEST_LIST:,} entries.", "Shorten it.")
            return []
        read = self.read_network if key == ADDRESSES else self.read_code
        entries = [self.read_entry((key, number), item, read) for number, item in enumerate(items)]
        kept = dict.fromkeys(entry for entry in entries if entry)
        self.notices += [f"“{entry}” is more than once in “{key}”." for entry in kept if entries.count(entry) > 1]
        return list(kept)

    def read_entry(self, path: tuple[str, int], item: Any, read: Callable[[str], str]) -> str:
        if not isinstance(item, str):
            self.refuse(path, f"An entry of “{path[0]}” is not a text.", 'Put it between quotation marks: "…".')
            return ""
        try:
            return read(item)
        except _Unfit as unfit:
            self.refuse(path, unfit.problem, unfit.remedy)
            return ""

    def read_code(self, typed: str) -> str:
        code = typed.strip().upper()
        if find_name(code) is None:
            raise _Unfit(f"“{typed}” is not a country or region of ISO 3166.", _advise(code))
        if code != typed:
            self.notices.append(f"“{typed}” is read as {code}, {find_name(code)}.")
        return code

    def read_network(self, typed: str) -> str:
        text = typed.strip()
        if "%" in text:
            raise _Unfit(f"“{typed}” names an interface of one machine.", "Take % and what follows it away.")
        try:
            return self.write_network(ipaddress.ip_network(text), typed)
        except ValueError:
            pass
        try:
            whole = ipaddress.ip_network(text, strict=False)
        except ValueError:
            remedy = "Write an address such as 192.0.2.10 or 2001:db8::10, or a network such as 192.0.2.0/24."
            raise _Unfit(f"“{typed}” is not an address or a network.", remedy) from None
        raise _Unfit(
            f"“{typed}” names an address inside the network {whole}.",
            f"Write {whole} for the whole network, or {text.partition('/')[0]} for the one address.",
        )

    def write_network(self, network: Network, typed: str) -> str:
        """Write a network as those of players' addresses are: IPv4 in IPv6's clothes as IPv4."""
        mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
        if mapped is None or network.prefixlen < MAPPED_LENGTH:
            return str(network)
        plain = f"{mapped}/{network.prefixlen - MAPPED_LENGTH}"
        self.notices.append(f"“{typed}” is read as {plain}.")
        return plain

    def notice_oddities(self, value: Mapping[str, list[str]]) -> None:
        black, gray = value.get(BLACK, []), value.get(GRAY, [])
        if WHITE in value and not value[WHITE]:
            self.notices.append("The white list is empty: every country is blocked.")
        if WHITE in value and black:
            self.notices.append("The black list is ignored, since there is a white list.")
            return
        for code in black:
            lifted_by = {code, code.partition("-")[0]}.intersection(gray)
            if lifted_by:
                self.notices.append(
                    f"{code} on the black list blocks nobody, since {min(lifted_by)} is on the gray list."
                )


def _advise(code: str) -> str:
    country, _, region = code.partition("-")
    if region and (name := find_name(country)):
        return f"There is no such region in {name}."
    meant = find_country(code)
    return f"Did you mean {meant}, {find_name(meant)}?" if meant else REMEDY
