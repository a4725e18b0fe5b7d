"""What is left in the database of archived months, and which digests were written outside it."""

from django.db import models

from wallet.enums import Kind


class LedgerArchive(models.Model):
    """A month whose ledger rows are kept in a file outside the database; a month that was brought back has none."""

    month = models.DateField(unique=True, help_text="Its first day; months begin in UTC.")
    folder = models.CharField(max_length=200, help_text="Its folder under LEDGER_ARCHIVE_PATH.")
    rows = models.BigIntegerField()
    accounts = models.BigIntegerField()
    manifest_sha256 = models.CharField(max_length=64)
    archived_at = models.DateTimeField()
    archived_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"Ledger of {self.month:%Y-%m}"


class ArchivedRun(models.Model):
    """Rows of one account in an archived month, numbered without a gap: what comes before them, and their end."""

    archive = models.ForeignKey(LedgerArchive, models.CASCADE, related_name="runs")
    account_id = models.BigIntegerField()
    first_number = models.BigIntegerField()
    last_number = models.BigIntegerField()
    previous_balance = models.DecimalField(max_digits=24, decimal_places=8)
    previous_hash = models.BinaryField()
    balance = models.DecimalField(max_digits=24, decimal_places=8)
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_archivedrun_once", fields=["account_id", "last_number"]),
        ]

    def __str__(self) -> str:
        return f"Rows {self.first_number} to {self.last_number} of account {self.account_id}"


class ArchivedSum(models.Model):
    """What one kind of movements of an archived month brought a system account and took from it."""

    archive = models.ForeignKey(LedgerArchive, models.CASCADE, related_name="sums")
    account = models.ForeignKey("wallet.Account", models.PROTECT, related_name="archived_sums")
    kind = models.TextField(choices=Kind.choices)
    received = models.DecimalField(max_digits=30, decimal_places=8)
    given = models.DecimalField(max_digits=30, decimal_places=8)
    rows = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wallet_archivedsum_once", fields=["archive", "account", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of account {self.account_id}"


class ArchivedSide(models.Model):
    """Between which accounts a platform's archived movement went, where it was not the player's and the house's."""

    archive = models.ForeignKey(LedgerArchive, models.CASCADE, related_name="sides")
    transaction_id = models.BigIntegerField(unique=True)
    debit_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"Sides of transaction {self.transaction_id}"


class LedgerDigest(models.Model):
    """A file of all chain heads that was written outside the database, after a proof that found nothing."""

    name = models.CharField(max_length=100, unique=True)
    accounts = models.BigIntegerField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
