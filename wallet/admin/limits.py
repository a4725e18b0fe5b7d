"""Limits of play: a player's own page of them, and the list of what they refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from config.admin import ActAdmin, RecordAdmin, UtcRangeFilter, actor, posted
from config.display import NOTHING, chip, ident, moment, money
from config.theme import ChoicesDropdownFilter, RelatedDropdownFilter, Select, TextInput, act
from operators.selectors.refusals import Refusal
from wallet.admin import columns
from wallet.admin.filters import PlayerFilter
from wallet.admin.forms import ExclusionForm
from wallet.enums import ExclusionKind, LimitKind, LimitPeriod, RefusalReason
from wallet.models import LimitChange, LimitRefusal, Player, Session
from wallet.selectors.limits import Limit, find_exclusion, find_sitting_of, list_changes, list_exclusions, list_limits
from wallet.services.limits import CALENDAR, WantedLimit, set_limits
from wallet.services.players import LONGEST_COOL_OFF, exclude_player

MAY_SEE = "wallet.view_limitchange"
MAY_SET = "wallet.set_limits"
MAY_EXCLUDE = "wallet.change_player"
CHANGES_SHOWN = 50
REFUSALS_SHOWN = 10
# From these hundredths on a bar is amber, and red.
NEARLY, FULL = 80, 100
CHOICES = [
    *(
        (f"{kind} {period}", f"{kind.label} a {period.label.lower()}")
        for kind in (LimitKind.WAGER, LimitKind.NET_LOSS, LimitKind.DEPOSIT)
        for period in CALENDAR
    ),
    (f"{LimitKind.SESSION_TIME} {LimitPeriod.SESSION}", "Session time, in minutes"),
]


class LimitForm(forms.Form):
    """Which limit, and what it is to be."""

    limit = forms.ChoiceField(choices=CHOICES, widget=Select())
    amount = forms.DecimalField(
        required=False,
        widget=TextInput(attrs={"inputmode": "decimal"}),
        help_text="In the account's currency; minutes for session time. Empty takes the limit away.",
    )

    def __init__(self, data: Any = None, *, currencies: list[str]) -> None:
        super().__init__(data)
        self.fields["currency"] = forms.ChoiceField(
            choices=[(currency, currency) for currency in currencies],
            widget=Select(),
            required=False,
            help_text="Session time has none: it is the same for all of the player's accounts.",
        )
        self.order_fields(["limit", "currency", "amount"])

    @property
    def wanted(self) -> WantedLimit:
        """What was filled in, as the service takes it."""
        kind, period = self.cleaned_data["limit"].split()
        currency = "" if kind == LimitKind.SESSION_TIME else self.cleaned_data["currency"]
        return WantedLimit(kind, period, self.cleaned_data["amount"], currency)


class LimitPages(ActAdmin):
    """A player's page of limits, and what is done from there."""

    def get_urls(self) -> list[URLPattern]:
        """Add what the page of limits leads to."""
        pages = (("limits/set", self.set_limit, "set_limit"), ("limits/cool-off", self.cool_off, "cool_off"))
        own = [
            path(f"<path:object_id>/{address}/", self.admin_site.admin_view(view), name=f"wallet_player_{name}")
            for address, view, name in pages
        ]
        return [*own, *super().get_urls()]

    @act("Limits", path="limits", icon="health_and_safety", permissions=[MAY_SEE])
    def limits(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a player's limits and how much of them is used."""
        player = self.find_row(request, object_id)
        context = {"title": "Limits of play", **show_limits(player, timezone.now())}
        return self.show(request, "admin/wallet/player/limits.html", context, row=player)

    def set_limit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which limit, and set it on the player's behalf."""
        player = self.find_player(request, object_id, MAY_SET)
        currencies = list(player.accounts.order_by("currency").values_list("currency", flat=True))
        form = LimitForm(posted(request), currencies=currencies)

        def do() -> tuple[Player, str]:
            changes = set_limits(player=player, wanted=[form.wanted], by=actor(request), now=timezone.now())
            return player, describe_changes(changes)

        return self.back_to_limits(self.attempt(request, form, do, Refusal), player) or self.ask_of(
            request,
            form,
            player,
            title="Set a limit",
            submit="Set",
            lead="At the player's wish. A tighter limit holds at once; a looser one, or none, after 24 hours.",
        )

    def cool_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask until when, and have a player cool off."""
        player = self.find_player(request, object_id, MAY_EXCLUDE)
        form = ExclusionForm(posted(request))

        def do() -> tuple[Player, str]:
            until = form.cleaned_data["until"]
            exclude_player(
                player=player, until=until, kind=ExclusionKind.COOL_OFF, by=actor(request), now=timezone.now()
            )
            return player, f"{player} cools off until {until:%Y-%m-%d %H:%M} UTC."

        return self.back_to_limits(self.attempt(request, form, do, Refusal), player) or self.ask_of(
            request,
            form,
            player,
            title="Cool-off",
            submit="Begin the cool-off",
            danger=True,
            lead=f"At the player's wish, for at most {LONGEST_COOL_OFF.days} days. Nobody can shorten it.",
        )

    def find_player(self, request: HttpRequest, object_id: str, permission: str) -> Player:
        """Return the player that a page is about, to a person who may.

        :raises PermissionDenied: the person may not.
        """
        if not request.user.has_perm(permission):
            raise PermissionDenied
        player: Player = self.find_row(request, object_id)
        return player

    def ask_of(self, request: HttpRequest, form: forms.Form, player: Player, **texts: Any) -> HttpResponse:
        """Show a form, with a way back to the page of limits."""
        answer = self.ask(request, form, row=player, **texts)
        answer.context_data = {**(answer.context_data or {}), "back": limits_page(player)}
        return answer

    def back_to_limits(self, done: HttpResponse | None, player: Player) -> HttpResponse | None:
        """Lead back to the page of limits, where something was done."""
        return done and HttpResponseRedirect(limits_page(player))


@admin.register(LimitRefusal)
class LimitRefusalAdmin(RecordAdmin):
    """Bets and deposits that a limit or an exclusion refused, the newest first."""

    list_display = (
        "time",
        "player_shown",
        "kind_shown",
        "amount_shown",
        "reason_shown",
        "limit",
        "used_shown",
        "tries",
    )
    list_select_related = ("player", "account", "operator")
    list_filter = (
        ("at", UtcRangeFilter),
        ("reason", ChoicesDropdownFilter),
        ("operator", RelatedDropdownFilter),
        PlayerFilter,
    )
    ordering = ("-pk",)
    search_fields = ("reference__exact",)
    search_help_text = "Transaction id or cashier's reference, exact"
    change_form_template = "admin/wallet/limitrefusal/change_form.html"
    empty_text = "No refusal fits: no bet or deposit would have passed a limit."

    def tell(self, refusal: LimitRefusal) -> dict[str, Any]:
        """Show a refusal whole."""
        return {
            "player_link": columns.player_link(refusal.player),
            "reason_chip": reason_chip(refusal),
            "allowed": tell_measure(refusal, refusal.allowed),
            "used": tell_measure(refusal, refusal.used),
            "limits_page": limits_page(refusal.player),
        }

    @admin.display(description="Time")
    def time(self, refusal: LimitRefusal) -> SafeString:
        return moment(refusal.at)

    @admin.display(description="Player")
    def player_shown(self, refusal: LimitRefusal) -> SafeString:
        return columns.player_link(refusal.player)

    @admin.display(description="Refused")
    def kind_shown(self, refusal: LimitRefusal) -> SafeString:
        return format_html("{} {}", refusal.get_kind_display(), ident(refusal.reference))

    @admin.display(description="Amount")
    def amount_shown(self, refusal: LimitRefusal) -> SafeString:
        return money(refusal.amount, refusal.account.currency)

    @admin.display(description="Why")
    def reason_shown(self, refusal: LimitRefusal) -> SafeString:
        return reason_chip(refusal)

    @admin.display(description="Limit")
    def limit(self, refusal: LimitRefusal) -> SafeString:
        return tell_measure(refusal, refusal.allowed)

    @admin.display(description="Used")
    def used_shown(self, refusal: LimitRefusal) -> SafeString:
        return tell_measure(refusal, refusal.used)

    @admin.display(description="Times")
    def tries(self, refusal: LimitRefusal) -> str:
        return f"{refusal.times:,}"


def reason_chip(refusal: LimitRefusal) -> SafeString:
    """Write why it was refused."""
    label = RefusalReason(refusal.reason).label
    period = f", {LimitPeriod(refusal.period).label.lower()}" if refusal.period in CALENDAR else ""
    return chip(f"{label}{period}", "danger" if refusal.reason == RefusalReason.EXCLUSION else "warning")


def tell_measure(refusal: LimitRefusal, measure: Any) -> SafeString:
    """Write an amount of a refusal in what its limit is measured in."""
    if measure is None:
        return NOTHING
    if refusal.reason == RefusalReason.SESSION_TIME:
        return format_html("{} min", int(measure))
    return money(measure, refusal.account.currency)


def limits_page(player: Player) -> str:
    """Return the address of a player's page of limits."""
    return reverse("admin:wallet_player_limits", args=[player.pk])


def show_limits(player: Player, now: datetime) -> dict[str, Any]:
    """Return what a player's page of limits shows."""
    refusals = player.limit_refusals.select_related("account", "player", "operator").order_by("-pk")
    sitting = find_sitting_of(player, now)
    return {
        "player": player,
        "now": now,
        "zone": player.casino.time_zone,
        "exclusion": find_exclusion(player, now),
        "sitting": sitting,
        "limits": [show_limit(limit, sitting, now) for limit in list_limits(player, now)],
        "changes": [show_change(change) for change in list_changes(player)[:CHANGES_SHOWN]],
        "exclusions": list_exclusions(player),
        "refusals": show_refusals(refusals[:REFUSALS_SHOWN]),
    }


def show_limit(limit: Limit, sitting: Session | None, now: datetime) -> dict[str, Any]:
    """Return what the page shows of one limit: its name, its bar, and what is to come."""
    if limit.change.kind == LimitKind.SESSION_TIME:
        limit = replace(limit, used=minutes_of(sitting, now))
    share = share_of(limit)
    return {
        "limit": limit,
        "name": name_limit(limit.change),
        "currency": limit.change.currency,
        "amount": tell_amount(limit.change, limit.amount),
        "used": None if limit.used is None else tell_amount(limit.change, limit.used),
        "left": None if limit.left is None else tell_amount(limit.change, limit.left),
        "share": share,
        "look": None if share is None else "is-full" if share >= FULL else "is-nearly" if share >= NEARLY else "",
        "pending": limit.pending and tell_amount(limit.pending, limit.pending.amount),
    }


def minutes_of(sitting: Session | None, now: datetime) -> Decimal:
    """Return how many minutes a player has sat; none where nobody sits."""
    began = sitting and sitting.sitting_since
    return Decimal((now - began) // timedelta(minutes=1)) if began else Decimal(0)


def share_of(limit: Limit) -> int | None:
    """Return how many hundredths of a limit are used; where nothing is allowed, all of it is."""
    if limit.amount is None or limit.used is None:
        return None
    return min(max(int(limit.used / limit.amount * 100), 0), FULL) if limit.amount else FULL


def show_change(change: LimitChange) -> dict[str, Any]:
    """Return what the page's history says of a change."""
    return {
        "change": change,
        "name": name_limit(change),
        "was": tell_amount(change, change.was),
        "amount": tell_amount(change, change.amount),
        "later": change.effective_at > change.asked_at,
    }


def show_refusals(refusals: QuerySet[LimitRefusal]) -> list[dict[str, Any]]:
    """Return what the page says of each refusal."""
    return [
        {
            "refusal": refusal,
            "reason": reason_chip(refusal),
            "allowed": tell_measure(refusal, refusal.allowed),
            "used": tell_measure(refusal, refusal.used),
        }
        for refusal in refusals
    ]


def name_limit(change: LimitChange) -> str:
    """Name a limit as people do."""
    if change.kind == LimitKind.SESSION_TIME:
        return str(LimitKind.SESSION_TIME.label)
    return f"{LimitKind(change.kind).label} a {LimitPeriod(change.period).label.lower()}"


def tell_amount(change: LimitChange, amount: Any) -> SafeString:
    """Write what a limit is or was."""
    if amount is None:
        return format_html('<span class="quiet">{}</span>', "no limit")
    if change.kind == LimitKind.SESSION_TIME:
        return format_html("{} min", int(amount))
    return money(amount, change.currency)


def describe_changes(changes: list[LimitChange]) -> str:
    """Say what was done."""
    if not changes:
        return "It is so already, or is to be."
    (change,) = changes
    told = "no limit" if change.amount is None else strip_tags(tell_amount(change, change.amount))
    when = f"from {change.effective_at:%Y-%m-%d %H:%M} UTC" if change.effective_at > change.asked_at else "now"
    return f"{name_limit(change)}: {told}, {when}."
