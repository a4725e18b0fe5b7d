"""What document 001 lets an operator ask about play: business reports, limits, hand histories."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hmac import compare_digest

import falcon

from sandbox.control import write_json
from sandbox.journal import Movement, Sum
from sandbox.platform.access import require_operator
from sandbox.platform.catalogue import Game
from sandbox.platform.hand_history import describe_hand, has_hands, show_round, sign_page
from sandbox.platform.limits import describe_balance, describe_ggr_limit
from sandbox.platform.reports import report_day
from sandbox.platform.state import Platform
from sandbox.settings import Settings

DATE = re.compile(r"\d{4}-\d\d-\d\d")
CURRENCIES = re.compile(r"[A-Za-z0-9]{2,4}(,[A-Za-z0-9]{2,4})*")


class BusinessReport:
    """GET /api/generic/businessReport?date="""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        settings = require_operator(request, "businessReport", self._platform.source.find())
        day = _read_date(request)
        sums = self._platform.journal.sum_movements(settings.operator_id, day, day)
        write_json(response, report_day(sums, self._platform.offer.vendor_of, settings.operator_id, day))


class GgrLimits:
    """GET /api/generic/ggrLimits"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        settings = require_operator(request, "ggrLimits", self._platform.source.find())
        write_json(response, describe_ggr_limit(self._platform.limits, _sum_month(self._platform, settings)))


class BalanceLimits:
    """GET /api/generic/balanceLimits?currencies="""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        settings = require_operator(request, "balanceLimits", self._platform.source.find())
        currencies = _read_currencies(request)
        sums = _sum_month(self._platform, settings)
        write_json(response, describe_balance(self._platform.limits, sums, currencies))


class HandHistory:
    """GET /api/generic/handHistory/{transaction_id}/{history_id}"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(self, request: falcon.Request, response: falcon.Response, transaction_id: str, history_id: str) -> None:
        settings = require_operator(request, "handHistory", self._platform.source.find())
        vendor = request.get_header("X-Vendor-Id", required=True)
        movements, game = _find_round(self._platform, settings, transaction_id, history_id)
        if game.vendor != vendor:
            raise _not_found()
        if has_hands(game):
            data: object = describe_hand(movements, history_id, game, settings.operator_id)
            write_json(response, {"success": True, "data": data, "type": "json"})
        else:
            key = sign_page(transaction_id, history_id, settings.secret_key)
            address = f"{request.prefix}/rounds/{transaction_id}/{history_id}/{key}"
            write_json(response, {"success": True, "type": "url", "data": address})


class RoundPage:
    """GET /rounds/{transaction_id}/{history_id}/{key}, for whoever was told the key"""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def on_get(
        self, _request: falcon.Request, response: falcon.Response, transaction_id: str, history_id: str, key: str
    ) -> None:
        settings = self._platform.source.find()
        if settings is None:
            raise _not_found()
        expected = sign_page(transaction_id, history_id, settings.secret_key)
        if not compare_digest(key.encode(), expected.encode()):
            raise _not_found()
        movements, game = _find_round(self._platform, settings, transaction_id, history_id)
        response.cache_control = ["no-store"]
        show_round(response, movements, game)


def _find_round(
    platform: Platform, settings: Settings, transaction_id: str, history_id: str
) -> tuple[Sequence[Movement], Game]:
    number = int(transaction_id) if re.fullmatch(r"[0-9]{1,18}|[0-8][0-9]{18}", transaction_id) else 0
    movements = platform.journal.list_round(settings.operator_id, number, history_id)
    game = platform.offer.find_ever(movements[0].game_id) if movements else None
    if game is None:
        raise _not_found()
    return movements, game


def _not_found() -> falcon.HTTPNotFound:
    return falcon.HTTPNotFound(title="No such hand", description="No transaction with this history id was played.")


def _sum_month(platform: Platform, settings: Settings) -> list[Sum]:
    today = datetime.now(UTC).date()
    return platform.journal.sum_movements(settings.operator_id, today.replace(day=1), today)


def _read_date(request: falcon.Request) -> date:
    text = request.get_param("date", required=True)
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise falcon.HTTPInvalidParam("It must be a day such as 2021-05-03.", "date")


def _read_currencies(request: falcon.Request) -> Sequence[str]:
    text = request.get_param("currencies", default="")
    if text and not CURRENCIES.fullmatch(text):
        raise falcon.HTTPInvalidParam("It must be currency codes with commas between them.", "currencies")
    return text.upper().split(",") if text else []
