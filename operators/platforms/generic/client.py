"""The calls, and how they are signed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from operators.platforms.base import Call, Http, Platform, PlatformFailure
from operators.platforms.generic.hand_history import HandHistory, parse_hand_history
from operators.platforms.generic.limits import BalanceLimits, GgrLimits, parse_balance_limits, parse_ggr_limits
from operators.platforms.generic.lists import GamesReply, LobbiesReply, read_game, read_lobby
from operators.platforms.generic.reports import BusinessReport, parse_business_report
from operators.platforms.listings import Game, Listing, Lobby

# What a platform answers that does not have a call.
NOT_OFFERED = {404, 405, 410}


def sign(resource: str, operator_ref: str, secret: str) -> str:
    """Return the X-Authorization header of a GET of ours."""
    return hashlib.sha1(f"{resource}{operator_ref}{secret}".encode()).hexdigest()  # noqa: S324 - the protocol's own


@dataclass(frozen=True, slots=True)
class Config:
    """Whom we are at the platform, and where it is. Hand histories may have a host of their own."""

    api_host: str
    operator_ref: str
    secret: str = field(repr=False)
    http: Http
    hand_history_host: str = ""


class Client(Platform):
    """GETs on the platform's hosts."""

    def __init__(self, config: Config, report: Callable[[Call], None]) -> None:
        super().__init__(config.http, report, config.secret)
        self._config = config

    def list_games(self) -> Listing[Game]:
        """:raises PlatformFailure:"""
        url, headers = self._address("games/list/all"), self._sign("games")
        rows = self.read_rows("games", url, headers=headers, shape=GamesReply, find=lambda reply: reply.games)
        return Listing(rows, read_game)

    def list_lobbies(self) -> Listing[Lobby]:
        """:raises PlatformFailure:"""
        url, headers = self._address("lobbies/list/all"), self._sign("lobbies")
        rows = self.read_rows("lobbies", url, headers=headers, shape=LobbiesReply, find=lambda reply: reply.lobbies)
        return Listing(rows, read_lobby)

    def business_report(self, day: date) -> BusinessReport:
        """Return what the platform says of a day (UTC).

        :raises PlatformFailure:
        """
        url = self._address("businessReport", {"date": day.isoformat()})
        headers = self._sign("businessReport")
        return self.read(
            "businessReport", url, headers=headers, parse=lambda answer: parse_business_report(answer, day)
        )

    def balance_limits(self, currencies: Sequence[str] = ()) -> BalanceLimits:
        """Return what is left of the limit, expressed in these currencies too.

        :raises PlatformFailure:
        """
        url = self._address("balanceLimits", {"currencies": ",".join(currencies)} if currencies else {})
        return self.read("balanceLimits", url, headers=self._sign("balanceLimits"), parse=parse_balance_limits)

    def ggr_limits(self) -> GgrLimits:
        """Return the limit in its deprecated form.

        :raises PlatformFailure:
        """
        return self.read(
            "ggrLimits", self._address("ggrLimits"), headers=self._sign("ggrLimits"), parse=parse_ggr_limits
        )

    def get_limits(self, currencies: Sequence[str] = ()) -> BalanceLimits | GgrLimits:
        """Return the limit; in its deprecated form only of a platform that does not have the other.

        :raises PlatformFailure:
        """
        try:
            return self.balance_limits(currencies)
        except PlatformFailure as failure:
            if failure.http_status not in NOT_OFFERED:
                raise
        return self.ggr_limits()

    def hand_history(self, transaction_id: str, history_id: str, vendor: str) -> HandHistory:
        """Return what happened in the round of a transaction; the history id came with the transaction.

        :raises PlatformFailure:
        """
        host = self._config.hand_history_host or self._config.api_host
        parts = ["handHistory", _segment(transaction_id), _segment(history_id)]
        headers = {**self._sign("handHistory"), "X-Vendor-Id": vendor}
        return self.read_raw("handHistory", _join(host, "/".join(parts)), headers=headers, parse=parse_hand_history)

    def _address(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        query = f"?{urlencode(parameters, safe=',')}" if parameters else ""
        return _join(self._config.api_host, path) + query

    def _sign(self, resource: str) -> dict[str, str]:
        operator_ref = self._config.operator_ref
        signature = sign(resource, operator_ref, self._config.secret)
        return {"X-Operator-Id": operator_ref, "X-Authorization": signature}


def _join(host: str, path: str) -> str:
    return f"{host.rstrip('/')}/api/generic/{path}"


def _segment(text: str) -> str:
    """One segment of a path; a dot or two would lead to another call."""
    if text in {"", ".", ".."}:
        raise PlatformFailure("BAD_REQUEST", f"“{text}” is no id that can be asked for", permanent=True)
    return quote(text, safe="")
