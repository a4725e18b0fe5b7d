"""The first page: the day's figures, what is open, whether the ledger holds, and what went wrong lately."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from catalog.admin.run_page import describe_found, state_chip
from catalog.selectors.runs import CatalogueStanding, list_catalogue_standings
from config.admin import actor
from config.readiness import list_faults
from geoblock.selectors.locations import find_database_standing
from operators.models import Casino, Exchange
from operators.selectors.schedule import list_scheduled
from wallet.enums import CallState, Kind, RequestState
from wallet.models import ApprovalRequest, LedgerRow, LedgerVerification, WaitingCall
from wallet.selectors import figures
from wallet.selectors.figures import Figures, Movements

HOURS_SHOWN = 24
RECENT_ERRORS = 8
# The proof runs nightly; two hours late is a proof that did not run.
VERIFICATION_AGE = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Day:
    """The part of today that has passed, by the clock of the casino in question or in UTC."""

    since: datetime
    now: datetime
    zone: str


def show_overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures to the first page, as far as the person may see them. Called by the theme."""
    now = timezone.now()
    casinos = list(Casino.objects.order_by("name"))
    casino = next((casino for casino in casinos if casino.slug == request.GET.get("casino")), None)
    day = find_day(casino, now)
    context |= {"day": day, "casinos": casinos, "casino": casino, "faults": list_faults()}
    if request.user.has_perm("wallet.view_ledgerrow"):
        context |= show_money(request, day, casino) | {"verification": show_verification(now)}
        context["has_stray_rows"] = has_stray_rows()
    if request.user.has_perm("operators.view_exchange"):
        context |= show_errors(day, casino, context.get("asked_count"))
    if request.user.has_perm("geoblock.view_georules"):
        context["geoip"] = find_database_standing(now)
    if request.user.has_perm("wallet.view_waitingcall"):
        context["stuck_calls"] = count_stuck_calls()
    if request.user.has_perm("wallet.view_approvalrequest"):
        context["waiting_requests"] = count_waiting_requests(actor(request))
    return context | show_background(request, now)


def has_stray_rows() -> bool:
    """Say whether the ledger's default partition is in use: rows of months that have none of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM wallet_ledgerrow_default)")
        return bool(cursor.fetchone()[0])


def count_stuck_calls() -> dict[str, int]:
    """Return how many calls to platforms wait for a person, and how many have an outcome that is not known."""
    # Said as the index says it, which holds only the calls that have not ended.
    states = WaitingCall.objects.exclude(state__in=[CallState.DONE, CallState.SETTLED]).values_list("state")
    counted = dict(states.annotate(count=Count("pk")).order_by("state"))
    return {"stranded": counted.get(CallState.STRANDED, 0), "unknown": counted.get(CallState.UNKNOWN, 0)}


def count_waiting_requests(person: str) -> dict[str, int]:
    """Return how many requests wait for a second person: others', and the person's own."""
    waiting = ApprovalRequest.objects.filter(state=RequestState.OPEN)
    own = Count("pk", filter=Q(requested_by=person))
    return waiting.aggregate(others=Count("pk") - own, own=own)


def find_day(casino: Casino | None, now: datetime) -> Day:
    """Return when today began."""
    zone = casino.time_zone if casino else "UTC"
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Day(since=midnight.astimezone(UTC), now=now, zone=zone)


def show_money(request: HttpRequest, day: Day, casino: Casino | None) -> dict[str, Any]:
    """Return the day's figures by currency, the chart of one currency, who is active and what is open."""
    hours = list_hours(day.now)
    movements = figures.list_movements(since=min(day.since, hours[0]), until=day.now, casino=casino)
    today = figures.sum_figures(movements, since=day.since)
    shown = figures.sum_figures(movements, since=hours[0])
    currency = choose_currency(request.GET.get("currency"), shown)
    played = (Kind.BET, Kind.WIN, Kind.REFUND)
    return {
        "figures": today,
        "rows": list_address("wallet_ledgerrow", "created_at", day, casino),
        "asked_count": sum(
            moved.count
            for moved in movements
            if moved.quarter >= day.since and moved.kind in played and not moved.reversal
        ),
        "active": figures.count_active_players(since=day.since, until=day.now, casino=casino),
        "open_rounds": figures.count_open_rounds(casino=casino),
        "chart_currencies": [each.currency for each in shown],
        "chart_currency": currency,
        "chart": draw_chart(movements, currency, hours) if currency else None,
    }


