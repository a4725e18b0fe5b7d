"""Application settings of `catalog`."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
