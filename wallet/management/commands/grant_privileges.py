"""Grants the application's role what it needs, and takes the rest; `migrate` does the same at its end."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from wallet.services.privileges import grant_privileges


class Command(BaseCommand):
    """`manage.py grant_privileges`."""

    help = "Grant what wallet/privileges/*.sql says; it needs the database's owner (MIGRATION_DATABASE_URL)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Grant, and say to whom."""
        grant_privileges(role=settings.APPLICATION_ROLE)
        self.stdout.write(f"Granted to {settings.APPLICATION_ROLE or 'nobody: the owner is the application'}")
