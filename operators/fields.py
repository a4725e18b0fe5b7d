"""Model fields that keep secrets encrypted at rest and address lists well formed."""

import base64
import hashlib
import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret names a key that is not configured, or does not decrypt under it."""


@lru_cache(maxsize=4)
def _keys(configured: tuple[tuple[str, str], ...]) -> dict[str, Fernet]:
    return {key_id: Fernet(key) for key_id, key in configured}


def _configured_keys() -> dict[str, Fernet]:
    return _keys(tuple(settings.ENCRYPTION_KEYS.items()))


def encrypt_secret(plain: str) -> str:
    """Return `keyid:ciphertext` under the first configured key; an empty text stays empty."""
    if not plain:
        return ""
    key_id, fernet = next(iter(_configured_keys().items()))
    return f"{key_id}:{fernet.encrypt(plain.encode()).decode()}"


def decrypt_secret(stored: str) -> str:
    """Return the plain text of what `encrypt_secret` made.

    :raises SecretUnreadable: the key is not configured or is not the one that encrypted the text.
    """
    if not stored:
        return ""
    key_id, _, ciphertext = stored.partition(":")
    fernet = _configured_keys().get(key_id)
    if fernet is None:
        raise SecretUnreadable(f"ENCRYPTION_KEYS has no key named {key_id!r}, which a stored secret needs")
    try:
        return fernet.decrypt(ciphertext.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable(f"a stored secret does not decrypt under the key {key_id!r}") from error


def new_encryption_key() -> str:
    """Return a fresh random key in the form that ENCRYPTION_KEYS takes."""
    return Fernet.generate_key().decode()


if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class SecretField(TextField):
    """A text that is plain in Python and encrypted in the database."""

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else encrypt_secret(str(value))

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt_secret(value)


def validate_networks(networks: list[str]) -> None:
    """Refuse a list with anything but addresses and CIDR networks, naming the entry."""
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValidationError(f"“{network}” is not an address or a CIDR network: {error}") from error


def validate_json_object(value: object) -> None:
    """Refuse JSON that is not an object."""
    if not isinstance(value, dict):
        raise ValidationError("Enter a JSON object: {…}.")


def validate_zone(name: str) -> None:
    """Refuse a time zone that the zone database does not have."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is not a time zone; use a name such as Europe/Malta.")


def digest_key(text: str) -> str:
    """Return what is stored of an API key: its SHA-256 in URL-safe base64."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
