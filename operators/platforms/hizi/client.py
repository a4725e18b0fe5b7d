"""How hizi is called: what is signed, and the calls themselves."""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from operators.platforms.base import Call, Http, Platform, PlatformFailure
from operators.platforms.hizi.catalogue import (
    parse_currency_list,
    parse_game_configuration,
    parse_game_list,
    read_currency,
    read_game,
)
from operators.platforms.hizi.statistics import StatsColumn, StatsRecord, TicketColumn, parse_records
from operators.platforms.listings import Currency, Game, GameConfiguration, Listing
from operators.platforms.signatures import MASK, Signed

Reply = TypeVar("Reply")

LONGEST_CODE = 64


def text_to_sign(fields: Sequence[str]) -> str:
    """Return the text that a signature covers."""
    return "#".join(fields)


def sign(fields: Sequence[str], secret: str) -> str:
    """Return the X-H-AUTH-SIG header: base64 of the HMAC-SHA256 of the fields under the secret."""
    digest = hmac.digest(secret.encode(), text_to_sign(fields).encode(), "sha256")
    return base64.b64encode(digest).decode()


def write_timestamp(at: datetime) -> str:
    """Return a time as X-H-TIMESTAMP has it: ISO 8601, UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_clock() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Config:
    """Whom we are at the platform, where it is, and whether the secret is the first signed field beside being the key.

    A timestamp is as old as its call, so the client asks a clock for each.
    """

    api_host: str
    operator_ref: str
    secret: str = field(repr=False)
    http: Http
    secret_is_first_field: bool = False
    clock: Callable[[], datetime] = read_clock

    def list_signed_fields(self, timestamp: str, *more: str, secret: str | None = None) -> list[str]:
        """Return what a call of this time signs; `secret` stands in for the real one where the text is shown."""
        first = [self.secret if secret is None else secret] if self.secret_is_first_field else []
        return [*first, self.operator_ref, timestamp, *more]


class Client(Platform):
    """The calls under `/backoffice/`. `signed` tells what the last one signed."""

    def __init__(self, config: Config, report: Callable[[Call], None]) -> None:
        super().__init__(config.http, report, config.secret)
        self._config = config
        self.signed: Signed | None = None

    def list_games(self) -> Listing[Game]:
        """Return both lists of games as one; where a game is on both, the extended list's row counts.

        :raises PlatformFailure:
        """
        return Listing(self._get("getGameList", parse_game_list), read_game)

    def list_currencies(self) -> Listing[Currency]:
        """:raises PlatformFailure:"""
        return Listing(self._get("getCurrencyList", parse_currency_list), read_currency)

    def get_game_configuration(self, game_ref: str, currency_code: str) -> GameConfiguration:
        """:raises PlatformFailure: also where the platform does not offer the game in the currency."""

        def parse(answer: Any) -> GameConfiguration:
            return parse_game_configuration(answer, game_ref, currency_code)

        return self._get("getGameConfiguration", parse, {"gameCode": game_ref, "currency": currency_code})

    def get_stats(
        self,
        group_by: Sequence[StatsColumn],
        *,
        date_from: date | None = None,
        date_to_including: date | None = None,
        show_totals: bool = False,
        player_ref: str = "",
    ) -> list[StatsRecord]:
        """Return what was bet and won, by day unless totals are asked for; both dates are included.

        :raises PlatformFailure:
        """
        query = _describe_query(group_by, date_from, date_to_including, show_totals, player_ref)
        return self._post_query("getStats", query)

    def get_ticket_stats(
        self,
        group_by: Sequence[TicketColumn],
        *,
        date_from: date | None = None,
        date_to_including: date | None = None,
        show_totals: bool = False,
        player_ref: str = "",
    ) -> list[StatsRecord]:
        """Return the same of tickets, which have fewer columns to group by.

        :raises PlatformFailure:
        """
        query = _describe_query(group_by, date_from, date_to_including, show_totals, player_ref)
        return self._post_query("getTicketStats", query)

    def _get(self, command: str, parse: Callable[[Any], Reply], parameters: Mapping[str, str] | None = None) -> Reply:
        given = parameters or {}
        url = self._url_of(command) + (f"?{urlencode(given, quote_via=quote, safe='')}" if given else "")
        headers = self._sign_headers(*given.values())
        return self.read(command, url, headers=headers, parse=self._refusing_errors(parse))

    def _post_query(self, command: str, query: Mapping[str, Any]) -> list[StatsRecord]:
        def parse(answer: Any) -> list[StatsRecord]:
            known = {StatsColumn.OPERATOR.value: self._config.operator_ref}
            return parse_records(answer, query["groupBy"], known, by_day=not query["showTotals"])

        url, body = self._url_of(command), msgspec.json.encode(query)
        return self.read(command, url, headers=self._sign_headers(), body=body, parse=self._refusing_errors(parse))

    def find_error(self, answer: Any) -> tuple[str, str] | None:
        """Return the error that an answer tells of, whatever its HTTP status is."""
        code = answer.get("errorCode") if isinstance(answer, dict) else None
        return None if code in (None, "", False) else (str(code)[:LONGEST_CODE], "the platform refused the call")

    def _refusing_errors(self, parse: Callable[[Any], Reply]) -> Callable[[Any], Reply]:
        def parse_unless_refused(answer: Any) -> Reply:
            if error := self.find_error(answer):
                raise PlatformFailure(*error, permanent=True)
            return parse(answer)

        return parse_unless_refused

    def _url_of(self, command: str) -> str:
        return f"{self._config.api_host.rstrip('/')}/backoffice/{command}"

    def _sign_headers(self, *more: str) -> dict[str, str]:
        timestamp = write_timestamp(self._config.clock())
        signature = sign(self._config.list_signed_fields(timestamp, *more), self._config.secret)
        shown = text_to_sign(self._config.list_signed_fields(timestamp, *more, secret=MASK))
        self.signed = Signed(shown, "X-H-AUTH-SIG", signature)
        return {
            "X-H-AUTH-ID": self._config.operator_ref,
            "X-H-AUTH-SIG": signature,
            "X-H-TIMESTAMP": timestamp,
        }


def _describe_query(
    group_by: Sequence[StrEnum], first: date | None, last: date | None, show_totals: bool, player_ref: str
) -> dict[str, Any]:
    query: dict[str, Any] = {"groupBy": list(dict.fromkeys(each.value for each in group_by)), "showTotals": show_totals}
    dates = {"dateFrom": first, "dateToIncluding": last}
    period = {name: day.isoformat() for name, day in dates.items() if day}
    return query | ({"filterBy": period} if period else {}) | ({"playerId": player_ref} if player_ref else {})
