"""How OpenAPI describes limits of play and exclusions."""

from wallet.serializers.casino_limits import ExclusionRequest, ExclusionsAnswer, LimitsAnswer, LimitsRequest
from wallet.views.casino_api import schema

TAG = "Responsible gambling"
LIMIT = {"kind": "deposit", "period": "week", "currency": "EUR", "amount": "100.00"}
LIMIT_TOLD = LIMIT | {
    "minutes": None,
    "used": "25.00",
    "left": "75.00",
    "period_started_at": "2026-11-15T23:00:00Z",
    "changed_at": "2026-11-20T08:00:00Z",
    "pending": {"amount": "200.00", "minutes": None, "effective_at": "2026-11-21T08:00:00Z"},
}
TIME_TOLD = LIMIT_TOLD | {
    "kind": "session_time",
    "period": "session",
    "currency": "",
    "amount": None,
    "minutes": 60,
    "used": None,
    "left": None,
    "period_started_at": None,
    "pending": None,
}
EXCLUSION = {"kind": "cool_off", "until": "2026-12-04T00:00:00Z", "reason": ""}
EXCLUSION_TOLD = EXCLUSION | {"asked_at": "2026-11-20T08:00:00Z"}
LIMITS_TOLD = {
    "user_id": "25343",
    "time_zone": "Europe/Malta",
    "limits": [TIME_TOLD, LIMIT_TOLD],
    "exclusion": EXCLUSION_TOLD,
}
EXCLUSIONS_TOLD = {"user_id": "25343", "excluded_until": "2026-12-04T00:00:00Z", "exclusions": [EXCLUSION_TOLD]}

get_limits = schema.read(
    "get_limits",
    TAG,
    "Tell a player's limits and what is used of them",
    {200: schema.answer(LimitsAnswer, "The limits, and the exclusion in force.", LIMITS_TOLD), 404: schema.NO_PLAYER},
)
set_limits = schema.write(
    "set_limits",
    TAG,
    "Set a player's limits: tighter at once, looser after 24 hours",
    request=LimitsRequest,
    sent={"limits": [LIMIT, {"kind": "session_time", "minutes": 60}]},
    responses={
        200: schema.answer(LimitsAnswer, "The limits as they are now; what is to come is `pending`.", LIMITS_TOLD),
        404: schema.NO_PLAYER,
        409: schema.errors("Nothing was changed.", no_such_account=schema.NO_ACCOUNT),
    },
)
get_exclusions = schema.read(
    "get_exclusions",
    TAG,
    "Tell until when a player is excluded, and what was asked for before",
    {200: schema.answer(ExclusionsAnswer, "The exclusions, the newest first.", EXCLUSIONS_TOLD), 404: schema.NO_PLAYER},
)
exclude = schema.write(
    "exclude_player",
    TAG,
    "Exclude a player until a time, as a cool-off or a self-exclusion; it cannot be shortened",
    request=ExclusionRequest,
    sent=EXCLUSION,
    responses={
        200: schema.answer(ExclusionsAnswer, "The player is excluded.", EXCLUSIONS_TOLD),
        404: schema.NO_PLAYER,
        409: schema.errors(
            "Nothing was changed.",
            exclusion_shortened=(
                "An exclusion can only be made longer: this one would have to last beyond 2026-12-04 00:00."
            ),
        ),
    },
)
