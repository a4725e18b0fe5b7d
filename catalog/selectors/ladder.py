"""The stakes of a game in one currency: which an operator's settings leave, and why the others fall away.

Stakes and exposures are minor units. A currency's multiplier scales stakes and the cap alike, as the platform's own
configuration does: it is no exchange rate, and a cap of 250,000 EUR is one of 1,250,000 PLN where PLN
counts five times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.models import Game, GameConfiguration, Listing, OperatorCurrency
from operators.selectors.effective import list_effective_settings, read_flag

CONFIGURED, CUSTOM = "the platform's configuration", "customStakes"
EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Step:
    """A stake, the most that a round at it may pay (None where the game does not say), and why it falls away."""

    stake: Decimal
    exposure: Decimal | None
    reason: str = ""

    @property
    def remains(self) -> bool:
        """Whether the stake is offered."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class StakeLadder:
    """The stakes in a currency, lowest first, and what made them: each figure beside where it comes from."""

    currency: str
    source: str
    multiplier: Decimal
    multiplier_source: str
    max_payout: Decimal | None
    cap: Decimal | None
    cap_source: str
    steps: tuple[Step, ...]

    @property
    def remark(self) -> str:
        """Why a cap leaves stakes that it might take away, where it does."""
        if self.cap is None or self.max_payout is not None:
            return ""
        return (
            "How many times its stake the game may pay (maxPayout) is not known: the platform's configuration does not "
            "say. The cap takes away only stakes above it."
        )

    @property
    def remaining(self) -> list[Decimal]:
        """The stakes that are offered."""
        return [step.stake for step in self.steps if step.remains]


def find_stake_ladder(*, game: Game, currency: str, for_fun: bool = False) -> StakeLadder | None:
    """Return the stakes of a game in a currency under its operator's settings; None where none are known."""
    settings: Mapping[str, Any] = game.operator.settings
    effective = list_effective_settings(settings=settings, game_ref=game.game_ref, for_fun=for_fun)
    configuration = _find_configuration(game, currency)
    custom = _read_stakes(effective["customStakes"].value) if "customStakes" in effective else []
    takes_custom = bool(custom) and read_flag(settings, "allowCustomStakes")
    if configuration is None and not takes_custom:
        return None
    multiplier, multiplier_source = _find_multiplier(game, currency, configuration, settings)
    stakes = custom if takes_custom else [stake * multiplier for stake in configuration.stakes] if configuration else []
    max_payout = configuration.max_payout if configuration else None
    set_cap = effective.get("maxExposure")
    cap, cap_source = _find_cap(configuration, multiplier)
    if set_cap and isinstance(set_cap.value, int):
        cap, cap_source = set_cap.value * multiplier, set_cap.layer
    return StakeLadder(
        currency=currency,
        source=CUSTOM if takes_custom else CONFIGURED,
        multiplier=multiplier,
        multiplier_source=multiplier_source,
        max_payout=max_payout,
        cap=cap,
        cap_source=cap_source,
        steps=tuple(_weigh(Decimal(stake), max_payout, cap, currency) for stake in sorted(stakes)),
    )


def find_exposure_factor(row: GameConfiguration, multiplier: Decimal) -> Decimal:
    """Return what a configuration's exposures are still to be multiplied by.

    Stakes come before the multiplier. Whether exposures do is not written anywhere, and the calculated one tells: it is
    the top stake times the maximum payout, with the multiplier or without.
    """
    if row.calculated_max_exposure is None or row.max_payout is None or not row.stakes:
        return multiplier
    multiplied = row.calculated_max_exposure == max(row.stakes) * row.max_payout * multiplier
    return Decimal(1) if multiplied else multiplier


def _find_configuration(game: Game, currency: str) -> GameConfiguration | None:
    """Return the configuration in a currency; where there is none, another's stakes before its multiplier will do."""
    listed = game.configurations.filter(listing=Listing.LISTED)
    found: Iterable[GameConfiguration] = listed.order_by("currency_id")
    by_currency = {configuration.currency_id: configuration for configuration in found}
    return by_currency.get(currency) or by_currency.get(EURO) or next(iter(by_currency.values()), None)


def _find_multiplier(
    game: Game, currency: str, configuration: GameConfiguration | None, settings: Mapping[str, Any]
) -> tuple[Decimal, str]:
    for name in ("customCurrencies", "customCurrencyMultipliers"):
        told = settings.get(name)
        said = told.get(currency) if isinstance(told, dict) else None
        if isinstance(said, int):
            return Decimal(said), name
    if configuration and configuration.currency_id == currency and configuration.currency_multiplier:
        return configuration.currency_multiplier.normalize(), CONFIGURED
    offer = OperatorCurrency.objects.filter(operator=game.operator_id, currency=currency).first()
    return (offer.multiplier.normalize(), "the platform's list of currencies") if offer else (Decimal(1), "none is set")


def _find_cap(configuration: GameConfiguration | None, multiplier: Decimal) -> tuple[Decimal | None, str]:
    if configuration is None or configuration.max_exposure is None:
        return None, "none is set"
    own = configuration.currency_multiplier or Decimal(1)
    return configuration.max_exposure * find_exposure_factor(configuration, own) / own * multiplier, CONFIGURED


def _read_stakes(value: Any) -> list[Decimal]:
    values = value if isinstance(value, list) else []
    return [Decimal(stake) for stake in values if isinstance(stake, int) and not isinstance(stake, bool) and stake > 0]


def _weigh(stake: Decimal, max_payout: Decimal | None, cap: Decimal | None, currency: str) -> Step:
    if max_payout is None:
        return Step(stake, None, _refuse_by_itself(stake, cap, currency))
    exposure = stake * max_payout
    if cap is None or exposure <= cap:
        return Step(stake, exposure)
    said = f"{_major(stake)} times {max_payout.normalize():,f} is {_major(exposure)} {currency}"
    return Step(stake, exposure, f"{said}, more than the {_major(cap)} {currency} that one round may pay.")


def _refuse_by_itself(stake: Decimal, cap: Decimal | None, currency: str) -> str:
    """Any game pays its stake back at least: that much is known of one that does not say what it pays."""
    if cap is None or stake <= cap:
        return ""
    return (
        f"{_major(stake)} {currency} are by themselves more than the {_major(cap)} {currency} that one round may pay."
    )


def _major(minor: Decimal) -> str:
    return f"{minor.scaleb(-2):,.2f}"
