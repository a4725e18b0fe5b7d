"""The rounds played at gmag: drawn minute by minute, the same for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import msgspec

from sandbox.gmag.hashes import ENCODER
from sandbox.platform.draws import between, chance, draw, pick

# The fewest and the most rounds that end in a minute, by the hour (GMT). At four nobody plays.
ROUNDS_A_MINUTE = (
    *[(0, 2)] * 4,
    (0, 0),
    (0, 1),
    *[(2, 6)] * 6,
    *[(3, 8)] * 6,
    *[(6, 14)] * 5,
    (2, 8),
)
CURRENCIES = ("CNY", "EUR", "USD", "THB", "IDR", "PLN")
PLAYERS = {f"gmag-player-{number:02}": CURRENCIES[number % len(CURRENCIES)] for number in range(40)}
STAKES = (1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 500_000)
LARGEST_ROUND_NUMBER = 9999
CHANGES_LATE = timedelta(hours=1)
PLACES = Decimal("0.0001")

Text = str | msgspec.UnsetType
Amount = Decimal | msgspec.UnsetType


class Jackpot(msgspec.Struct, frozen=True):
    """What a round gave to a jackpot and had from it, with five decimals."""

    id: str
    contribution: Decimal
    win: Decimal


class Round(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """One settled round as the wire has it: amounts with four decimals, times in GMT with milliseconds."""

    player_id: str
    brand_id: int
    provider_code: str
    session_id: str
    round_id: str
    round_type: str = "normal"
    round_status: str = "end"
    game_code: str
    currency: str
    platform: Text = msgspec.UNSET
    bets: Decimal
    wins: Decimal
    cancels: Amount = msgspec.UNSET
    trans_in: Amount = msgspec.UNSET
    trans_out: Amount = msgspec.UNSET
    balance_end: Decimal
    bonus_balance_end: Amount = msgspec.UNSET
    rake: Amount = msgspec.UNSET
    start_time: str
    end_time: str
    created_at: str
    jpc: Amount = msgspec.UNSET
    jpw: Amount = msgspec.UNSET
    jp_details: list[Jackpot] | str | msgspec.UnsetType = msgspec.UNSET
    additional_data: Text = msgspec.UNSET
    game_type: str
    detail_url: Text = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Provider:
    """A game provider: what it tells of a round beyond what it must, and how."""

    game_type: str
    games: Sequence[str]
    tells_all: bool = True
    has_jackpots: bool = False
    writes_jackpots_as_text: bool = False
    has_long_ids: bool = False
    moves_money: bool = False


PROVIDERS: Mapping[str, Provider] = {
    "pt": Provider("slots", ("bfb", "ashfta", "gpas_bblade", "wlg"), has_jackpots=True),
    "pp": Provider("slots", ("vs20doghouse", "vs25pyramid", "vs10firestrike")),
    "evo": Provider("live", ("baccarat", "lightning_roulette", "crazytime"), tells_all=False, has_long_ids=True),
    "jdb": Provider("fishing", ("7_7001", "7_7003"), has_jackpots=True, writes_jackpots_as_text=True),
    "kpk": Provider("poker", ("holdem", "omaha"), moves_money=True),
}


@lru_cache(maxsize=5000)
def list_rounds(minute: datetime, brand_id: int) -> Sequence[Round]:
    """The rounds that end within a minute, as they were when they ended."""
    low, high = ROUNDS_A_MINUTE[minute.hour]
    count = between(low, high, "gmag rounds", minute.isoformat())
    return tuple(_make_round(minute, number, brand_id) for number in range(count))


def find_round(round_id: str, brand_id: int) -> Round | None:
    """The round of this id, if it is one of those drawn."""
    digits = round_id[-12:]
    if not (len(digits) == 12 and digits.isascii() and digits.isdigit()):
        return None
    minute = datetime.fromtimestamp(int(digits[:8]) * 60, UTC)
    return next((each for each in list_rounds(minute, brand_id) if each.round_id == round_id), None)


def settle_late(played: Round, now: datetime) -> Round:
    """The round as it is now: one in a hundred wins more an hour after its end."""
    ended_at = datetime.strptime(played.end_time, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    if now < ended_at + CHANGES_LATE or not chance(0.01, "gmag late", played.round_id):
        return played
    return with_wins(played, played.wins + _amount(between(1, 90, "gmag late win", played.round_id) * 1250))


def with_wins(played: Round, wins: Decimal) -> Round:
    """The round with other wins, and the balance that follows from them."""
    balance_end = played.balance_end + wins - played.wins
    return msgspec.structs.replace(played, wins=wins, balance_end=balance_end, additional_data='{"resettled":true}')


def write_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03}"


def to_amount(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, ROUND_HALF_UP)


def _make_round(minute: datetime, number: int, brand_id: int) -> Round:
    key = ("gmag", minute.isoformat(), number)
    code = pick(tuple(PROVIDERS), "provider", *key)
    provider = PROVIDERS[code]
    player = pick(tuple(PLAYERS), "player", *key)
    figures = _make_figures(provider, *key)
    ended_at = minute + timedelta(milliseconds=between(0, 59_999, "end", *key))
    started_at = ended_at - timedelta(milliseconds=between(200, 90_000, "start", *key))
    return Round(
        player_id=player,
        # One in twelve is a sub-brand's.
        brand_id=brand_id * 100 + 1 if chance(0.08, "sub-brand", *key) else brand_id,
        provider_code=code,
        session_id=_hex("session", player, minute.strftime("%Y-%m-%d %H")),
        round_id=_make_id(minute, number, provider),
        game_code=pick(provider.games, "game", *key),
        currency=PLAYERS[player],
        balance_end=_amount(between(0, 50_000_000, "balance", *key)) + figures["wins"],
        start_time=write_time(started_at),
        end_time=write_time(ended_at),
        created_at=write_time(ended_at),
        game_type=provider.game_type,
        **figures,
    )


def _make_id(minute: datetime, number: int, provider: Provider) -> str:
    """Twelve digits, at whose end the minute and the number in it can be read; some providers put more before."""
    digits = f"{int(minute.timestamp()) // 60:08}{number:04}"
    return f"{_hex('round', digits)}-{_hex('table', digits)}-{digits}" if provider.has_long_ids else digits


def _make_figures(provider: Provider, *key: object) -> dict[str, Any]:
    """All of a round that is money, and what only goes with it."""
    stake = pick(STAKES, "stake", *key)
    share = draw("kind", *key)
    factor = between(1, 60, "factor", *key) if chance(0.35, "wins", *key) else 0
    if share < 0.02:
        return _cancel(_figures(provider, stake, 0, key))
    if provider.game_type == "slots" and share < 0.10:
        kind = "freegame" if share < 0.07 else "bonusgame"
        return _figures(provider, 0, stake * (factor + 1) // 8, key) | {"round_type": kind}
    figures = _figures(provider, stake, stake * factor // 8, key)
    return _add_jackpots(figures, provider, key) if provider.has_jackpots else figures


def _figures(provider: Provider, bets: int, wins: int, key: Sequence[object]) -> dict[str, Any]:
    figures: dict[str, Any] = {"bets": _amount(bets), "wins": _amount(wins)}
    if not provider.tells_all:
        return figures
    moved = between(bets, bets * 5 + 10_000, "moved", *key) if provider.moves_money else 0
    return figures | {
        "platform": pick(("web", "mobile", "download"), "platform", *key),
        "cancels": _amount(0),
        "trans_in": _amount(moved),
        "trans_out": _amount(moved - bets + wins if provider.moves_money else 0),
        "bonus_balance_end": _amount(0),
        "rake": _amount(wins // 20 if provider.moves_money else 0),
        "jpc": _amount(0),
        "jpw": _amount(0),
        "detail_url": f"https://history.example/rounds?key={_hex('detail', *key)}",
    }


def _cancel(figures: dict[str, Any]) -> dict[str, Any]:
    """What was bet is given back, and all that was moved into the game comes out of it."""
    moved = figures.get("trans_in", msgspec.UNSET)
    return figures | {"round_status": "cancel", "cancels": figures["bets"], "trans_out": moved}


def _add_jackpots(figures: dict[str, Any], provider: Provider, key: Sequence[object]) -> dict[str, Any]:
    """Half a percent of the bet or so goes to one or two jackpots; a rare win of theirs is part of the round's."""
    count = between(1, 2, "jackpots", *key)
    jackpots = [_make_jackpot(figures["bets"], number, key) for number in range(count)]
    won = to_amount(sum((each.win for each in jackpots), Decimal(0)))
    return figures | {
        "jpc": to_amount(sum((each.contribution for each in jackpots), Decimal(0))),
        "jpw": won,
        "wins": figures["wins"] + won,
        "jp_details": ENCODER.encode(jackpots).decode() if provider.writes_jackpots_as_text else jackpots,
    }


def _make_jackpot(bets: Decimal, number: int, key: Sequence[object]) -> Jackpot:
    share = Decimal(between(100, 999, "contribution", number, *key)).scaleb(-5)
    won = between(100_000, 90_000_000, "jackpot win", number, *key) if chance(0.01, "jackpot", number, *key) else 0
    return Jackpot(
        id=str(123124 + number),
        contribution=(bets * share).quantize(Decimal("0.00001"), ROUND_HALF_UP),
        win=Decimal(won).scaleb(-5),
    )


def _amount(ten_thousandths: int) -> Decimal:
    return Decimal(ten_thousandths).scaleb(-4)


def _hex(*key: object) -> str:
    """32 hex digits."""
    return "".join(f"{int(draw(part, *key) * 2**32):08x}" for part in range(4))
