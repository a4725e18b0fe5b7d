"""Every page of the admin, as the site's own URLs have them, each about a row that is there."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, reverse
from django_celery_beat.models import PeriodicTask

from catalog.models import Currency
from geoblock.models import Asked
from geoblock.rules import VendorCountries
from geoblock.selectors.judgements import judge
from geoblock.selectors.rules import get_lists_in_force
from geoblock.services.launches import note_blocked_launch
from geoblock.services.rules import save_rules
from operators.models import AuditEntry, Direction, Exchange
from operators.services import create_api_key
from operators.services.settings import save_settings
from staff.models import SignInCount
from tests.admin.house import House, ago, hire
from tests.admin.sync_runs import make_held_run
from tests.wallet.asked import make_request
from tests.wallet.calls import make_call
from tests.wallet.world import STAFF, Seat
from wallet.models import Ceiling, LedgerVerification, LimitRefusal, StuckRound
from wallet.services.stuck_rounds import watch_rounds

Rows = dict[str, Any]


def make_rows(house: House, seat: Seat) -> Rows:
    """A row of each model of the admin, by the model's name."""
    bet = house.post("bet", seat, "10.00")
    key = create_api_key(casino=house.casino, name="site", scopes=["read"], by=STAFF).api_key
    exchange = Exchange.objects.create(
        at=ago(minutes=1), direction=Direction.INBOUND, command="balance", http_status=200, milliseconds=1
    )
    run = LedgerVerification.objects.create(
        started_at=ago(hours=1), finished_at=ago(hours=1), accounts=1, rows=1, difference_count=0
    )
    return {
        "wallet.player": seat.player.pk,
        "wallet.session": seat.session.pk,
        "wallet.ledgerrow": bet.row.pk,
        "wallet.round": bet.row.round_id,
        "wallet.transaction": house.leave_tombstone(seat).pk,
        "wallet.ledgerverification": run.pk,
        "wallet.waitingcall": make_call(house.operator).pk,
        "wallet.limitrefusal": note_refused_bet(seat).pk,
        "wallet.stuckround": queue_round(house, seat).pk,
        "wallet.approvalrequest": make_request(seat).pk,
        "wallet.ceiling": Ceiling.objects.order_by("pk").values_list("pk", flat=True)[0],
        "operators.casino": house.casino.pk,
        "operators.operator": house.operator.pk,
        "operators.apikey": key.pk,
        "operators.settingsversion": save_some_settings(house),
        "operators.exchange": exchange.pk,
        "operators.auditentry": AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0],
        "django_celery_beat.periodictask": PeriodicTask.objects.values_list("pk", flat=True).order_by("pk")[0],
        "auth.user": hire("bruno").pk,
        "auth.group": Group.objects.create(name="night shift").pk,
        "staff.signincount": SignInCount.objects.create(counted="name", subject="anna", failures=1, last_at=ago()).pk,
        **list_catalogue(house),
        **list_geoblock(house),
    }


def queue_round(house: House, seat: Seat) -> StuckRound:
    """A round that stays open."""
    house.post("bet", seat, "1.00", at=ago(hours=30))
    watch_rounds(now=ago())
    return StuckRound.objects.order_by("pk")[0]


def note_refused_bet(seat: Seat) -> LimitRefusal:
    """A bet that a limit refused."""
    facts: Rows = {"kind": "bet", "reference": "7", "reason": "wager", "period": "day", "at": ago(), "last_at": ago()}
    return LimitRefusal.objects.create(player=seat.player, account=seat.account, amount=1, allowed=5, used=5, **facts)


def save_some_settings(house: House) -> int:
    """A version of the operator's settings."""
    text = '{"doNotUseClosingState": false}'
    return int(save_settings(operator=house.operator, text=text, reason="", by=STAFF, now=ago(hours=1)).pk)


def list_catalogue(house: House) -> Rows:
    """A row of each of the catalogue's models."""
    euro = Currency.objects.get_or_create(code="EUR")[0]
    held = make_held_run(house.operator)
    return {
        "catalog.game": house.game.pk,
        "catalog.lobby": house.add_lobby("live").pk,
        "catalog.vendor": house.operator.vendors.create(vendor_ref="aurora").pk,
        "catalog.tag": house.casino.tags.create(slug="new", name="New").pk,
        "catalog.featuredgame": house.casino.featured_games.create(game=house.game).pk,
        "catalog.currency": euro.pk,
        "catalog.operatorcurrency": house.operator.currencies.create(currency=euro).pk,
        "catalog.gameconfiguration": house.game.configurations.create(currency=euro, stakes=[20]).pk,
        "catalog.syncrun": held.pk,
        "catalog.change": held.changes.order_by("pk").values_list("pk", flat=True)[0],
    }


def list_geoblock(house: House) -> Rows:
    """GeoIP rules, and a launch that they blocked."""
    rules = save_rules(operator=house.operator, text='{"blackList": ["US"]}', reason="Licence", by=STAFF, now=ago())
    judgement = judge(
        in_force=get_lists_in_force(house.operator.pk), vendor=VendorCountries(), address="203.0.113.7", is_real=True
    )
    facts: Rows = {"casino_id": house.casino.pk, "operator_id": house.operator.pk, "user_id": "u1"}
    blocked = note_blocked_launch(judgement, asked=Asked.LAUNCH, mode="real", opened="200", now=ago(), **facts)
    return {"geoblock.georules": rules.pk, "geoblock.blockedlaunch": blocked.pk}


def list_models() -> list[str]:
    return sorted(model._meta.label_lower for model in admin.site._registry)


def name_pages() -> dict[str, URLPattern]:
    """The site's pages by their names; `model: page` where one belongs to a model."""
    found = {}
    for pattern in walk(admin.site.urls[0]):
        name = str(pattern.name)
        model = model_of(name)
        found[f"{model}: {name.removeprefix(model.replace('.', '_') + '_')}" if model else name] = pattern
    return found


def list_pages(rows: Rows) -> dict[str, str]:
    """The address of each page."""
    return {
        name: reverse(f"admin:{page.name}", kwargs={key: argument(key, name, rows) for key in keys_of(page)})
        for name, page in name_pages().items()
    }


def keys_of(page: URLPattern) -> list[str]:
    return list(page.pattern.regex.groupindex)


def walk(patterns: Any) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns)
        elif pattern.name:
            yield pattern


def model_of(name: str) -> str:
    """The model that a page belongs to by its name, or an empty text."""
    return next((model for model in list_models() if name.startswith(model.replace(".", "_") + "_")), "")


def argument(key: str, page: str, rows: Rows) -> Any:
    """What stands in a page's address: the key of the model's row, but for a few that are named here."""
    others = {
        "app_label": "wallet",
        "content_type_id": 1,
        "operator_id": rows["operators.operator"],
        "subject": rows["operators.operator"],
        "task_ref": "00000000-0000-0000-0000-000000000000",
    }
    return others[key] if key in others else rows.get(page.partition(":")[0], 1)
