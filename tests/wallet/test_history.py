"""make_history: as much as was asked for, in books that prove, with the guards on again; or nothing at all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from operators.models import AuditEntry, Casino
from tests.wallet.world import World
from wallet.models import LedgerRow, Round, RoundClosing
from wallet.services.cashier import deposit
from wallet.services.history.making import SLUG, HistoryRefused, make_history
from wallet.services.history.play import Size, UnlikelySize, list_months
from wallet.services.verification import verify_ledger

SIZE = Size(rows=4_000, rounds=800, players=150, months=24)
SMALL = Size(rows=400, rounds=60, players=30, months=2)
GUARDS_OFF = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal"
# What a round says, and what its transactions come to that no cancel has reversed.
MISTOLD_ROUNDS = """
SELECT count(*)
FROM wallet_round AS round
JOIN operators_operator AS operator ON operator.id = round.operator_id AND operator.casino_id = %s
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE kind = 'bet' AND stands) AS bets,
        coalesce(sum(amount) FILTER (WHERE kind = 'bet' AND stands), 0) AS stakes,
        count(*) FILTER (WHERE kind IN ('win', 'refund') AND stands) AS wins,
        coalesce(sum(amount) FILTER (WHERE kind IN ('win', 'refund') AND stands), 0) AS won,
        count(*) FILTER (WHERE kind = 'cancel') AS cancels
    FROM (
        SELECT kind, amount, id NOT IN (
            SELECT reverses_id FROM wallet_transaction WHERE round_id = round.id AND reverses_id IS NOT NULL
        ) AS stands
        FROM wallet_transaction
        WHERE round_id = round.id
    ) AS movement
) AS told
WHERE (round.bet_count, round.bet_sum, round.win_count, round.win_sum, round.cancel_count)
    IS DISTINCT FROM (told.bets, told.stakes, told.wins, told.won, told.cancels)
"""
MONTHS = "SELECT count(DISTINCT tableoid) FROM wallet_ledgerrow WHERE account_id = ANY(%s)"


@pytest.fixture
def in_development(db: None, settings: Any) -> None:
    settings.DEBUG = True


def make(**asked: Any) -> Casino:
    usual: dict[str, Any] = {"size": SIZE, "beside_others": True, "by": "test", "now": timezone.now()}
    return make_history(**usual | {"progress": lambda _done, _total: None} | asked)


def ask(query: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("in_development")
def test_history_has_the_size_asked_for_and_proves_and_is_played_on() -> None:
    told: list[tuple[int, int]] = []
    casino = make(progress=lambda done, total: told.append((done, total)))
    rows, rounds = LedgerRow.objects.filter(account__casino=casino), Round.objects.filter(operator__casino=casino)
    accounts = list(casino.accounts.filter(kind="player").order_by("pk"))
    assert (rows.count(), rounds.count(), casino.players.count(), len(accounts)) == (4_000, 800, 150, 150)
    assert ask(MONTHS, [account.pk for account in accounts]) == [(24,)]
    assert told[-1] == (4_000, 4_000)
    assert timezone.now() - rows.latest("created_at").created_at < timedelta(days=1)
    assert ask(MISTOLD_ROUNDS, casino.pk) == [(0,)]
    assert RoundClosing.objects.filter(round__in=rounds).count() == rounds.filter(finished_by="upkeep").count()
    assert {"bet", "win", "refund", "cancel", "deposit"} <= set(rows.order_by().values_list("kind", flat=True))
    assert ask(GUARDS_OFF) == []
    assert AuditEntry.objects.get(action="make_history").details == {"rows": 4_000}
    again = accounts[8]
    deposit(
        casino=casino,
        user_id="guest8",
        amount=Decimal(5),
        currency=again.currency,
        reference="next",
        by="test",
        now=timezone.now(),
    )
    verification = verify_ledger(now=timezone.now())
    assert (verification.rows >= 4_001, verification.differences) == (True, [])
    assert again.ledger_rows.latest("number").number == again.last_number + 1


@pytest.mark.usefixtures("db")
def test_production_is_refused() -> None:
    with pytest.raises(CommandError, match="This is production"):
        call_command("make_history")
    assert not Casino.objects.filter(slug=SLUG).exists()


@pytest.mark.usefixtures("in_development")
def test_database_that_has_players_is_refused_unless_they_are_known_of(world: World) -> None:
    world.add_player()
    with pytest.raises(HistoryRefused, match="Another casino has players here"):
        make(size=SMALL, beside_others=False)
    make(size=SMALL)
    with pytest.raises(HistoryRefused, match="already"):
        make(size=SMALL)


@pytest.mark.usefixtures("in_development")
def test_broken_off_history_leaves_nothing_and_the_guards_on() -> None:
    def break_off(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(size=SMALL, progress=break_off)
    assert not Casino.objects.filter(slug=SLUG).exists()
    assert ask(GUARDS_OFF) == []


@pytest.mark.parametrize("size", [Size(1_000, 901, 100, 1), Size(1_000, 100, 3, 2), Size(1_000, 1, 100, 1)])
def test_sizes_that_do_not_go_together_are_refused(size: Size) -> None:
    with pytest.raises(UnlikelySize):
        size.check()


def test_months_share_the_time_until_now_and_all_that_happens() -> None:
    months = list_months(SIZE, datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC))
    assert [(month.since < month.until) for month in months] == [True] * 24
    assert (months[-1].players, months[-1].cash, months[-1].rounds, months[-1].moves) == (150, 400, 800, 3_600)


@pytest.mark.usefixtures("in_development")
def test_command_draws_a_bar() -> None:
    told = StringIO()
    call_command(
        "make_history", "--rows=400", "--rounds=60", "--players=30", "--months=2", "--beside-others", stdout=told
    )
    lines = told.getvalue().splitlines()
    assert lines[-2].startswith(f"[{'#' * 40}] 100%  400 of 400 rows, ")
    assert lines[-1].endswith("casino “made-up”")
