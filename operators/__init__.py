"""Casinos, the accounts they hold at platforms, credentials, and the log of HTTP exchanges."""
