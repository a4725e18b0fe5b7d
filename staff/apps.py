"""Application settings of `staff`."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "staff"
    default_auto_field = "django.db.models.BigAutoField"
