"""Application settings of `geoblock`."""

from django.apps import AppConfig


class GeoblockConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "geoblock"
    verbose_name = "GeoIP"
    default_auto_field = "django.db.models.BigAutoField"
