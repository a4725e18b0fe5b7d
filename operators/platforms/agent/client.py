"""The calls: POSTs of JSON with a bearer key, of which the platform takes only those from addresses that it knows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from operators.platforms.agent.catalogue import (
    Provider,
    merge_providers,
    parse_providers,
    read_game,
    read_vendor,
)
from operators.platforms.agent.daily_reports import ReportRow, parse_report
from operators.platforms.agent.envelope import ItemsEnvelope, find_items, find_refusal, open_envelope
from operators.platforms.agent.fields import Period, write_amount, write_time
from operators.platforms.agent.game_logs import GameLog, parse_game_log
from operators.platforms.agent.grants import (
    BONUS_CODE_EXISTS,
    Award,
    Grant,
    GrantedIdUnknown,
    parse_grant,
    parse_grant_of,
)
from operators.platforms.agent.history import HistoryRow, Search, parse_history
from operators.platforms.agent.paging import Page, walk_pages
from operators.platforms.agent.players import (
    Launch,
    PlayerBalance,
    PlayerStatus,
    Transfer,
    check_username,
    parse_balance,
    parse_launch,
    parse_status,
    parse_transfer,
)
from operators.platforms.base import Call, Http, OutcomeUnknown, Platform, PlatformFailure
from operators.platforms.listings import Game, Listing, Vendor

Reply = TypeVar("Reply")

DEFAULT_LANGUAGE = "en"
# What getPlayerStatus says of a name that nobody has, and of one that another agent's player has.
NO_PLAYER_OF_OURS = {"PLAYER_NOT_FOUND", "AGENT_NOT_UNDER"}
# How far the platform's clock may be from ours when the age of a player is judged.
CLOCK_TOLERANCE = timedelta(minutes=5)


def sign(secret: str) -> str:
    """Return the Authorization header of every call."""
    return f"Bearer {secret}"


@dataclass(frozen=True, slots=True)
class Config:
    """Whom we are at the platform, and where it is. The secret is the external API key, which names the agent, too."""

    api_host: str
    operator_ref: str
    secret: str = field(repr=False)
    http: Http


@dataclass(frozen=True, slots=True)
class LaunchOrder:
    """Who opens which game, how and from where. `currency` is what is charged, whatever the game shows."""

    username: str
    game_ref: str
    currency: str
    player_ip: str
    is_mobile: bool = False
    language: str = DEFAULT_LANGUAGE
    lobby_url: str = ""
    cashier_url: str = ""


class Client(Platform):
    """The eighteen calls. Reads and grants are repeated; whatever else changes something is sent once."""

    def __init__(self, config: Config, report: Callable[[Call], None]) -> None:
        super().__init__(config.http, report, config.secret)
        self._config = config

    def create_player(self, username: str) -> None:
        """Make a player; after OutcomeUnknown ask `find_created_player`.

        :raises InvalidUsername:
        :raises PlatformFailure: PLAYER_USERNAME_UNAVAILABLE means another name, unless an earlier try went unanswered.
        """
        self._write("createPlayer", {"username": check_username(username)}, lambda _result: None)

    def find_created_player(self, username: str, *, currency: str, asked_at: datetime) -> PlayerStatus | None:
        """Return the player that an unanswered `create_player` of this name made since `asked_at`.

        None: there is none yet, or it is older and a stranger's. A new name is right in both cases.

        :raises PlatformFailure: it cannot be told.
        """
        try:
            status = self.get_player_status(username, currency=currency)
        except PlatformFailure as failure:
            if failure.code in NO_PLAYER_OF_OURS:
                return None
            raise
        is_ours = status.created_at is not None and status.created_at >= asked_at - CLOCK_TOLERANCE
        return status if is_ours else None

    def get_player_balance(self, username: str, *, currency: str) -> PlayerBalance:
        """:raises PlatformFailure:"""
        return self._read("getPlayerBalance", {"username": username, "currency": currency}, parse_balance)

    def get_player_status(self, username: str, *, currency: str) -> PlayerStatus:
        """Return a player's standing, with the bet limits of one of the agent's currencies.

        :raises PlatformFailure:
        """
        body = {"username": username, "agentSystemCurrency": currency}
        return self._read("getPlayerStatus", body, parse_status)

    def list_games(self, *, query: str = "", provider_id: str = "") -> Listing[Game]:
        """Return all games, or those whose id or name has the query in it, or a provider's.

        :raises PlatformFailure:
        """
        rows = self._read_items("games", _without_empty({"query": query, "providerId": provider_id}))
        # A row's text changes with every look at it: it counts who is playing.
        return Listing(rows, read_game, stable=False)

    def list_vendors(self, *, currency: str = "", games: Listing[Game] | None = None) -> Listing[Vendor]:
        """Return the providers with the countries that their games name; `games` saves asking for those again.

        :raises PlatformFailure:
        """
        providers = self._read_items("providers", _without_empty({"agentSystemCurrency": currency}))
        games = self.list_games() if games is None else games
        return Listing(merge_providers(providers, games.texts), read_vendor)

    def list_providers(self, *, currency: str = "") -> tuple[Provider, ...]:
        """Return the providers with the bet limits of one of the agent's currencies, the base one where none is named.

        :raises PlatformFailure:
        """
        return self._read("providers", _without_empty({"agentSystemCurrency": currency}), parse_providers)

    def launch_game(self, order: LaunchOrder) -> Launch:
        """Return where a game opens for a player. It opens a session there, so it is sent once.

        :raises PlatformFailure:
        """
        asked = {
            "username": order.username,
            "isMobile": order.is_mobile,
            "gameId": order.game_ref,
            "lang": order.language or DEFAULT_LANGUAGE,
            "playerIp": order.player_ip,
            "currency": order.currency,
        }
        optional = _without_empty({"lobbyUrl": order.lobby_url, "cashierUrl": order.cashier_url})
        return self._write("launchGame", asked | optional, parse_launch)

    def deposit(self, *, username: str, amount: Decimal, currency: str) -> Transfer:
        """Move an amount from the agent's wallet to the player's. Never repeat it after OutcomeUnknown.

        The protocol takes no reference of ours: only balance and history can tell whether it was done.

        :raises OutcomeUnknown:
        :raises PlatformFailure: nothing was moved.
        """
        return self._transfer("deposit", username, amount, currency, player_moves=amount)

    def withdraw(self, *, username: str, amount: Decimal, currency: str) -> Transfer:
        """Move an amount from the player's wallet to the agent's. Never repeat it after OutcomeUnknown.

        :raises OutcomeUnknown:
        :raises PlatformFailure: nothing was moved.
        """
        return self._transfer("withdraw", username, amount, currency, player_moves=-amount)

    def get_history(self, search: Search, *, period: Period | None = None, page: int = 1) -> Page[HistoryRow]:
        """Return one page of transactions, the newest first.

        :raises PlatformFailure:
        """
        return self._read("history", search.write(period, page), parse_history)

    def walk_history(self, search: Search, *, period: Period | None = None) -> Iterator[Page[HistoryRow]]:
        """Return page after page. What is played meanwhile moves rows to later pages: some then come twice.

        :raises PlatformFailure: also where the platform says the same page again and again.
        """
        return walk_pages(lambda page: self.get_history(search, period=period, page=page))

    def get_player_daily_report(self, search: Search, *, period: Period, page: int = 1) -> Page[ReportRow]:
        """Return one page of a player's hours.

        :raises PlatformFailure:
        """
        return self._read("playerDailyReport", search.write(period, page), parse_report)

    def walk_player_daily_report(self, search: Search, *, period: Period) -> Iterator[Page[ReportRow]]:
        """Return page after page.

        :raises PlatformFailure: also where the platform says the same page again and again.
        """
        return walk_pages(lambda page: self.get_player_daily_report(search, period=period, page=page))

    def get_game_log(self, *, username: str, game_ref: str, round_ref: str, period: Period | None = None) -> GameLog:
        """Return a round as its provider tells it; without a period only one of the last seven days.

        :raises PlatformFailure:
        """
        body: dict[str, object] = {"gameId": game_ref, "username": username, "roundId": round_ref}
        if period is not None:
            body |= {"from": write_time(period.starts_at), "to": write_time(period.ends_at)}
        return self._read("gameLogs", body, parse_game_log)

    def set_player_bet_limits(
        self, *, username: str, provider_ref: str, currency: str, limits: Mapping[str, Sequence[str]]
    ) -> None:
        """Give a player the bet limits, by category, of one provider.

        :raises PlatformFailure:
        """
        body = {
            "username": username,
            "providerId": provider_ref,
            "agentSystemCurrency": currency,
            "categories": [{"category": category, "ids": list(refs)} for category, refs in limits.items()],
        }
        self._write("setPlayerBetLimits", body, lambda _result: None)

    def create_free_round(self, award: Award, *, username: str, sent_before: bool = False) -> Grant | GrantedIdUnknown:
        """Give a player free rounds. `sent_before`: an earlier call with this bonus code went unanswered.

        :raises OutcomeUnknown: may be called again with the same award and `sent_before`.
        :raises PlatformFailure: nothing was granted.
        """
        return self._create_grant("freeRound", award, {"username": username}, sent_before)

    def get_free_round(self, grant_ref: str) -> Grant:
        """:raises PlatformFailure:"""
        return self._read("getFreeRound", {"id": grant_ref}, parse_grant)

    def cancel_free_round(self, grant_ref: str) -> Grant | None:
        """Take free rounds back and return them as they then are; None: taken back, but they could not be read.

        :raises OutcomeUnknown: and they could not be read, or do not say that they are cancelled.
        :raises PlatformFailure: nothing was taken back.
        """
        return self._cancel("cancelFreeRound", grant_ref, lambda: self.get_free_round(grant_ref))

    def create_free_chip(
        self, award: Award, *, usernames: Sequence[str], sent_before: bool = False
    ) -> Grant | GrantedIdUnknown:
        """Give players free chips, all under one id. `sent_before`: an earlier call with this code went unanswered.

        :raises OutcomeUnknown: may be called again with the same award and `sent_before`.
        :raises PlatformFailure: nothing was granted.
        """
        return self._create_grant("freeChip", award, {"usernames": list(usernames)}, sent_before)

    def get_free_chip(self, grant_ref: str, *, username: str) -> Grant:
        """Return free chips as one of their players has them.

        :raises PlatformFailure:
        """
        return self._read("getFreeChip", {"id": grant_ref, "username": username}, parse_grant)

    def cancel_free_chip(self, grant_ref: str, *, username: str) -> Grant | None:
        """Take free chips back from all their players; the username is for reading them. As `cancel_free_round`.

        :raises OutcomeUnknown:
        :raises PlatformFailure: nothing was taken back.
        """
        return self._cancel("cancelFreeChip", grant_ref, lambda: self.get_free_chip(grant_ref, username=username))

    def find_error(self, answer: Any) -> tuple[str, str] | None:
        refusal = find_refusal(answer)
        return None if refusal is None else (refusal.code, refusal.detail)

    def _read(self, call: str, body: Mapping[str, object], parse: Callable[[Mapping[str, Any]], Reply]) -> Reply:
        return self.read(
            call,
            self._find_address(call),
            headers=self._headers,
            body=msgspec.json.encode(body),
            parse=lambda answer: parse(open_envelope(answer)),
        )

    def _read_items(self, call: str, body: Mapping[str, object]) -> list[bytes]:
        return self.read_rows(
            call,
            self._find_address(call),
            headers=self._headers,
            body=msgspec.json.encode(body),
            shape=ItemsEnvelope,
            find=find_items,
        )

    def _write(
        self,
        call: str,
        body: Mapping[str, object],
        parse: Callable[[Mapping[str, Any]], Reply],
        *,
        repeatable: bool = False,
    ) -> Reply:
        return self.write(
            call,
            self._find_address(call),
            headers=self._headers,
            body=msgspec.json.encode(body),
            parse=lambda answer: parse(open_envelope(answer)),
            repeatable=repeatable,
        )

    def _transfer(self, call: str, username: str, amount: Decimal, currency: str, *, player_moves: Decimal) -> Transfer:
        return self._write(
            call,
            {"username": username, "amount": write_amount(amount), "currency": currency},
            lambda result: parse_transfer(
                result, currency=currency, player_moves=player_moves, agent_moves=-player_moves
            ),
        )

    def _create_grant(
        self, call: str, award: Award, players: Mapping[str, object], sent_before: bool
    ) -> Grant | GrantedIdUnknown:
        body = {**award.write(), **players}
        try:
            return self._write(call, body, lambda result: parse_grant_of(result, award), repeatable=True)
        except PlatformFailure as failure:
            # The code is ours and unique: that it exists means that an unanswered call of ours was done.
            was_sent = sent_before or isinstance(failure, OutcomeUnknown)
            if failure.code == BONUS_CODE_EXISTS and was_sent:
                return GrantedIdUnknown(award.bonus_code)
            raise

    def _cancel(self, call: str, grant_ref: str, read_again: Callable[[], Grant]) -> Grant | None:
        try:
            self._write(call, {"id": grant_ref}, lambda _result: None)
        except OutcomeUnknown:
            grant = _read_if_possible(read_again)
            if grant is None or grant.canceled_at is None:
                raise
            return grant
        return _read_if_possible(read_again)

    def _find_address(self, call: str) -> str:
        return f"{self._config.api_host.rstrip('/')}/{call}"

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": sign(self._config.secret)}


def _read_if_possible(read: Callable[[], Grant]) -> Grant | None:
    try:
        return read()
    except PlatformFailure:
        return None


def _without_empty(fields: Mapping[str, str]) -> dict[str, object]:
    return {name: text for name, text in fields.items() if text}
