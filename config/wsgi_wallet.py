"""The wallet's front door: the platforms' calls, and nothing else."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["FRONT_DOOR"] = "wallet"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
