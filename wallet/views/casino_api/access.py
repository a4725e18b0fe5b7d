"""Who may call the casino API: a key, from an address that it may be used from, with the scope for it."""

import ipaddress
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from operators.models import ApiKey
from operators.selectors.accounts import find_api_key
from operators.selectors.addresses import AddressUnknown, client_address, is_allowed

SCHEME = "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """Find the key; a request without one is left to the permission to refuse."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        if scheme.lower() != SCHEME.lower() or not text.strip():
            raise AuthenticationFailed("Send the key as “Authorization: Bearer <key>”.")
        api_key = find_api_key(text.strip())
        if api_key is None:
            raise AuthenticationFailed("There is no such key, or it was revoked.")
        if api_key.ip_allow_list and not _comes_from_allowed(request, api_key):
            raise PermissionDenied("The key may not be used from this address.", "address_not_allowed")
        return None, api_key

    def authenticate_header(self, _request: Request) -> str:
        """Say what a 401 asks for."""
        return SCHEME


class HasScope(BasePermission):
    """The key has one of the scopes that the view names for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse a request without a key, or with one that lacks the scope."""
        method = "GET" if request.method == "HEAD" else request.method
        needed: tuple[str, ...] = getattr(view, "scopes", {}).get(method, ())
        if isinstance(request.auth, ApiKey) and needed and not set(needed) & set(request.auth.scopes):
            raise PermissionDenied(f"The key lacks the scope “{' or '.join(needed)}”.", "scope_missing")
        return request.auth is not None


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key, as OpenAPI names it."""

    target_class = ApiKeyAuthentication
    name = "casinoApiKey"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """An HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "description": "A casino API key, made in the back office."}


def _comes_from_allowed(request: Request, api_key: ApiKey) -> bool:
    networks = [ipaddress.ip_network(network) for network in api_key.ip_allow_list]
    try:
        address = client_address(
            remote_address=request.META.get("REMOTE_ADDR", ""),
            forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
            trusted_proxies=settings.TRUSTED_PROXY_COUNT,
        )
    except AddressUnknown:
        return False
    return is_allowed(address, networks)
