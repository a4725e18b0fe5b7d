"""Players, accounts, the ledger, sessions, rounds, and the endpoints that platforms call."""
