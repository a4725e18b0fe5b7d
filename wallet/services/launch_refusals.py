"""Why a launch is refused, each with what the player may be told."""

from geoblock.selectors.judgements import Judgement
from operators.selectors.refusals import Refusal
from wallet.services.launch_settings import NOT_IN_CURRENCY, UNAVAILABLE


class LaunchMalformed(Refusal):
    """Something that the launch needs is missing, or not of its form."""

    code = "launch_malformed"
    player_detail = "The game could not be opened."


class LaunchNotSupported(Refusal):
    """The operator's protocol has no launch that we can make."""

    code = "launch_not_supported"
    player_detail = UNAVAILABLE


class OperatorNotActive(Refusal):
    """The operator is suspended, terminated, or has no launch host."""

    code = "operator_not_active"
    player_detail = UNAVAILABLE


class PlayerBarred(Refusal):
    """The player is blocked."""

    code = "player_blocked"
    player_detail = "Games cannot be opened at the moment. Please ask the support."


class PlayerExcluded(Refusal):
    """The player is self-excluded."""

    code = "player_excluded"
    player_detail = "Games cannot be opened at the moment. Please ask the support."


class CurrencyNotHeld(Refusal):
    """The player has no account in the currency."""

    code = "no_such_account"
    player_detail = NOT_IN_CURRENCY


class GameNotOffered(Refusal):
    """The game or lobby, its vendor, or the platform's own listing of it is off."""

    code = "game_not_offered"
    player_detail = UNAVAILABLE


class GeoBlocked(Refusal):
    """The player is where the game may not be opened; which rule says so is kept with the blocked launch."""

    code = "geo_blocked"
    player_detail = "This game cannot be opened from where you are."

    def __init__(self, judged: Judgement) -> None:
        super().__init__(judged.decision.sentence, fields={"ip": "Games may not be opened from there."})
        self.judged = judged


class FunNotOffered(Refusal):
    """The game cannot be played for fun, or it is a lobby."""

    code = "fun_not_offered"
    player_detail = "This game cannot be played for fun."
