"""`manage.py freeze_roles`: the table of roles into the newest migration that makes the groups from it."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from staff.roles import ROLES

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
HINT = "Once that migration is released, add another one like it first. To run it again here: migrate staff 0001."


def newest_copy() -> Path:
    """Return the file that the newest such migration reads."""
    return max(MIGRATIONS.glob("frozen_*/roles.json"))


def text_of_roles() -> str:
    """Return the table as the file has it."""
    return json.dumps({role: sorted(permissions) for role, permissions in ROLES.items()}, indent=2) + "\n"


class Command(BaseCommand):
    """Write the copy."""

    help = "Copy the table of roles into the newest migration that makes the groups from it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write it."""
        newest_copy().write_text(text_of_roles())
        self.stdout.write(f"{newest_copy().relative_to(MIGRATIONS.parent)} is written. {HINT}")
