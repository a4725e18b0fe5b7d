"""Free rounds and free chips: what is asked for, and what the platform makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from operators.platforms.agent.fields import (
    ENCODER,
    Difference,
    Period,
    compare,
    first_of,
    read_count,
    read_optional_ref,
    write_amount,
    write_time,
)
from operators.platforms.base import Malformed
from operators.platforms.decoding import DECODER
from operators.platforms.reading import LONGEST_TITLE, LONGEST_WORD, read_decimal, read_ref, read_text, read_time

BONUS_CODE_EXISTS = "BONUS_CODE_ALREADY_EXISTS"


@dataclass(frozen=True, slots=True)
class Award:
    """What players are to get: so many rounds of a game at a stake, in a period.

    `bonus_code` is ours and unique, written down before the call: by it the platform knows a repeated call again.
    """

    currency: str
    bonus_code: str
    game_ref: str
    period: Period
    rounds: int
    bet_amount: Decimal

    def write(self) -> dict[str, object]:
        """Return the body that asks for it, without the players.

        :raises ValueError: the stake is no amount.
        """
        return {
            "currency": self.currency,
            "bonusCode": self.bonus_code,
            "gameId": self.game_ref,
            "from": write_time(self.period.starts_at),
            "to": write_time(self.period.ends_at),
            "rounds": self.rounds,
            "betAmount": write_amount(self.bet_amount),
        }


@dataclass(frozen=True, slots=True)
class Info:
    """What a provider says of a grant: its text, and what that says where it is JSON."""

    text: str
    content: Any = None


@dataclass(frozen=True, slots=True)
class Grant:
    """Free rounds or free chips as the platform has them; `differences` are where it is not what was asked for."""

    grant_ref: str
    usernames: tuple[str, ...]
    provider_ref: str
    provider_grant_ref: str
    code: str
    game_ref: str
    agent_ref: str
    rounds: int | None
    bet_amount: Decimal | None
    player_currency: str
    provider_currency: str
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime | None
    canceled_at: datetime | None
    info: Info
    raw: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantedIdUnknown:
    """The platform granted what an unanswered call asked for, but its id was in the answer that never came."""

    bonus_code: str


def parse_grant(result: Mapping[str, Any]) -> Grant:
    """Return a grant, by whichever of its names each field goes.

    :raises Malformed: it has no id.
    """
    grant_ref = read_ref(result.get("id"))
    if grant_ref is None:
        raise Malformed("the answer has no id of the grant")
    return Grant(
        grant_ref=grant_ref,
        usernames=_read_usernames(result),
        provider_ref=read_optional_ref(result.get("providerId")),
        provider_grant_ref=read_optional_ref(first_of(result, "freeRoundId", "freeGameId", "freeChipId")),
        code=read_optional_ref(first_of(result, "freeRoundCode", "freeGameCode", "freeChipCode")),
        game_ref=read_optional_ref(result.get("gameId")),
        agent_ref=read_optional_ref(result.get("agentId")),
        rounds=read_count(result.get("rounds")),
        bet_amount=read_decimal(result.get("betAmount")),
        player_currency=read_text(result.get("playerCurrency"), LONGEST_WORD),
        provider_currency=read_text(result.get("providerCurrency"), LONGEST_WORD),
        starts_at=read_time(first_of(result, "startTime", "startAt")),
        ends_at=read_time(first_of(result, "endTime", "endAt")),
        created_at=read_time(result.get("createdAt")),
        canceled_at=read_time(result.get("canceledAt")),
        info=read_info(result.get("info")),
        raw=result,
    )


def parse_grant_of(result: Mapping[str, Any], award: Award) -> Grant:
    """Return a grant, compared with what was asked for.

    :raises Malformed: it has no id.
    """
    grant = parse_grant(result)
    differences = compare(
        ("game", award.game_ref, grant.game_ref),
        ("rounds", award.rounds, grant.rounds),
        ("bet", award.bet_amount, grant.bet_amount),
        ("currency", award.currency, grant.player_currency),
    )
    return replace(grant, differences=differences)


def read_info(value: Any) -> Info:
    """Return the provider's text, and its content where it is JSON."""
    if not isinstance(value, str):
        return Info("" if value is None else ENCODER.encode(value).decode(), value)
    try:
        return Info(value, DECODER.decode(value))
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return Info(value)


def _read_usernames(result: Mapping[str, Any]) -> tuple[str, ...]:
    several = result.get("usernames")
    names: Sequence[Any] = several if isinstance(several, list) else [first_of(result, "usernames", "username")]
    return tuple(name for given in names if (name := read_text(given, LONGEST_TITLE)))
