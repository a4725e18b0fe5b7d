"""Whether a player may open a game from where they are: one pure function over rules and a place."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from geoblock.rules.places import Place

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Rule(StrEnum):
    """What can decide. The operator's and the global rules have the same lists."""

    NONE = "none"
    OPERATOR_ADDRESS = "operator_allowed_ip"
    OPERATOR_WHITE = "operator_white_list"
    OPERATOR_BLACK = "operator_black_list"
    OPERATOR_GRAY = "operator_gray_list"
    GLOBAL_ADDRESS = "global_allowed_ip"
    GLOBAL_WHITE = "global_white_list"
    GLOBAL_BLACK = "global_black_list"
    GLOBAL_GRAY = "global_gray_list"
    UNKNOWN_COUNTRY = "unknown_country"
    VENDOR_PROHIBITED = "vendor_prohibited"
    VENDOR_RESTRICTED = "vendor_restricted"

    @property
    def label(self) -> str:
        """The rule's name for people."""
        return (
            "No rule" if self is Rule.NONE else self.value.replace("_ip", "_addresses").replace("_", " ").capitalize()
        )


class Outcome(StrEnum):
    """What came of looking at a rule; after the first two, the rest of the same rules is not looked at."""

    BLOCKS = "blocks"
    ALLOWS = "allows"
    PASSES = "passes"


