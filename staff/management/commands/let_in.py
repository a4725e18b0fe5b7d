"""`manage.py let_in anna`: who is locked out may try again; for when no administrator can be reached in the admin."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff.models import Counted, SignInCount
from staff.services.lock_out import unlock
from staff.services.second_factor import reset_second_factor

BY = "command:let_in"


class Command(BaseCommand):
    """Unlock a person, and take the second factor away where asked."""

    help = "End a person's lock-out, and with --reset-second-factor have a new one set up at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user name."""
        parser.add_argument("username")
        parser.add_argument("--reset-second-factor", metavar="REASON", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, on record."""
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is no {options['username']}.")
        own = SignInCount.objects.filter(counted=Counted.NAME, subject=person.username).order_by("pk")
        for count in own:
            unlock(count=count, by=BY)
        if options["reset_second_factor"]:
            reset_second_factor(person=person, reason=options["reset_second_factor"], by=BY, is_own=False)
        self.stdout.write(f"{person.username} can sign in.")
