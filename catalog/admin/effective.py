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
    """A ladder as the page tells it."""

    ladder: StakeLadder
    remaining: str
    cap: str
    fallen: list[tuple[str, str]]


def show_effective(game: Game) -> dict[str, Any]:
    """Return the effective settings of a game for money and for fun, and its ladders by currency."""
    told = {for_fun: _list_settings(game, for_fun) for for_fun in (False, True)}
    names = dict.fromkeys([*told[False], *told[True]])
    return {
        "effective": [(name, *(_show(told[for_fun].get(name)) for for_fun in (False, True))) for name in names],
        "ladders": [_show_ladder(ladder) for ladder in _list_ladders(game)],
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


def _list_ladders(game: Game) -> Iterable[StakeLadder]:
    settings = game.operator.settings
    configured = game.configurations.filter(listing=Listing.LISTED).order_by("currency_id")
    currencies = [*configured.values_list("currency_id", flat=True)]
    for name in ("customCurrencies", "customCurrencyMultipliers"):
        currencies += [*settings.get(name, ())]
    fixed = settings.get("useFixedCurrency")
    for currency in dict.fromkeys([fixed] if fixed else currencies):
        ladder = find_stake_ladder(game=game, currency=currency)
        if ladder:
            yield ladder


def _show_ladder(ladder: StakeLadder) -> ShownLadder:
    return ShownLadder(
        ladder=ladder,
        remaining=" · ".join(_major(step) for step in ladder.steps if step.remains),
        cap="" if ladder.cap is None else amount_text(ladder.cap.scaleb(-2)),
        fallen=[(_major(step), step.reason) for step in ladder.steps if not step.remains],
    )


def _major(step: Step) -> str:
    return amount_text(step.stake.scaleb(-2))
