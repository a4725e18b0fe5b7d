"""What GameHistory is asked for: the body's fields and what they may be."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from sandbox.gmag.problems import WRONG_PARAMETER, Problem
from sandbox.gmag.rounds import Round

LARGEST_SIZE = 10_000
LONGEST_WINDOW = timedelta(minutes=30)
KEPT = timedelta(days=30)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
FILTERS = ("round_id", "player_id", "provider_code", "currency", "game_code")


class Query(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The request of document 003, with `requestId` and `brandId`, which its table leaves out."""

    request_id: Annotated[str, msgspec.Meta(min_length=1)]
    brand_id: str | int
    start_time: Annotated[str, msgspec.Meta(max_length=32)]
    end_time: Annotated[str, msgspec.Meta(max_length=32)]
    size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SIZE)] = 5000
    page: Annotated[int, msgspec.Meta(ge=1)] = 1
    show_all: Literal[0, 1] = 0
    round_id: Annotated[str, msgspec.Meta(max_length=127)] | msgspec.UnsetType = msgspec.UNSET
    player_id: Annotated[str, msgspec.Meta(max_length=24)] | msgspec.UnsetType = msgspec.UNSET
    provider_code: Annotated[str, msgspec.Meta(max_length=32)] | msgspec.UnsetType = msgspec.UNSET
    currency: Annotated[str, msgspec.Meta(max_length=8)] | msgspec.UnsetType = msgspec.UNSET
    game_code: Annotated[str, msgspec.Meta(max_length=63)] | msgspec.UnsetType = msgspec.UNSET

    def list_minutes(self) -> Iterator[datetime]:
        """The minutes of the window, its end excluded."""
        minute, end = _read_time(self.start_time), _read_time(self.end_time)
        while minute < end:
            yield minute
            minute += timedelta(minutes=1)

    def wants(self, played: Round, brand_id: int) -> bool:
        if not self.show_all and played.brand_id != brand_id:
            return False
        wanted = ((name, getattr(self, name)) for name in FILTERS)
        return all(value is msgspec.UNSET or value == getattr(played, name) for name, value in wanted)


def read_query(body: bytes, now: datetime) -> Query:
    """Read and check a body.

    :raises Problem: P_03, a field is missing, unknown or wrong, or the window is not one that may be read.
    """
    try:
        query = msgspec.json.decode(body, type=Query)
    except msgspec.ValidationError as error:
        raise Problem(WRONG_PARAMETER, str(error)) from error
    try:
        start, end = _read_time(query.start_time), _read_time(query.end_time)
    except ValueError as error:
        raise Problem(WRONG_PARAMETER, "startTime and endTime must look like 2021-06-10 10:00:00") from error
    problem = _find_problem(start, end, now)
    if problem:
        raise Problem(WRONG_PARAMETER, problem)
    return query


def _find_problem(start: datetime, end: datetime, now: datetime) -> str:
    if start.second or end.second:
        return "startTime and endTime must be whole minutes"
    if not timedelta() < end - start < LONGEST_WINDOW:
        return "endTime must be after startTime by less than 30 minutes"
    if end > now:
        return "endTime must be in the past"
    return "startTime must be within the last 30 days" if start < now - KEPT else ""


def _read_time(text: str) -> datetime:
    moment = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    if moment.strftime(TIME_FORMAT) != text:
        raise ValueError(text)
    return moment
