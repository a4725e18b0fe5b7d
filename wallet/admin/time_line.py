"""A player's time line on the page: each event in words, what it is narrowed by, and the way to what is older."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import singledispatch
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.display import amount_text, chip, ident, link, moment, money, page
from geoblock.models import BlockedLaunch
from operators.models import AuditEntry, Exchange
from wallet.admin import columns
from wallet.admin.limits import name_limit, tell_amount, tell_measure
from wallet.enums import ExclusionKind
from wallet.models import Account, LedgerRow, LimitChange, LimitRefusal, Player, PlayerNote, Round, Session
from wallet.selectors.time_line import EventKind, Key, Window, list_events

EVENTS_A_PAGE = 50
DETAILS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words; `entry_page` leads to the audit trail, which not everybody may read."""

    what: SafeString
    told: str | SafeString
    amount: str | SafeString = ""
    by: str = ""
    entry_page: str = ""


def show_time_line(player: Player, accounts: list[Account], asked: QueryDict) -> dict[str, Any]:
    """Return a page of a player's time line, as narrowed by what was asked for."""
    window = read_window(asked)
    line = list_events(player=player, window=window, after=read_ends(asked.get("after", "")), count=EVENTS_A_PAGE)
    older = asked.copy()
    older["after"] = write_ends(line.ends)
    newest = asked.copy()
    newest.pop("after", None)
    return {
        "events": [(event, tell(event.row)) for event in line.events],
        "kinds": [(kind.value, kind.label, kind.value in window.kinds) for kind in EventKind],
        "currencies": [(account.currency, account.currency == window.currency) for account in accounts],
        "asked_from": asked.get("from", ""),
        "asked_to": asked.get("to", ""),
        "older": older.urlencode() if line.ends else "",
        "newest": newest.urlencode() if "after" in asked else "",
        "is_later_page": "after" in asked,
        "is_narrowed": window != Window(),
    }


def read_window(asked: QueryDict) -> Window:
    """Return what the line is narrowed by; days are in UTC, and what is none bounds nothing."""
    since, until = read_day(asked.get("from", "")), read_day(asked.get("to", ""))
    return Window(
        kinds=frozenset(asked.getlist("kind")) & set(EventKind.values),
        currency=asked.get("currency", ""),
        since=datetime.combine(since, time.min, UTC) if since else None,
        until=datetime.combine(until, time.max, UTC) if until else None,
    )


