"""Players: registered once, their accounts opened by currency, blocked and self-excluded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from operators.models import Casino
from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet import ledger
from wallet.enums import AccountKind, ExclusionKind
from wallet.models import Account, Exclusion, Player
from wallet.services.busy import unless_busy

LONGEST_COOL_OFF = timedelta(days=42)
# For good, as far as a calendar goes.
LONGEST_EXCLUSION = timedelta(days=100 * 366)
NAMES = ("user_name", "display_name", "country", "group")


class PlayerDataDiffers(Refusal):
    """The casino has a player of that id, with other data."""

    code = "player_data_differs"


class ExclusionShortened(Refusal):
    """A self-exclusion is over by its own date only."""

    code = "exclusion_shortened"


class Registration(NamedTuple):
    """A player, and whether the call created the player."""

    player: Player
    created: bool


def register_player(
    *,
    casino: Casino,
    user_id: str,
    user_name: str,
    country: str,
    currencies: Sequence[str],
    display_name: str = "",
    group: str = "",
    by: str,
) -> Registration:
    """Create a player with an empty account in each currency, or find one with the same data and add what is missing.

    :raises PlayerDataDiffers: the player exists with other names, country or group; nothing is changed.
    :raises ValidationError: a field is malformed, or there is no currency.
    """
    wanted = Player(
        casino=casino, user_id=user_id, user_name=user_name, display_name=display_name, country=country, group=group
    )
    wanted.clean_fields()
    names = {name: getattr(wanted, name) for name in NAMES}
    with transaction.atomic():
        player, created = Player.objects.get_or_create(casino=casino, user_id=user_id, defaults=names)
        _refuse_other_data(player, names)
        opened = _open_accounts(player, currencies)
        if created or opened:
            action = "create_player" if created else "open_accounts"
            write_audit_entry(by=by, action=action, subject=player, details={"currencies": opened})
    return Registration(player, created)


def block_player(*, player: Player, reason: str, by: str, now: datetime) -> Player:
    """Refuse the player's launches and bets; a player who is blocked already keeps the first reason.

    :raises ValidationError: the reason is empty or too long.
    :raises LedgerBusy: nothing is changed; it may be tried again.
    """
    with unless_busy(), transaction.atomic():
        _lock_after_movements(player)
        if not player.is_blocked:
            player.blocked_at, player.blocked_by, player.blocked_reason = now, by, _check_reason(reason)
            player.clean_fields()
            player.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
            write_audit_entry(by=by, action="block_player", subject=player, details={"reason": reason})
    return player


def unblock_player(*, player: Player, reason: str, by: str) -> Player:
    """Let a player play again; one who is not blocked stays so.

    :raises ValidationError: the reason is empty.
    """
    with transaction.atomic():
        _lock(player)
        if player.is_blocked:
            details = {"reason": _check_reason(reason), "blocked_by": player.blocked_by, "was": player.blocked_reason}
            player.blocked_at, player.blocked_by, player.blocked_reason = None, "", ""
            player.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
            write_audit_entry(by=by, action="unblock_player", subject=player, details=details)
    return player


def exclude_player(
    *,
    player: Player,
    until: datetime,
    kind: str = ExclusionKind.SELF_EXCLUSION,
    reason: str = "",
    by: str,
    now: datetime,
) -> Player:
    """Keep a player from playing and paying in until a time, at the player's own wish. Asking for the same is fine.

    :raises ExclusionShortened: the time has passed, or the player is excluded for longer already.
    :raises ValidationError: it is longer than one of its kind may be.
    :raises LedgerBusy: nothing is changed; it may be tried again.
    """
    if until > now + LONGEST_EXCLUSION:
        raise ValidationError({"until": "An exclusion lasts at most 100 years."})
    if kind == ExclusionKind.COOL_OFF and until > now + LONGEST_COOL_OFF:
        raise ValidationError({"until": f"A cool-off lasts at most {LONGEST_COOL_OFF.days} days; exclude instead."})
    with unless_busy(), transaction.atomic():
        _lock_after_movements(player)
        earliest = max(now, player.excluded_until or now)
        if until <= now or until < earliest:
            raise ExclusionShortened(
                f"An exclusion can only be made longer: this one would have to last beyond {earliest:%Y-%m-%d %H:%M}.",
                fields={"until": "It is too early."},
            )
        if player.exclusions.filter(kind=kind, until=until).exists():
            return player
        before, player.excluded_until = player.excluded_until, until
        player.save(update_fields=["excluded_until"])
        Exclusion.objects.create(player=player, kind=kind, asked_at=now, until=until, reason=reason, by=by)
        details = {"kind": kind, "until": until.isoformat(), "was": before and before.isoformat(), "reason": reason}
        write_audit_entry(by=by, action="exclude_player", subject=player, details=details)
    return player


def mark_test_player(*, player: Player, is_test: bool, reason: str, by: str) -> Player:
    """Say whether a player is one of the staff's own, whose play is left out of figures and reports.

    :raises ValidationError: the reason is empty.
    """
    with transaction.atomic():
        _lock(player)
        if player.is_test != is_test:
            details = {"is_test": {"from": player.is_test, "to": is_test}, "reason": _check_reason(reason)}
            player.is_test = is_test
            player.save(update_fields=["is_test"])
            write_audit_entry(by=by, action="mark_test_player", subject=player, details=details)
    return player


def _lock(player: Player) -> None:
    player.refresh_from_db(from_queryset=Player.objects.select_for_update(of=("self",)))


def _lock_after_movements(player: Player) -> None:
    """Lock a player so that no bet or deposit is booked once it has been said that there will be none."""
    _lock(player)
    ledger.lock_player(player_id=player.pk)


def _refuse_other_data(player: Player, names: dict[str, str]) -> None:
    differing = [name for name, value in names.items() if getattr(player, name) != value]
    if differing:
        raise PlayerDataDiffers(
            f"Player “{player.user_id}” exists with another {', '.join(differing)}.",
            fields=dict.fromkeys(differing, "The player has another value."),
        )


def _open_accounts(player: Player, currencies: Sequence[str]) -> list[str]:
    """Open what the player lacks, and return the currencies of it."""
    if not currencies:
        raise ValidationError({"currencies": "Name at least one currency."})
    known = set(player.accounts.values_list("currency", flat=True))
    # In one order for all callers: two that open the same accounts at once must not wait for each other.
    missing = sorted(set(currencies) - known)
    accounts = [
        Account(casino_id=player.casino_id, kind=AccountKind.PLAYER, player=player, currency=currency, balance=0)
        for currency in missing
    ]
    for account in accounts:
        account.clean_fields()
    Account.objects.bulk_create(accounts, ignore_conflicts=True)
    return missing


def _check_reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "Give a reason."})
    return reason
