"""Application settings of `wallet`."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class WalletConfig(AppConfig):
    """Names the application and its kind of primary key, and registers the calls that may wait."""

    name = "wallet"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make kinds of calls and checks known, now that there are models; privileges follow every migration."""
        import_module("wallet.services.agent_calls")
        import_module("wallet.services.privileges")
        post_migrate.connect(grant_after_migration, sender=self)


def grant_after_migration(**_facts: Any) -> None:
    """Grant anew: what a migration has made or replaced has lost its privileges, or has none yet."""
    import_module("wallet.services.privileges").grant_privileges(role=settings.APPLICATION_ROLE)
