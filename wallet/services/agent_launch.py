"""Launches at an `agent` platform, which has to be asked for each: what it is told, and what its refusals mean here."""

from collections.abc import Mapping
from datetime import datetime

from catalog.models import Game, Lobby
from operators.models import Operator
from operators.platforms.agent import Launch, LaunchOrder
from operators.platforms.base import OutcomeUnknown, PlatformFailure
from operators.selectors.refusals import Refusal
from operators.services.connections import connect_agent
from wallet.models import Player
from wallet.services.launch_pages import LONGEST_PAGE
from wallet.services.usernames import ensure_username

NOT_NOW = "This game cannot be opened at the moment. Please try again later."


class PlatformUnanswered(Refusal):
    """The platform was not to be had, or left the call unanswered; no session is open, and asking again is safe."""

    code = "platform_unanswered"
    player_detail = NOT_NOW


class PlatformRefused(Refusal):
    """The platform refuses the launch for a reason of its own."""

    code = "platform_refused"
    player_detail = NOT_NOW


class AccountRefused(PlatformRefused):
    """The platform takes no calls for our operator account, or not from our address."""

    code = "platform_account_refused"


class ProviderNotConfigured(PlatformRefused):
    """The platform has not set the game's provider up for our operator account."""

    code = "provider_not_configured"
    player_detail = "This game is not available at the moment."


class PlayerInactive(PlatformRefused):
    """The player is switched off at the platform."""

    code = "player_inactive_at_platform"
    player_detail = "This game is not available for your account. Please ask our support."


class PlayerMissing(PlatformRefused):
    """The platform does not have the player that it created for us."""

    code = "player_missing_at_platform"


# What the codes of document 004 and its examples mean for a launch, each with what staff can do.
REFUSALS: dict[str, tuple[type[PlatformRefused], str]] = {
    "IP_NOT_ALLOWED": (AccountRefused, "The platform does not let our address in: have it put on their list."),
    "AGENT_NOT_FOUND": (AccountRefused, "The platform does not know our key: check the operator's secret."),
    "AGENT_NOT_ACTIVE": (AccountRefused, "The platform has switched our agent account off: ask them."),
    "AGENT_NOT_UNDER": (AccountRefused, "The platform says that the player belongs to another agent."),
    "AGENT_INVALID_TYPE": (AccountRefused, "Our agent account is of another type than this call needs: ask them."),
    "AGENT_PROVIDER_NOT_FOUND": (
        ProviderNotConfigured,
        "The platform has not set the game's provider up for our agent account: ask them, or switch the vendor off.",
    ),
    "PLAYER_USERNAME_UNAVAILABLE": (PlatformRefused, "The platform refused every name we made for the player."),
    "PLAYER_INACTIVE": (PlayerInactive, "The player is switched off at the platform: ask them why."),
    "PLAYER_NOT_FOUND": (PlayerMissing, "The platform no longer has the player that it created for us: ask them."),
}


def open_at_agent(
    *,
    player: Player,
    operator: Operator,
    opened: Game | Lobby,
    texts: Mapping[str, str],
    ip: str,
    by: str,
    now: datetime,
) -> Launch:
    """Ask the platform to open a game for a player, whom it gets to know first if need be.

    `texts` has currency, language, device, home_url and deposit_url.

    :raises Refusal: PlatformUnanswered, or PlatformRefused and its kinds; no game is open for us then.
    """
    if isinstance(opened, Lobby):
        raise PlatformRefused("Platforms of this protocol have no lobbies.", fields={"lobby_id": "Name a game."})
    try:
        with connect_agent(operator, now=now, hurried=True) as client:
            username = ensure_username(
                client=client, player=player, operator=operator, currency=texts["currency"], by=by, now=now
            )
            launch = client.launch_game(
                LaunchOrder(
                    username=username,
                    game_ref=opened.game_ref,
                    currency=texts["currency"],
                    player_ip=ip,
                    is_mobile=texts["device"] == "mobile",
                    language=texts["language"],
                    lobby_url=texts["home_url"],
                    cashier_url=texts["deposit_url"],
                )
            )
    except PlatformFailure as failure:
        raise _refusal_of(failure) from failure
    if len(launch.html) > LONGEST_PAGE:
        raise PlatformRefused("The page that the platform answered is too long.", fields={"operator_id": "Ask them."})
    return launch


def _refusal_of(failure: PlatformFailure) -> Refusal:
    told = f"({failure.code}: {failure.detail})"
    if isinstance(failure, OutcomeUnknown) or not failure.permanent:
        said = f"The platform left the launch unanswered, or was not to be had. Launching again is safe. {told}"
        return PlatformUnanswered(said, fields={"operator_id": "The platform does not answer."})
    refusal, meaning = REFUSALS.get(failure.code, (PlatformRefused, "The platform refuses the launch."))
    return refusal(f"{meaning} {told}", fields={"operator_id": "The platform refuses."})
