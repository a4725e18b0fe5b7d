"""Application settings of `catalog`."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "catalog"
    verbose_name = "Catalogue"
    default_auto_field = "django.db.models.BigAutoField"
