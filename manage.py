#!/usr/bin/env python
"""Django's commands. Where nothing else names a database, they work on the demo that `make run` keeps in var/."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parent
DEMO_ENVIRONMENT = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "demo.env"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    own = {"DATABASE_URL", "DEBUG", "ENV_FILE"} & os.environ.keys() or (ROOT / ".env").exists()
    if not own and DEMO_ENVIRONMENT.exists():
        os.environ["ENV_FILE"] = str(DEMO_ENVIRONMENT)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
