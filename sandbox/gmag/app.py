"""The addresses of gmag: GameHistory under /gmag, and what controls it under /control/gmag."""

import hmac
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import falcon
import msgspec

from sandbox.database import Database
from sandbox.gmag.control import ChangeControl, RoundsControl, SettingsControl, SettingsHolder
from sandbox.gmag.hashes import ENCODER, Body, sign
from sandbox.gmag.history import SCHEMA, History
from sandbox.gmag.problems import FAULT, WRONG_HASH, WRONG_PARAMETER, Problem
from sandbox.gmag.query import Query, read_query
from sandbox.settings import Account, SettingsSource

PATH = "/gmag/history/game"
LONGEST_BODY = 100_000
logger = logging.getLogger(__name__)


class Door:
    """Everything under /gmag, so that each answer, a fault's too, has gmag's own form."""

    def __init__(self, accounts: SettingsSource, history: History, holder: SettingsHolder) -> None:
        self._accounts = accounts
        self._history = history
        self._holder = holder

    def answer(self, req: falcon.Request, resp: falcon.Response, **_: object) -> None:
        resp.content_type = falcon.MEDIA_JSON
        body = req.bounded_stream.read(LONGEST_BODY)
        try:
            _require_call(req)
            resp.data = ENCODER.encode(self._call(body, req.get_param("hash", default=""), datetime.now(UTC)))
        except Problem as problem:
            resp.status, resp.data = problem.status, _encode_error(body, problem.code, problem.message)
        except Exception:
            logger.exception("gmag failed at %s", req.path)
            resp.data = _encode_error(body, FAULT, "Server error")

    def _call(self, body: bytes, given_hash: str, now: datetime) -> dict[str, Any]:
        if self._holder.settings.failing:
            raise Problem(FAULT, "Server error")
        fields = _read_fields(body)
        account = _require_brand(fields, self._accounts.find_account("gmag"))
        if not hmac.compare_digest(given_hash.encode(), sign(fields, account.secret_key).encode()):
            raise Problem(WRONG_HASH, "Invalid hash")
        query = read_query(body, now)
        return self._answer_page(query, int(account.operator_id), now)

    def _answer_page(self, query: Query, brand_id: int, now: datetime) -> dict[str, Any]:
        found = self._history.list_found(query, brand_id, now)
        size = min(query.size, self._holder.settings.largest_size)
        first = (query.page - 1) * size
        return {
            "requestId": query.request_id,
            "error": "0",
            "message": "SUCCESS",
            "total": len(found),
            "current": query.page,
            "size": size,
            "pages": -(-len(found) // size),
            "records": found[first : first + size],
        }


def add_routes(app: falcon.App[falcon.Request, falcon.Response], accounts: SettingsSource, data: Path) -> None:
    """Add gmag to the sandbox; the rounds that the control API adds and changes are kept in the data folder."""
    history, holder = History(Database(data / "gmag.sqlite3", SCHEMA)), SettingsHolder()
    app.add_sink(Door(accounts, history, holder).answer, re.compile("/gmag(/|$)"))
    app.add_route("/control/gmag/settings", SettingsControl(holder))
    app.add_route("/control/gmag/change", ChangeControl(history, accounts))
    app.add_route("/control/gmag/rounds", RoundsControl(history, accounts))


def _require_call(request: falcon.Request) -> None:
    if request.path != PATH:
        raise Problem(WRONG_PARAMETER, "No such call", falcon.HTTP_404)
    if request.method != "POST":
        raise Problem(WRONG_PARAMETER, "Use POST", falcon.HTTP_405)


def _read_fields(body: bytes) -> Body:
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(WRONG_PARAMETER, "The body is not a JSON object") from error


def _require_brand(fields: Body, account: Account | None) -> Account:
    """The account of the brand that a body names, as a text or as a number."""
    named = bytes(fields["brandId"]).decode().strip('"') if "brandId" in fields else ""
    if account is None or named != account.operator_id:
        raise Problem(WRONG_PARAMETER, "brandId is missing or unknown")
    return account


def _encode_error(body: bytes, code: str, message: str) -> bytes:
    return ENCODER.encode({"requestId": _find_request_id(body), "error": code, "message": message})


def _find_request_id(body: bytes) -> str:
    try:
        return msgspec.json.decode(_read_fields(body)["requestId"], type=str)
    except (Problem, KeyError, msgspec.MsgspecError):
        return ""
