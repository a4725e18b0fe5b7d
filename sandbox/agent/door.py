"""The aggregator's door: who may call, and the envelope around every answer."""

import hmac
import logging
from datetime import UTC, datetime
from pathlib import Path

import falcon
import msgspec

from sandbox.agent.calls import CALLS, answer_call
from sandbox.agent.control import add_control
from sandbox.agent.logos import GameLogo, ProviderLogo
from sandbox.agent.play import PlayPage, RoundPage
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk, open_database, read_access
from sandbox.database import Database
from sandbox.platform.problems import PageProblem, show_problem, write_error
from sandbox.settings import SettingsSource

LONGEST_BODY = 1 << 20
REFUSALS_OF_HTTP = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


class Door:
    """POST /agent/{call}"""

    def __init__(self, accounts: SettingsSource, database: Database) -> None:
        self._accounts = accounts
        self._database = database

    def on_post(self, request: falcon.Request, response: falcon.Response, call: str) -> None:
        if call not in CALLS:
            raise Refusal("NOT_FOUND", status=404)
        self._require_agent(request)
        desk = Desk(self._database, request.prefix, datetime.now(UTC))
        result = answer_call(desk, call, _read_body(request))
        _write(response, {"ok": True} if result is None else {"ok": True, "result": result})

    def _require_agent(self, request: falcon.Request) -> None:
        account = self._accounts.find_account("agent")
        given = (request.get_header("Authorization") or "").encode()
        if account is None or not hmac.compare_digest(given, f"Bearer {account.secret_key}".encode()):
            raise Refusal("AGENT_NOT_FOUND", status=401)
        access = read_access(self._database)
        if access.allowed_ips is not None and request.remote_addr not in access.allowed_ips:
            raise Refusal("IP_NOT_ALLOWED", status=403)
        if not access.active:
            raise Refusal("AGENT_NOT_ACTIVE", status=403)


def add_routes(app: falcon.App[falcon.Request, falcon.Response], accounts: SettingsSource, data: Path) -> None:
    """The calls, the pages that they lead to, and the control of both, in an application of their own."""
    database = open_database(data)
    app.add_route("/agent/{call}", Door(accounts, database))
    app.add_route("/agent/play/{token}", PlayPage(database))
    app.add_route("/agent/rounds/{page_key}", RoundPage(database))
    app.add_route("/agent/logos/games/{game_id}.svg", GameLogo(database))
    app.add_route("/agent/logos/providers/{provider_id}.svg", ProviderLogo())
    add_control(app, database)
    app.add_error_handler(Exception, _write_fault)
    app.add_error_handler(Refusal, _write_refusal)
    app.add_error_handler(PageProblem, show_problem)
    app.set_error_serializer(_write_http_error)


def _read_body(request: falcon.Request) -> bytes:
    if (request.content_type or "").partition(";")[0].strip().lower() != falcon.MEDIA_JSON:
        raise Refusal("INVALID_PARAMETER", "Content-Type is not application/json", status=415)
    body: bytes = request.bounded_stream.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        raise Refusal("INVALID_PARAMETER", "the body is too long", status=413)
    return body


def _write(response: falcon.Response, content: object) -> None:
    response.content_type = falcon.MEDIA_JSON
    response.cache_control = ["no-store"]
    response.data = msgspec.json.encode(content)


def _write_refusal(
    _request: falcon.Request, response: falcon.Response, refusal: Refusal, _params: dict[str, object]
) -> None:
    response.status = refusal.status
    _write(response, {"ok": False, "error": {"code": refusal.code, "message": refusal.message}})


def _write_fault(
    request: falcon.Request, response: falcon.Response, fault: Exception, params: dict[str, object]
) -> None:
    logging.getLogger(__name__).error("%s %s failed", request.method, request.path, exc_info=fault)
    _write_refusal(request, response, Refusal("INTERNAL_ERROR", status=500), params)


def _write_http_error(request: falcon.Request, response: falcon.Response, error: falcon.HTTPError) -> None:
    if request.path.startswith("/control/"):
        write_error(request, response, error)
        return
    code = REFUSALS_OF_HTTP.get(error.status_code, "INVALID_PARAMETER")
    _write_refusal(request, response, Refusal(code, status=error.status_code), {})
