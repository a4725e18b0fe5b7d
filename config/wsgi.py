"""The back office's front door: staff, and the casino API."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["FRONT_DOOR"] = "backoffice"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
