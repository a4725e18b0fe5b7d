"""The wallet's front door: the platforms' calls, and nothing else."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["FRONT_DOOR"] = "wallet"

from django.core.wsgi import get_wsgi_application

from config.gate import Gate

# A request of the protocol has a few hundred bytes. PostgreSQL's own time-outs end a call after 2 s, the gate a silent
# database's soon after; with the wait for a place an answer is there within the protocol's 4 s, signed in any case.
application = Gate(
    get_wsgi_application(),
    places=4,
    largest_body=64 * 1024,
    client_seconds=10,
    work_seconds=2.4,
    waiting_seconds=1.2,
    answers_all=True,
)
