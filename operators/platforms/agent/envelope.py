"""What surrounds every answer. The document's text and its examples differ, so that both ways are read."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from operators.platforms.agent.fields import first_of
from operators.platforms.base import Malformed, PlatformFailure
from operators.platforms.reading import read_object, read_text

LONGEST_DETAIL = 500
LONGEST_CODE = 64
# The document's text knows refusals with a message only.
NO_CODE = "REFUSED"


class ItemsEnvelope(msgspec.Struct):
    """The envelope of a long list, which is left unread until it is clear that it is no refusal."""

    ok: Any = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None
    message: Any = None


class _Items(msgspec.Struct):
    items: list[msgspec.Raw] | None


_ITEMS = msgspec.json.Decoder(_Items)


def open_envelope(answer: Any) -> Mapping[str, Any]:
    """Return what an answer brings; nothing where it only says that all is well.

    :raises PlatformFailure: the platform refuses: with its own code, whether we know it or not.
    :raises Malformed: the answer says neither.
    """
    refusal = find_refusal(answer)
    if refusal is not None:
        raise refusal
    if not isinstance(answer, dict) or answer.get("ok") is not True:
        raise Malformed("the answer does not say whether the call went well (“ok”)")
    return read_object(first_of(answer, "result", "data"))


def find_refusal(answer: Any) -> PlatformFailure | None:
    """Return the refusal that an answer holds, if it is one."""
    if not isinstance(answer, dict) or answer.get("ok") is not False:
        return None
    error = answer.get("error")
    fields = read_object(error)
    code = read_text(fields.get("code"), LONGEST_CODE)
    said = first_of(fields, "message") or (error if isinstance(error, str) else answer.get("message"))
    detail = read_text(said, LONGEST_DETAIL) or "the platform gives no reason"
    return PlatformFailure(code or NO_CODE, detail, permanent=True)


def find_items(envelope: ItemsEnvelope) -> Sequence[msgspec.Raw]:
    """Return the rows of a list, each as its own JSON.

    :raises PlatformFailure: the platform refuses.
    :raises msgspec.ValidationError: there is no list.
    """
    open_envelope({"ok": envelope.ok, "error": envelope.error, "message": envelope.message})
    held = envelope.data if bytes(envelope.result) == b"null" else envelope.result
    return _ITEMS.decode(held).items or ()