def list_address(name: str, field: str, day: Day, casino: Casino | None = None) -> str:
    """Return the address of a list of today's rows, for further filters to be put behind."""
    query = {f"{field}_from_0": f"{day.since:%Y-%m-%d}", f"{field}_from_1": f"{day.since:%H:%M:%S}"}
    if casino:
        query["account__casino__id__exact"] = str(casino.pk)
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode(query)}"


def list_hours(now: datetime) -> list[datetime]:
    """Return the beginnings of the last hours, this one last."""
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [this_hour - timedelta(hours=back) for back in reversed(range(HOURS_SHOWN))]


def choose_currency(asked: str | None, shown: list[Figures]) -> str | None:
    """Return the currency asked for if anything moved in it, else the one with the most bets."""
    currencies = [each.currency for each in shown]
    return asked if asked in currencies else next(iter(currencies), None)


def draw_chart(movements: list[Movements], currency: str, hours: list[datetime]) -> dict[str, str]:
    """Return a bar chart's data and options as the theme's component takes them."""
    bars = [(Kind.BET, "Bets", "var(--color-primary-600)"), (Kind.WIN, "Wins", "var(--color-primary-300)")]
    datasets = [
        {
            "label": label,
            "data": [float(hour) for hour in figures.sum_by_hour(movements, currency=currency, kind=kind, hours=hours)],
            "backgroundColor": colour,
            "borderRadius": 2,
        }
        for kind, label, colour in bars
    ]
    grey = "#6b7280"
    options = {
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {"legend": {"display": True, "align": "end", "labels": {"boxWidth": 12, "color": grey}}},
        "scales": {
            "x": {
                "title": {"display": True, "text": "Hour beginning (UTC)", "color": grey},
                "ticks": {"color": grey, "maxRotation": 0, "autoSkipPadding": 12},
                "grid": {"display": False},
            },
            "y": {
                "title": {"display": True, "text": currency, "color": grey},
                "ticks": {"color": grey, "maxTicksLimit": 6},
                "beginAtZero": True,
                "grid": {"tickWidth": 0},
            },
        },
    }
    labels = [f"{hour:%H:%M}" for hour in hours]
    return {"data": json.dumps({"labels": labels, "datasets": datasets}), "options": json.dumps(options)}


def show_verification(now: datetime) -> dict[str, Any]:
    """Return the last proof of the ledger and how it stands; a young ledger may be without one."""
    last = LedgerVerification.objects.order_by("-pk").first()
    if last is None:
        first = LedgerRow.objects.order_by("transaction_id").values_list("created_at", flat=True).first()
        return {"state": "missing" if first and now - first > VERIFICATION_AGE else "young"}
    state = "different" if last.difference_count else "late" if now - last.started_at > VERIFICATION_AGE else "good"
    return {"state": state, "last": last, "age": now - last.finished_at}


def show_errors(day: Day, casino: Casino | None, asked_count: int | None) -> dict[str, Any]:
    """Return the day's logged errors by code, the newest of them, and the share of movements that were refused."""
    today = list_errors(casino).filter(at__gte=day.since)
    by_code = list(
        today.order_by()
        .values("direction", "command", "error_code", "http_status")
        .annotate(count=Count("*"), last_at=Max("at"))
        .order_by("-count", "command", "error_code")
    )
    refused = sum(row["count"] for row in by_code if row["command"] == "changebalance" and row["direction"] == "in")
    asked = None if asked_count is None else asked_count + refused
    return {
        "errors_by_code": by_code,
        "errors": list_address("operators_exchange", "at", day),
        "error_count": sum(row["count"] for row in by_code),
        "refused": refused,
        "asked": asked,
        "refused_share": 100 * refused / asked if asked else None,
        "recent_errors": list_errors(casino).select_related("operator").order_by("-at")[:RECENT_ERRORS],
    }


def show_background(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Return how the background work stands, and the catalogue that it keeps in step."""
    context: dict[str, Any] = {}
    if request.user.has_perm("django_celery_beat.view_periodictask"):
        context["schedule"] = list_scheduled(now)
    if request.user.has_perm("catalog.view_syncrun"):
        context["catalogues"] = [show_catalogue(standing) for standing in list_catalogue_standings(now)]
    return context


def show_catalogue(standing: CatalogueStanding) -> dict[str, Any]:
    """Return an operator's catalogue as the page tells it."""
    last = standing.last
    return {
        "standing": standing,
        "found": describe_found(last) if last else "",
        "chip": state_chip(last) if last else "",
    }


def list_errors(casino: Casino | None) -> QuerySet[Exchange]:
    """Return the exchanges that were answered with an error, or not at all."""
    errors = Exchange.objects.exclude(error_code="", http_status__lt=400)
    return errors.filter(operator__casino=casino) if casino else errors
