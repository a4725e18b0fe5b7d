"""Months that leave the database, with their proof, and come back."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction

from operators.selectors.refusals import Refusal
from operators.services import write_audit_entry
from wallet.models import LedgerArchive, LedgerRow, LedgerVerification
from wallet.services.archives import rows
from wallet.services.archives.files import Folder

# Bets would queue behind a longer wait for a reader of the ledger; it is tried again some times.
WAIT = "SET LOCAL lock_timeout = '1s'"
TRIES = 10
ATTACH = """
CREATE TRIGGER wallet_ledgerrow_never_emptied BEFORE TRUNCATE ON {name}
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change('the ledger is append-only');
ALTER TABLE wallet_ledgerrow ATTACH PARTITION {name} FOR VALUES FROM ('{first} 00:00+00') TO ('{next} 00:00+00')
"""


class ArchiveRefused(Refusal):
    """The month cannot be archived or brought back; the message says why."""

    code = "archive_refused"


def archive_month(*, month: date, by: str, now: datetime) -> LedgerArchive:
    """Move a month's rows to files, proved by reading them back; what late cancels and the proof need stays.

    Its transactions stay: retries, status questions and cancels are answered as before.

    :raises ArchiveRefused: it is not an old month, not the oldest, or not proved.
    """
    month, name = month.replace(day=1), _partition(month)
    _check_age(month, now)
    folder = Folder(Path(settings.LEDGER_ARCHIVE_PATH) / f"{connection.settings_dict['NAME']}-{month:%Y-%m}")
    draft = Folder(folder.path.with_name(f"{folder.path.name}.draft"))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(WAIT)
        _check_oldest(month, name)
        cursor.execute(f"LOCK TABLE {name} IN SHARE MODE")
        archive = LedgerArchive.objects.create(
            month=month, folder=folder.path.name, archived_at=now, archived_by=by, **_count(name)
        )
        rows.keep_proof(archive.pk, name)
        archive.manifest_sha256 = _write(draft, folder, archive, name, now)
        archive.save(update_fields=["manifest_sha256"])
        _prove(archive, folder)
        _try_often(f"ALTER TABLE wallet_ledgerrow DETACH PARTITION {name}; DROP TABLE {name}")
        write_audit_entry(by=by, action="archive_ledger_month", subject=archive, details={"rows": archive.rows})
    return archive


def verify_archive(*, archive: LedgerArchive) -> list[str]:
    """Prove an archived month from its files: chains, sums, transactions, and that they are those of that time.

    :raises ArchiveUnreadable: a file is missing, or is not what was signed.
    """
    folder = _folder_of(archive)
    manifest = folder.read_manifest()
    with transaction.atomic(savepoint=False):
        found = rows.load(folder)
        faults = rows.list_faults(archive.pk)
    if (found, manifest["rows"], manifest["month"]) != (archive.rows, archive.rows, f"{archive.month:%Y-%m}"):
        faults.append(f"{found} rows are in the file, {archive.rows} went there")
    return faults


def restore_month(*, month: date, by: str) -> int:
    """Bring the newest archived month back into the ledger as it was; return how many rows. Its files stay.

    :raises ArchiveRefused: another one is the newest, or its files do not prove right.
    :raises ArchiveUnreadable: a file is missing, or is not what was signed.
    """
    month, name = month.replace(day=1), _partition(month)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        archive = LedgerArchive.objects.select_for_update(of=("self",)).order_by("month").last()
        if archive is None or archive.month != month:
            raise ArchiveRefused(f"Months come back newest first: {archive or 'none'} is the newest that is archived.")
        _prove(archive, _folder_of(archive))
        cursor.execute(f"CREATE TABLE {name} (LIKE wallet_ledgerrow INCLUDING ALL)")
        cursor.execute(
            f"INSERT INTO {name} ({rows.COLUMNS}) SELECT {rows.COLUMNS} FROM {rows.LOADED} ORDER BY transaction_id"
        )
        count = archive.rows
        details = {"rows": count, "was_archived_by": archive.archived_by}
        write_audit_entry(by=by, action="restore_ledger_month", subject=archive, details=details)
        archive.delete()
        cursor.execute(WAIT)
        _try_often(ATTACH.format(name=name, first=month, next=_after(month)))
    return count


def _check_age(month: date, now: datetime) -> None:
    back = (now.year - month.year) * 12 + now.month - month.month
    # Limits are summed up from rows of a week or month that, in a casino's time zone, may have begun in the last one.
    kept = max(settings.LEDGER_MONTHS_KEPT, 1)
    if back <= kept:
        raise ArchiveRefused(
            f"{month:%Y-%m} is too recent: LEDGER_MONTHS_KEPT keeps {kept} months beside the current one."
        )
    proof = LedgerVerification.objects.order_by("-started_at").first()
    if proof is None or proof.difference_count or proof.started_at.date() < _after(month):
        raise ArchiveRefused("The last proof of the ledger found differences, or there is none since: verify_ledger.")


def _check_oldest(month: date, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone() == (None,):
            raise ArchiveRefused(f"{month:%Y-%m} has no partition of its own.")
    oldest = LedgerRow.objects.filter(created_at__lt=f"{month}T00:00Z").order_by("created_at").first()
    if oldest is not None:
        raise ArchiveRefused(f"Months leave oldest first: {oldest.created_at:%Y-%m} still has rows.")
    newest = LedgerArchive.objects.order_by("month").last()
    if newest is not None and newest.month >= month:
        raise ArchiveRefused(f"{newest} is archived already.")


def _count(name: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(DISTINCT account_id) FROM {name}")
        found, accounts = cursor.fetchone()
    return {"rows": found, "accounts": accounts}


def _write(draft: Folder, folder: Folder, archive: LedgerArchive, name: str, now: datetime) -> str:
    """Fill a draft and give it its name, so that what is half written is never taken for an archive."""
    if folder.path.exists():
        raise ArchiveRefused(f"{folder.path} is there already: an earlier archive of the month. Move it away.")
    shutil.rmtree(draft.path, ignore_errors=True)
    draft.path.mkdir(parents=True)
    in_order = f"SELECT {rows.COLUMNS} FROM {name} ORDER BY account_id, number"
    runs = f"SELECT {rows.RUN_COLUMNS} FROM wallet_archivedrun WHERE archive_id = {archive.pk:d} ORDER BY 1, 2"
    facts: dict[str, Any] = {
        "month": f"{archive.month:%Y-%m}",
        "rows": archive.rows,
        "accounts": archive.accounts,
        "columns": {rows.ROWS: rows.COLUMNS, rows.RUNS: rows.RUN_COLUMNS},
        "files": {rows.ROWS: draft.write(rows.ROWS, in_order), rows.RUNS: draft.write(rows.RUNS, runs)},
        "sums": rows.describe_sums(archive.pk),
        "written_at": now.isoformat(),
    }
    digest = draft.sign(facts)
    draft.path.rename(folder.path)
    return digest


def _prove(archive: LedgerArchive, folder: Folder) -> None:
    """Load what is in the files, and see that it is what the database says.

    :raises ArchiveRefused: it is not.
    """
    folder.read_manifest()
    found, faults = rows.load(folder), rows.list_faults(archive.pk)
    if faults or found != archive.rows:
        raise ArchiveRefused(f"The files of {archive} do not prove right: {'; '.join(faults) or 'rows are missing'}.")


def _folder_of(archive: LedgerArchive) -> Folder:
    return Folder(Path(settings.LEDGER_ARCHIVE_PATH) / archive.folder)


def _try_often(statement: str) -> None:
    """Run a statement that needs the whole ledger for an instant, waiting a second at most each time."""
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except OperationalError:
            if not tries_left:
                raise ArchiveRefused("The ledger was being read all the while. Try again later.") from None
        else:
            return


def _partition(month: date) -> str:
    return f"wallet_ledgerrow_y{month:%Y}m{month:%m}"


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
