"""Casinos: the brands that have players."""

from django.db import transaction

from operators.models import Casino
from operators.services.audit import describe_changes, write_audit_entry


def create_casino(
    *, slug: str, name: str, home_url: str, deposit_url: str = "", time_zone: str = "UTC", by: str
) -> Casino:
    """Create a brand.

    :raises ValidationError: the slug is taken, or a field is malformed.
    """
    casino = Casino(slug=slug, name=name, home_url=home_url, deposit_url=deposit_url, time_zone=time_zone)
    with transaction.atomic():
        casino.full_clean()
        casino.save()
        write_audit_entry(by=by, action="create_casino", subject=casino)
    return casino


def update_casino(*, casino: Casino, name: str, home_url: str, deposit_url: str, time_zone: str, by: str) -> Casino:
    """Change what a brand is called, where its buttons lead and when its day begins; its slug stays.

    :raises ValidationError: a field is malformed.
    """
    wanted = {"name": name, "home_url": home_url, "deposit_url": deposit_url, "time_zone": time_zone}
    with transaction.atomic():
        casino.refresh_from_db(from_queryset=Casino.objects.select_for_update(of=("self",)))
        changes = describe_changes({field: getattr(casino, field) for field in wanted}, wanted)
        for field, value in wanted.items():
            setattr(casino, field, value)
        casino.full_clean()
        casino.save(update_fields=wanted)
        if changes:
            write_audit_entry(by=by, action="update_casino", subject=casino, details=changes)
    return casino
