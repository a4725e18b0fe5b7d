"""Replace the database of addresses: fetched or unpacked beside the old one, looked at, then renamed over it."""

import gzip
import lzma
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import maxminddb
import requests

from geoblock.selectors.locations import read_place

EMBEDDED = Path(__file__).resolve().parents[1] / "data/dbip-country-lite.mmdb.xz"
TIMEOUTS = (10, 60)
LARGEST = 2 * 1024**3
CHUNK = 1024 * 1024
# How many networks are looked at, and how many of them have to name a country.
SAMPLE, ENOUGH = 5000, 0.5
MAGIC = {b"\x1f\x8b": gzip.open, b"\xfd7": lzma.open}


class DatabaseRefused(Exception):
    """What was offered is no database of countries, or was not to be had; the message says it."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What is in place now, and whether it came just now."""

    path: Path
    kind: str
    built_at: datetime
    is_new: bool


def replace_database(*, source: str, path: Path, keep_newer: bool, now: datetime) -> Replaced:
    """Put a database in its place, at once for all processes that read it.

    :param source: a file or an http(s) address: `.mmdb`, also in gzip or xz, or inside a tar; empty for the one that
        comes with the program. `{year}` and `{month}` stand for today's.
    :param keep_newer: leave what is in place if it was built no earlier.
    :raises DatabaseRefused: nothing has been replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".geoip-", dir=path.parent) as folder:
        fetched = _fetch(source.replace("{year}", f"{now:%Y}").replace("{month}", f"{now:%m}"), Path(folder))
        database = _unpack(fetched, Path(folder) / "database.mmdb")
        kind, built_at = _look_at(database)
        in_place = _look_at_old(path)
        if keep_newer and in_place and in_place[1] >= built_at:
            return Replaced(path, *in_place, is_new=False)
        database.chmod(0o644)
        _sync(database)
        database.replace(path)
    return Replaced(path, kind, built_at, is_new=True)


def _fetch(source: str, folder: Path) -> Path:
    if not source:
        return EMBEDDED
    if urlsplit(source).scheme not in {"http", "https"}:
        if not Path(source).is_file():
            raise DatabaseRefused(f"There is no file {source}.")
        return Path(source)
    # An address may carry a licence key: messages name its host alone.
    host, fetched = urlsplit(source).hostname, folder / "fetched"
    try:
        with requests.get(source, stream=True, timeout=TIMEOUTS) as answer, fetched.open("wb") as file:
            if not answer.ok:
                raise DatabaseRefused(f"{host} answers {answer.status_code}.")
            _copy(answer.iter_content(CHUNK), file)
    except requests.RequestException as error:
        raise DatabaseRefused(f"{host} cannot be reached, or broke off ({type(error).__name__}).") from None
    return fetched


def _unpack(fetched: Path, database: Path) -> Path:
    try:
        with _plain(fetched) as plain, database.open("wb") as file:
            _copy(iter(lambda: plain.read(CHUNK), b""), file)
        if tarfile.is_tarfile(database):
            _take_from_tar(database)
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        raise DatabaseRefused(f"It cannot be unpacked: {error}.") from error
    return database


@contextmanager
def _plain(fetched: Path) -> Iterator[IO[bytes]]:
    with fetched.open("rb") as file:
        start = file.read(2)
    opener: Any = MAGIC.get(start, open)
    with opener(fetched, "rb") as plain:
        yield plain


def _take_from_tar(archive: Path) -> None:
    packed = archive.rename(archive.with_name("archive.tar"))
    with tarfile.open(packed) as tar:
        inside = [member for member in tar if member.isfile() and member.name.endswith(".mmdb")]
        if not inside:
            raise DatabaseRefused("There is no .mmdb file in the archive.")
        largest = tar.extractfile(max(inside, key=lambda member: member.size))
        if largest is not None:
            with archive.open("wb") as file:
                shutil.copyfileobj(largest, file, CHUNK)


def _copy(chunks: Iterator[bytes], file: IO[bytes]) -> None:
    written = 0
    for chunk in chunks:
        written += file.write(chunk)
        if written > LARGEST:
            raise DatabaseRefused(f"It is larger than {LARGEST // 1024**3} GiB.")


def _look_at(database: Path) -> tuple[str, datetime]:
    """Return the kind of a database and when it was built.

    :raises DatabaseRefused: it is none, or does not tell countries.
    """
    try:
        with maxminddb.open_database(database) as reader:
            looked_at = named = 0
            for _, record in reader:
                looked_at += 1
                named += bool(read_place(record).country)
                if looked_at == SAMPLE:
                    break
            metadata = reader.metadata()
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        raise DatabaseRefused(f"It is not a database in MaxMind's format: {error}.") from error
    if named < looked_at * ENOUGH or not named:
        raise DatabaseRefused(f"Of its first {looked_at} networks, {named} name a country: it is none of countries.")
    return metadata.database_type, datetime.fromtimestamp(metadata.build_epoch, UTC)


def _look_at_old(path: Path) -> tuple[str, datetime] | None:
    try:
        return _look_at(path)
    except DatabaseRefused:
        return None


def _sync(database: Path) -> None:
    with database.open("rb") as file:
        os.fsync(file.fileno())
