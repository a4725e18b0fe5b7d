"""Calls to the simulated aggregator, and players of its own for each test."""

import secrets
from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.platform_process import PlatformProcess


@dataclass(frozen=True)
class AgentCaller:
    """The agent at the running sandbox, with its key."""

    platform: PlatformProcess

    def post(self, call: str, content: object, **headers: str) -> requests.Response:
        key = {"Authorization": f"Bearer {self.platform.accounts['agent'].secret_key}"}
        return self.platform.post(f"/agent/{call}", content, headers=key | headers)

    def call(self, call: str, **fields: object) -> Any:
        """The result of a call that is done; `from_` stands for `from`."""
        answer = self.post(call, {name.rstrip("_"): value for name, value in fields.items()})
        assert answer.status_code == 200
        content = answer.json()
        assert content["ok"] is True, content
        return content.get("result")

    def refuse(self, call: str, **fields: object) -> str:
        """The code of a call that is understood and refused."""
        answer = self.post(call, {name.rstrip("_"): value for name, value in fields.items()})
        assert answer.status_code == 200
        content = answer.json()
        assert content["ok"] is False, content
        assert list(content) == ["ok", "error"]
        assert list(content["error"]) == ["code", "message"]
        return str(content["error"]["code"])

    def control(self, thing: str, **fields: object) -> Any:
        answer = self.platform.post(f"/control/agent/{thing}", fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make_player(self, amount: str = "", currency: str = "EUR") -> str:
        """The username of a new player with so much money."""
        username = f"p{secrets.token_hex(8)}"
        assert self.call("createPlayer", username=username) == {}
        if amount:
            self.call("deposit", username=username, amount=amount, currency=currency)
        return username

    def balance(self, username: str, currency: str = "EUR") -> str:
        return str(self.call("getPlayerBalance", username=username, currency=currency)["balance"])

    def play(self, username: str, **order: object) -> list[dict[str, Any]]:
        rounds: list[dict[str, Any]] = self.control("play", username=username, **order)["rounds"]
        return rounds

    def read_history(self, username: str, **search: object) -> list[dict[str, Any]]:
        """All lines of all groups, page by page."""
        items: list[dict[str, Any]] = []
        page, has_next = 0, True
        while has_next:
            page += 1
            result = self.call("history", username=username, paginate={"page": page, "perPage": 7}, **search)
            assert (result["paginate"]["page"], result["paginate"]["perPage"]) == (page, 7)
            items += [item for group in result["currencyGroup"].values() for item in group["items"]]
            has_next = result["paginate"]["next"]
        return items
