"""What an operator's settings come to for one launch: layer over layer, and which layer said what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operators.schemas import PROTOCOL_TYPES, Option, describe_value, find_option, list_options

GENERAL, DEMO, OF_GAME = "defaultSettings", "demoSettings", "defaultGameSpecificSettings"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A game setting as it holds, the layer that set it, and what that layer overrode, the lowest first."""

    name: str
    value: Any
    layer: str
    overrode: tuple[tuple[str, Any], ...] = ()

    @property
    def meaning(self) -> str:
        """What the value means, where it does not speak for itself."""
        option = find_option((GENERAL, self.name))
        return describe_value(option, self.value) if option else ""


@dataclass(frozen=True, slots=True)
class OptionInForce:
    """An option of the operator's own and its value; `is_set` says whether it was typed, or is the default."""

    option: Option
    value: Any
    is_set: bool

    @property
    def meaning(self) -> str:
        """What the value means, where it does not speak for itself."""
        return describe_value(self.option, self.value)


def list_effective_settings(
    *, settings: Mapping[str, Any], game_ref: str, for_fun: bool
) -> dict[str, EffectiveSetting]:
    """Return a launch's game settings by name: the general ones, over them the demo's, over them the game's own."""
    own = f"{OF_GAME}.{game_ref}"
    layers = {GENERAL: settings.get(GENERAL), DEMO: settings.get(DEMO) if for_fun else None}
    layers[own] = _object(settings.get(OF_GAME)).get(game_ref)
    found: dict[str, EffectiveSetting] = {}
    for layer, said in layers.items():
        for name, value in _object(said).items():
            below = found.get(name)
            overrode = (*below.overrode, (below.layer, below.value)) if below else ()
            found[name] = EffectiveSetting(name, value, layer, overrode)
    return found


def list_options_in_force(settings: Mapping[str, Any]) -> list[OptionInForce]:
    """Return the options that hold for all games: those that were set, and the defaults that are laid down."""
    protocol_type = settings.get("protocolType")
    found = []
    for option in _list_own_options(protocol_type):
        value = _look_up(settings, option.path)
        default = option.default_for(protocol_type)
        if value is not None or default is not None:
            found.append(OptionInForce(option, default if value is None else value, value is not None))
    return found


def read_flag(settings: Mapping[str, Any], name: str) -> bool:
    """Return an option that is on or off, its protocol type's default where it is not set."""
    value = settings.get(name)
    if isinstance(value, bool):
        return value
    option = find_option((name,))
    return option is not None and option.default_for(settings.get("protocolType")) is True


def _list_own_options(protocol_type: Any) -> list[Option]:
    number = protocol_type if protocol_type in PROTOCOL_TYPES else None
    own = (option for option in list_options() if not option.protocols or number in option.protocols)
    return [option for option in own if option.path[0] != GENERAL and option.schema.get("type") != "object"]


def _look_up(settings: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = settings
    for name in path:
        value = _object(value).get(name)
    return value


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
