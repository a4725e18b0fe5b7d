"""A round as a story: each movement, refusal, note and end, in the order in which they came, and the gaps between."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.display import age, chip, ident, link, money, page
from operators.models import Direction, Exchange
from wallet.admin import columns
from wallet.admin.calls import Asked, Repeats, find_repeats, list_errors_of
from wallet.models import LedgerRow, Round, RoundClosing, RoundNote, Transaction

ROWS_SHOWN = 500
# A round's refused calls are looked for from a little before its first movement to a little after its end.
MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; `row` is its ledger row's key, and `gap` the time since the line before."""

    at: datetime
    what: SafeString
    told: str | SafeString = ""
    change: str | SafeString = ""
    balances: str | SafeString = ""
    row: int | None = None
    exchange: int | None = None
    gap: str = ""


def tell_round(played: Round, now: datetime) -> list[Line]:
    """Return what happened in a round, oldest first. Movements stand in the order of their booking."""
    rows = list(list_rows_of(played))
    repeats = find_repeats(played.operator_id, [reference_of(row) for row in rows])
    lines = list(keep_order(tell_row(row, repeats) for row in rows))
    lines += [tell_call(call) for call in list_calls_of(played, now)]
    lines += [tell_closing(closing) for closing in played.closings.order_by("pk")]
    lines += [tell_note(note) for note in played.notes.order_by("pk")]
    ended_at = played.end_asked_at or (played.finished_at if played.finished_by == "platform" else None)
    if ended_at:
        lines.append(Line(ended_at, chip("End"), "The platform ended the round."))
    return list(add_gaps(sorted(lines, key=lambda line: line.at)))


def keep_order(lines: Iterable[Line]) -> Iterable[Line]:
    """Let no line be earlier than the one before: a movement that waited for its turn has the time at which it came."""
    latest: datetime | None = None
    for line in lines:
        latest = max(line.at, latest or line.at)
        yield replace(line, at=latest)


def list_rows_of(played: Round) -> QuerySet[LedgerRow]:
    """Return a round's ledger rows; the way to them leads over the transactions, which have an index on the round."""
    transactions = Transaction.objects.filter(round=played).order_by("pk").values_list("pk", flat=True)[:ROWS_SHOWN]
    rows = LedgerRow.objects.filter(pk__in=list(transactions)).order_by("number")
    return rows.select_related("account", "transaction", "game", "round", "reverses")


def list_calls_of(played: Round, now: datetime) -> QuerySet[Exchange]:
    """Return the platform's calls about a round that went wrong; the log has an index on the player and the time."""
    until = (played.finished_at or now) + MARGIN
    calls = Exchange.objects.filter(user_ref=played.player.user_id, at__range=(played.opened_at - MARGIN, until))
    ours = calls.filter(operator=played.operator_id, round_ref=played.round_ref, direction=Direction.INBOUND)
    return list_errors_of(ours)


def reference_of(row: LedgerRow) -> str:
    """Return the platform's reference of a movement: a cancel's is that of what it reversed."""
    return (row.reverses or row.transaction).reference or ""


def tell_row(row: LedgerRow, repeats: Mapping[Asked, Repeats]) -> Line:
    """Tell a movement, and whether it was asked for again: a line for each repetition would drown the story."""
    about = reference_of(row)
    told = format_html("of {}", ident(about)) if row.reverses else ident(about)
    repeated = repeats.get((about, row.reverses is not None))
    return Line(
        at=row.created_at,
        what=columns.kind_and_remarks(row),
        told=format_html("{} {}", link(page("wallet_ledgerrow", row.pk), told), tell_repeats(row, repeated)),
        change=money(columns.change_of(row), row.account.currency, signed=True),
        balances=columns.balances(row),
        row=row.pk,
    )


def tell_repeats(row: LedgerRow, repeats: Repeats | None) -> SafeString:
    """Tell how often a movement was asked for again, and until how long after it was booked."""
    if repeats is None:
        return SafeString()
    later = max(repeats.last - row.created_at, timedelta(0))
    last = "" if repeats.count == 1 else "last "
    return format_html('{} <span class="quiet">{}{}</span>', chip(repeats.times, "info"), last, write_gap(later))


def tell_call(call: Exchange) -> Line:
    """Tell a call that was refused, or failed."""
    said = chip(call.error_code or str(call.http_status or "no answer"), "warning")
    told = format_html("{} {}", call.command, ident(call.transaction_ref) if call.transaction_ref else "")
    if call.unresolved:
        told = format_html("{} {}", told, chip("Unresolved", "danger"))
    return Line(call.at, said, told, exchange=call.pk)


def tell_closing(closing: RoundClosing) -> Line:
    """Tell why we ended the round, and who."""
    pending = closing.details.get("pending") or []
    waited = f" Still pending: {', '.join(pending)}." if pending else ""
    asked = f"requested by {closing.details['requested_by']}, approved " if "requested_by" in closing.details else ""
    why = f" {closing.details['reason']}" if closing.details.get("reason") else ""
    told = f"{closing.get_reason_display()}, {asked}by {closing.by}.{waited}{why}"
    return Line(closing.at, chip("Closed by us", "info"), told)


def tell_note(note: RoundNote) -> Line:
    """Tell what somebody noted."""
    return Line(note.at, chip("Note", "primary"), format_html('{} <span class="quiet">{}</span>', note.text, note.by))


def add_gaps(lines: Iterable[Line]) -> Iterable[Line]:
    """Write beside each line how long after the one before it came."""
    before: datetime | None = None
    for line in lines:
        yield line if before is None else replace(line, gap=write_gap(line.at - before))
        before = line.at


def write_gap(span: timedelta) -> str:
    """Write a span that may be of milliseconds."""
    seconds = span.total_seconds()
    return f"+{age(span)}" if seconds >= 60 else f"+{seconds:.3f} s" if seconds < 10 else f"+{seconds:.1f} s"
