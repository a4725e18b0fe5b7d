"""Vendors, games and lobbies of each operator, and their synchronisation with the platform."""
