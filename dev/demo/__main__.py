"""`python -m dev.demo load`: the database and its demo data; `catalogue`: the games, from the running sandbox."""

import json
import os
import sys

from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import Game
from dev.credentials import keep_credentials
from dev.demo.data import describe, load, say
from dev.options import VAR, read_options
from dev.processes import write_private

DEMO_FILE = VAR / "demo.json"


def load_all() -> None:
    options, credentials = read_options(os.environ), keep_credentials(VAR / "credentials.json")
    known = json.loads(DEMO_FILE.read_text()) if DEMO_FILE.exists() else {}
    call_command("migrate", verbosity=1, interactive=False)
    fetch_geoip()
    say("Demo data")
    demo = load(options, credentials, known_key=known.get("casino", {}).get("api_key", ""), now=timezone.now())
    write_private(DEMO_FILE, json.dumps(describe(demo, options, credentials), indent=2))


def fetch_geoip() -> None:
    """The demo does without, too: the admin's first page says so."""
    try:
        call_command("update_geoip")
    except CommandError as refusal:
        say(str(refusal))


def fetch_catalogue() -> None:
    """The first time only: from then on beat keeps it in step."""
    if not Game.objects.exists():
        call_command("sync_catalog")


if __name__ == "__main__":
    {"load": load_all, "catalogue": fetch_catalogue}[sys.argv[1]]()
