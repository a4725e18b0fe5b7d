"""The demo: a casino with players, made by the product's own services (`python -m dev.demo load | catalogue`)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
