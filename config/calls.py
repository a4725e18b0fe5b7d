"""What requests pass to be counted: the wallet's by command and outcome, the back office's by route."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.gate import ARRIVED
from config.metrics import REQUEST_SECONDS, REQUESTS, WALLET_CALLS, WALLET_REPLAYS
from wallet.views.generic.door import COMMANDS
from wallet.views.generic.views import OUTCOME, REPLAYED

Answer = Callable[[HttpRequest], HttpResponse]

BY_PATH = {f"/wallet/{command}": command for command in (*COMMANDS, "ping")}


class CountedCalls:
    """The wallet's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        # The library looks a label's figures up at some cost.
        self._known: dict[tuple[str, str | int], Any] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        response = self.get_response(request)
        known = BY_PATH.get(meta["PATH_INFO"], "other"), meta.get(OUTCOME) or response.status_code
        figures = self._known.get(known)
        if figures is None:
            figures = self._known[known] = WALLET_CALLS.labels(known[0], name_outcome(known[1]))
        if ARRIVED in meta:
            figures.observe(monotonic() - meta[ARRIVED])
        if REPLAYED in meta:
            WALLET_REPLAYS.labels(known[0]).inc()
        return response


def name_outcome(outcome: str | int) -> str:
    """Say how a call ended: by an error's code, or by the status of what is no signed answer of that kind."""
    if isinstance(outcome, str):
        return outcome
    return "OK" if outcome == 200 else f"http_{outcome}"


class CountedRequests:
    """The back office's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = request.META.get(ARRIVED) or monotonic()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else ""
        REQUESTS.labels(request.method, route or "none", response.status_code).inc()
        REQUEST_SECONDS.labels(route or "none").observe(monotonic() - began)
        return response
