"""The ledger's partitions are there before they are needed, and rows fall into their month's."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from config.readiness import list_faults
from tests.wallet.world import Seat, World
from wallet import ledger
from wallet.services.upkeep import create_coming_partitions
from wallet.tasks import create_coming_partitions as nightly


def list_partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text || ' ' || pg_get_expr(relpartbound, inhrelid) FROM pg_inherits"
            " JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'wallet_ledgerrow'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_migrated_ledger_has_this_month_and_three_more_and_a_default() -> None:
    now = datetime.now(UTC)
    months = [now.year * 12 + now.month - 1 + ahead for ahead in range(4)]
    names = [f"wallet_ledgerrow_y{month // 12}m{month % 12 + 1:02}" for month in months]
    assert [line.split()[0] for line in list_partitions()] == ["wallet_ledgerrow_default", *names]


@pytest.mark.django_db
def test_coming_months_are_made_over_the_turn_of_the_year() -> None:
    made = create_coming_partitions(now=datetime(2031, 11, 30, 23, 59, tzinfo=UTC))
    assert made == [
        "wallet_ledgerrow_y2031m11",
        "wallet_ledgerrow_y2031m12",
        "wallet_ledgerrow_y2032m01",
        "wallet_ledgerrow_y2032m02",
    ]
    bounds = "FOR VALUES FROM ('2031-12-01 00:00:00+00') TO ('2032-01-01 00:00:00+00')"
    assert f"wallet_ledgerrow_y2031m12 {bounds}" in list_partitions()


@pytest.mark.django_db
def test_making_them_again_changes_nothing() -> None:
    create_coming_partitions(now=datetime(2031, 11, 1, tzinfo=UTC))
    before = list_partitions()
    assert create_coming_partitions(now=datetime(2031, 11, 1, tzinfo=UTC)) != []
    assert list_partitions() == before


@pytest.mark.django_db
def test_zone_of_the_connection_does_not_move_the_months() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Pacific/Auckland'")
        assert ledger.create_partition(date=date(2031, 12, 1)) == "wallet_ledgerrow_y2031m12"
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
    bounds = "FOR VALUES FROM ('2031-12-01 00:00:00+00') TO ('2032-01-01 00:00:00+00')"
    assert f"wallet_ledgerrow_y2031m12 {bounds}" in list_partitions()


@pytest.mark.django_db
def test_nightly_task_answers_the_names() -> None:
    assert len(nightly()) == 4


@pytest.mark.parametrize(
    ("at", "table"),
    [
        (datetime(2031, 11, 30, 23, 59, 59, 999999, tzinfo=UTC), "wallet_ledgerrow_y2031m11"),
        (datetime(2031, 12, 1, tzinfo=UTC), "wallet_ledgerrow_y2031m12"),
        (datetime(2019, 1, 1, tzinfo=UTC), "wallet_ledgerrow_default"),
        (datetime(2041, 1, 1, tzinfo=UTC), "wallet_ledgerrow_default"),
    ],
)
def test_row_falls_into_its_months_partition(world: World, seat: Seat, at: datetime, table: str) -> None:
    create_coming_partitions(now=datetime(2031, 11, 1, tzinfo=UTC))
    posting = ledger.move_cash(
        casino_id=world.casino.pk,
        kind="deposit",
        user_id=seat.user_id,
        reference="r",
        currency="EUR",
        amount=Decimal(5),
        context="{}",
        now=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM wallet_ledgerrow WHERE transaction_id = %s", [posting.transaction_id]
        )
        assert cursor.fetchone() == (table,)


def test_balance_chain_and_cancel_go_on_over_the_months(world: World, seat: Seat) -> None:
    caller = {"operator_id": world.operator.pk, "casino_id": world.casino.pk}
    asking = ledger.Caller(**caller, suspended=False, skip_closing=False, large_win=Decimal(1000))
    months = [datetime(2019, 1, 1, tzinfo=UTC), datetime.now(UTC), datetime(2041, 1, 1, tzinfo=UTC)]
    for number, now in enumerate(months):
        ledger.change_balance(
            caller=asking,
            movement=ledger.Movement(
                kind="win",
                user_id=seat.user_id,
                token=None,
                reference=f"w{number}",
                round_ref="8",
                round_finished=False,
                game_ref="200",
                currency="EUR",
                amount=Decimal(5),
                promotional=False,
                platform_at=None,
                context=None,
            ),
            now=now,
        )
    assert [world.cancel(seat, f"w{number}").verdict for number in range(3)] == ["OK"] * 3
    assert [(row.number, row.balance) for row in seat.rows] == [
        (number + 2, Decimal(balance)) for number, balance in enumerate([105, 110, 115, 110, 105, 100])
    ]


@pytest.mark.django_db
def test_process_is_ready_when_next_months_partition_is_there() -> None:
    assert list_faults() == []


@pytest.mark.django_db
def test_process_is_not_ready_without_next_months_partition() -> None:
    name = list_partitions()[2].split()[0]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE wallet_ledgerrow DETACH PARTITION {name}; ALTER TABLE {name} RENAME TO gone")
    assert list_faults() == ["the ledger has no partition for next month"]
