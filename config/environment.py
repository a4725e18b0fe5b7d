"""Variables of the environment, read and checked; every fault is gathered, to be told at once."""

import base64
import binascii
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ

Value = TypeVar("Value")

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]", "::1"}


class Environment:
    """What the settings ask of the environment.

    In production a variable that has only a development value must be set, and to something else.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.faults: list[str] = []
        self.production = False

    def read(
        self, name: str, parse: Callable[[str], Value], *, default: str | None = None, development: str = ""
    ) -> Value:
        """The parsed value of a variable; a fault is noted, and a stand-in returned until `refuse_faults`."""
        stand_in = development if default is None else default
        given = self.variables.get(name, "").strip()
        if self.production and default is None:
            self._refuse_missing(name, given, development)
        try:
            return parse(given or stand_in)
        except ValueError as fault:
            self.note(name, str(fault))
            return parse(stand_in)

    def _refuse_missing(self, name: str, given: str, development: str) -> None:
        if not given:
            self.note(name, "is not set, and has no default in production (DEBUG is not true)")
        elif given == development:
            self.note(name, "has its development value, which production (DEBUG is not true) does not accept")

    def note(self, name: str, fault: str) -> None:
        self.faults.append(f"{name} {fault}")

    def refuse_faults(self) -> None:
        """End the process with one line for each fault, if there is any."""
        if self.faults:
            lines = [f"Settings: {fault}. See {name_of(fault)} in .env.example." for fault in self.faults]
            sys.exit("\n".join(lines))


def name_of(fault: str) -> str:
    return fault.split(" ", 1)[0]


def yes_or_no(value: str) -> bool:
    if value.lower() not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
        raise ValueError("must be true or false")
    return value.lower() in {"true", "1", "yes", "on"}


def whole_number(value: str, *, least: int = 0) -> int:
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ValueError(f"must be a whole number, {least} or more")
    return int(value)


def whole_number_from(least: int) -> Callable[[str], int]:
    return partial(whole_number, least=least)


def words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def database(value: str) -> dict[str, Any]:
    """Django's database settings from `postgresql://user:password@host:port/name`."""
    remedy = "must read postgresql://user:password@host:5432/name"
    try:
        parts = urlsplit(value)
        settings: dict[str, Any] = environ.Env.db_url_config(value)
    except ValueError:
        raise ValueError(remedy) from None
    if parts.scheme not in {"postgresql", "postgres"} or not settings["NAME"]:
        raise ValueError(remedy)
    return settings


def database_or_none(value: str) -> dict[str, Any]:
    return database(value) if value else {}


def redis_url(value: str) -> str:
    remedy = "must read redis://:password@host:6379/0 (or rediss:// for TLS)"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError(remedy) from None
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError(remedy)
    return value


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


def web_address_or_none(value: str) -> str:
    return web_address(value) if value else ""


def encryption_keys(value: str) -> dict[str, str]:
    """Fernet keys by their ids, in the order given: the first encrypts, all decrypt."""
    keys = dict(_encryption_key(word) for word in words(value))
    if len(keys) != len(words(value)) or not keys:
        raise ValueError("must hold at least one key, and each key id once")
    return keys


def _encryption_key(word: str) -> tuple[str, str]:
    key_id, _, key = word.partition(":")
    try:
        good = len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        good = False
    if not (good and key_id.replace("-", "").replace("_", "").isalnum()):
        raise ValueError("must be a list key-id:key,key-id:key of 32-byte keys in URL-safe base64")
    return key_id, key


def secret_key(value: str) -> str:
    if len(value) < 50 or len(set(value)) < 5:
        raise ValueError("must be at least 50 random characters")
    return value


def token_or_none(value: str) -> str:
    if value and not (len(value) >= 20 and value.isascii() and value.isprintable()):
        raise ValueError("must be at least 20 characters of ASCII")
    return value
