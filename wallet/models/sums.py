"""Sums of the ledger that are kept to be shown; each can be made again from its rows."""

from django.db import models


class QuarterSum(models.Model):
    """What moved in a quarter of an hour that is over, and who bet in it, test players left out."""

    quarter = models.DateTimeField(primary_key=True, help_text="Its beginning.")
    left_out = models.BinaryField(help_text="SHA-256 of the keys of the accounts that were test players' then.")
    movements = models.JSONField(help_text="By casino, currency and kind: amount, rows, and rows with a remark.")
    bettors = models.JSONField(help_text="By casino and currency: the players' keys.")

    def __str__(self) -> str:
        return f"Quarter of an hour from {self.quarter:%Y-%m-%d %H:%M}"
