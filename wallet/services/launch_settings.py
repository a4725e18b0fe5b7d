"""What an operator's settings make of a launch: what they refuse, the currency they force, what the session keeps."""

from collections.abc import Mapping
from typing import Any

import iso4217

from catalog.models import Currency, Game, Listing, Lobby, OperatorCurrency
from catalog.selectors.ladder import find_stake_ladder
from operators.models import Operator
from operators.selectors.effective import list_effective_settings, read_flag
from operators.selectors.refusals import Refusal
from wallet.enums import Mode

# As the settings name them.
MODES = {Mode.REAL: "REAL", Mode.FUN: "DEMO"}
UNAVAILABLE = "This game is not available at the moment."
NOT_IN_CURRENCY = "This game cannot be played in your currency."


class ModeNotAllowed(Refusal):
    """The operator's settings leave out real or fun mode."""

    code = "mode_not_allowed"
    player_detail = UNAVAILABLE


class GameNotAllowed(Refusal):
    """The operator's settings deny the game or lobby, or do not name it among the allowed."""

    code = "game_not_allowed"
    player_detail = UNAVAILABLE


class CurrencyNotAllowed(Refusal):
    """The operator's settings, or its switched-off currencies, leave the currency out."""

    code = "currency_not_allowed"
    player_detail = NOT_IN_CURRENCY


class CurrencyIsMoney(Refusal):
    """A social casino plays with its own coins alone."""

    code = "currency_is_money"
    player_detail = NOT_IN_CURRENCY


class NoStakeLeft(Refusal):
    """Every stake of the game could pay more than maxExposure."""

    code = "no_stake_left"
    player_detail = UNAVAILABLE


def choose_currency(settings: Mapping[str, Any], currency: str) -> str:
    """Return the currency to launch in: the one that the settings force, else the one asked for."""
    return str(settings.get("useFixedCurrency") or currency)


def check_mode(settings: Mapping[str, Any], mode: str) -> None:
    """:raises ModeNotAllowed:"""
    modes = settings.get("validGameModes")
    if modes and MODES[Mode(mode)] not in modes:
        said = f"The operator's settings allow {' and '.join(modes)} alone (validGameModes)."
        raise ModeNotAllowed(said, fields={"mode": "The operator's settings leave it out."})


def check_game(settings: Mapping[str, Any], opened: Game | Lobby) -> None:
    """:raises GameNotAllowed:"""
    is_game = isinstance(opened, Game)
    ref, field = (opened.game_ref, "game_id") if isinstance(opened, Game) else (opened.lobby_ref, "lobby_id")
    kind = "game" if is_game else "lobby"
    if ref in settings.get("deniedGames", ()):
        said = f"The operator's settings deny the {kind} {ref} (deniedGames)."
        raise GameNotAllowed(said, fields={field: "The operator's settings deny it."})
    if ref not in settings.get("allowedGames", (ref,)):
        said = f"The operator's settings do not allow the {kind} {ref} (allowedGames)."
        raise GameNotAllowed(said, fields={field: "The operator's settings do not name it."})


def check_currency(settings: Mapping[str, Any], currency: str) -> None:
    """:raises CurrencyNotAllowed: by the list in the settings."""
    allowed = settings.get("currenciesRestricted", (currency,))
    if currency not in allowed:
        said = f"The operator's settings allow {', '.join(allowed)}, not {currency} (currenciesRestricted)."
        raise CurrencyNotAllowed(said, fields={"currency": "The operator's settings leave it out."})


def check_coins(settings: Mapping[str, Any], currency: str, mode: str) -> None:
    """:raises CurrencyIsMoney:"""
    if mode == Mode.REAL and read_flag(settings, "isSocial") and _is_money(currency):
        said = f"{currency} is money, and the operator is a social casino (isSocial)."
        raise CurrencyIsMoney(said, fields={"currency": "A social casino plays with its own coins."})


def check_currency_offer(operator: Operator, currency: str) -> None:
    """:raises CurrencyNotAllowed: by what is offered at the operator."""
    offer = OperatorCurrency.objects.filter(operator=operator, currency=currency).first()
    is_off = offer is not None and not (offer.enabled and offer.listing != Listing.GONE)
    if is_off and currency not in operator.settings.get("customCurrencies", ()):
        said = f"{currency} is switched off for the operator, or gone from the platform's list."
        raise CurrencyNotAllowed(said, fields={"currency": "It is not offered."})


def _is_money(currency: str) -> bool:
    """Say whether it is a currency of ISO 4217, or a unit of one such as 1 KIDR."""
    try:
        iso4217.Currency(currency)
    except ValueError:
        return Currency.objects.filter(code=currency).exclude(base_code="").exists()
    return True


def keep_settings(settings: Mapping[str, Any], opened: Game | Lobby, currency: str, *, for_fun: bool) -> dict[str, Any]:
    """Return the settings that the session keeps until it ends.

    :raises NoStakeLeft:
    """
    ref = opened.game_ref if isinstance(opened, Game) else opened.lobby_ref
    effective = list_effective_settings(settings=settings, game_ref=ref, for_fun=for_fun)
    kept: dict[str, Any] = {"game": {name: setting.value for name, setting in effective.items()}}
    if not read_flag(settings, "allowCustomStakes"):
        kept["game"].pop("customStakes", None)
    if settings.get("defaultProfile"):
        kept["profile"] = settings["defaultProfile"]
    if read_flag(settings, "isSocial"):
        kept["social"] = True
    return kept | (_keep_stakes(opened, currency, for_fun=for_fun) if isinstance(opened, Game) else {})


def _keep_stakes(game: Game, currency: str, *, for_fun: bool) -> dict[str, Any]:
    ladder = find_stake_ladder(game=game, currency=currency, for_fun=for_fun)
    if ladder is None:
        return {}
    if ladder.steps and not ladder.remaining:
        said = f"No stake is left: {ladder.steps[0].reason} The cap is from {ladder.cap_source}."
        raise NoStakeLeft(said, fields={"game_id": "No stake is left under maxExposure."})
    return {"multiplier": ladder.multiplier, "stakes": ladder.remaining}
