"""How OpenAPI describes the casino API: requests, answers, refusals, with an example of each."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from catalog.selectors import UnknownGame, UnknownLobby
from wallet.serializers.casino_api import (
    CashAnswer,
    CashRequest,
    ErrorAnswer,
    LaunchAnswer,
    LaunchRequest,
    PageQuery,
    PlayerAnswer,
    PlayerRequest,
    ReasonRequest,
    TransactionAnswer,
    TransactionsQuery,
)
from wallet.serializers.casino_catalogue import (
    CatalogueQuery,
    GameAnswer,
    GamesQuery,
    LobbiesQuery,
    LobbyAnswer,
    VendorAnswer,
)
from wallet.services import agent_launch, cashier, launch_settings, limits
from wallet.services import launch as launching
from wallet.views.casino_api import examples

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
Responses = Mapping[int, OpenApiResponse]
Shape = type[serializers.Serializer[Any]]

MISSING = "This field is required."


def _error(description: str, code: str, detail: str, **fields: str) -> OpenApiResponse:
    example = OpenApiExample(code, {"code": code, "detail": detail, "fields": fields})
    return OpenApiResponse(ErrorAnswer, description, [example])


def errors(description: str, **details: str) -> OpenApiResponse:
    """Several refusals of one status, by their codes."""
    shown = [OpenApiExample(code, {"code": code, "detail": told, "fields": {}}) for code, told in details.items()]
    return OpenApiResponse(ErrorAnswer, description, shown)


def answer(shape: Shape, description: str, told: object) -> OpenApiResponse:
    """What comes back when all is well, with an example."""
    return OpenApiResponse(shape, description, [OpenApiExample("example", told)])


def _page(row: Shape, description: str, told: object) -> OpenApiResponse:
    following = serializers.URLField(allow_null=True, help_text="The next page's address; null on the last one.")
    page = inline_serializer(row.__name__.replace("Answer", "Page"), {"results": row(many=True), "next": following})
    return OpenApiResponse(page, description, [OpenApiExample("example", {"results": [told], "next": None})])


EVERYWHERE: Responses = {
    401: _error("No key, or none of ours.", "not_authenticated", "Authentication credentials were not provided."),
    403: errors(
        "The key may not do this, or not from here.",
        scope_missing="The key lacks the scope “read”.",
        address_not_allowed="The key may not be used from this address.",
    ),
    406: _error("Only JSON is answered.", "not_acceptable", "Could not satisfy the request Accept header."),
    500: _error("A fault of ours.", "internal_error", "Something is wrong on our side."),
    503: _error("Not now.", "unavailable", "It could not be done now. Repeating the request is safe."),
}
WITH_BODY: Responses = {
    **EVERYWHERE,
    400: _error("A field is missing or malformed.", "invalid", f"user_id: {MISSING}", user_id=MISSING),
    413: _error("More than 64 KiB.", "body_too_large", "The body is too large."),
    415: _error("Not JSON.", "unsupported_media_type", "Unsupported media type “text/plain” in request."),
}
NO_PLAYER = _error("No such player.", "unknown_player", "The casino has no player “25343”.", user_id="It is unknown.")
REFERENCE_REUSED = "The reference “payment-8812” was used before, for another player, kind, amount or currency."
NO_ACCOUNT = "The player has no account in SEK."


def write(operation: str, tag: str, summary: str, *, request: Shape, sent: object, responses: Responses) -> Decorator:
    """Describe what takes a body."""
    return extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        request=request,
        responses=dict(sorted({**WITH_BODY, **responses}.items())),
        examples=[OpenApiExample("request", sent, request_only=True)],
    )


def read(
    operation: str, tag: str, summary: str, responses: Responses, query: type[PageQuery] | None = None
) -> Decorator:
    """Describe what only tells."""
    malformed = {400: _error("A parameter is malformed.", "invalid", "limit: A valid integer is required.")}
    return extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        parameters=[query] if query else [],
        responses=dict(sorted({**EVERYWHERE, **(malformed if query else {}), **responses}.items())),
    )


register_player = write(
    "register_player",
    "Players",
    "Register a player",
    request=PlayerRequest,
    sent=examples.PLAYER | {"currencies": ["EUR"]},
    responses={
        201: answer(PlayerAnswer, "The player is new.", examples.PLAYER_TOLD),
        200: answer(PlayerAnswer, "The player existed with the same data.", examples.PLAYER_TOLD),
        409: _error(
            "The player exists with other data.",
            "player_data_differs",
            "Player “25343” exists with another country.",
            country="The player has another value.",
        ),
    },
)
get_player = read(
    "get_player",
    "Players",
    "Look a player up",
    {200: answer(PlayerAnswer, "The player and the balances.", examples.PLAYER_TOLD), 404: NO_PLAYER},
)
block_player = write(
    "block_player",
    "Players",
    "Block a player",
    request=ReasonRequest,
    sent=examples.REASON,
    responses={200: answer(PlayerAnswer, "The player is blocked.", examples.PLAYER_BLOCKED), 404: NO_PLAYER},
)
unblock_player = write(
    "unblock_player",
    "Players",
    "Unblock a player",
    request=ReasonRequest,
    sent=examples.REASON,
    responses={200: answer(PlayerAnswer, "The player may play.", examples.PLAYER_TOLD), 404: NO_PLAYER},
)
list_transactions = read(
    "list_transactions",
    "Players",
    "List a player's transactions, the newest first",
    {200: _page(TransactionAnswer, "A page of transactions.", examples.TRANSACTION_TOLD), 404: NO_PLAYER},
    TransactionsQuery,
)
deposit = write(
    "deposit",
    "Cashier",
    "Pay money into an account",
    request=CashRequest,
    sent=examples.CASH,
    responses={
        201: answer(CashAnswer, "The money is on the account.", examples.CASH_TOLD),
        200: answer(CashAnswer, "It had been done before; nothing was moved.", examples.CASH_TOLD),
        404: NO_PLAYER,
        409: errors(
            "Nothing was moved. `detail` is fit for the player where a limit, an exclusion or a block says no.",
            reference_reused=REFERENCE_REUSED,
            no_such_account=NO_ACCOUNT,
            deposit_limit_reached=cashier.DepositLimitReached.player_detail,
            player_excluded=cashier.DepositorExcluded.player_detail,
            player_blocked=cashier.DepositorBarred.player_detail,
        ),
    },
)
withdraw = write(
    "withdraw",
    "Cashier",
    "Pay money out of an account",
    request=CashRequest,
    sent=examples.CASH,
    responses={
        201: answer(CashAnswer, "The money is off the account.", examples.WITHDRAWAL_TOLD),
        200: answer(CashAnswer, "It had been done before; nothing was moved.", examples.WITHDRAWAL_TOLD),
        404: NO_PLAYER,
        409: errors(
            "Nothing was moved.",
            insufficient_funds="The account does not hold that much.",
            reference_reused=REFERENCE_REUSED,
            no_such_account=NO_ACCOUNT,
        ),
    },
)
UNCHANGED = OpenApiResponse(description="Nothing has changed since the answer whose ETag is sent in If-None-Match.")
list_games = read(
    "list_games",
    "Catalogue",
    "List the games",
    {200: _page(GameAnswer, "A page of games, also those that are off.", examples.GAME_TOLD), 304: UNCHANGED},
    GamesQuery,
)
list_lobbies = read(
    "list_lobbies",
    "Catalogue",
    "List the lobbies",
    {200: _page(LobbyAnswer, "A page of lobbies, also those that are off.", examples.LOBBY_TOLD), 304: UNCHANGED},
    LobbiesQuery,
)
list_vendors = read(
    "list_vendors",
    "Catalogue",
    "List the vendors",
    {200: _page(VendorAnswer, "A page of vendors, also those that are off.", examples.VENDOR_TOLD), 304: UNCHANGED},
    CatalogueQuery,
)
launch = write(
    "launch",
    "Launch",
    "Launch a game or a lobby",
    request=LaunchRequest,
    sent=examples.LAUNCH,
    responses={
        201: answer(LaunchAnswer, "Open the address.", examples.LAUNCH_TOLD),
        404: errors(
            "There is no such thing.",
            unknown_player="The casino has no player “25343”.",
            unknown_operator="The casino has no operator “luckycasino”.",
            unknown_game=UnknownGame.player_detail,
            unknown_lobby=UnknownLobby.player_detail,
        ),
        409: errors(
            "It may not be launched; no session was opened. `detail` is fit for the player, `fields` has the reason.",
            player_blocked=launching.PlayerBarred.player_detail,
            player_excluded=launching.PlayerExcluded.player_detail,
            session_time_reached=limits.SessionTimeUp.player_detail,
            operator_not_active=launching.OperatorNotActive.player_detail,
            launch_not_supported=launching.LaunchNotSupported.player_detail,
            game_not_offered=launching.GameNotOffered.player_detail,
            fun_not_offered=launching.FunNotOffered.player_detail,
            mode_not_allowed=launch_settings.ModeNotAllowed.player_detail,
            game_not_allowed=launch_settings.GameNotAllowed.player_detail,
            currency_not_allowed=launch_settings.CurrencyNotAllowed.player_detail,
            currency_is_money=launch_settings.CurrencyIsMoney.player_detail,
            no_stake_left=launch_settings.NoStakeLeft.player_detail,
            geo_blocked=launching.GeoBlocked.player_detail,
            no_such_account=launching.CurrencyNotHeld.player_detail,
            platform_refused=agent_launch.PlatformRefused.player_detail,
            platform_account_refused=agent_launch.AccountRefused.player_detail,
            provider_not_configured=agent_launch.ProviderNotConfigured.player_detail,
            player_inactive_at_platform=agent_launch.PlayerInactive.player_detail,
            player_missing_at_platform=agent_launch.PlayerMissing.player_detail,
        ),
        503: errors(
            "Not now; no session was opened, and the same launch may be sent again.",
            unavailable="It could not be done now. Repeating the request is safe.",
            platform_unanswered=agent_launch.PlatformUnanswered.player_detail,
        ),
    },
)
