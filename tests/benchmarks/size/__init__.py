"""The wallet and its admin at 5,000,000 ledger rows beside 50,000."""
