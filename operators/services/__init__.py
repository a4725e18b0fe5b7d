"""What staff do to casinos, API keys and operator accounts; each act leaves an audit entry."""

from operators.services.api_keys import IssuedApiKey, create_api_key, revoke_api_key
from operators.services.audit import write_audit_entry
from operators.services.casinos import create_casino, update_casino
from operators.services.operators import (
    OperatorUnguarded,
    RotationUnfinished,
    SecretMissing,
    SecretUnchanged,
    activate_operator,
    create_operator,
    retire_previous_secret,
    rotate_secret,
    suspend_operator,
    terminate_operator,
    update_operator,
)

__all__ = [
    "IssuedApiKey",
    "OperatorUnguarded",
    "RotationUnfinished",
    "SecretMissing",
    "SecretUnchanged",
    "activate_operator",
    "create_api_key",
    "create_casino",
    "create_operator",
    "retire_previous_secret",
    "revoke_api_key",
    "rotate_secret",
    "suspend_operator",
    "terminate_operator",
    "update_casino",
    "update_operator",
    "write_audit_entry",
]
