"""Who may read lists and reports: the X-Operator-Id and X-Authorization headers of document 001."""

import hashlib
import hmac

import falcon

from sandbox.settings import Settings


def sign_list(resource: str, operator_id: str, secret_key: str) -> str:
    return hashlib.sha1(f"{resource}{operator_id}{secret_key}".encode()).hexdigest()


def require_operator(request: falcon.Request, resource: str, settings: Settings | None) -> Settings:
    """Let a request for a resource pass when our operator signed it, and return the settings.

    :raises falcon.HTTPForbidden: the operator is unknown, or the signature is missing or wrong.
    """
    operator_id = request.get_header("X-Operator-Id") or request.get_header("X-TT-Operator-Id") or ""
    given = request.get_header("X-Authorization") or ""
    if settings is None or not _is_signed(resource, operator_id, given, settings):
        raise falcon.HTTPForbidden(title="Access denied", description="X-Operator-Id or X-Authorization does not fit.")
    return settings


def _is_signed(resource: str, operator_id: str, given: str, settings: Settings) -> bool:
    expected = sign_list(resource, settings.operator_id, settings.secret_key)
    return operator_id == settings.operator_id and hmac.compare_digest(given.encode(), expected.encode())
