"""`manage.py sync_catalog`: bring the catalogue in step with the platforms' lists, or see what that would change."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog.models import RunState, Subject, SyncRun
from catalog.services import sync_catalog
from operators.models import Operator
from operators.selectors.accounts import list_operators_with_catalogue
from operators.selectors.refusals import Refusal

CHANGES = {"added": "new", "changed": "changed", "gone": "gone", "back": "back", "resolved": "resolved"}
GOOD = {RunState.APPLIED, RunState.UNCHANGED, RunState.PREVIEWED}


class Command(BaseCommand):
    """Goes through the operators; one that fails is told, and the others go on."""

    help = "Synchronises the catalogue of every active operator that has one, or of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an operator's id, and whether only to look."""
        parser.add_argument("--operator", metavar="ID", help="only the operator of this id at its platform")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")

    def handle(self, *, operator: str | None, dry_run: bool, **_options: Any) -> None:
        """Synchronise, and exit with 1 where an operator's catalogue could not be."""
        found = list_operators_with_catalogue()
        chosen = list(found.filter(operator_ref=operator) if operator else found)
        if operator and not chosen:
            raise CommandError(f"There is no active operator “{operator}” with a catalogue and an API host.")
        failed = [one.operator_ref for one in chosen if not self._sync(one, dry_run)]
        if failed:
            raise CommandError(f"Not synchronised: {', '.join(failed)}.")

    def _sync(self, operator: Operator, dry_run: bool) -> bool:
        self.stdout.write(f"{operator}: fetching …")
        try:
            run = sync_catalog(operator=operator, by="manage.py", now=timezone.now(), dry_run=dry_run)
        except Refusal as refusal:
            self.stderr.write(f"{operator}: {refusal}")
            return False
        if run.state not in GOOD:
            self.stderr.write(f"{operator}: {run.error or tell(run)}")
            return False
        self.stdout.write(f"{operator}: {tell(run)}")
        return True


def tell(run: SyncRun) -> str:
    """Say how a run ended and what it found, kind by kind."""
    kinds = "; ".join(f"{Subject(kind).label.lower()}: {_tell(counts)}" for kind, counts in run.counts.items())
    return f"{run.get_state_display()}: {kinds}"


def _tell(counts: dict[str, int]) -> str:
    told = [f"{counts[name]} {word}" for name, word in CHANGES.items() if counts[name]]
    unreadable = [f"{counts['unreadable']} unreadable"] if counts["unreadable"] else []
    return ", ".join(told + unreadable) or "unchanged"
