"""Months of the ledger outside the database: written, proved, brought back."""
