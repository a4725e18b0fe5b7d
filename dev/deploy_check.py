"""Django's deployment check of the back office, under the settings of a production."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from dev.credentials import random_fernet_key

ROOT = Path(__file__).resolve().parent.parent


def production() -> dict[str, str]:
    """An environment such as a real one: complete, and nothing in it known beforehand."""
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": f"check:{random_fernet_key()}",
        "LEDGER_DIGEST_KEYS": f"check:{random_fernet_key()}",
        "ALLOWED_HOSTS": "backoffice.example",
        "DATABASE_URL": f"postgresql://backoffice:{secrets.token_hex(8)}@database.example:5432/backoffice",
        "REDIS_URL": f"redis://:{secrets.token_hex(8)}@redis.example:6379/0",
    }


def main() -> int:
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=production(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
