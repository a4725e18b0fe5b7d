"""The back office's front door: staff, and the casino API."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["FRONT_DOOR"] = "backoffice"

from django.core.wsgi import get_wsgi_application

from config.gate import Gate

# PostgreSQL's own time-outs end a statement after a minute; a page may make several, and settings may be uploaded.
application = Gate(
    get_wsgi_application(),
    places=4,
    largest_body=8 * 1024 * 1024,
    client_seconds=150,
    work_seconds=120,
    waiting_seconds=30,
)
