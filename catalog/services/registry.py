"""Currencies that platforms offer are put in the registry when they are first met."""

from collections.abc import Iterable

import iso4217

from catalog.models import Currency

# How many of the base currency a unit such as KIDR commonly is: a hint for staff, never taken for a fact.
THOUSAND_PREFIX = "K"


def register_currencies(codes: Iterable[str]) -> None:
    """Put those codes in the registry that it lacks: ISO 4217's with their decimals and names, the others as custom."""
    wanted = set(codes)
    known = set(Currency.objects.filter(code__in=wanted).values_list("code", flat=True))
    # In the order of their codes, so that two synchronisations do not wait for each other crosswise.
    Currency.objects.bulk_create(map(describe_currency, sorted(wanted - known)), ignore_conflicts=True)


def describe_currency(code: str) -> Currency:
    """Tell what is certain of a code; of a K and an ISO code only a hint, since a guess here would move money."""
    listed = _find_iso(code)
    if listed is not None:
        return Currency(code=code, name=listed.currency_name, decimals=listed.exponent or 0, is_iso=True)
    base = _find_iso(code.removeprefix(THOUSAND_PREFIX))
    hint = f"Perhaps 1,000 {base.code}: not in ISO 4217, staff have to say" if base is not None else ""
    return Currency(code=code, name=hint)


def _find_iso(code: str) -> iso4217.Currency | None:
    try:
        return iso4217.Currency(code) if code.isupper() else None
    except ValueError:
        return None
