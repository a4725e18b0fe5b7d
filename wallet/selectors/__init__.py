"""Reads of players, accounts and what they moved."""

from collections.abc import Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum

from catalog.models import Game, Lobby
from catalog.selectors.play import OpenPlay, Played
from geoblock.selectors.launches import Launched
from operators.models import Casino, Operator
from operators.selectors.refusals import Refusal
from wallet.enums import RoundState
from wallet.models import Account, LedgerRow, Player, Round, Session

# How many of the newest sessions and rounds are looked at by game: an index for it would cost every bet.
NEWEST = 100_000


class UnknownPlayer(Refusal):
    """The casino has no player of that id."""

    code = "unknown_player"


def get_player(casino: Casino, user_id: str) -> Player:
    """Return a casino's player, with the accounts at hand.

    :raises UnknownPlayer:
    """
    accounts = Prefetch("accounts", Account.objects.order_by("currency"))
    player = Player.objects.prefetch_related(accounts).filter(casino=casino, user_id=user_id).first()
    if player is None:
        raise UnknownPlayer(f"The casino has no player “{user_id}”.", fields={"user_id": "There is no such player."})
    player.casino = casino
    return player


def list_latest_rows(account: Account) -> QuerySet[LedgerRow]:
    """An account's ledger rows with what they name, the newest first."""
    rows = LedgerRow.objects.filter(account_id=account.pk).order_by("-number")
    return rows.select_related("account", "transaction", "operator", "round", "game", "reverses")


def list_movements(accounts: list[Account], seen: Mapping[int, int], count: int) -> list[LedgerRow]:
    """The newest ledger rows of several accounts together, at most so many.

    `seen` says, by account, below which row's number to go on.
    """
    newest = [
        list_latest_rows(account).filter(**({"number__lt": seen[account.pk]} if account.pk in seen else {}))[:count]
        for account in accounts
    ]
    together = merge(*newest, key=lambda row: (row.created_at, row.transaction_id), reverse=True)
    return list(islice(together, count))


def count_open_play(*, games: QuerySet[Game], lobbies: QuerySet[Lobby], now: datetime) -> OpenPlay:
    """Count the open sessions on some games and lobbies and the unfinished rounds of the games, among the newest."""
    opened_on = lobbies.filter(operator=OuterRef("operator"), lobby_ref=OuterRef("lobby_ref"))
    sessions = _newest(Session.objects.all()).filter(ended_at=None, expires_at__gt=now)
    rounds = _newest(Round.objects.all()).exclude(state=RoundState.FINISHED)
    return OpenPlay(
        sessions=sessions.filter(Q(game__in=games) | Exists(opened_on)).count(),
        rounds=rounds.filter(game__in=games).count(),
        looked_at=NEWEST,
    )


def sum_played(*, games: QuerySet[Game]) -> dict[int, list[Played]]:
    """Add up what was played of each game by currency, among the newest rounds; the most played currency first."""
    rounds = _newest(Round.objects.all()).filter(game__in=games).order_by()
    sums = (
        rounds.values("game_id", "currency")
        .annotate(rounds=Count("*"), players=Count("player_id", distinct=True), last_at=Max("opened_at"))
        .annotate(bets=Sum("bet_sum"), wins=Sum("win_sum"))
        .order_by("-rounds", "currency")
    )
    played: dict[int, list[Played]] = {}
    for row in sums:
        played.setdefault(row.pop("game_id"), []).append(Played(**row))
    return played


def count_launches(*, operator: Operator | None, since: datetime) -> list[Launched]:
    """Count an operator's or everybody's launches for money by address, among the newest."""
    sessions = _newest(Session.objects.all()).filter(created_at__gte=since, player__is_test=False)
    rows = (sessions.filter(operator=operator) if operator else sessions).order_by().values("operator_id", "ip")
    return [
        Launched(row["operator_id"], row["ip"], row["count"])
        for row in rows.annotate(count=Count("*")).order_by("operator_id", "ip")
    ]


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    highest = rows.aggregate(highest=Max("pk"))["highest"] or 0
    return rows.filter(pk__gt=highest - NEWEST)
