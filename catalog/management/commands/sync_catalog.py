"""`manage.py sync_catalog`: fetch the platforms' games and lobbies now."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog.services import Changes, sync_catalog
from operators.models import Operator
from operators.platforms.base import PlatformFailure
from operators.selectors.accounts import list_operators_with_catalogue
from operators.selectors.refusals import Refusal


class Command(BaseCommand):
    """Goes through the operators; one that fails is told, and the others go on."""

    help = "Fetches games and lobbies of every active operator, or of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an operator's id."""
        parser.add_argument("--operator", metavar="ID", help="only the operator of this id at its platform")

    def handle(self, *, operator: str | None, **_options: Any) -> None:
        """Synchronise, and exit with 1 where a platform failed."""
        found = list_operators_with_catalogue()
        chosen = list(found.filter(operator_ref=operator) if operator else found)
        if operator and not chosen:
            raise CommandError(f"There is no active generic operator “{operator}” with an API host.")
        failed = [one.operator_ref for one in chosen if not self._sync(one)]
        if failed:
            raise CommandError(f"Not synchronised: {', '.join(failed)}.")

    def _sync(self, operator: Operator) -> bool:
        self.stdout.write(f"{operator}: fetching …")
        try:
            result = sync_catalog(operator=operator, by="manage.py", now=timezone.now())
        except (PlatformFailure, Refusal) as failure:
            self.stderr.write(f"{operator}: {failure}")
            return False
        unreadable = f"; {result.unreadable} rows could not be read" if result.unreadable else ""
        self.stdout.write(f"{operator}: games {_tell(result.games)}; lobbies {_tell(result.lobbies)}{unreadable}")
        return True


def _tell(changes: Changes) -> str:
    counted = [f"{count} {what}" for what, count in asdict(changes).items() if count]
    return ", ".join(counted) or "unchanged"
