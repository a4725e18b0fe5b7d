"""The wallet's background work."""

from celery import shared_task
from django.utils import timezone

from wallet.services import approvals, figures, launch_pages, upkeep, verification, waiting_calls


@shared_task(name="wallet.verify_ledger", time_limit=3300, soft_time_limit=3240)
def verify_ledger() -> int:
    """Prove the ledger and keep a digest of it; return how many differences there are."""
    return verification.verify_ledger(now=timezone.now(), keeps_digest=True).difference_count


@shared_task(name="wallet.create_coming_partitions")
def create_coming_partitions() -> list[str]:
    """Make the ledger's partitions of the coming months."""
    return upkeep.create_coming_partitions(now=timezone.now())


@shared_task(name="wallet.settle_pending")
def settle_pending() -> tuple[int, int]:
    """Tie up movements that were left in doubt and are settled now."""
    return upkeep.settle_pending(now=timezone.now())


@shared_task(name="wallet.close_old_rounds")
def close_old_rounds() -> tuple[int, int]:
    """Close the rounds that nobody has ended in time, and mark those that cannot be."""
    return upkeep.close_old_rounds(now=timezone.now())


@shared_task(name="wallet.make_waiting_calls")
def make_waiting_calls() -> int:
    """Send, or ask about, the calls to platforms that are due."""
    return waiting_calls.make_due_calls(now=timezone.now())


@shared_task(name="wallet.purge_launch_pages")
def purge_launch_pages() -> int:
    """Delete the launch pages whose time is over."""
    return launch_pages.purge_launch_pages(now=timezone.now())


@shared_task(name="wallet.expire_requests")
def expire_requests() -> int:
    """Close the requests that nobody decided on in time."""
    return approvals.expire_requests(now=timezone.now())


@shared_task(name="wallet.sum_quarters")
def sum_quarters() -> int:
    """Keep the sums of the quarters of an hour that are over."""
    return figures.sum_quarters(now=timezone.now())
