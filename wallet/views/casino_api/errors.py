"""Every refusal and fault of the casino API, as `{"code", "detail", "fields"}`."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import OperationalError
from rest_framework import exceptions, status
from rest_framework.response import Response

from catalog.selectors import UnknownGame, UnknownLobby
from operators.selectors.accounts import UnknownOperator
from operators.selectors.refusals import Refusal
from wallet.selectors import UnknownPlayer
from wallet.services.agent_launch import PlatformUnanswered
from wallet.services.busy import LedgerBusy
from wallet.services.cashier import InvalidAmount, LedgerTimeout, LedgerUnavailable
from wallet.services.launch import LaunchMalformed

logger = logging.getLogger(__name__)

NOT_FOUND = (UnknownPlayer, UnknownOperator, UnknownGame, UnknownLobby)
MALFORMED = (InvalidAmount, LaunchMalformed)
UNANSWERED = (PlatformUnanswered,)
CODES = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "authentication_failed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
}


class BodyTooLarge(exceptions.APIException):
    """No request of this API needs as much."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "body_too_large"


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response:
    """Translate whatever a view raised; what is unforeseen is logged and answered without its particulars."""
    if isinstance(error, LedgerBusy | LedgerTimeout | LedgerUnavailable | OperationalError):
        detail = "It could not be done now. Repeating the request is safe."
        return _answer(status.HTTP_503_SERVICE_UNAVAILABLE, "unavailable", detail, headers={"Retry-After": "1"})
    if isinstance(error, Refusal):
        return _answer(_status_of(error), error.code, _tell(error), error.fields)
    if isinstance(error, exceptions.ValidationError):
        return _answer_invalid(_flatten(error.detail))
    if isinstance(error, ModelValidationError):
        return _answer_invalid(_flatten(getattr(error, "message_dict", {"body": error.messages})))
    if isinstance(error, exceptions.APIException):
        code = CODES.get(type(error)) or str(error.get_codes())
        return _answer(error.status_code, code, str(error.detail), headers=_headers_of(error))
    logger.error("casino API: %s failed", context["request"].path, exc_info=error)
    return _answer(status.HTTP_500_INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong on our side.")


def _answer(
    status_code: int,
    code: str,
    detail: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response({"code": code, "detail": detail, "fields": fields or {}}, status_code, headers=dict(headers or {}))


def _answer_invalid(fields: Mapping[str, str]) -> Response:
    detail = " ".join(f"{name}: {fault}" for name, fault in fields.items())
    return _answer(status.HTTP_400_BAD_REQUEST, "invalid", detail, fields)


def _status_of(refusal: Refusal) -> int:
    if isinstance(refusal, NOT_FOUND):
        return status.HTTP_404_NOT_FOUND
    if isinstance(refusal, UNANSWERED):
        return status.HTTP_503_SERVICE_UNAVAILABLE
    return status.HTTP_400_BAD_REQUEST if isinstance(refusal, MALFORMED) else status.HTTP_409_CONFLICT


def _tell(refusal: Refusal) -> str:
    """Return what the casino's site may show to a player as it is; a malformed request is told to its programmers."""
    return refusal.detail if isinstance(refusal, MALFORMED) else refusal.player_detail or refusal.detail


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _flatten(faults: Any) -> dict[str, str]:
    """One sentence for each field, whatever depth its faults were found at."""
    named = faults if isinstance(faults, dict) else {"body": faults}
    return {str(name): " ".join(dict.fromkeys(_leaves(fault))) for name, fault in named.items()}


def _leaves(fault: Any) -> list[str]:
    if isinstance(fault, dict):
        return [leaf for inner in fault.values() for leaf in _leaves(inner)]
    if isinstance(fault, list):
        return [leaf for inner in fault for leaf in _leaves(inner)]
    return [str(fault)]
