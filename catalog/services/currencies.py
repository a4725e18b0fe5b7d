"""The registry of currencies and of units of them, such as 1 KIDR, which is 1,000 IDR."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.models import Currency
from operators.services import write_audit_entry
from operators.services.audit import describe_changes

FIELDS = ("name", "decimals", "is_iso", "base_code", "unit_factor")
MOST_DECIMALS = 8


def add_currency(
    *,
    code: str,
    name: str,
    decimals: int,
    base_code: str = "",
    unit_factor: Decimal = Decimal(1),
    is_iso: bool = False,
    by: str,
) -> Currency:
    """Put a currency, or a unit of one, in the registry.

    :raises ValidationError: it is there already, or the facts do not fit together; each fault by its field.
    """
    currency = Currency(
        code=code, name=name, decimals=decimals, is_iso=is_iso, base_code=base_code, unit_factor=unit_factor
    )
    with transaction.atomic():
        _check(currency)
        currency.save(force_insert=True)
        write_audit_entry(by=by, action="add_currency", subject=currency, details=_facts(currency))
    return currency


def change_currency(
    *, currency: Currency, name: str, decimals: int, base_code: str, unit_factor: Decimal, by: str
) -> Currency:
    """Correct what the registry says of a currency; the decimals of an ISO currency are not ours to change.

    :raises ValidationError: the facts do not fit together; each fault by its field.
    """
    with transaction.atomic():
        currency.refresh_from_db(from_queryset=Currency.objects.select_for_update(of=("self",), no_key=True))
        before, digits = _facts(currency), currency.decimals
        currency.name, currency.decimals = name, decimals
        currency.base_code, currency.unit_factor = base_code, unit_factor
        if currency.is_iso and decimals != digits:
            raise ValidationError({"decimals": f"ISO 4217 gives {currency.code} {digits} decimals."})
        _check(currency)
        if changes := describe_changes(before, _facts(currency)):
            currency.save(update_fields=FIELDS)
            write_audit_entry(by=by, action="change_currency", subject=currency, details=changes)
    return currency


def _check(currency: Currency) -> None:
    faults: dict[str, str] = {}
    if currency.decimals is not None and currency.decimals > MOST_DECIMALS:
        faults["decimals"] = f"The ledger keeps at most {MOST_DECIMALS} decimals."
    if currency.base_code:
        faults |= _check_base(currency)
    elif currency.unit_factor != 1:
        faults["unit_factor"] = "A currency that is no unit of another has factor 1."
    if faults:
        raise ValidationError(dict(faults))
    currency.full_clean()


def _check_base(currency: Currency) -> dict[str, str]:
    if currency.is_iso:
        return {"base_code": "An ISO 4217 currency is no unit of another."}
    if currency.base_code == currency.code:
        return {"base_code": "It cannot be a unit of itself."}
    base = Currency.objects.filter(code=currency.base_code).first()
    if base is None:
        return {"base_code": f"The registry has no currency {currency.base_code}."}
    if base.base_code:
        return {"base_code": f"{base.code} is a unit itself, of {base.base_code}: name that."}
    return {} if currency.unit_factor > 0 else {"unit_factor": "The factor has to be above 0."}


def _facts(currency: Currency) -> dict[str, Any]:
    return {name: getattr(currency, name) for name in FIELDS} | {"unit_factor": f"{currency.unit_factor.normalize():f}"}
