"""What a platform can be told to do wrong: kept by the control API, done around all platforms."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], object]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

Platform = Literal["generic", "hizi", "gmag", "agent"]
Kind = Literal["slow", "late", "http_500", "http_429", "truncated", "html", "html_502", "wrong_types", "dropped"]
ANY_CALL = "*"
# Pages for people, logos and the like are no calls: nothing is done to them.
CALLS: Mapping[Platform, re.Pattern[str]] = {
    "generic": re.compile(r"/api/generic/(\w+)(?:/.*)?"),
    "hizi": re.compile(r"/hizi/backoffice/(\w+)"),
    "gmag": re.compile(r"/gmag/history/(\w+)"),
    "agent": re.compile(r"/agent/(\w+)"),
}
HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
LONGEST_WAIT = 120


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """What to do wrong at a platform's next `times` answers to a call (None: at all of them, until cleared).

    `seconds` is how long `slow` and `late` take; `retry_after` is what `http_429` asks for, in seconds.
    """

    platform: Platform
    kind: Kind
    call: str = ANY_CALL
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)] = 5.0
    retry_after: Annotated[int, msgspec.Meta(ge=0)] = 2


@dataclass
class Faults:
    """The faults that were asked for and are not used up, in the order in which they came."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def list_waiting(self) -> list[Fault]:
        with self._lock:
            return [msgspec.structs.replace(fault) for fault in self._waiting]

    def take(self, platform: Platform, call: str) -> Fault | None:
        """The first fault that is meant for this call, which has then happened once more."""
        with self._lock:
            for fault in self._waiting:
                if fault.platform == platform and fault.call in {call, ANY_CALL}:
                    self._count(fault)
                    return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self._waiting.remove(fault)


def find_call(path: str) -> tuple[Platform, str] | None:
    """Which call of which platform a path is, or None where it is none."""
    for platform, pattern in CALLS.items():
        if found := pattern.fullmatch(path):
            return platform, found[1]
    return None


def add_faults(application: Wsgi, faults: Faults) -> Wsgi:
    """The application, which does to its calls what it was told to do wrong."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        call = find_call(str(environ["PATH_INFO"]))
        fault = faults.take(*call) if call else None
        if fault is None:
            return application(environ, start_response)
        return WAYS[fault.kind](fault, application, environ, start_response)

    return answer


def _be_slow(fault: Fault, application: Wsgi, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    time.sleep(fault.seconds)
    return application(environ, start_response)


def _be_late(fault: Fault, application: Wsgi, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    status, headers, body = _collect(application, environ)
    time.sleep(fault.seconds)
    start_response(status, headers)
    return [body]


def _fail(_fault: Fault, _application: Wsgi, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    return _answer(start_response, "500 Internal Server Error", b"Internal Server Error", "text/plain")


def _refuse_for_now(
    fault: Fault, _application: Wsgi, _environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    wait = ("Retry-After", str(fault.retry_after))
    return _answer(start_response, "429 Too Many Requests", b"Too Many Requests", "text/plain", wait)


def _cut(_fault: Fault, application: Wsgi, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    status, _headers, body = _collect(application, environ)
    return _answer(start_response, status, body[: len(body) // 2])


def _show_html(fault: Fault, _application: Wsgi, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    status = "200 OK" if fault.kind == "html" else "502 Bad Gateway"
    return _answer(start_response, status, HTML, "text/html; charset=utf-8")


def _confuse(_fault: Fault, application: Wsgi, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    status, _headers, body = _collect(application, environ)
    content = msgspec.json.Decoder(float_hook=Decimal).decode(body)
    return _answer(start_response, status, msgspec.json.encode(confuse_types(content)))


def _drop(_fault: Fault, _application: Wsgi, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    # The server hangs up for want of the promised body: after the head at the latest, often before it.
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "100")])
    return iter(())


WAYS: Mapping[Kind, Callable[[Fault, Wsgi, Environ, StartResponse], Iterable[bytes]]] = {
    "slow": _be_slow,
    "late": _be_late,
    "http_500": _fail,
    "http_429": _refuse_for_now,
    "truncated": _cut,
    "html": _show_html,
    "html_502": _show_html,
    "wrong_types": _confuse,
    "dropped": _drop,
}


def confuse_types(value: object) -> object:
    """The same JSON with its keys but no value of the type that it had; an object stays one, for its keys."""
    if isinstance(value, dict):
        return {name: confuse_types(item) for name, item in value.items()}
    if isinstance(value, list):
        return {str(number): confuse_types(item) for number, item in enumerate(value)}
    if isinstance(value, str):
        return len(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return {} if value is None else _confuse_number(value)


def _confuse_number(value: object) -> object:
    return [value] if isinstance(value, int) else f"about {value}"


def _collect(application: Wsgi, environ: Environ) -> tuple[str, Headers, bytes]:
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, *_: object) -> None:
        started.append((status, headers))

    body = b"".join(application(environ, start))
    status, headers = started[-1]
    return status, headers, body


def _answer(
    start_response: StartResponse,
    status: str,
    body: bytes,
    content_type: str = "application/json",
    *more: tuple[str, str],
) -> Sequence[bytes]:
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body))), *more])
    return [body]