def read_day(text: str) -> date | None:
    """Return a day, or None for what is none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def write_ends(ends: Mapping[str, Key]) -> str:
    """Write where a page ended, for the address of the next."""
    plain = {
        name: [each.isoformat() if isinstance(each, datetime) else each for each in key] for name, key in ends.items()
    }
    return urlsafe_b64encode(json.dumps(plain).encode()).decode()


def read_ends(text: str) -> dict[str, Key]:
    """Return where the page before ended; nowhere, if the address was tampered with."""
    try:
        plain = json.loads(urlsafe_b64decode(text)) if text else {}
        return {str(name): tuple(read_part(part) for part in key) for name, key in plain.items()}
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return {}


def read_part(part: object) -> int | datetime:
    """Return a part of a place: a number, or a time."""
    if isinstance(part, int):
        return part
    at = parse_datetime(str(part))
    if at is None or at.tzinfo is None:
        raise ValueError(f"{part} is no place")
    return at


@singledispatch
def tell(row: Any) -> Told:
    """Tell an event in words."""
    raise NotImplementedError(type(row))


@tell.register
def _(played: Round) -> Told:
    state = columns.state_chip(played) if played.state != "finished" else ""
    sums = f"staked {amount_text(played.bet_sum)}, won {amount_text(played.win_sum)}"
    told = format_html(
        '{} {} <span class="quiet">{}</span>', columns.round_link(played), columns.game_link(played.game), sums
    )
    return Told(
        format_html("{} {}", chip("Round"), state),
        told,
        money(played.win_sum - played.bet_sum, played.currency, signed=True),
    )


@tell.register
def _(row: LedgerRow) -> Told:
    reference = row.transaction.reference or (row.reverses and row.reverses.reference)
    told = format_html(
        '{} <span class="quiet">leaves {}</span>',
        link(page("wallet_ledgerrow", row.pk), ident(reference)),
        money(row.balance, row.account.currency),
    )
    return Told(columns.kind_and_remarks(row), told, money(columns.change_of(row), row.account.currency, signed=True))


@tell.register
def _(session: Session) -> Told:
    told = format_html(
        '{} <span class="quiet">in {}, from</span> {} {}',
        columns.opened_on(session),
        session.account.currency,
        link(page("wallet_session", session.pk), ident(session.ip)),
        format_html('<span class="quiet">ended by {}</span>', session.ended_by) if session.ended_by else "",
    )
    return Told(chip("Launch", "primary"), told)


@tell.register
def _(blocked: BlockedLaunch) -> Told:
    told = format_html(
        "{} {}",
        link(page("geoblock_blockedlaunch", blocked.pk), ident(blocked.opened or blocked.address)),
        blocked.sentence,
    )
    return Told(chip("Launch blocked", "danger"), told)


@tell.register
def _(call: Exchange) -> Told:
    about = ident(call.transaction_ref or call.round_ref or call.command)
    name = call.operator.name if call.operator else ""
    told = format_html(
        '{} {} <span class="quiet">{}</span>', call.command, link(page("operators_exchange", call.pk), about), name
    )
    failed = call.error_code in {"OP_47", "OP_50"}
    said = chip(f"{'Failed' if failed else 'Refused'} {call.error_code}", "danger" if failed else "warning")
    return Told(said, told)


@tell.register
def _(refused: LimitRefusal) -> Told:
    used, allowed = (tell_measure(refused, each) for each in (refused.used, refused.allowed))
    of = "" if refused.allowed is None else format_html(" {} of {} used", used, allowed)
    told = format_html(
        '{}: {} {}<span class="quiet">{}{}</span>',
        refused.get_reason_display(),
        refused.get_kind_display(),
        link(page("wallet_limitrefusal", refused.pk), ident(refused.reference)),
        of,
        f", asked {refused.times} times" if refused.times > 1 else "",
    )
    return Told(chip("Refused", "warning"), told, money(refused.amount, refused.account.currency))


@tell.register
def _(change: LimitChange) -> Told:
    # In an element of its own: a cell whose own content is an amount stands to the right.
    told = format_html("<span>{}: {}</span>", name_limit(change), write_change(change))
    return Told(chip("Limit", "info"), told, by=change.by)


def write_change(change: LimitChange) -> SafeString:
    """Write what a limit was and becomes, and when."""
    was, becomes = (tell_amount(change, each) for each in (change.was, change.amount))
    if change.takes_back:
        return format_html('stays {}, <span class="quiet">pending change withdrawn</span>', becomes)
    if change.effective_at > change.asked_at:
        when = moment(change.effective_at)
        return format_html('{} → {} <span class="quiet">from {} on</span>', was, becomes, when)
    return format_html("{} → {}", was, becomes)


@tell.register
def _(note: PlayerNote) -> Told:
    return Told(chip("Note", "primary"), format_html('<span class="told">{}</span>', note.text), by=note.by)


@tell.register
def _(entry: AuditEntry) -> Told:
    look = "danger" if entry.action in {"block_player", "exclude_player"} else "info"
    said = chip(entry.action.replace("_", " ").capitalize(), look)
    write = write_exclusion if entry.action == "exclude_player" else write_details
    return Told(said, write(entry.details), by=entry.by, entry_page=page("operators_auditentry", entry.pk))


def write_exclusion(details: Mapping[str, Any]) -> SafeString:
    """Write until when a player is kept out, and why; the oldest entries name neither kind nor reason."""
    kind = ExclusionKind(details.get("kind", ExclusionKind.SELF_EXCLUSION)).label
    was, until = (moment(parse_datetime(details[name] or "")) for name in ("was", "until"))
    extended = format_html(", extended from {}", was) if details["was"] else ""
    reason = f": {details['reason']}" if details.get("reason") else ""
    return format_html("{} until {}{}{}", kind, until, extended, reason)


def write_details(details: Mapping[str, Any]) -> str:
    """Write what an act came with, the reason alone where it has one."""
    if details.get("reason"):
        return str(details["reason"])[:DETAILS_SHOWN]
    said = [
        f"{name.replace('_', ' ')}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in details.items()
        if value not in ("", None, [])
    ]
    return "; ".join(said)[:DETAILS_SHOWN] or "details"
