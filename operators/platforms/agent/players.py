"""Players at the platform: their names, standing, bet limits, and the money between their wallet and the agent's."""

import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from operators.platforms.agent.fields import (
    Difference,
    compare,
    need_amount,
    need_text,
    read_objects,
    read_optional_ref,
)
from operators.platforms.base import Malformed
from operators.platforms.reading import (
    LONGEST_TITLE,
    LONGEST_WORD,
    read_object,
    read_ref,
    read_text,
    read_time,
    read_web_address,
)

USERNAME = re.compile(r"[a-z0-9]{4,30}")
USERNAME_LETTERS = string.ascii_lowercase + string.digits
# 36^12 suffixes: no other agent's player has ours by chance, and nobody guesses one from a player's id.
SUFFIX_LENGTH = 12
LONGEST_USERNAME = 30


class InvalidUsername(ValueError):
    """A username that the protocol does not allow: 4 to 30 lower-case letters and digits."""


@dataclass(frozen=True, slots=True)
class PlayerBalance:
    """What a player has at the platform, in one currency."""

    balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class BetLimit:
    """A bet limit, as a provider offers it or a player has it; `default` only says something of an offered one."""

    limit_ref: str
    label: str = ""
    default: bool = False
    info: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    """A player's standing. `bet_limits` are by provider and category, None where none were ever set."""

    username: str
    active: bool
    player_ref: str = ""
    currency: str = ""
    bet_limits: Mapping[str, Mapping[str, tuple[BetLimit, ...]]] | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """Where a game opens: an address to go to, or a page to show.

    `html` is a stranger's: plain text, shown inside a sandboxed frame and never marked safe.
    """

    kind: Literal["url", "html"]
    url: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class WalletMove:
    """One wallet's side of a deposit or withdrawal."""

    tx_ref: str
    before_balance: Decimal
    after_balance: Decimal

    @property
    def moved(self) -> Decimal:
        return self.after_balance - self.before_balance


@dataclass(frozen=True, slots=True)
class Transfer:
    """A deposit or withdrawal that was done; `differences` are where it is not what was asked for."""

    tx_ref: str
    currency: str
    agent: WalletMove
    player: WalletMove
    differences: tuple[Difference, ...] = ()


def make_username(user_ref: str) -> str:
    """Return a new username for a player of ours: what its id allows of it, and a random suffix."""
    kept = re.sub(r"[^a-z0-9]", "", user_ref.lower())[: LONGEST_USERNAME - SUFFIX_LENGTH]
    return kept + "".join(secrets.choice(USERNAME_LETTERS) for _ in range(SUFFIX_LENGTH))


def check_username(username: str) -> str:
    """Return the username.

    :raises InvalidUsername:
    """
    if not USERNAME.fullmatch(username):
        raise InvalidUsername("a username is 4 to 30 lower-case letters and digits")
    return username


def parse_balance(result: Mapping[str, Any]) -> PlayerBalance:
    """:raises Malformed:"""
    return PlayerBalance(need_amount(result, "balance"), need_text(result, "currency"))


def parse_status(result: Mapping[str, Any]) -> PlayerStatus:
    """:raises Malformed:"""
    active = result.get("active")
    if not isinstance(active, bool):
        raise Malformed("the answer does not say whether the player is active")
    return PlayerStatus(
        username=need_text(result, "username"),
        active=active,
        player_ref=read_optional_ref(result.get("id")),
        currency=read_text(result.get("currency"), LONGEST_WORD),
        bet_limits=_read_limits_of_player(result.get("betLimits")),
        created_at=read_time(result.get("createdAt")),
    )


def _read_limits_of_player(value: Any) -> Mapping[str, Mapping[str, tuple[BetLimit, ...]]] | None:
    if not isinstance(value, dict):
        return None
    return {
        provider: {category: read_bet_limits(limits) for category, limits in read_object(categories).items()}
        for provider, categories in value.items()
    }


def read_bet_limits(value: Any) -> tuple[BetLimit, ...]:
    """Return the bet limits of a list; those without an id cannot be set and are left out."""
    limits = ((read_ref(raw.get("id")), raw) for raw in read_objects(value))
    return tuple(
        BetLimit(
            limit_ref=limit_ref,
            label=read_text(raw.get("label"), LONGEST_TITLE),
            default=raw.get("isDefault") is True,
            info=read_object(raw.get("info")),
        )
        for limit_ref, raw in limits
        if limit_ref is not None
    )


def parse_launch(result: Mapping[str, Any]) -> Launch:
    """:raises Malformed: there is neither an address nor a page."""
    html = result.get("html")
    match result.get("type"):
        case "url" if url := read_web_address(result.get("url")):
            return Launch("url", url=url)
        case "html" if isinstance(html, str) and html:
            return Launch("html", html=html)
    raise Malformed("the answer has neither a web address nor a page to open")


def parse_transfer(
    result: Mapping[str, Any], *, currency: str, player_moves: Decimal, agent_moves: Decimal
) -> Transfer:
    """Return what a transfer did, compared with what it was to do.

    :raises Malformed:
    """
    transfer = Transfer(
        tx_ref=read_optional_ref(result.get("txId")),
        currency=need_text(result, "currency"),
        agent=_parse_move(result, "agent"),
        player=_parse_move(result, "player"),
    )
    differences = compare(
        ("currency", currency, transfer.currency),
        ("player", player_moves, transfer.player.moved),
        ("agent", agent_moves, transfer.agent.moved),
    )
    return replace(transfer, differences=differences)


def _parse_move(result: Mapping[str, Any], side: str) -> WalletMove:
    raw = read_object(result.get(side))
    return WalletMove(
        tx_ref=read_optional_ref(raw.get("txId")),
        before_balance=need_amount(raw, "beforeBalance"),
        after_balance=need_amount(raw, "afterBalance"),
    )
