"""The demo's own secrets: made once at random, kept in var/ for its owner alone."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dev.processes import write_private


def random_word() -> str:
    return secrets.token_hex(16)


def random_fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who starts a second time must find the same ones; one that a newer release adds is made when it is missing."""

    database_password: str = field(default_factory=random_word)
    application_password: str = field(default_factory=random_word)
    redis_password: str = field(default_factory=random_word)
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32))
    encryption_key: str = field(default_factory=random_fernet_key)
    digest_key: str = field(default_factory=random_fernet_key)
    admin_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    staff_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    metrics_token: str = field(default_factory=random_word)
    generic_secret: str = field(default_factory=random_word)
    hizi_secret: str = field(default_factory=random_word)
    gmag_secret: str = field(default_factory=random_word)
    agent_key: str = field(default_factory=random_word)


def keep_credentials(path: Path) -> Credentials:
    """Read the credentials of an earlier run, make those it had not, and keep them all."""
    known = json.loads(path.read_text()) if path.exists() else {}
    credentials = Credentials(**known)
    if asdict(credentials) != known:
        write_private(path, json.dumps(asdict(credentials), indent=2))
    return credentials
