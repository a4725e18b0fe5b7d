"""The control API: what people and tests tell the sandbox to do, in JSON under `/control/`."""

from typing import TypeVar

import falcon
import msgspec

from sandbox.faults import Fault, Faults

Order = TypeVar("Order")

LONGEST_ORDER = 1 << 20


def read_order(request: falcon.Request, kind: type[Order]) -> Order:
    """The request's body as a struct.

    :raises falcon.HTTPUnsupportedMediaType: it is not said to be JSON.
    :raises falcon.HTTPBadRequest: it is none, or not of this form.
    """
    # A page of another site cannot send this type without asking us first.
    if request.content_type != falcon.MEDIA_JSON:
        raise falcon.HTTPUnsupportedMediaType(title="Send JSON")
    try:
        return msgspec.json.decode(request.bounded_stream.read(LONGEST_ORDER), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise falcon.HTTPBadRequest(title="Not an order", description=str(error)) from error


def write_json(response: falcon.Response, content: object) -> None:
    """Answer with JSON, the digits of Decimals as they are; nobody is to keep it."""
    response.content_type = falcon.MEDIA_JSON
    response.cache_control = ["no-store"]
    response.data = msgspec.json.Encoder(decimal_format="number").encode(content)


class FaultsControl:
    """GET, POST and DELETE /control/faults"""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def on_get(self, _request: falcon.Request, response: falcon.Response) -> None:
        write_json(response, {"faults": self._faults.list_waiting()})

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        self._faults.add(read_order(request, Fault))
        response.status = falcon.HTTP_201
        write_json(response, {"faults": self._faults.list_waiting()})

    def on_delete(self, _request: falcon.Request, response: falcon.Response) -> None:
        self._faults.clear()
        response.status = falcon.HTTP_204
