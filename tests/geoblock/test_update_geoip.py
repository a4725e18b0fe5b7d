"""`manage.py update_geoip`: from a file, an address or what comes along; checked first, then put in place at once."""

import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from geoblock.rules import Place, read_address
from geoblock.selectors.locations import find_place
from tests.geoblock.databases import COUNTRIES, country_record, write_database
from tests.operators.platform_stub import Answer, Stub, run_stub

EARLIER = datetime(2026, 10, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with run_stub() as running:
        yield running


@pytest.fixture
def austria(tmp_path: Path) -> Path:
    """A database that has 203.0.113.0/24 in Austria."""
    return write_database(tmp_path / "austria.mmdb", {"203.0.113.0/24": country_record("AT")}, built_at=LATER)


def update(source: Path | str = "") -> str:
    told = io.StringIO()
    call_command("update_geoip", *(["--from", str(source)] if source else []), stdout=told)
    return told.getvalue()


def place() -> Place:
    return find_place(read_address("203.0.113.7"))


def tarred(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, inside in (("GeoIP_20261201/LICENSE.txt", b"Terms"), ("GeoIP_20261201/GeoIP.mmdb", content)):
            member = tarfile.TarInfo(name)
            member.size = len(inside)
            tar.addfile(member, io.BytesIO(inside))
    return packed.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, tarred], ids=["plain", "gz", "xz", "tar.gz"])
def test_file_is_unpacked_and_taken_up_while_the_process_runs(
    countries: Path, austria: Path, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    assert place() == Place("DE")
    packed = tmp_path / "packed"
    packed.write_bytes(pack(austria.read_bytes()))
    assert update(packed) == f"In place in {countries}: Test-Country, built on 2026-12-01.\n"
    assert place() == Place("AT")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["austria.mmdb", "geoip.mmdb", "packed"]


def test_database_is_fetched_from_the_address_of_the_settings(
    countries: Path, austria: Path, stub: Stub, settings: Settings
) -> None:
    now = datetime.now(UTC)
    stub.lay(f"/{now:%Y-%m}.mmdb.gz", Answer(body=gzip.compress(austria.read_bytes())))
    settings.GEOIP_URL = stub.url + "/{year}-{month}.mmdb.gz"
    assert update() == f"In place in {countries}: Test-Country, built on 2026-12-01.\n"
    assert place() == Place("AT")


def test_older_database_of_the_settings_is_left_aside(place_of_database: Path, stub: Stub, settings: Settings) -> None:
    write_database(place_of_database, {"203.0.113.0/24": country_record("AT")}, built_at=EARLIER)
    stub.lay("/old", Answer(body=place_of_database.read_bytes()))
    write_database(place_of_database, COUNTRIES)
    settings.GEOIP_URL = stub.url + "/old"
    assert update() == f"Nothing newer than what is in {place_of_database}: Test-Country, built on 2026-11-01.\n"
    assert place() == Place("DE")


def test_older_database_that_is_named_is_put_in_place(countries: Path, tmp_path: Path) -> None:
    old = write_database(tmp_path / "old.mmdb", {"203.0.113.0/24": country_record("AT")}, built_at=EARLIER)
    assert update(old) == f"In place in {countries}: Test-Country, built on 2026-10-01.\n"
    assert place() == Place("AT")


def test_database_that_comes_along_tells_countries(place_of_database: Path) -> None:
    assert update() == f"In place in {place_of_database}: country ipvAll, built on 2026-06-01.\n"
    assert find_place(read_address("8.8.8.8")) == Place("US")
    assert find_place(read_address("2a00:1450::1")).country != ""
    assert update().startswith("Nothing newer")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>Quota exceeded</html>", "It is not a database in MaxMind's format: "),
        (gzip.compress(b"x" * 100, mtime=0)[:-12], "It cannot be unpacked: "),
        (b"", "It is not a database in MaxMind's format: "),
    ],
)
def test_what_is_no_database_is_refused_and_the_old_one_stays(
    countries: Path, tmp_path: Path, content: bytes, why: str
) -> None:
    offered = tmp_path / "offered"
    offered.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        update(offered)
    assert str(refused.value).startswith(f"The GeoIP database was not replaced. {why}")
    assert place() == Place("DE")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["geoip.mmdb", "offered"]


def test_archive_without_a_database_is_refused(countries: Path, tmp_path: Path) -> None:
    offered = tmp_path / "offered.tar"
    with tarfile.open(offered, "w") as tar:
        tar.addfile(tarfile.TarInfo("README"))
    with pytest.raises(CommandError, match=r"There is no \.mmdb file in the archive\."):
        update(offered)
    assert place() == Place("DE")


def test_database_of_something_else_is_refused(countries: Path, tmp_path: Path) -> None:
    systems = write_database(tmp_path / "asn.mmdb", {"203.0.113.0/24": {"autonomous_system_number": 64500}})
    with pytest.raises(CommandError, match="Of its first 1 networks, 0 name a country: it is none of countries"):
        update(systems)
    assert place() == Place("DE")


def test_refusal_of_the_server_is_told_without_the_key_in_the_address(countries: Path, stub: Stub) -> None:
    stub.lay("/download", Answer(status=401))
    with pytest.raises(CommandError) as refused:
        update(f"{stub.url}/download?license_key=very-secret")
    assert str(refused.value) == "The GeoIP database was not replaced. 127.0.0.1 answers 401."
    stub.lay("/download", Answer(dropped=True))
    with pytest.raises(CommandError) as broken:
        update(f"{stub.url}/download?license_key=very-secret")
    assert str(broken.value).startswith("The GeoIP database was not replaced. 127.0.0.1 cannot be reached")
    assert "very-secret" not in str(broken.value)
    assert place() == Place("DE")


def test_download_that_breaks_off_is_refused(countries: Path, austria: Path, stub: Stub) -> None:
    whole = austria.read_bytes()
    stub.lay("/cut", Answer(body=whole[:-200], length=len(whole)))
    with pytest.raises(CommandError, match="cannot be reached, or broke off"):
        update(f"{stub.url}/cut")
    assert place() == Place("DE")


def test_file_that_is_not_there_is_named(countries: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no file /nowhere/geoip\.mmdb\."):
        update("/nowhere/geoip.mmdb")


def test_folder_is_made_where_there_is_none(settings: Settings, tmp_path: Path, austria: Path) -> None:
    settings.GEOIP_PATH = tmp_path / "var" / "geoip.mmdb"
    update(austria)
    assert place() == Place("AT")
