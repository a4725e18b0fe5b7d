"""What we offer of what platforms list, switched on and off by us, one row or thousands at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from django.db import OperationalError, models, transaction

from catalog.models import Game, Lobby, OperatorCurrency, Vendor
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry

Switched = TypeVar("Switched", Game, Lobby, Vendor, OperatorCurrency)
ACTIONS: dict[type[models.Model], str] = {
    Game: "switch_game",
    Lobby: "switch_lobby",
    Vendor: "switch_vendor",
    OperatorCurrency: "switch_currency",
}


# What PostgreSQL says where a lock cannot be had in time, and where two wait for each other.
BUSY = {"55P03", "40P01"}


class RowsBusy(Refusal):
    """Others hold some of the rows for too long."""

    code = "rows_busy"


@dataclass(frozen=True, slots=True)
class Switching:
    """What came of a switch of many rows: the ids of those that changed, and how many stood so by then."""

    changed: list[int]
    already: int


def switch_game(*, game: Game, enabled: bool, by: str) -> Game:
    """Offer a game or take it off; where it is off, bets on it are refused at once."""
    return _switch(game, enabled, by)


def switch_lobby(*, lobby: Lobby, enabled: bool, by: str) -> Lobby:
    """Offer a lobby or take it off: it opens no new session then."""
    return _switch(lobby, enabled, by)


def switch_vendor(*, vendor: Vendor, enabled: bool, by: str) -> Vendor:
    """Offer a vendor's games and lobbies or take them off: they open no new session then."""
    return _switch(vendor, enabled, by)


def switch_currency(*, currency: OperatorCurrency, enabled: bool, by: str) -> OperatorCurrency:
    """Offer a currency at an operator account or take it off: its games are not shown in it then."""
    return _switch(currency, enabled, by)


def switch_rows(model: type[Switched], *, ids: Iterable[int], enabled: bool, described: str, by: str) -> Switching:
    """Switch all rows of these ids or none, and write one audit entry that says how they were chosen.

    :param described: the choice in words, such as the filters that found the rows.
    :raises RowsBusy: some of the rows could not be had; none is switched.
    """
    try:
        return _switch_all(model, sorted(set(ids)), enabled, described, by)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in BUSY:
            raise
        raise RowsBusy("Somebody else, or a synchronisation, holds some of them. Nothing was switched.") from error


def describe_many(model: type[models.Model], count: int, described: str) -> str:
    """Name many rows as the audit trail does."""
    return f"{count_rows(model, count)}: {described}"


def count_rows(model: type[models.Model], count: int) -> str:
    """Write how many rows of a kind there are, such as 1 game or 1,200 games."""
    options = model._meta  # noqa: SLF001 - Django documents it
    return f"{count:,} {options.verbose_name if count == 1 else options.verbose_name_plural}"


def write_ranges(ids: Iterable[int]) -> str:
    """Write ids as a short text such as 1-500,502."""
    runs = groupby(enumerate(sorted(set(ids))), key=lambda each: each[1] - each[0])
    ends = ([number for _place, number in run] for _offset, run in runs)
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ends)


def read_ranges(text: str) -> list[int]:
    """Read what `write_ranges` wrote."""
    ids: list[int] = []
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        ids.extend(range(int(first), int(last or first) + 1))
    return ids


def _switch(row: Switched, enabled: bool, by: str) -> Switched:
    with transaction.atomic():
        row.refresh_from_db(from_queryset=type(row).objects.select_for_update(of=("self",), no_key=True))
        if row.enabled != enabled:
            row.enabled = enabled
            row.save(update_fields=["enabled"])
            write_audit_entry(by=by, action=ACTIONS[type(row)], subject=row, details={"enabled": enabled})
    return row


def _switch_all(model: type[Switched], wanted: list[int], enabled: bool, described: str, by: str) -> Switching:
    with transaction.atomic():
        # In the order of their keys, so that two people at it do not wait for each other crosswise.
        rows = model.objects.filter(pk__in=wanted).exclude(enabled=enabled).order_by("pk")
        changed = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        if changed:
            model.objects.filter(pk__in=changed).update(enabled=enabled)
            write_audit_entry(
                by=by,
                action=f"{ACTIONS[model]}_many",
                subject=describe_many(model, len(changed), described),
                details={
                    "enabled": enabled,
                    "chosen": described,
                    "changed": len(changed),
                    "already_so": len(wanted) - len(changed),
                    "ids": write_ranges(changed),
                },
            )
    return Switching(changed, len(wanted) - len(changed))
