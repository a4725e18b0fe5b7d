"""The addresses of hizi: its calls under /hizi, and what controls them under /control/hizi."""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import falcon
import msgspec

from sandbox.database import Database
from sandbox.hizi.access import require_access
from sandbox.hizi.calls import (
    answer_configuration,
    answer_currency_list,
    answer_game_list,
    answer_stats,
    read_game_and_currency,
)
from sandbox.hizi.catalogue import SCHEMA, Catalogue
from sandbox.hizi.control import CatalogueControl, SettingsControl, SettingsHolder
from sandbox.hizi.problems import Problem
from sandbox.settings import Account, SettingsSource

METHODS = {
    "/hizi/backoffice/getGameList": "GET",
    "/hizi/backoffice/getGameConfiguration": "GET",
    "/hizi/backoffice/getCurrencyList": "GET",
    "/hizi/backoffice/getStats": "POST",
    "/hizi/backoffice/getTicketStats": "POST",
}
ENCODER = msgspec.json.Encoder(decimal_format="number")
logger = logging.getLogger(__name__)


class Door:
    """Everything under /hizi, so that each answer, a fault's too, has hizi's own form."""

    def __init__(self, accounts: SettingsSource, catalogue: Catalogue, holder: SettingsHolder) -> None:
        self._accounts = accounts
        self._catalogue = catalogue
        self._holder = holder

    def answer(self, req: falcon.Request, resp: falcon.Response, **_: object) -> None:
        resp.content_type = falcon.MEDIA_JSON
        try:
            resp.data = ENCODER.encode(self._call(req, datetime.now(UTC)))
        except Problem as problem:
            resp.status, resp.data = problem.status, _encode_error(problem.code)
        except Exception:
            logger.exception("hizi failed at %s", req.path)
            resp.status, resp.data = falcon.HTTP_500, _encode_error("INTERNAL_ERROR")

    def _call(self, request: falcon.Request, now: datetime) -> dict[str, Any]:
        if request.path not in METHODS:
            raise Problem(falcon.HTTP_404, "UNKNOWN_CALL")
        if request.method != METHODS[request.path]:
            raise Problem(falcon.HTTP_405, "METHOD_NOT_ALLOWED")
        call = request.path.rsplit("/", 1)[-1]
        account = self._require_access(request, call, now)
        match call:
            case "getGameList":
                return answer_game_list(self._catalogue)
            case "getCurrencyList":
                return answer_currency_list()
            case "getGameConfiguration":
                return answer_configuration(request, self._catalogue, account.operator_id)
            case _:
                return answer_stats("money" if call == "getStats" else "tickets", request, now)

    def _require_access(self, request: falcon.Request, call: str, now: datetime) -> Account:
        signed: Sequence[str] = read_game_and_currency(request) if call == "getGameConfiguration" else ()
        account = self._accounts.find_account("hizi")
        return require_access(request, signed, account, self._holder.settings, now)


def _encode_error(code: str) -> bytes:
    return ENCODER.encode({"errorCode": code})


def add_routes(app: falcon.App[falcon.Request, falcon.Response], accounts: SettingsSource, data: Path) -> None:
    """Add hizi to the sandbox; what the control API changes about its games is kept in the data folder."""
    catalogue, holder = Catalogue(Database(data / "hizi.sqlite3", SCHEMA)), SettingsHolder()
    app.add_sink(Door(accounts, catalogue, holder).answer, re.compile("/hizi(/|$)"))
    app.add_route("/control/hizi/settings", SettingsControl(holder))
    app.add_route("/control/hizi/catalogue", CatalogueControl(catalogue))
