"""What a round was: as an object for games with hands, as the address of a page for the others."""

import hashlib
import hmac
from collections.abc import Sequence

import falcon

from sandbox.journal import Movement
from sandbox.platform.catalogue import Game
from sandbox.platform.markup import Html, join, render, show_page
from sandbox.platform.reports import as_number

TYPES_WITH_HANDS = frozenset({"live", "table"})


def has_hands(game: Game) -> bool:
    return game.type in TYPES_WITH_HANDS


def sign_page(transaction_id: str, history_id: str, secret_key: str) -> str:
    """What the address of a round's page ends in, so that it is found by those only who were told."""
    return hmac.new(secret_key.encode(), f"{transaction_id}|{history_id}".encode(), hashlib.sha256).hexdigest()[:40]


def describe_hand(movements: Sequence[Movement], history_id: str, game: Game, operator_id: str) -> dict[str, object]:
    """The round that these movements of one player make up."""
    first, last = movements[0], movements[-1]
    ended = max([last.at, *(each.canceled_at for each in movements)])
    return {
        "id": history_id,
        "startedAt": _as_iso(first.at),
        "settledAt": _as_iso(ended),
        "status": "Cancelled" if all(each.canceled_at for each in movements) else "Resolved",
        "gameType": game.subtype,
        "roundId": str(first.round_id),
        "table": {"id": str(game.id), "name": game.title},
        "participants": [
            {
                "casinoId": operator_id,
                "playerId": first.user_id,
                "currency": first.currency,
                "bets": [_describe_movement(each, game) for each in movements],
                "playMode": "RealMoney",
            }
        ],
    }


def show_round(response: falcon.Response, movements: Sequence[Movement], game: Game) -> None:
    """The page of a round: who played it, and every transaction with its fate."""
    first = movements[0]
    facts = [("Player", first.user_id), ("Game", f"{game.title} ({game.id})"), ("Vendor", game.vendor)]
    facts += [("Round id", str(first.round_id)), ("Currency", first.currency)]
    content = render(
        "round",
        facts=join(render("fact", name=name, value=value, id=Html()) for name, value in facts),
        rows=join(_row(each) for each in movements),
    )
    show_page(response, f"Round {first.round_id}", content, body_class="front")


def _describe_movement(movement: Movement, game: Game) -> dict[str, object]:
    is_bet = movement.kind == "BET"
    amount = as_number(movement.amount)
    return {
        "code": f"{game.subtype}_{movement.kind}",
        "stake": amount if is_bet else 0,
        "payout": 0 if is_bet else amount,
        "placedOn": _as_iso(movement.at),
        "description": f"{movement.kind} canceled" if movement.canceled_at else movement.kind,
        "transactionId": str(movement.transaction_id),
    }


def _row(movement: Movement) -> Html:
    fate = f"canceled {movement.canceled_at}" if movement.canceled_at else "acknowledged"
    return render(
        "round_row",
        kind=movement.kind,
        amount=movement.amount,
        transaction_id=movement.transaction_id,
        at=movement.at,
        fate=fate,
    )


def _as_iso(timestamp: str) -> str:
    return f"{timestamp.replace(' ', 'T')}.000Z"
