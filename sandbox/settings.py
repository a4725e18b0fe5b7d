"""Where the wallet is and which operator account we play for.

A running `make run` writes all of it to `var/demo.json`; each value can be overridden by an environment variable.
"""

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_PORT = 8002
DEFAULT_DEMO = Path("var/demo.json")
ACCOUNT_VARIABLES = {
    "generic": ("SANDBOX_OPERATOR_ID", "SANDBOX_SECRET_KEY"),
    "hizi": ("SANDBOX_HIZI_OPERATOR_ID", "SANDBOX_HIZI_SECRET_KEY"),
    "gmag": ("SANDBOX_GMAG_OPERATOR_ID", "SANDBOX_GMAG_SECRET_KEY"),
    "agent": ("SANDBOX_AGENT_OPERATOR_ID", "SANDBOX_AGENT_SECRET_KEY"),
}

SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "wallet_url": ("SANDBOX_WALLET_URL", ("wallet_url",)),
    "backoffice_url": ("SANDBOX_BACKOFFICE_URL", ("backoffice_url",)),
    "operator_id": ("SANDBOX_OPERATOR_ID", ("operators", "generic", "operator_id")),
    "secret_key": ("SANDBOX_SECRET_KEY", ("operators", "generic", "secret_key")),
    "api_key": ("SANDBOX_API_KEY", ("casino", "api_key")),
}


class BadSettings(Exception):
    """A value that the sandbox needs is in neither the demo file nor the environment, or is malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One operator account at this platform, the casino's two addresses, and the casino's API key."""

    wallet_url: str
    backoffice_url: str
    operator_id: str
    secret_key: str
    api_key: str


@dataclass(frozen=True, slots=True)
class Account:
    """The casino's account at one platform: gmag's `operator_id` is a brand id, agent's `secret_key` a bearer key."""

    operator_id: str
    secret_key: str = field(repr=False)


def add_demo_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--demo PATH`, the file that `make run` writes."""
    default = Path(os.environ.get("SANDBOX_DEMO", DEFAULT_DEMO))
    parser.add_argument("--demo", type=Path, default=default, metavar="PATH", help=f"the demo file ({default})")


def read_settings(demo: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the demo file and the environment, the environment first.

    :raises BadSettings: a value is missing, or the file is not the JSON object it should be.
    """
    document = _read_demo(demo)
    return Settings(**{name: _value(name, document, demo, environment) for name in SOURCES})


def read_port(environment: Mapping[str, str] = os.environ) -> int:
    """Read SANDBOX_PORT.

    :raises BadSettings: it is not a port number.
    """
    text = environment.get("SANDBOX_PORT", "") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise BadSettings(f"SANDBOX_PORT is {text!r}: set it to a port number between 1 and 65535")
    return int(text)


def read_game_count(given: str | None, usual: int, most: int, environment: Mapping[str, str] = os.environ) -> int:
    """How many games generic has: what was given, or SANDBOX_GAMES, or as usual.

    :raises BadSettings: it is not a number from 1 to `most`.
    """
    text = given or environment.get("SANDBOX_GAMES", "") or str(usual)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise BadSettings(f"{text!r} games: set --games or SANDBOX_GAMES to a number between 1 and {most}")
    return int(text)


def read_data_folder(environment: Mapping[str, str] = os.environ, demo: Path = DEFAULT_DEMO) -> Path:
    """The folder of the sandbox's SQLite files, made if it is not there: SANDBOX_DATA, or `sandbox` beside the demo."""
    folder = Path(environment.get("SANDBOX_DATA") or demo.parent / "sandbox").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def read_account(platform: str, demo: Path, environment: Mapping[str, str] = os.environ) -> Account | None:
    """The account at `generic`, `hizi`, `gmag` or `agent`, or None where it is not set up.

    :raises BadSettings: the demo file is not the JSON object it should be.
    """
    operators = _read_demo(demo).get("operators")
    named = operators.get(platform) if isinstance(operators, dict) else None
    found = named if isinstance(named, dict) else {}
    id_variable, key_variable = ACCOUNT_VARIABLES[platform]
    operator_id = environment.get(id_variable) or found.get("operator_id")
    secret_key = environment.get(key_variable) or found.get("secret_key")
    return Account(str(operator_id), str(secret_key)) if operator_id and secret_key else None


def _read_demo(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"{path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise BadSettings(f"{path} is not a JSON object")
    return document


def _value(name: str, document: dict[str, Any], demo: Path, environment: Mapping[str, str]) -> str:
    variable, keys = SOURCES[name]
    found: Any = environment.get(variable) or document
    if isinstance(found, dict):
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or not found:
        raise BadSettings(f"{'.'.join(keys)} is not in {demo}: start the casino with `make run`, or set {variable}")
    return found


class SettingsSource:
    """The settings as they are now: the demo file is read again when it changes, and may come after us."""

    def __init__(self, demo: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._demo = demo
        self._environment = environment
        self._stamp: int | None = None
        self._settings: Settings | None = None
        self._accounts: Mapping[str, Account | None] = {}
        self.problem = "no settings were read yet"

    def find(self) -> Settings | None:
        """The settings, or None with `problem` saying what is missing."""
        self._follow_the_file()
        return self._settings

    def find_account(self, platform: str) -> Account | None:
        """The casino's account at `generic`, `hizi`, `gmag` or `agent`, or None where it is not set up."""
        self._follow_the_file()
        return self._accounts.get(platform)

    def _follow_the_file(self) -> None:
        stamp = self._demo.stat().st_mtime_ns if self._demo.exists() else 0
        if stamp == self._stamp:
            return
        try:
            self._accounts = {name: read_account(name, self._demo, self._environment) for name in ACCOUNT_VARIABLES}
            self._settings, self.problem = read_settings(self._demo, self._environment), ""
        except BadSettings as problem:
            self._settings, self.problem = None, str(problem)
        # Last, so that no other thread takes what was read before for what is in the file now.
        self._stamp = stamp
