"""What hizi lists: games, currencies, and a game's configuration in one currency."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from operators.platforms.base import Malformed
from operators.platforms.decoding import DECODER
from operators.platforms.hizi.figures import read_figure
from operators.platforms.listings import Currency, Game, GameConfiguration, Vendor
from operators.platforms.reading import LONGEST_TITLE, read_decimal, read_ref, read_text

ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")
LONGEST_CURRENCY = 12
LARGEST_RTP = Decimal(1000)
LARGEST_STAKE = 2**63


def parse_game_list(answer: Any) -> list[bytes]:
    """Return each game's row: its code, and what the two lists say of it.

    :raises Malformed: there is neither list, or no game in them can be read.
    """
    names, extended = _object_in(answer, "gameList"), _object_in(answer, "extendedGameList")
    if names is None and extended is None:
        raise Malformed("there is neither “extendedGameList” nor “gameList”")
    rows: dict[str, dict[str, Any]] = {code: {"name": name} for code, name in (names or {}).items()}
    for code, facts in (extended or {}).items():
        rows[code] = rows.get(code, {}) | (facts if isinstance(facts, dict) else {"name": facts})
    return _refuse_unreadable([ENCODER.encode({**row, "gameCode": code}) for code, row in rows.items()], read_game)


def read_game(text: bytes) -> Game | None:
    """Read one of those rows, or nothing where its code, name or studio is none."""
    row = DECODER.decode(text)
    game_ref, name, studio = read_ref(row["gameCode"]), row.get("name", ""), row.get("studio", "")
    if game_ref is None or not isinstance(name, str) or not isinstance(studio, str):
        return None
    studio_ref = read_ref(studio.strip())
    vendor = Vendor(studio_ref, title=read_text(studio, LONGEST_TITLE)) if studio_ref else None
    return Game(game_ref, title=read_text(name, LONGEST_TITLE), vendor=vendor)


def parse_currency_list(answer: Any) -> list[bytes]:
    """Return each currency's row.

    :raises Malformed: there is no list of currencies, or none in it can be read.
    """
    currencies = _object_in(answer, "currencyList")
    if currencies is None:
        raise Malformed("there is no object “currencyList”")
    rows = [{"code": code, "multiplier": multiplier} for code, multiplier in currencies.items()]
    return _refuse_unreadable([ENCODER.encode(row) for row in rows], read_currency)


def read_currency(text: bytes) -> Currency | None:
    """Read one of those rows, or nothing where its code or multiplier is none."""
    row = DECODER.decode(text)
    code, multiplier = read_ref(row["code"]), read_decimal(row["multiplier"])
    if code is None or len(code) > LONGEST_CURRENCY or multiplier is None or multiplier <= 0:
        return None
    return Currency(code, multiplier)


def parse_game_configuration(answer: Any, game_ref: str, currency_code: str) -> GameConfiguration:
    """:raises Malformed: there is no configuration, or it is another game's or currency's."""
    config = _object_in(answer, "config")
    if config is None:
        raise Malformed("there is no object “config”")
    told = (read_ref(answer.get("gameCode", game_ref)), read_ref(config.get("currency", currency_code)))
    if told != (game_ref, currency_code):
        raise Malformed(f"asked for {game_ref} in {currency_code}, the answer is for {told[0]} in {told[1]}")
    return GameConfiguration(
        game_ref=game_ref,
        currency_code=currency_code,
        stakes=_read_stakes(config.get("stakes")),
        currency_multiplier=read_figure(config, "currencyMultiplier"),
        expected_rtp=read_figure(config, "expectedRtp", below=LARGEST_RTP),
        one_hundred_x_odds=read_figure(config, "oneHundredXOdds"),
        max_win_odds=read_figure(config, "maxWinOdds"),
        max_payout=read_figure(config, "maxPayout"),
        max_payout_odds=read_figure(config, "maxPayoutOdds"),
        max_exposure=read_figure(config, "maxExposure"),
        calculated_max_exposure=read_figure(config, "calculatedMaxExposure"),
        raw=ENCODER.encode(config).decode(),
    )


def _read_stakes(value: Any) -> tuple[int, ...]:
    stakes = [read_decimal(each) for each in value] if isinstance(value, list) else [None]
    if any(stake is None or not 0 < stake < LARGEST_STAKE or stake % 1 for stake in stakes):
        raise Malformed("“stakes” is not a list of whole minor units")
    return tuple(int(stake) for stake in stakes if stake is not None)


def _refuse_unreadable(texts: list[bytes], read: Callable[[bytes], object]) -> list[bytes]:
    if texts and all(read(text) is None for text in texts):
        raise Malformed(f"none of the {len(texts)} rows can be read")
    return texts


def _object_in(answer: Any, name: str) -> Mapping[str, Any] | None:
    found = answer.get(name) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None
