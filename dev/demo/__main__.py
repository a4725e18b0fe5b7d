import json
import os
import sys

from django.core.management import call_command
from django.utils import timezone

from dev.credentials import keep_credentials
from dev.demo.data import describe, load, say
from dev.options import VAR, read_options
from dev.processes import write_private

DEMO_FILE = VAR / "demo.json"


def main(part: str) -> None:
    if part == "load":
        load_all()


def load_all() -> None:
    options, credentials = read_options(os.environ), keep_credentials(VAR / "credentials.json")
    known = json.loads(DEMO_FILE.read_text()) if DEMO_FILE.exists() else {}
    call_command("migrate", verbosity=1, interactive=False)
    say("Demo data")
    demo = load(options, credentials, known_key=known.get("casino", {}).get("api_key", ""), now=timezone.now())
    write_private(DEMO_FILE, json.dumps(describe(demo, options, credentials), indent=2))


if __name__ == "__main__":
    main(sys.argv[1])
