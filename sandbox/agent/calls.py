"""The eighteen calls by their names: what each takes, and who answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sandbox.agent import bet_limits, game_logs, gifts, history, launches, lists, players, transfers
from sandbox.agent.refusals import Refusal
from sandbox.agent.settings import Desk


@dataclass(frozen=True, slots=True)
class Call:
    """`answer` gives the call's result, or None where `ok` is all there is to say."""

    order: type[msgspec.Struct]
    answer: Callable[[Desk, Any], object]


CALLS: Mapping[str, Call] = {
    "createPlayer": Call(players.NewPlayer, players.create_player),
    "getPlayerBalance": Call(players.BalanceOrder, players.get_player_balance),
    "getPlayerStatus": Call(players.StatusOrder, players.get_player_status),
    "games": Call(lists.GamesOrder, lists.list_games),
    "launchGame": Call(launches.LaunchOrder, launches.launch_game),
    "deposit": Call(transfers.TransferOrder, transfers.deposit),
    "withdraw": Call(transfers.TransferOrder, transfers.withdraw),
    "history": Call(history.HistoryOrder, history.list_history),
    "playerDailyReport": Call(history.ReportOrder, history.report_player),
    "gameLogs": Call(game_logs.GameLogOrder, game_logs.get_game_log),
    "providers": Call(lists.ProvidersOrder, lists.list_providers),
    "freeRound": Call(gifts.FreeRoundOrder, gifts.create_free_round),
    "getFreeRound": Call(gifts.GiftIdOrder, gifts.get_free_round),
    "cancelFreeRound": Call(gifts.GiftIdOrder, gifts.cancel_free_round),
    "setPlayerBetLimits": Call(bet_limits.BetLimitsOrder, players.set_player_bet_limits),
    "freeChip": Call(gifts.FreeChipOrder, gifts.create_free_chip),
    "getFreeChip": Call(gifts.PlayersGiftOrder, gifts.get_free_chip),
    "cancelFreeChip": Call(gifts.GiftIdOrder, gifts.cancel_free_chip),
}


def answer_call(desk: Desk, name: str, body: bytes) -> object:
    """Do a call.

    :raises Refusal: there is no such call, its body is not what it takes, or it cannot be done.
    """
    call = CALLS.get(name)
    if call is None:
        raise Refusal("NOT_FOUND", status=404)
    try:
        order = msgspec.json.decode(body, type=call.order)
    except msgspec.ValidationError as error:
        raise Refusal("INVALID_PARAMETER", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("INVALID_PARAMETER", f"the body is not JSON: {error}", status=400) from error
    return call.answer(desk, order)
