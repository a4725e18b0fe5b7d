"""The aggregator's state in one SQLite file, and what can be set on request."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec

from sandbox.database import Database

SCHEMA = Path(__file__).with_name("schema.sql").read_text("utf-8")
# The aggregator's clock on the wall; its histories are written in it.
HOME_ZONE = timezone(timedelta(hours=7))
AGENT_ID = 9
AGENT_PREFIX = "2sjcc"
ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a call is answered from: the database, the address we were called at, and the time."""

    database: Database
    origin: str
    now: datetime


class Access(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How the agent stands. `allowed_ips` None lets everyone in."""

    allowed_ips: list[str] | None = None
    active: bool = True
    agent_type: str = "transfer"


def open_database(data: Path) -> Database:
    return Database(data / "agent.sqlite3", SCHEMA)


def read_setting(database: Database, name: str) -> str | None:
    rows = database.read("SELECT value FROM setting WHERE name = ?", name)
    return rows[0]["value"] if rows else None


def read_access(database: Database) -> Access:
    return msgspec.json.decode(read_setting(database, ACCESS) or "{}", type=Access)


def new_id() -> str:
    """32 hex digits, the first half of which is the time."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"


def to_microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def from_microseconds(number: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)


def write_home_time(number: int) -> str:
    """Microseconds as RFC 3339 at the aggregator's offset."""
    return from_microseconds(number).astimezone(HOME_ZONE).isoformat()


def write_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
