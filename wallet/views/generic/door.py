"""The door of the `generic` wallet: which operator calls, proved by whom, from where."""

import hmac
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from operators.models import Protocol
from operators.selectors.addresses import Address, AddressUnknown, client_address, is_allowed
from operators.selectors.directory import Credential, Directory, ListedOperator

COMMANDS = ("authenticate", "balance", "changebalance", "status", "cancel", "finishround")
DIRECTORY = Directory(Protocol.GENERIC, COMMANDS)


class DoorRefused(Exception):
    """The call is not from an operator of ours; the message says why, to us alone."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """An operator that passed the door, and the credential that it showed."""

    operator: ListedOperator
    credential: Credential


def admit(request: HttpRequest, command: str) -> Visitor:
    """Check operator id, authorization and address.

    :raises DoorRefused:
    :raises DirectoryUnavailable: the operators were never read yet.
    """
    meta = request.META
    operator = DIRECTORY.find(meta.get("HTTP_X_OPERATOR_ID") or meta.get("HTTP_X_TT_OPERATOR_ID") or "")
    if operator is None:
        raise DoorRefused("unknown operator")
    credential = _find_credential(operator, command, meta.get("HTTP_X_AUTHORIZATION", ""))
    if credential is None:
        raise DoorRefused("wrong X-Authorization")
    if operator.networks and not _comes_from_allowed(request, operator):
        raise DoorRefused("address not on the allow list")
    return Visitor(operator, credential)


def caller_ip(request: HttpRequest) -> str | None:
    """Return the caller's address as text, or None where it cannot be told."""
    try:
        return str(_address(request))
    except AddressUnknown:
        return None


def _find_credential(operator: ListedOperator, command: str, shown: str) -> Credential | None:
    found = None
    for credential in operator.credentials:
        if hmac.compare_digest(credential.authorizations[command].encode(), shown.encode()):
            found = found or credential
    return found


def _comes_from_allowed(request: HttpRequest, operator: ListedOperator) -> bool:
    try:
        return is_allowed(_address(request), operator.networks)
    except AddressUnknown:
        return False


def _address(request: HttpRequest) -> Address:
    return client_address(
        remote_address=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted_proxies=settings.TRUSTED_PROXY_COUNT,
    )
