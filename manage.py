#!/usr/bin/env python
"""Django's commands. Where nothing else names a database, they work on the demo that `make run` keeps in var/."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parent
# What only the owner of the tables may do; the rest runs as the application's role, where that is another.
FOR_THE_OWNER = {"migrate", "grant_privileges", "archive_ledger", "make_history"}
DEMO_ENVIRONMENT = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "demo.env"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if FOR_THE_OWNER.intersection(sys.argv[1:2]):
        os.environ.setdefault("DATABASE_AS", "owner")
    own = {"DATABASE_URL", "DEBUG", "ENV_FILE"} & os.environ.keys() or (ROOT / ".env").exists()
    if not own and DEMO_ENVIRONMENT.exists():
        os.environ["ENV_FILE"] = str(DEMO_ENVIRONMENT)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
