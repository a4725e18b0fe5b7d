"""The HTTP views: past the door every answer is a signed envelope with status 200, whatever happened."""

import hashlib
import hmac
import logging
import time
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.views import APIView

from operators.selectors.directory import DirectoryUnavailable
from wallet.serializers.generic import Envelope, Malformed, decode_request
from wallet.services import play
from wallet.views.generic import envelope
from wallet.views.generic.commands import COMMANDS, Repeated
from wallet.views.generic.door import DoorRefused, Visitor, admit
from wallet.views.generic.journal import note_error, note_refusal, note_replay
from wallet.views.generic.verdicts import InvalidHash, verdict_of

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
# Where a request's environment has the code that it was answered with, unless it was done.
OUTCOME = "wallet.outcome"
# What a request's environment has where it repeated what was done already.
REPLAYED = "wallet.replayed"


class BodyTooLarge(Exception):
    """The body is longer than any request of the protocol."""


class ThinView(APIView):
    """DRF without what the hot path does not need: no parser, renderer or negotiation, Django's request as it is."""

    def initialize_request(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> Any:
        """Leave the request as it is."""
        return request

    def initial(self, request: Any, *_args: Any, **_kwargs: Any) -> None:
        """Refuse other methods."""
        if request.method.lower() not in self.http_method_names:
            raise MethodNotAllowed(request.method)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Leave the answer as it is."""
        return response

    def handle_exception(self, exc: Exception) -> Any:
        """Answer 405 to other methods."""
        if isinstance(exc, MethodNotAllowed):
            allowed = ", ".join(self.http_method_names).upper()
            return JsonResponse({"code": "method_not_allowed"}, status=405, headers={"Allow": allowed})
        raise exc


class PingView(ThinView):
    """Answers PONG to whoever asks."""

    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Answer that we are here."""
        return HttpResponse("PONG", content_type="text/plain")

    head = get


class CommandView(ThinView):
    """One command of the platform's."""

    http_method_names = ["post"]
    command = ""
    visitor: Visitor

    def initial(self, request: Any, *_args: Any, **_kwargs: Any) -> None:
        """Stand at the door."""
        super().initial(request)
        self.visitor = admit(request, self.command)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise BodyTooLarge
        if "HTTP_TRANSFER_ENCODING" in request.META:
            read_chunks(request)

    def handle_exception(self, exc: Exception) -> Any:
        """Answer what did not pass the door."""
        if isinstance(exc, BodyTooLarge):
            return JsonResponse({"code": "body_too_large"}, status=413)
        if isinstance(exc, DirectoryUnavailable):
            return JsonResponse({"code": "not_ready"}, status=503)
        if isinstance(exc, DoorRefused):
            note_refusal(self.request, self.command, str(exc))
            return JsonResponse({"code": "access_denied"}, status=403)
        return super().handle_exception(exc)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Carry out the command and sign what came of it."""
        started = time.perf_counter()
        body, secret, now = request.body, self.visitor.credential.secret, datetime.now(UTC)
        asked: Envelope[Any] | None = None
        try:
            asked = decode_request(self.command, body)
            check_hash(asked, secret)
            data = COMMANDS[self.command](self.visitor.operator, asked.data, now)
            answer = envelope.ok(body=body, secret=secret, now=now, data=data)
        except (play.Refusal, Malformed, InvalidHash, play.LedgerTimeout, play.LedgerUnavailable) as fault:
            verdict = verdict_of(fault, getattr(asked and asked.data, "transaction_type", self.command))
        except Exception as fault:  # whatever is wrong with us, the platform gets a signed answer that it can repeat
            logger.exception("%s failed", self.command)
            verdict = verdict_of(fault, self.command)
        else:
            if isinstance(data, Repeated):
                request.META[REPLAYED] = True
                note_replay(request, visitor=self.visitor, asked=asked, answer=answer, started=started)
            return answer
        request.META[OUTCOME] = verdict.code
        answer = envelope.error(body=body, secret=secret, now=now, code=verdict.code, message=verdict.message)
        note_error(request, visitor=self.visitor, asked=asked, verdict=verdict, answer=answer, started=started)
        return answer


def read_chunks(request: Any) -> None:
    """Read a body that came in chunks: Django takes one without a stated length for none.

    :raises BodyTooLarge:
    """
    body = request.environ["wsgi.input"].read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise BodyTooLarge
    request._body = body  # noqa: SLF001 - where Django keeps what it has read


def check_hash(asked: Envelope[Any], secret: bytes) -> None:
    """Compare the hash in the body with the one the shown secret makes.

    :raises InvalidHash:
    """
    signed = f"{asked.command}{asked.request_timestamp}".encode() + secret
    if not hmac.compare_digest(hashlib.sha1(signed).hexdigest().encode(), asked.hash.encode()):  # noqa: S324
        raise InvalidHash
