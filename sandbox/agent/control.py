"""The control API's part for this platform, under /control/agent/: how the agent stands, who plays, what is offered."""

import random
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

import falcon
import msgspec

from sandbox.agent.catalogue import build_games, build_providers, make_added_games
from sandbox.agent.currencies import get_currency, read_amount
from sandbox.agent.offer import CHANGES, Changes, Countries, Standing, read_offer
from sandbox.agent.players import get_active_player, get_player
from sandbox.agent.refusals import Refusal
from sandbox.agent.rounds import Round, Seat, play_round
from sandbox.agent.settings import ACCESS, Access, Desk, read_access, read_setting
from sandbox.control import read_order, write_json
from sandbox.database import Database

Setting = TypeVar("Setting")


class SettingsOrder(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is not named stays as it is; `reset` goes back to the start first."""

    allowed_ips: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    agent_type: Literal["transfer", "seamless"] | msgspec.UnsetType = msgspec.UNSET
    reset: bool = False


class PlayerOrder(msgspec.Struct, forbid_unknown_fields=True):
    username: str
    active: bool


class PlayOrder(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """`seed` makes the luck the same every time; `at` is when the first round was played, the others a second apart."""

    username: str
    game_id: str
    currency: str
    rounds: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    stake: Decimal | None = None
    seed: int | None = None
    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class CatalogueOrder(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Changes on top of those made before; `add` is how many games more, `reset` goes back to the start first."""

    remove: list[str] = []
    restore: list[str] = []
    rename: dict[str, str] = {}
    rtp: dict[str, str] = {}
    countries: dict[str, Countries] = {}
    providers: dict[str, Standing] = {}
    add: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0
    reset: bool = False


def add_control(app: falcon.App[falcon.Request, falcon.Response], database: Database) -> None:
    app.add_route("/control/agent/settings", SettingsControl(database))
    app.add_route("/control/agent/players", PlayersControl(database))
    app.add_route("/control/agent/play", PlayControl(database))
    app.add_route("/control/agent/catalogue", CatalogueControl(database))


class SettingsControl:
    """GET and POST /control/agent/settings"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, read_access(self._database))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = msgspec.to_builtins(read_order(request, SettingsOrder))

        def change(text: str) -> Access:
            before = {} if order["reset"] else msgspec.json.decode(text)
            return msgspec.convert(before | {name: order[name] for name in order if name != "reset"}, Access)

        write_json(response, _change_setting(self._database, ACCESS, change))


class PlayersControl:
    """POST /control/agent/players: switch a player off or on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, PlayerOrder)
        try:
            player = get_player(_desk(self._database, request), order.username)
        except Refusal as refusal:
            raise _conflict(refusal) from refusal
        with self._database.transaction() as connection:
            connection.execute("UPDATE player SET active = ? WHERE username = ?", (order.active, player.username))
        write_json(response, order)


class PlayControl:
    """POST /control/agent/play: a player plays, until the balance no longer covers the stake."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        rounds: list[Round] = []
        try:
            for played in _play(_desk(self._database, request), read_order(request, PlayOrder)):
                rounds.append(played)  # noqa: PERF402 - what was played before a refusal counts
        except Refusal as refusal:
            if not rounds:
                raise _conflict(refusal) from refusal
        write_json(response, {"rounds": [_describe(played) for played in rounds]})


class CatalogueControl:
    """GET and POST /control/agent/catalogue"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, msgspec.json.decode(read_setting(self._database, CHANGES) or "{}", type=Changes))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        order = read_order(request, CatalogueOrder)

        def change(text: str) -> Changes:
            changes = msgspec.json.decode("{}" if order.reset else text, type=Changes)
            return _change_catalogue(changes, order)

        write_json(response, _change_setting(self._database, CHANGES, change))


def _play(desk: Desk, order: PlayOrder) -> Iterator[Round]:
    offer, currency = read_offer(desk), get_currency(order.currency)
    game = offer.get_game(order.game_id)
    player = get_active_player(desk, order.username)
    stake = read_amount(f"{order.stake or Decimal(currency.unit):f}", currency)
    seat = Seat(username=player.username, game=game, provider=offer.providers[game.provider_id], currency=currency)
    luck = random.SystemRandom() if order.seed is None else random.Random(order.seed)
    for number in range(order.rounds):
        at = order.at + timedelta(seconds=number) if order.at else datetime.now(UTC)
        yield play_round(desk, seat, stake, luck, at)


def _describe(played: Round) -> dict[str, object]:
    return {
        "roundId": played.round_id,
        "stake": str(played.stake),
        "won": str(played.won),
        "balance": str(played.balance),
        "free": played.is_free,
    }


def _change_catalogue(changes: Changes, order: CatalogueOrder) -> Changes:
    added = changes.added + order.add
    games = {*build_games(), *(game.id for game in make_added_games(added))}
    _require_known({*order.remove, *order.restore, *order.rename, *order.rtp}, games)
    _require_known({*order.countries, *order.providers}, build_providers().keys())
    return Changes(
        removed=(changes.removed | set(order.remove)) - set(order.restore),
        renamed=changes.renamed | order.rename,
        rtp=changes.rtp | order.rtp,
        countries=changes.countries | order.countries,
        providers=changes.providers | order.providers,
        added=added,
    )


def _require_known(named: set[str], known: AbstractSet[str]) -> None:
    unknown = sorted(named - known)
    if unknown:
        raise falcon.HTTPBadRequest(title="Not here", description=", ".join(unknown))


def _change_setting(database: Database, name: str, change: Callable[[str], Setting]) -> Setting:
    with database.transaction() as connection:
        row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        setting = change(row["value"] if row else "{}")
        connection.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, msgspec.json.encode(setting).decode()),
        )
    return setting


def _desk(database: Database, request: falcon.Request) -> Desk:
    return Desk(database, request.prefix, datetime.now(UTC))


def _conflict(refusal: Refusal) -> falcon.HTTPConflict:
    return falcon.HTTPConflict(title=refusal.code, description=refusal.message)
