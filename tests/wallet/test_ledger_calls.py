"""How the ledger's functions are called: as prepared statements, whose plans PostgreSQL keeps."""

import pytest
from django.db import connection

from config.settings import WALLET_CONNECTION
from tests.wallet.world import Seat, World


def test_calls_are_prepared_on_the_server(world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    threshold = WALLET_CONNECTION["OPTIONS"]["prepare_threshold"]
    monkeypatch.setattr(connection.connection, "prepare_threshold", threshold)
    world.bet(seat, "1.00")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%wallet_change_balance($1, $2%'"
        )
        assert cursor.fetchone() == (1,)
