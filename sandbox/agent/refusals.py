"""What the platform says no with: the codes of document 004's table, and those that its table leaves out."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "IP_NOT_ALLOWED": "ip not allowed",
    "AGENT_NOT_FOUND": "agent not found",
    "AGENT_NOT_ACTIVE": "agent not active",
    "AGENT_PROVIDER_NOT_FOUND": "agent provider not found",
    "AGENT_NOT_UNDER": "agent not under",
    "AGENT_INVALID_TYPE": "invalid agent type",
    "AGENT_INSUFFICIENT_BALANCE": "agent balance is not enough",
    "PLAYER_USERNAME_UNAVAILABLE": "username unavailable",
    "PLAYER_INACTIVE": "player not active",
    "PLAYER_NOT_FOUND": "player not found",
    "PLAYER_INSUFFICIENT_BALANCE": "player balance is not enough",
    "PROVIDER_NOT_ONLINE": "provider is under maintenance",
    "GAME_NOT_FOUND": "game not found",
    "CURRENCY_NOT_SUPPORTED": "currency not supported",
    "INVALID_AMOUNT": "invalid amount",
    "BET_LIMIT_NOT_FOUND": "bet limit not found",
    "BONUS_CODE_ALREADY_EXISTS": "bonusCode already exists",
    "FREE_ROUND_NOT_SUPPORTED": "game does not support free rounds",
    "FREE_ROUND_NOT_FOUND": "free round not found",
    "FREE_CHIP_NOT_SUPPORTED": "game does not support free chips",
    "FREE_CHIP_NOT_FOUND": "free chip not found",
    "INVALID_PARAMETER": "invalid parameter",
    "NOT_FOUND": "no such api",
    "METHOD_NOT_ALLOWED": "use POST",
    "INTERNAL_ERROR": "internal error",
}


class Refusal(Exception):
    """A call that is not done.

    `status` is 200 where the platform understood the call and refuses it: document 004 knows `ok` only.
    """

    def __init__(self, code: str, message: str = "", *, status: int = 200) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES[code]
        self.status = status
