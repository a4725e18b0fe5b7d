"""The operators' background work."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from operators.services.exchanges import purge_exchanges as purge


@shared_task(name="operators.purge_exchanges")
def purge_exchanges() -> int:
    """Delete exchanges past their time; return how many."""
    return purge(now=timezone.now(), days=settings.EXCHANGE_LOG_DAYS)
