"""What all views of the casino API have in common: JSON only, keys and scopes, one form of error."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import msgspec
from rest_framework import exceptions, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from operators.models import ApiKey, Casino
from wallet.views.casino_api.access import ApiKeyAuthentication, HasScope
from wallet.views.casino_api.errors import BodyTooLarge, answer_error

LARGEST_BODY = 64 * 1024


class JsonParser(BaseParser):
    """A JSON object in UTF-8, of a bounded size."""

    media_type = "application/json"

    def parse(self, stream: Any, _media_type: str | None = None, _context: Any = None) -> dict[str, Any]:
        """:raises ParseError, BodyTooLarge:"""
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.ValidationError as error:
            raise exceptions.ParseError("The body must be a JSON object.") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise exceptions.ParseError(f"The body is not JSON: {error}") from error


class HeaderNegotiation(DefaultContentNegotiation):
    """The Accept header decides; `format` in an address is a parameter like others, which no call has."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:  # noqa: A002, ARG002
        """Keep all."""
        return list(renderers)


class CasinoApiView(APIView):
    """`scopes` says, by method, which scopes of a key suffice."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    parser_classes = [JsonParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = HeaderNegotiation
    http_method_names = ["get", "head", "post"]
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # What is told of players and tokens stays out of caches.
    cache_control: ClassVar[str] = "no-store"

    @property
    def api_key(self) -> ApiKey:
        """The caller's key."""
        key = self.request.auth
        assert isinstance(key, ApiKey)  # noqa: S101 - the permission let nobody else in
        return key

    @property
    def casino(self) -> Casino:
        """The caller's casino."""
        return self.api_key.casino

    @property
    def by(self) -> str:
        """The caller, as the audit trail names it."""
        return f"api-key:{self.api_key.prefix}"

    def read(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """Return the body, checked.

        :raises ValidationError: naming the fields.
        """
        return _check(serializer, self.request.data)

    def read_query(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """Return what the address asks after its question mark, checked.

        :raises ValidationError: naming the fields, also those that are unknown.
        """
        given = self.request.query_params.dict()
        known = serializer().fields
        if unknown := {name: [f"Unknown; there are {', '.join(known)}."] for name in given if name not in known}:
            raise serializers.ValidationError(unknown)
        return _check(serializer, given)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Answer errors in this API's own form."""
        return answer_error

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Say who may keep it."""
        response: Response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = self.cache_control
        return response


def _check(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    reader = serializer(data=data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
