"""Application settings of `wallet`."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Names the application and its kind of primary key."""

    name = "wallet"
    default_auto_field = "django.db.models.BigAutoField"
