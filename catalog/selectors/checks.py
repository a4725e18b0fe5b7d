"""What decides whether a visitor of the casino's site is shown a game or lobby, check by check.

The same conditions select the rows of a page and explain why a row is not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from catalog.models import Game, GameConfiguration, Listing, Lobby, OperatorCurrency
from operators.models import OperatorState

# A country in which the vendors' “restricted” does not count for an operator account.
EXCEPTIONS = "operator__settings__restrictedCountriesAllowed__contains"
OTHER_DEVICE = {"desktop": "mobile", "mobile": "desktop"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the casino's site; what is empty, and a `group` of None, decides nothing.

    `country` is ISO 3166-1 alpha-2, `region` ISO 3166-2, `device` desktop or mobile; the group "" is a player in none.
    """

    country: str = ""
    region: str = ""
    device: str = ""
    currency: str = ""
    group: str | None = None

    @property
    def places(self) -> list[str]:
        """The codes under which a vendor may name where the visitor is."""
        country = self.country or self.region.partition("-")[0]
        return [place for place in (country, self.region) if place]


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that a row meets, and what to say where it does not."""

    name: str
    condition: Q
    otherwise: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check's result for one row; `remark` is empty where it passed."""

    name: str
    passed: bool
    remark: str


def offer_checks() -> list[Check]:
    """Return what holds of a game or lobby that can be launched: all of it."""
    return [
        Check("Operator", Q(operator__state=OperatorState.ACTIVE), "The operator account is not active."),
        Check("Listing", Q(listing=Listing.LISTED), "The platform does not list it."),
        Check("Our switch", Q(enabled=True), "We have switched it off."),
        Check("Our switch of the vendor", _of_vendor(enabled=True), "We have switched its vendor off."),
        Check("Vendor at the platform", _of_vendor(platform_enabled=True), "The platform has switched its vendor off."),
    ]


def game_checks(visitor: Visitor) -> list[Check]:
    """Return what holds of a game that a visitor is shown."""
    platform = Check("Platform's switch", Q(platform_enabled=True), "The platform has switched it off.")
    return [*offer_checks(), platform, *_country_checks(visitor), *player_checks(visitor)]


def lobby_checks(visitor: Visitor) -> list[Check]:
    """Return what holds of a lobby that a visitor is shown."""
    return [*offer_checks(), *_country_checks(visitor), *_currency_checks(visitor)]


def visitor_checks(visitor: Visitor, *, of_games: bool = True) -> list[Check]:
    """Return only what depends on the visitor."""
    return [*_country_checks(visitor), *(player_checks(visitor) if of_games else _currency_checks(visitor))]


def player_checks(visitor: Visitor) -> list[Check]:
    """Return what depends on the visitor's device, currency and group."""
    return [*_device_checks(visitor), *_currency_checks(visitor, of_games=True), *_group_checks(visitor)]


def meets(checks: Sequence[Check]) -> Q:
    """Return the condition that all checks pass."""
    return Q(*(check.condition for check in checks))


def explain_game(game: Game, visitor: Visitor) -> list[Verdict]:
    """Return each check of a game and its result, in one query."""
    return _explain(Game.objects.filter(pk=game.pk), game_checks(visitor))


def explain_lobby(lobby: Lobby, visitor: Visitor) -> list[Verdict]:
    """Return each check of a lobby and its result, in one query."""
    return _explain(Lobby.objects.filter(pk=lobby.pk), lobby_checks(visitor))


def is_true(condition: Q) -> Case:
    """Return a condition as an expression that is never null."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _explain(row: QuerySet[Any], checks: Sequence[Check]) -> list[Verdict]:
    (passed,) = row.values_list(*(is_true(check.condition) for check in checks))
    return [Verdict(check.name, ok, "" if ok else check.otherwise) for check, ok in zip(checks, passed, strict=True)]


def _of_vendor(**facts: Any) -> Q:
    return Q(vendor=None) | Q(**{f"vendor__{name}": value for name, value in facts.items()})


def _country_checks(visitor: Visitor) -> list[Check]:
    places = visitor.places
    if not places:
        return []
    told = " and ".join(places)
    prohibited = Q(vendor__isnull=False, vendor__prohibited_countries__overlap=places)
    restricted = Q(vendor__isnull=False, vendor__restricted_countries__overlap=places)
    excepted = Q(*(Q(**{EXCEPTIONS: [place]}) for place in places), _connector=Q.OR)
    return [
        Check("Prohibited countries", ~prohibited, f"Its vendor prohibits {told}."),
        Check("Restricted countries", ~restricted | excepted, f"Its vendor restricts {told}."),
    ]


def _device_checks(visitor: Visitor) -> list[Check]:
    if not visitor.device:
        return []
    other = OTHER_DEVICE[visitor.device]
    return [Check("Device", ~Q(platform=other), f"It is made for {other} alone.")]


def _currency_checks(visitor: Visitor, *, of_games: bool = False) -> list[Check]:
    if not visitor.currency:
        return []
    offered = OperatorCurrency.objects.filter(operator=OuterRef("operator"), listing=Listing.LISTED)
    in_currency = offered.filter(currency=visitor.currency, enabled=True)
    # A platform that lists no currencies takes any.
    checks = [
        Check(
            "Currency",
            ~Q(Exists(offered)) | Q(Exists(in_currency)),
            f"The operator account does not offer {visitor.currency}.",
        )
    ]
    if of_games:
        configured = GameConfiguration.objects.filter(game=OuterRef("pk"), listing=Listing.LISTED)
        checks.append(
            Check(
                "Stakes",
                ~Q(Exists(configured)) | Q(Exists(configured.filter(currency=visitor.currency))),
                f"It has no stakes in {visitor.currency}.",
            )
        )
    return checks


def _group_checks(visitor: Visitor) -> list[Check]:
    if visitor.group is None:
        return []
    grouped = Game.tags.through.objects.filter(game=OuterRef("pk"), tag__player_groups__len__gt=0)
    theirs = grouped.filter(tag__player_groups__contains=[visitor.group])
    told = f"not the group “{visitor.group}”" if visitor.group else "not players without a group"
    return [Check("Player group", ~Q(Exists(grouped)) | Q(Exists(theirs)), f"Its tags name groups, but {told}.")]
