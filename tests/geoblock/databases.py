"""Small databases of addresses in MaxMind's format, in both shapes of records."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)


def country_record(country: str) -> dict[str, Any]:
    """As DB-IP's free country database has it."""
    return {"country_code": country}


def city_record(country: str, *regions: str) -> dict[str, Any]:
    """As MaxMind's city database has it: regions without their country, the largest first."""
    return {
        "country": {"iso_code": country, "names": {"en": country}},
        "subdivisions": [{"iso_code": region, "names": {"en": region}} for region in regions],
    }


COUNTRIES = {
    "203.0.113.0/24": country_record("DE"),
    "198.51.100.0/24": country_record("US"),
    "192.0.2.0/24": country_record("CA"),
    "2001:db8::/32": country_record("NL"),
}
CITIES = {
    "203.0.113.0/25": city_record("CA", "QC"),
    "203.0.113.128/25": city_record("CA", "ON"),
    "198.51.100.0/24": city_record("FR", "IDF", "75C"),
    "192.0.2.0/24": city_record("US"),
    "2001:db8::/32": city_record("DE", "BB"),
}


class DatedWriter(MMDBWriter):
    """Says of a database that it was built when a test says so."""

    built_at: datetime

    def _build_meta(self) -> dict[str, Any]:
        return {**super()._build_meta(), "build_epoch": int(self.built_at.timestamp())}


def write_database(
    path: Path, networks: Mapping[str, Any], *, built_at: datetime = BUILT_AT, kind: str = "Test-Country"
) -> Path:
    """Write a database of records by network, and rename it into its place."""
    writer = DatedWriter(ip_version=6, ipv4_compatible=True, database_type=kind)
    writer.built_at = built_at
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    made = path.with_name(f"{path.name}.new")
    writer.to_db_file(str(made))
    return made.rename(path)
