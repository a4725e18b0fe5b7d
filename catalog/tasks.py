"""Keeping the catalogue in step, in the background."""

from celery import shared_task
from django.utils import timezone

from catalog import services
from operators.selectors.accounts import get_operator, list_operators_with_catalogue

BY = "celery"


@shared_task(name="catalog.sync_catalogs")
def sync_catalogs() -> None:
    """Ask for a synchronisation of each operator, so that one platform's silence does not hold up the others."""
    for operator_id in list_operators_with_catalogue().values_list("pk", flat=True):
        sync_catalog.delay(operator_id)


@shared_task(name="catalog.sync_catalog")
def sync_catalog(operator_id: int) -> None:
    """Synchronise one operator's games and lobbies."""
    services.sync_catalog(operator=get_operator(operator_id), by=BY, now=timezone.now())
