"""The demo's data, made by the product's own services; a second time it changes nothing."""

import os
import sys

import django
from django.core.management import call_command


def load() -> None:
    call_command("migrate", verbosity=1, interactive=False)


def catalogue() -> None: ...


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    {"load": load, "catalogue": catalogue}[sys.argv[1]]()
