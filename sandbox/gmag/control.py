"""POST /control/gmag/settings, /control/gmag/change and /control/gmag/rounds."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import falcon
import msgspec

from sandbox.control import read_order, write_json
from sandbox.gmag.history import History, UnknownRound
from sandbox.gmag.query import LARGEST_SIZE
from sandbox.gmag.rounds import Round, to_amount, write_time
from sandbox.settings import SettingsSource

Money = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")]


@dataclass(frozen=True, slots=True)
class Settings:
    """The most rounds a page gets whatever is asked for, and whether every call ends in P_00."""

    largest_size: int = LARGEST_SIZE
    failing: bool = False


class SettingsHolder:
    """The settings of the running process, replaced as a whole; each start begins with the defaults."""

    def __init__(self) -> None:
        self.settings = Settings()


class SettingsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    largest_size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SIZE)] | msgspec.UnsetType = msgspec.UNSET
    failing: bool | msgspec.UnsetType = msgspec.UNSET


class ChangeOrder(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Without `wins` the round wins one unit more than it did."""

    round_id: str
    wins: Money | None = None


class RoundsOrder(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """So many rounds alike, a millisecond apart, from `endTime` (GMT) on; `roundId` only for a single one."""

    end_time: datetime
    count: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 1
    round_id: str | None = None
    brand_id: int | None = None
    player_id: str = "gmag-player-00"
    provider_code: str = "pt"
    game_code: str = "bfb"
    game_type: str = "slots"
    currency: str = "CNY"
    round_type: str = "normal"
    round_status: str = "end"
    bets: Money = "5.0000"
    wins: Money = "0.0000"
    cancels: Money = "0.0000"

    def list_rounds(self, brand_id: int) -> Iterator[Round]:
        first = self.end_time if self.end_time.tzinfo else self.end_time.replace(tzinfo=UTC)
        for number in range(self.count):
            yield self._make_round(first.astimezone(UTC) + timedelta(milliseconds=number), brand_id)

    def _make_round(self, ended_at: datetime, brand_id: int) -> Round:
        bets, wins, cancels = (to_amount(Decimal(text)) for text in (self.bets, self.wins, self.cancels))
        return Round(
            player_id=self.player_id,
            brand_id=brand_id if self.brand_id is None else self.brand_id,
            provider_code=self.provider_code,
            session_id=uuid.uuid4().hex,
            round_id=self.round_id or uuid.uuid4().hex,
            round_type=self.round_type,
            round_status=self.round_status,
            game_code=self.game_code,
            currency=self.currency,
            platform="web",
            bets=bets,
            wins=wins,
            cancels=cancels,
            balance_end=1000 - bets + wins + cancels,
            start_time=write_time(ended_at - timedelta(seconds=1)),
            end_time=write_time(ended_at),
            created_at=write_time(ended_at),
            game_type=self.game_type,
        )


class SettingsControl:
    """GET and POST /control/gmag/settings"""

    def __init__(self, holder: SettingsHolder) -> None:
        self._holder = holder

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, self._holder.settings)

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = msgspec.structs.asdict(read_order(request, SettingsOrder))
        changed = {name: value for name, value in order.items() if value is not msgspec.UNSET}
        self._holder.settings = replace(self._holder.settings, **changed)
        write_json(response, self._holder.settings)


class ChangeControl:
    """POST /control/gmag/change: a round is settled anew, as gmag's support does when a provider was wrong."""

    def __init__(self, history: History, accounts: SettingsSource) -> None:
        self._history = history
        self._accounts = accounts

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, ChangeOrder)
        brand_id = _require_brand(self._accounts)
        wins = None if order.wins is None else to_amount(Decimal(order.wins))
        try:
            changed = self._history.change(order.round_id, wins, brand_id, datetime.now(UTC))
        except UnknownRound as unknown:
            raise falcon.HTTPNotFound(title="No such round", description=str(unknown)) from unknown
        write_json(response, changed)


class RoundsControl:
    """POST /control/gmag/rounds"""

    def __init__(self, history: History, accounts: SettingsSource) -> None:
        self._history = history
        self._accounts = accounts

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, RoundsOrder)
        if order.round_id is not None and order.count > 1:
            raise falcon.HTTPBadRequest(title="Not an order", description="A roundId is for a single round.")
        brand_id = _require_brand(self._accounts)
        try:
            rounds = list(order.list_rounds(brand_id))
        except OverflowError as error:
            raise falcon.HTTPBadRequest(title="Not an order", description="No calendar has such rounds.") from error
        self._history.add(rounds)
        write_json(response, {"roundIds": [each.round_id for each in rounds]})


def _require_brand(accounts: SettingsSource) -> int:
    account = accounts.find_account("gmag")
    if account is None:
        raise falcon.HTTPServiceUnavailable(title="No brand", description="gmag's account is not set up.")
    return int(account.operator_id)
