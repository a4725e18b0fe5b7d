"""Writing a made-up history into a database of its own, in one transaction, by COPY."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from catalog.models import Game
from operators.models import Casino, Operator, Protocol
from operators.services.audit import write_audit_entry
from operators.services.casinos import create_casino
from operators.services.operators import create_operator
from wallet import ledger
from wallet.enums import AccountKind, ClosingReason
from wallet.models import Account, Player, Round, Transaction
from wallet.services.history.books import COLUMNS, Books, Table
from wallet.services.history.encoding import EPOCH, as_copy
from wallet.services.history.play import CURRENCIES, UPKEEP, Month, Size, list_joined, list_months, tell

SLUG = "made-up"
OPERATORS, GAMES = 3, 200
# The one way past the guards: those who own the tables switch them off, for this transaction alone, under a lock that
# keeps everybody else's writing out meanwhile.
GUARDED = ("wallet_ledgerrow", "wallet_transaction", "wallet_round", "wallet_account")
FILLED = (*GUARDED, "wallet_player", "wallet_session", "wallet_roundclosing")
ACCOUNT_COLUMNS = "id, casino_id, kind, player_id, currency, balance, last_number, head_hash, created_at"
PLAYER_COLUMNS = (
    'id, casino_id, user_id, user_name, display_name, country, "group", blocked_at, blocked_reason, blocked_by,'
    " excluded_until, created_at"
)
COUNTRIES = ("DE", "DE", "SE", "FI", "NO", "AT", "CA", "MT", "NZ", "CH", "IE", "PT")
CLOSINGS = """
INSERT INTO wallet_roundclosing (round_id, at, by, reason, details)
SELECT id, finished_at, finished_by, %s, '{}' FROM wallet_round WHERE id >= %s AND finished_by = %s
"""

Progress = Callable[[int, int], None]


class HistoryRefused(Exception):
    """This is no database to make a history up in."""


def make_history(*, size: Size, beside_others: bool, by: str, now: datetime, progress: Progress) -> Casino:
    """Make up a casino of its own with so much history, chains included: all of it, or nothing.

    `progress` is told the ledger rows written so far and those to write in all. `beside_others` agrees to other
    casinos' players in the same database.

    :raises HistoryRefused: in production, in a database that has it already, or beside others without leave.
    :raises UnlikelySize: such a history there cannot be.
    """
    size.check()
    refuse_where_it_matters(beside_others=beside_others)
    with transaction.atomic(durable=True):
        casino, operators = open_casino(by)
        months = list_months(size, now)
        for month in months:
            ledger.create_partition(date=(EPOCH + timedelta(microseconds=month.since)).date())
        with guards_off():
            write_history(casino, operators, months, size, progress)
        analyze()
        write_audit_entry(by=by, action="make_history", subject=casino, details={"rows": size.rows})
    return casino


def refuse_where_it_matters(*, beside_others: bool) -> None:
    """:raises HistoryRefused:"""
    if not settings.DEBUG:
        raise HistoryRefused("This is production (DEBUG is off): nothing is made up here.")
    if Casino.objects.filter(slug=SLUG).exists():
        raise HistoryRefused(f"There is a casino “{SLUG}” already: its history is made once, in a new database.")
    if not beside_others and Player.objects.exists():
        raise HistoryRefused(
            "Another casino has players here. Name a new database, or say that it is to be beside them."
        )


def open_casino(by: str) -> tuple[Casino, list[Operator]]:
    """Make the casino, and suspended operators with games."""
    casino = create_casino(slug=SLUG, name="Made up", home_url="https://casino.example/", by=by)
    operators = [
        create_operator(
            casino=casino, protocol=Protocol.GENERIC, operator_ref=f"{SLUG}-{number}", name=f"Made up {number}", by=by
        )
        for number in range(1, OPERATORS + 1)
    ]
    Game.objects.bulk_create(
        Game(operator=operator, game_ref=str(number), title=f"Game {number}")
        for operator in operators
        for number in range(1, GAMES + 1)
    )
    return casino, operators


@contextmanager
def guards_off() -> Iterator[None]:
    """Switch the wallet's guards off; they are on again before anybody else can write, whatever happens."""
    with connection.cursor() as cursor:
        # What is deferred would be in the way of altering the tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write_history(
    casino: Casino, operators: Sequence[Operator], months: Sequence[Month], size: Size, progress: Progress
) -> None:
    """Write the players, tell what they did, and write where their accounts stand at the end."""
    draw = Random(size.rows)  # noqa: S311 a history, no secret; the same size makes the same one
    currencies = [CURRENCIES[place % len(CURRENCIES)] for place in range(size.players)]
    joined = list_joined(months, draw)
    tables, cashiers = open_tables(casino, operators)
    books = Books(
        casino_id=casino.pk,
        first_player=next_id("wallet_player"),
        first_account=next_id("wallet_account"),
        next_transaction=next_id("wallet_transaction"),
        next_round=next_id("wallet_round"),
        currencies=currencies,
        cashiers=cashiers,
        draw=draw,
        balances=[0] * size.players,
        numbers=[0] * size.players,
        heads=[bytes(32)] * size.players,
    )
    first_round = books.next_round
    copy_players(books, joined)
    for _ in tell(books, tables, months, joined):
        copy_rows(books)
        progress(books.written, size.rows)
    copy_accounts(books, joined)
    with connection.cursor() as cursor:
        cursor.execute(CLOSINGS, [ClosingReason.AGE, first_round, UPKEEP])
    move_sequences()


