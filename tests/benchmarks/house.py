"""The casino that the benchmark plays at, as all its parts know it."""

PLAYERS = 10_000
# Of those in a made-up history, who bet while it is measured.
ACTIVE_PLAYERS = 5_000
GAMES = 3_000
OPERATOR_REF = "bench"


def token_of(player: int) -> str:
    """The token of a player's session; `players.sql`, `bet.pgbench` and `platform.lua` make the same."""
    return f"bench{player:027d}"
