"""An archived month's folder: compressed rows and runs as `COPY` writes them, and a signed manifest that names both."""

import gzip
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from wallet.services.digests import decode_key, sync_folder

CHUNK = 1 << 20
MANIFEST = "manifest.json"


class ArchiveUnreadable(Exception):
    """A file of an archive is missing, or is not what was signed."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one month is kept."""

    path: Path

    def write(self, name: str, query: str) -> dict[str, Any]:
        """Write what a query answers, and have it on disk; return what the manifest says of the file."""
        path = self.path / name
        with path.open("xb") as file, connection.cursor() as cursor:
            # No name and no time inside, so that the same rows make the same file.
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
                for lines in copy:
                    packed.write(lines)
            file.flush()
            os.fsync(file.fileno())
        return {"bytes": path.stat().st_size, "sha256": _sum(path)}

    def load(self, name: str, target: str) -> None:
        """Read a file into a table; `target` is its name, and its columns if need be."""
        with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for lines in self._read(name):
                copy.write(lines)

    def sign(self, facts: dict[str, Any]) -> str:
        """Write the manifest; return its SHA-256."""
        key_id, key = next(iter(settings.LEDGER_DIGEST_KEYS.items()))
        signed = facts | {"key": key_id}
        text = json.dumps(signed | {"signature": _signature(signed, key)}, indent=1, sort_keys=True)
        with (self.path / MANIFEST).open("x") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.path)
        sync_folder(self.path.parent)
        return sha256(text.encode()).hexdigest()

    def read_manifest(self) -> dict[str, Any]:
        """Return the manifest once its signature and the files that it names are as they were written.

        :raises ArchiveUnreadable: they are not.
        """
        try:
            facts: dict[str, Any] = json.loads((self.path / MANIFEST).read_text())
            told, key = facts.pop("signature"), settings.LEDGER_DIGEST_KEYS[facts["key"]]
            if not hmac.compare_digest(_signature(facts, key), told):
                raise ArchiveUnreadable(f"{self.path / MANIFEST} is not what was signed")
            for name, known in facts["files"].items():
                if _sum(self.path / name) != known["sha256"]:
                    raise ArchiveUnreadable(f"{self.path / name} is not the file that was written")
        except (OSError, ValueError, KeyError) as fault:
            raise ArchiveUnreadable(f"{self.path} cannot be read: {fault}") from fault
        return facts

    def _read(self, name: str) -> Iterator[bytes]:
        with gzip.open(self.path / name) as file:
            while lines := file.read(CHUNK):
                yield lines


def _signature(facts: dict[str, Any], key: str) -> str:
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hmac.new(decode_key(key), text.encode(), sha256).hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
