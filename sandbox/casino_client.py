"""A casino's own site and cashier, as the casino API sees them: registers players, takes deposits, launches games."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urljoin

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class CasinoRefusal(Exception):
    """The casino API did not do what it was asked: `status` (0 without an answer), its `code` and `detail`."""

    def __init__(self, request: str, status: int, code: str, detail: str) -> None:
        super().__init__(f"{request}: {status or 'no answer'} {code} {detail}".rstrip())
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Launch:
    token: str
    url: str


@dataclass
class CasinoClient:
    """`api_url` ends in `/api/v1`. Every call raises `CasinoRefusal` for any answer other than a 200 or 201."""

    api_url: str
    api_key: str = field(repr=False)
    timeout: float = 30.0
    connections: int = 32

    def __post_init__(self) -> None:
        self.api_url = self.api_url.rstrip("/") + "/"
        self._pool = urllib3.PoolManager(
            maxsize=self.connections,
            retries=False,
            timeout=self.timeout,
            headers={"Authorization": f"Bearer {self.api_key}", "Accept": "application/json"},
        )

    def close(self) -> None:
        self._pool.clear()

    def create_player(
        self, user_id: str, user_name: str, currencies: Sequence[str], country: str = "DE", **more: str
    ) -> Mapping[str, Any]:
        names: dict[str, object] = {"user_id": user_id, "user_name": user_name, "country": country}
        return self._ask("POST", "players", {**names, "currencies": list(currencies), **more})

    def get_player(self, user_id: str) -> Mapping[str, Any]:
        return self._ask("GET", f"players/{quote(user_id, safe='')}")

    def deposit(self, user_id: str, amount: Decimal, currency: str, reference: str) -> Mapping[str, Any]:
        """Pay money in, once per reference."""
        fields = {"amount": str(amount), "currency": currency, "reference": reference}
        return self._ask("POST", f"players/{quote(user_id, safe='')}/deposits", fields)

    def withdraw(self, user_id: str, amount: Decimal, currency: str, reference: str) -> Mapping[str, Any]:
        """Pay money out, once per reference."""
        fields = {"amount": str(amount), "currency": currency, "reference": reference}
        return self._ask("POST", f"players/{quote(user_id, safe='')}/withdrawals", fields)

    def block(self, user_id: str, reason: str) -> Mapping[str, Any]:
        return self._ask("POST", f"players/{quote(user_id, safe='')}/block", {"reason": reason})

    def unblock(self, user_id: str, reason: str) -> Mapping[str, Any]:
        return self._ask("POST", f"players/{quote(user_id, safe='')}/unblock", {"reason": reason})

    def launch(self, user_id: str, operator_id: str, currency: str, ip: str, **more: str) -> Launch:
        """Open a session for the game or lobby that `game_id` or `lobby_id` names."""
        usual = {"mode": "real", "language": "en", "device": "desktop"}
        fields = {"user_id": user_id, "operator_id": operator_id, "currency": currency, "ip": ip} | usual | more
        answer = self._ask("POST", "launch", fields)
        return Launch(answer["token"], answer["url"])

    def list_games(self) -> Iterator[Mapping[str, Any]]:
        return self._list("games?limit=500")

    def list_lobbies(self) -> Iterator[Mapping[str, Any]]:
        return self._list("lobbies?limit=500")

    def _list(self, path: str) -> Iterator[Mapping[str, Any]]:
        following: str | None = path
        while following:
            page = self._ask("GET", following)
            yield from page["results"]
            following = page["next"]

    def _ask(self, method: str, path: str, fields: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        request = f"{method} {path}"
        try:
            response = self._pool.request(method, urljoin(self.api_url, path), json=fields)
        except (HTTPError, OSError) as error:
            raise CasinoRefusal(request, 0, "unreachable", str(error)) from error
        try:
            answer = _decoder.decode(response.data)
        except (msgspec.MsgspecError, ValueError) as error:
            raise CasinoRefusal(request, response.status, "not_json", str(error)) from error
        if response.status not in {200, 201}:
            code, detail = str(answer.get("code", "")), str(answer.get("detail", ""))
            raise CasinoRefusal(request, response.status, code, f"{detail} {answer.get('fields') or ''}".rstrip())
        return answer
