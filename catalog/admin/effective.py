"""What an operator's settings come to for one game: each key with the layer that set it, and the stakes left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import Game, Listing
from catalog.selectors.ladder import StakeLadder, Step, find_stake_ladder
from config.display import amount_text
from operators.documents import write_json
from operators.selectors.effective import EffectiveSetting, list_effective_settings


@dataclass(frozen=True, slots=True)
class ShownLadder:
    """A ladder as the page tells it; `way` says for which launches where those for fun have another.

    `reason` is the lowest fallen stake's: what is too much for it is so for all above it.
    """

    way: str
    ladder: StakeLadder
    remaining: str
    cap: str
    fallen: str
    reason: str


def show_effective(game: Game) -> dict[str, Any]:
    """Return the effective settings of a game for money and for fun, and its ladders by currency."""
    told = {for_fun: _list_settings(game, for_fun) for for_fun in (False, True)}
    names = dict.fromkeys([*told[False], *told[True]])
    return {
        "effective": [(name, *(_show(told[for_fun].get(name)) for for_fun in (False, True))) for name in names],
        "ladders": [_show_ladder(way, ladder) for way, ladder in _list_ladders(game)],
    }


def _list_settings(game: Game, for_fun: bool) -> dict[str, EffectiveSetting]:
    return list_effective_settings(settings=game.operator.settings, game_ref=game.game_ref, for_fun=for_fun)


def _show(setting: EffectiveSetting | None) -> dict[str, Any] | None:
    if setting is None:
        return None
    overrode = [f"{write_json(value, indent=None)} of {layer}" for layer, value in setting.overrode]
    return {
        "value": write_json(setting.value, indent=None),
        "meaning": setting.meaning,
        "layer": setting.layer,
        "overrode": ", ".join(overrode),
    }


def _list_ladders(game: Game) -> Iterable[tuple[str, StakeLadder]]:
    for currency in _list_currencies(game):
        ladder = find_stake_ladder(game=game, currency=currency)
        for_fun = find_stake_ladder(game=game, currency=currency, for_fun=True)
        differ = ladder != for_fun
        if ladder:
            yield ("for money" if differ else ""), ladder
        if for_fun and differ:
            yield "for fun", for_fun


def _list_currencies(game: Game) -> list[str]:
    """Return the currencies in which the operator's settings let the game be played, as far as they name any."""
    settings = game.operator.settings
    named = [settings["useFixedCurrency"]] if "useFixedCurrency" in settings else settings.get("currenciesRestricted")
    if named:
        return list(named)
    configured = game.configurations.filter(listing=Listing.LISTED).order_by("currency_id")
    currencies = [*configured.values_list("currency_id", flat=True)]
    for name in ("customCurrencies", "customCurrencyMultipliers"):
        currencies += [*settings.get(name, ())]
    offered = game.operator.currencies.filter(enabled=True, listing=Listing.LISTED).order_by("currency_id")
    return list(dict.fromkeys(currencies or offered.values_list("currency_id", flat=True)))


def _show_ladder(way: str, ladder: StakeLadder) -> ShownLadder:
    fallen = [step for step in ladder.steps if not step.remains]
    return ShownLadder(
        way=way,
        ladder=ladder,
        remaining=" · ".join(_major(step) for step in ladder.steps if step.remains),
        cap="" if ladder.cap is None else amount_text(ladder.cap.scaleb(-2)),
        fallen=" · ".join(map(_major, fallen)),
        reason=fallen[0].reason if fallen else "",
    )


def _major(step: Step) -> str:
    return amount_text(step.stake.scaleb(-2))
