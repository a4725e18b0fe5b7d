"""Application settings of `wallet`."""

from importlib import import_module

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """Names the application and its kind of primary key, and registers the calls that may wait."""

    name = "wallet"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kinds of calls known, now that there are models."""
        import_module("wallet.services.agent_calls")