@dataclass(frozen=True, slots=True)
class Lists:
    """One set of rules, an operator's or the global one.

    Codes are ISO 3166-1 alpha-2 or ISO 3166-2. A white list of None is none; an empty one blocks everybody.
    """

    white: frozenset[str] | None = None
    black: frozenset[str] = frozenset()
    gray: frozenset[str] = frozenset()
    allowed_ips: tuple[Network, ...] = ()
    # The same by version and length, and by the bits that count: a hundred networks are found in as fast as one.
    _by_length: dict[tuple[int, int], dict[int, Network]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_length: dict[tuple[int, int], dict[int, Network]] = {}
        for network in self.allowed_ips:
            bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            by_length.setdefault((network.version, network.prefixlen), {})[bits] = network
        object.__setattr__(self, "_by_length", by_length)

    def find_network(self, address: Address) -> Network | None:
        """Return an allowed network that an address is in."""
        for (version, length), networks in self._by_length.items():
            if version == address.version:
                network = networks.get(int(address) >> (address.max_prefixlen - length))
                if network:
                    return network
        return None

    @property
    def can_block(self) -> bool:
        """Whether there is a country that these lists would block."""
        return self.white is not None or bool(self.black)


@dataclass(frozen=True, slots=True)
class VendorCountries:
    """Where a vendor's games may not be opened, and where the operator account may open the restricted ones."""

    prohibited: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()

    @property
    def can_block(self) -> bool:
        """Whether there is a country that the vendor would have blocked."""
        return bool(self.prohibited or self.restricted - self.excepted)


@dataclass(frozen=True, slots=True)
class Look:
    """A rule that was looked at, what came of it, and why, in a sentence for staff."""

    rule: Rule
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a launch is allowed, the rule that decided, why, and all that was looked at, in order."""

    allowed: bool
    rule: Rule
    sentence: str
    looked_at: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    address: Address | None
    place: Place
    looks: list[Look] = field(default_factory=list)

    def look(self, rule: Rule, outcome: Outcome, sentence: str) -> Look:
        look = Look(rule, outcome, sentence)
        self.looks.append(look)
        return look


@dataclass(frozen=True, slots=True)
class _Whose:
    name: str
    address: Rule
    white: Rule
    black: Rule
    gray: Rule


_OPERATOR = _Whose("operator's", Rule.OPERATOR_ADDRESS, Rule.OPERATOR_WHITE, Rule.OPERATOR_BLACK, Rule.OPERATOR_GRAY)
_GLOBAL = _Whose("global", Rule.GLOBAL_ADDRESS, Rule.GLOBAL_WHITE, Rule.GLOBAL_BLACK, Rule.GLOBAL_GRAY)


def read_address(text: str) -> Address:
    """Return an address; an IPv4 one that came in IPv6's clothes as IPv4.

    :raises ValueError: it is none.
    """
    address = ipaddress.ip_address(text.strip())
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def decide(
    *,
    rules: Lists,
    global_rules: Lists,
    vendor: VendorCountries,
    address: Address | None,
    country: str,
    regions: tuple[str, ...] = (),
    is_real: bool,
    block_unknown: bool = True,
) -> Decision:
    """Judge a launch by the operator's rules, then by the global ones, then by the vendor's countries.

    :param address: the player's; None where only a place is judged.
    :param country: ISO 3166-1 alpha-2; empty where unknown.
    :param regions: ISO 3166-2, at as many levels as are known.
    :param is_real: for money. A launch for fun from an unknown country is allowed.
    :param block_unknown: whether a launch for money from an unknown country is blocked where any list could block one.
    """
    case = _Case(address, Place(country, regions))
    if case.place.codes:
        end = _judge_operator(case, rules) or _judge_global(case, global_rules)
    else:
        end = _judge_unknown(case, rules, global_rules, vendor, blocks=is_real and block_unknown)
    if end.outcome is Outcome.ALLOWS:
        end = _judge_vendor(case, vendor) or end
    return Decision(end.outcome is Outcome.ALLOWS, end.rule, end.sentence, tuple(case.looks))


def _judge_operator(case: _Case, lists: Lists) -> Look | None:
    if end := _vouch(case, _OPERATOR, lists) or _judge_lists(case, _OPERATOR, lists):
        return end
    if gray := lists.gray & case.place.codes:
        found = f"{_say(gray)} is on the operator's gray list: the global rules do not apply."
        return case.look(Rule.OPERATOR_GRAY, Outcome.ALLOWS, found)
    return None


def _judge_global(case: _Case, lists: Lists) -> Look:
    return (
        _vouch(case, _GLOBAL, lists)
        or _judge_lists(case, _GLOBAL, lists)
        or case.look(Rule.NONE, Outcome.ALLOWS, f"No GeoIP rule blocks {case.place}.")
    )


def _vouch(case: _Case, whose: _Whose, lists: Lists) -> Look | None:
    if not lists.allowed_ips:
        return None
    if case.address and (network := lists.find_network(case.address)):
        found = f"{case.address} is among the {whose.name} allowed addresses ({network})."
        return case.look(whose.address, Outcome.ALLOWS, found)
    found = f"{case.address or 'No address'} is not among the {whose.name} allowed addresses."
    case.look(whose.address, Outcome.PASSES, found)
    return None


def _judge_lists(case: _Case, whose: _Whose, lists: Lists) -> Look | None:
    """Return what blocks, if anything does. Beside a white list, the black one is not looked at."""
    codes = case.place.codes
    if lists.white is not None:
        on_it = lists.white & codes
        found = f"{_say(on_it) or case.place} is {'' if on_it else 'not '}on the {whose.name} white list."
        look = case.look(whose.white, Outcome.PASSES if on_it else Outcome.BLOCKS, found)
        return None if on_it else look
    if not lists.black:
        return None
    black, gray = lists.black & codes, lists.gray & codes
    if black and gray:
        found = f"{_say(gray)} is on the {whose.name} gray list, which lifts {_say(black)} on the black list."
        case.look(whose.gray, Outcome.PASSES, found)
        return None
    found = f"{_say(black) or case.place} is {'' if black else 'not '}on the {whose.name} black list."
    look = case.look(whose.black, Outcome.BLOCKS if black else Outcome.PASSES, found)
    return look if black else None


def _judge_unknown(case: _Case, rules: Lists, global_rules: Lists, vendor: VendorCountries, *, blocks: bool) -> Look:
    """Judge where no country is known: addresses that are vouched for pass, if need be past the global lists alone."""
    vouched = _vouch(case, _OPERATOR, rules) or (None if rules.can_block else _vouch(case, _GLOBAL, global_rules))
    if vouched:
        return vouched
    if not (rules.can_block or global_rules.can_block or vendor.can_block):
        return case.look(Rule.NONE, Outcome.ALLOWS, "The country is unknown, and no list blocks any.")
    if not blocks:
        return case.look(Rule.UNKNOWN_COUNTRY, Outcome.ALLOWS, "The country is unknown, which is let in here.")
    found = "The country is unknown, and lists that block some countries are in force."
    return case.look(Rule.UNKNOWN_COUNTRY, Outcome.BLOCKS, found)


def _judge_vendor(case: _Case, vendor: VendorCountries) -> Look | None:
    codes = case.place.codes
    if prohibited := vendor.prohibited & codes:
        return case.look(Rule.VENDOR_PROHIBITED, Outcome.BLOCKS, f"The game's vendor prohibits {_say(prohibited)}.")
    restricted, excepted = vendor.restricted & codes, vendor.excepted & codes
    if not restricted:
        return None
    if excepted:
        found = f"The game's vendor restricts {_say(restricted)}, and the operator account excepts {_say(excepted)}."
        case.look(Rule.VENDOR_RESTRICTED, Outcome.PASSES, found)
        return None
    return case.look(Rule.VENDOR_RESTRICTED, Outcome.BLOCKS, f"The game's vendor restricts {_say(restricted)}.")


def _say(codes: Collection[str]) -> str:
    return " and ".join(sorted(codes))
