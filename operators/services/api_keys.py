"""API keys: made once, shown once, revoked for good."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from operators.fields import digest_key
from operators.models import ApiKey, Casino
from operators.services.audit import write_audit_entry


class IssuedApiKey(NamedTuple):
    """A new key, and its text, which is not kept."""

    api_key: ApiKey
    text: str


def create_api_key(
    *, casino: Casino, name: str, scopes: Sequence[str], ip_allow_list: Sequence[str] = (), by: str
) -> IssuedApiKey:
    """Make a key of a casino's; only its digest and its first characters are stored.

    :raises ValidationError: no scope, an unknown one, or a malformed address.
    """
    prefix = secrets.token_hex(4)
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    api_key = ApiKey(
        casino=casino,
        name=name,
        prefix=prefix,
        digest=digest_key(text),
        scopes=sorted(set(scopes)),
        ip_allow_list=list(ip_allow_list),
        created_by=by,
    )
    with transaction.atomic():
        api_key.full_clean()
        api_key.save()
        details = {"casino": casino.slug, "scopes": api_key.scopes, "ip_allow_list": api_key.ip_allow_list}
        write_audit_entry(by=by, action="create_api_key", subject=api_key, details=details)
    return IssuedApiKey(api_key, text)


def revoke_api_key(*, api_key: ApiKey, by: str, now: datetime) -> ApiKey:
    """End a key; a second time changes nothing."""
    with transaction.atomic():
        api_key.refresh_from_db(from_queryset=ApiKey.objects.select_for_update(of=("self",)))
        if api_key.revoked_at is None:
            api_key.revoked_at, api_key.revoked_by = now, by
            api_key.save(update_fields=["revoked_at", "revoked_by"])
            write_audit_entry(by=by, action="revoke_api_key", subject=api_key)
    return api_key