def open_tables(casino: Casino, operators: Sequence[Operator]) -> tuple[list[Table], dict[str, int]]:
    """Open the system accounts; return where is played, and the cashier's account in each currency."""

    def open_accounts(kind: AccountKind, operator: Operator | None) -> dict[str, int]:
        return {
            currency: Account.objects.create(casino=casino, operator=operator, kind=kind, currency=currency).pk
            for currency in sorted(set(CURRENCIES))
        }

    tables = [
        Table(
            operator_id=operator.pk,
            games=list(Game.objects.filter(operator=operator).order_by("pk").values_list("pk", flat=True)),
            house=open_accounts(AccountKind.HOUSE, operator),
            promotions=open_accounts(AccountKind.PROMOTIONS, operator),
        )
        for operator in operators
    ]
    return tables, open_accounts(AccountKind.CASHIER, None)


def copy_rows(books: Books) -> None:
    """Write what has happened since the last time, and forget it."""
    for table, rows in books.rows.items():
        if rows:
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN (FORMAT binary)") as copy,
            ):
                copy.write(as_copy(rows))
            rows.clear()


def copy_players(books: Books, joined: Sequence[int]) -> None:
    """Write the players: a few are blocked, or self-excluded."""

    def describe(place: int) -> tuple[Any, ...]:
        at, country = EPOCH + timedelta(microseconds=joined[place]), COUNTRIES[place % len(COUNTRIES)]
        blocked = (at, "Made up", "make_history") if place % 500 == 7 else (None, "", "")
        until = at + timedelta(days=1000) if place % 700 == 9 else None
        names = (f"guest{place}", f"name{place}", f"Guest {place}")
        return books.first_player + place, books.casino_id, *names, country, "", *blocked, until, at

    with connection.cursor() as cursor, cursor.copy(f"COPY wallet_player ({PLAYER_COLUMNS}) FROM STDIN") as copy:
        for place in range(len(joined)):
            copy.write_row(describe(place))


def copy_accounts(books: Books, joined: Sequence[int]) -> None:
    """Write the accounts as they stand at the end."""
    with connection.cursor() as cursor, cursor.copy(f"COPY wallet_account ({ACCOUNT_COLUMNS}) FROM STDIN") as copy:
        for place, at in enumerate(joined):
            copy.write_row(
                (
                    books.first_account + place,
                    books.casino_id,
                    AccountKind.PLAYER.value,
                    books.first_player + place,
                    books.currencies[place],
                    f"{books.balances[place]}e-4",
                    books.numbers[place],
                    books.heads[place],
                    EPOCH + timedelta(microseconds=at),
                )
            )


def next_id(table: str) -> int:
    """Return an id from which on all are free, nobody else writing meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])


def move_sequences() -> None:
    """Let the ids go on after the highest."""
    highest = {
        "wallet_player": Player.objects.aggregate(highest=Max("pk")),
        "wallet_account": Account.objects.aggregate(highest=Max("pk")),
        "wallet_round": Round.objects.aggregate(highest=Max("pk")),
        "wallet_transaction": Transaction.objects.aggregate(highest=Max("pk")),
    }
    with connection.cursor() as cursor:
        for table, found in highest.items():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, found["highest"]])


def analyze() -> None:
    """Let PostgreSQL plan by what it has now; the rest of the upkeep it does by itself, in a minute."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ANALYZE {table}")
