"""What an operator's platform lists today, by the protocol it speaks; nothing is held or written meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.services.facts import describe_currency
from catalog.services.heartbeat import Progress
from operators.models import Operator, Protocol
from operators.platforms import hizi
from operators.platforms.base import PlatformFailure
from operators.platforms.listings import Currency, Game, GameConfiguration, Listing, Lobby, Vendor
from operators.selectors.refusals import Refusal
from operators.services.connections import connect_agent, connect_generic, connect_hizi

# Codes with which we, not the platform, name what went wrong with a call.
OURS = {
    *("DNS", "TLS", "UNREACHABLE", "TIMEOUT", "PRIVATE_ADDRESS", "NOT_HTTPS", "TOO_LARGE", "BAD_REPLY", "BAD_REQUEST"),
    *("CIRCUIT_OPEN", "INTERRUPTED"),
}
DOOR_STATUSES = {401, 403}


class CatalogueNotOffered(Refusal):
    """The operator's protocol has no lists that we read, or the operator has no API host."""

    code = "catalogue_not_offered"


@dataclass(frozen=True, slots=True)
class Configurations:
    """Games' configurations, and the games and currencies of those that the platform refused to tell."""

    rows: Sequence[GameConfiguration]
    refused: Sequence[tuple[str, str]]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The lists of a platform; None where its protocol has no such list.

    Without a list of their own, vendors are those that games and lobbies name.
    """

    games: Listing[Game]
    lobbies: Listing[Lobby] | None = None
    vendors: Listing[Vendor] | None = None
    currencies: Listing[Currency] | None = None
    configurations: Configurations | None = None


def find_fetcher(operator: Operator) -> "Fetcher":
    """Return what fetches the operator's catalogue.

    :raises CatalogueNotOffered:
    """
    fetcher = FETCHERS.get(Protocol(operator.protocol))
    if fetcher is None or not operator.api_host:
        raise CatalogueNotOffered(f"{operator.name} has no lists of games that we can read.")
    return fetcher


def _fetch_generic(operator: Operator, progress: Progress, now: datetime) -> Fetched:
    with connect_generic(operator, now=now) as client:
        progress.begin("Fetching games")
        games = client.list_games()
        progress.begin("Fetching lobbies")
        return Fetched(games, lobbies=client.list_lobbies())


def _fetch_agent(operator: Operator, progress: Progress, now: datetime) -> Fetched:
    with connect_agent(operator, now=now) as client:
        progress.begin("Fetching games")
        games = client.list_games()
        progress.begin("Fetching providers")
        return Fetched(games, vendors=client.list_vendors(games=games))


def _fetch_hizi(operator: Operator, progress: Progress, now: datetime) -> Fetched:
    with connect_hizi(operator, now=now) as client:
        progress.begin("Fetching games")
        games = client.list_games()
        progress.begin("Fetching currencies")
        currencies = client.list_currencies()
        return Fetched(games, currencies=currencies, configurations=_ask_each(client, games, currencies, progress))


def _ask_each(
    client: hizi.Client, games: Listing[Game], currencies: Listing[Currency], progress: Progress
) -> Configurations:
    """Ask for each game in each currency. What the platform refuses is left out; any other failure ends it all.

    A currency that the catalogue cannot keep is not asked for.
    """
    titles = {game.game_ref: game.title for text in games.texts if (game := games.read(text))}
    listed = [currency for text in currencies.texts if (currency := currencies.read(text))]
    codes = [currency.code for currency in listed if describe_currency(currency)]
    wanted = [(game_ref, code) for game_ref in titles for code in dict.fromkeys(codes)]
    progress.begin("Fetching game configurations", len(wanted))
    rows: list[GameConfiguration] = []
    refused: list[tuple[str, str]] = []
    for game_ref, code in wanted:
        try:
            rows.append(client.get_game_configuration(game_ref, code))
        except PlatformFailure as failure:
            if not _is_refusal(failure):
                failure.detail = f"{game_ref} in {code}: {failure.detail}"
                raise
            refused.append((game_ref, code))
        progress.done += 1
    return Configurations(rows, refused, titles)


def _is_refusal(failure: PlatformFailure) -> bool:
    """Say whether the platform itself said no to this one question, in a word of its own."""
    own_word = failure.code not in OURS and not failure.code.startswith("HTTP_")
    return own_word and failure.permanent and failure.http_status not in DOOR_STATUSES


Fetcher = Callable[[Operator, Progress, datetime], Fetched]
FETCHERS: Mapping[Protocol, Fetcher] = {
    Protocol.GENERIC: _fetch_generic,
    Protocol.HIZI: _fetch_hizi,
    Protocol.AGENT: _fetch_agent,
}
