"""Application settings of `operators`."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "operators"
    default_auto_field = "django.db.models.BigAutoField"
