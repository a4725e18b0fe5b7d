"""`manage.py update_geoip`: put a newer database of addresses in place, while everything runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geoblock.services.database import DatabaseRefused, replace_database


class Command(BaseCommand):
    """Fetches, checks and replaces; running processes take the new file up with their next look-up."""

    help = "Put a newer GeoIP database in place, from a file or an address, while everything runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument(
            "--from",
            dest="source",
            default="",
            help="A file or an http(s) address; by default GEOIP_URL, or else the one that comes along, if newer.",
        )

    def handle(self, *_args: Any, source: str, **_options: Any) -> None:
        """Replace it, or say why not."""
        try:
            done = replace_database(
                source=source or settings.GEOIP_URL,
                path=Path(settings.GEOIP_PATH),
                keep_newer=not source,
                now=timezone.now(),
            )
        except DatabaseRefused as refusal:
            raise CommandError(f"The GeoIP database was not replaced. {refusal}") from refusal
        told = f"{done.kind}, built on {done.built_at:%Y-%m-%d}"
        if done.is_new:
            self.stdout.write(f"In place in {done.path}: {told}.")
        else:
            self.stdout.write(f"Nothing newer than what is in {done.path}: {told}.")
