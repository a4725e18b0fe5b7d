"""The nightly digest: every account's chain head, in a file outside the database, signed with a key that it never sees.

A ledger rewritten from some row on, every hash after it made anew, proves itself. It does not agree with what was
written down before. Lines are as `COPY` writes them: account, number of its last row, hash of that row.
"""

import hmac
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from wallet.models import LedgerDigest
from wallet.services.proofs import Difference

CHECKED = 3
CHUNK = 1 << 20
LONGEST_SIGNATURE = 4096
SIGNATURE = b"signature "
HEADS = "COPY (SELECT id, last_number, head_hash FROM wallet_account WHERE kind = 'player' ORDER BY id) TO STDOUT"
TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS wallet_digested (account_id bigint, number bigint, hash bytea) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS wallet_moved (
    digest text, account_id bigint, number bigint, hash bytea, is_gone boolean
) ON COMMIT DROP;
TRUNCATE wallet_moved
"""
# Most heads are where they were. The few others are asked for by the index, many others by reading the ledger once.
MOVED = """
INSERT INTO wallet_moved
SELECT %s, digested.account_id, digested.number, digested.hash, account.id IS NULL
FROM wallet_digested AS digested
LEFT JOIN wallet_account AS account ON account.id = digested.account_id
WHERE (account.last_number, account.head_hash) IS DISTINCT FROM (digested.number, digested.hash)
    AND (digested.number > 0 OR account.id IS NULL)
"""
# A row inside an archived run is in no table: the archive's own proof answers for it.
CHANGED = """
SELECT moved.digest, moved.account_id, moved.number, moved.is_gone
FROM wallet_moved AS moved
WHERE NOT EXISTS (
        SELECT FROM wallet_ledgerrow AS ledger
        WHERE ledger.account_id = moved.account_id AND ledger.number = moved.number AND ledger.hash = moved.hash
    )
    AND NOT EXISTS (
        SELECT FROM wallet_archivedrun AS run
        WHERE run.account_id = moved.account_id AND moved.number BETWEEN run.first_number AND run.last_number
            AND (moved.number < run.last_number OR moved.hash = run.hash)
    )
ORDER BY moved.digest DESC, moved.account_id
"""


@dataclass
class Draft:
    """A digest of what is being proved, kept only if that proves right."""

    path: Path
    accounts: int

    def keep(self, *, now: datetime) -> LedgerDigest:
        """Give the file its own name, for good."""
        name = f"{_prefix()}{now:%Y%m%dT%H%M%S%fZ}.txt"
        os.link(self.path, self.path.with_name(name))
        sync_folder(self.path.parent)
        return LedgerDigest.objects.create(name=name, accounts=self.accounts, written_at=now)

    def discard(self) -> None:
        """Leave nothing of it."""
        self.path.unlink()


def draft_digest() -> Draft:
    """Write down all chain heads as this transaction sees them, in one reading that holds a megabyte at a time."""
    folder = Path(settings.LEDGER_DIGEST_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_prefix()}draft-{os.getpid()}"
    path.unlink(missing_ok=True)
    accounts = 0
    key_id, key = next(iter(settings.LEDGER_DIGEST_KEYS.items()))
    code = hmac.new(decode_key(key), digestmod=sha256)
    with path.open("xb") as file, connection.cursor() as cursor:
        with cursor.copy(HEADS) as copy:
            for lines in copy:
                accounts += bytes(lines).count(b"\n")
                code.update(lines)
                file.write(lines)
        file.write(SIGNATURE + f"{key_id} {code.hexdigest()}\n".encode())
        os.fchmod(file.fileno(), 0o440)
        file.flush()
        os.fsync(file.fileno())
    return Draft(path, accounts)


def find_changes() -> list[Difference]:
    """Hold the ledger against the last digests: what each says was a chain's head must still be in that chain."""
    found = list_missing()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for path in _list_files()[-CHECKED:]:
            if fault := _find_fault(path):
                found.append(Difference(None, None, None, f"the digest {path.name} {fault}"))
            else:
                _note_moved(cursor, path)
        cursor.execute("ANALYZE wallet_moved")
        cursor.execute(CHANGED)
        changes = cursor.fetchall()
    words = {True: "the account is gone", False: "the hash is another"}
    return found + [
        Difference(account, row, None, f"{words[gone]} since {name}") for name, account, row, gone in changes
    ]


def list_missing() -> list[Difference]:
    """Tell if the newest digest that the database knows of is not there."""
    newest = LedgerDigest.objects.order_by("-written_at").first()
    if newest is None or (Path(settings.LEDGER_DIGEST_PATH) / newest.name).is_file():
        return []
    return [Difference(None, None, None, f"the digest {newest.name} is missing")]


def _note_moved(cursor: CursorWrapper, path: Path) -> None:
    """Keep of a digest the heads that are not today's."""
    cursor.execute("TRUNCATE wallet_digested")
    with cursor.copy("COPY wallet_digested FROM STDIN") as copy:
        for lines in _read_lines(path):
            copy.write(lines)
    cursor.execute(MOVED, [path.name])


def _find_fault(path: Path) -> str:
    """Say what is wrong with a digest's signature; nothing if it is good."""
    key_id, told = _read_signature(path)
    if key_id not in settings.LEDGER_DIGEST_KEYS:
        return f"is signed with a key “{key_id}” that LEDGER_DIGEST_KEYS does not have"
    code = hmac.new(decode_key(settings.LEDGER_DIGEST_KEYS[key_id]), digestmod=sha256)
    for lines in _read_lines(path):
        code.update(lines)
    return "" if hmac.compare_digest(code.hexdigest(), told) else "is not what was signed"


def _read_signature(path: Path) -> tuple[str, str]:
    """The key's id and the signature; nothing of either where the last line is none."""
    words = _read_tail(path).split()
    return (words[1].decode(errors="replace"), words[2].decode(errors="replace")) if len(words) == 3 else ("", "")


def _read_tail(path: Path) -> bytes:
    """The line of the signature; all of the file's end where there is none."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, LONGEST_SIGNATURE), os.SEEK_END)
        _, signature, words = file.read().rpartition(SIGNATURE)
    return signature + words


def _read_lines(path: Path) -> Iterator[bytes]:
    """All but the signature, a megabyte at a time."""
    left = path.stat().st_size - len(_read_tail(path))
    with path.open("rb") as file:
        while lines := file.read(min(CHUNK, left)):
            left -= len(lines)
            yield lines


def _list_files() -> list[Path]:
    return sorted(Path(settings.LEDGER_DIGEST_PATH).glob(f"{_prefix()}[0-9]*Z.txt"))


def _prefix() -> str:
    """Each database's own, so that several may share a folder."""
    return f"heads-{connection.settings_dict['NAME']}-"


def decode_key(text: str) -> bytes:
    """Return the bytes of a key as the settings have it."""
    return urlsafe_b64decode(text)


def sync_folder(folder: Path) -> None:
    """Have the folder's own entries on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
