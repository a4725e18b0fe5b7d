"""The database's own guards, each broken by hand and seen to refuse, whoever asks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.models import Lobby, Vendor
from operators.models import Scope
from operators.services import create_api_key
from tests.guards import list_constraints, list_foreign_keys, list_names, refusal_of
from tests.wallet import (
    guards_of_audit,
    guards_of_calls,
    guards_of_care,
    guards_of_limits,
    guards_of_proofs,
    guards_of_requests,
    guards_of_settings,
)
from tests.wallet.world import STAFF, Seat, World
from wallet import ledger
from wallet.services.upkeep import create_coming_partitions

APPEND_ONLY = "is refused: the ledger is append-only"
# The catalogue's are broken beside its own tests.
TABLES = "^(operators|wallet)_"
PARTITIONS = (
    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'wallet_ledgerrow'::regclass ORDER BY 1"
)


@pytest.fixture
def names(world: World, seat: Seat) -> dict[str, Any]:
    """A row in every table, and the keys that the cases name them by."""
    world.bet(seat, "5.00", transaction_id=7, round_id=8)
    world.win(seat, "2.00", transaction_id=9, round_id=8)
    world.cancel(seat, 9, 8)
    world.cancel(seat, 10, 8)
    vendor = Vendor.objects.create(operator=world.operator, vendor_ref="Northwind")
    Lobby.objects.create(operator=world.operator, lobby_ref="portomaso", vendor=vendor)
    world.add_game("201", vendor=vendor)
    create_api_key(casino=world.casino, name="cashier", scopes=[Scope.READ], by=STAFF)
    guards_of_calls.add_rows(world, seat, world.round(8))
    guards_of_care.add_rows(seat, world.round(8))
    guards_of_limits.add_rows(seat)
    guards_of_proofs.add_rows(seat)
    guards_of_requests.add_rows(seat, world.round(8))
    guards_of_settings.add_rows(world.operator)
    other = World(world.transport)
    stranger = other.seat()
    return {
        "casino": world.casino.pk,
        "operator": world.operator.pk,
        "other_casino": other.casino.pk,
        "other_operator": other.operator.pk,
        "stranger": stranger.player.pk,
        "player": seat.player.pk,
        "account": seat.account.pk,
        "house": world.casino.accounts.get(kind="house").pk,
        "game": world.game.pk,
        "round": world.round(8).pk,
        "bet": seat.rows[0].pk,
        "win": seat.rows[1].pk,
    }


GAME = "title, game_type, subtype, platform, enabled, platform_enabled, fun_mode, campaigns, description, thumbnails"
GAME_VALUES = "'', '', '', '', true, true, false, false, '{{}}', '{{}}'"
PLAYER = 'INSERT INTO wallet_player (casino_id, user_id, user_name, display_name, country, "group", blocked_reason,'
PLAYER += " blocked_by, blocked_at) "
ACCOUNT = (
    "INSERT INTO wallet_account (casino_id, kind, player_id, operator_id, currency, balance, last_number, head_hash)"
)
ZEROS = "decode(repeat('00', 32), 'hex')"
LEDGER = "INSERT INTO wallet_ledgerrow (transaction_id, account_id, debit_id, credit_id, kind, amount, created_at) "


def played(values: str) -> str:
    """A round's own id, state, end and who ended it."""
    ref, state, finished_at, finished_by = values.split(", ")
    return (
        "INSERT INTO wallet_round (operator_id, player_id, round_ref, currency, state, opened_at, finished_at,"
        " finished_by, bet_count, win_count, cancel_count, bet_sum, win_sum) VALUES ({operator}, {player},"
        f" {ref}, 'EUR', {state}, now(), {finished_at}, {finished_by}, 0, 0, 0, 0, 0)"
    )


def asked(values: str) -> str:
    """A transaction of the platform's: reference, kind, player, account, amount and what it reverses."""
    return (
        "INSERT INTO wallet_transaction (source, owner_id, created_at, reference, kind, player_id, account_id, amount,"
        f" reverses_id) VALUES ('platform', {{operator}}, now(), {values})"
    )


def copy_of_key(prefix: str, digest: str) -> str:
    return (
        "INSERT INTO operators_apikey (casino_id, name, scopes, ip_allow_list, created_at, created_by, revoked_by,"
        f" prefix, digest) SELECT casino_id, name, scopes, ip_allow_list, now(), 'x', '', {prefix}, {digest}"
        " FROM operators_apikey"
    )


# Constraints and unique indexes by name, each with a statement that it alone refuses.
CONSTRAINTS = {
    "operators_casino_slug_key": "UPDATE operators_casino SET slug = 'one'",
    "operators_apikey_digest_key": copy_of_key("'other'", "digest"),
    "operators_apikey_prefix_key": copy_of_key("prefix", "'other'"),
    "operators_apikey_has_scope": "UPDATE operators_apikey SET scopes = '{{}}'",
    "operators_apikey_revoked_by_someone": "UPDATE operators_apikey SET revoked_at = now()",
    **guards_of_audit.CONSTRAINTS,
    "operators_entrystanding_entry_id_key": "INSERT INTO operators_entrystanding (entry_id, error)"
    " SELECT entry_id, '' FROM operators_entrystanding",
    "operators_operator_active_has_secret": "UPDATE operators_operator SET secret = ''",
    "operators_operator_active_is_guarded": "UPDATE operators_operator SET open_to_all_consent_by = ''",
    "operators_operator_ref_once": "UPDATE operators_operator SET operator_ref = 'one'",
    "operators_taskstanding_task_key": "INSERT INTO operators_taskstanding (task, error) VALUES ('x', ''), ('x', '')",
    "wallet_account_player_once": f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'EUR', 0, 0, {ZEROS})",
    "wallet_account_system_once": f"{ACCOUNT} VALUES ({{casino}}, 'cashier', NULL, NULL, 'EUR', NULL, 0, {ZEROS})",
    "wallet_player_block_explained": "UPDATE wallet_player SET blocked_at = now()",
    "wallet_player_once": f"{PLAYER} SELECT casino_id, user_id, '', '', 'DE', '', '', '', NULL FROM wallet_player",
    "wallet_player_user_id": f"{PLAYER} VALUES ({{casino}}, 'a|b', '', '', 'DE', '', '', '', NULL)",
    "wallet_round_once": played("'8', 'open', NULL, ''"),
    "wallet_session_game_or_lobby": "UPDATE wallet_session SET lobby_ref = 'portomaso'",
    "wallet_session_token_digest_key": "UPDATE wallet_session SET token_digest = 'x'",
    "wallet_transaction_once": asked("'7', 'bet', {player}, {account}, 5, NULL"),
    "wallet_transaction_reversed_once": asked("NULL, 'cancel', {player}, {account}, 2, {win}"),
    **guards_of_calls.CONSTRAINTS,
    **guards_of_care.CONSTRAINTS,
    **guards_of_limits.CONSTRAINTS,
    **guards_of_proofs.CONSTRAINTS,
    **guards_of_requests.CONSTRAINTS,
    **guards_of_settings.CONSTRAINTS,
}

# Triggers by table and name, each with statements that it refuses, and its word.
TRIGGERS: dict[str, tuple[str, list[str]]] = {
    "wallet_transaction wallet_transaction_never_changed": (
        "of wallet_transaction is refused: transactions are append-only",
        [
            "UPDATE wallet_transaction SET amount = amount WHERE id = {bet}",
            "UPDATE wallet_transaction SET created_at = now()",
            "DELETE FROM wallet_transaction WHERE id = {bet}",
            "DELETE FROM wallet_transaction WHERE kind = 'tombstone'",
        ],
    ),
    "wallet_transaction wallet_transaction_never_emptied": (
        "truncate of wallet_transaction is refused: transactions are append-only",
        ["TRUNCATE wallet_transaction", "TRUNCATE wallet_transaction CASCADE"],
    ),
    "wallet_transaction wallet_transaction_check": (
        "transaction refused: a ",
        [
            asked("'x', 'bet', {player}, {account}, -0.01, NULL"),
            asked("'x', 'bet', {player}, {account}, 5, {bet}"),
            asked("NULL, 'bet', {player}, {account}, 5, NULL"),
            asked("'x', 'bet', {player}, NULL, 5, NULL"),
            asked("NULL, 'cancel', {player}, {account}, 5, NULL"),
            asked("'x', 'cancel', {player}, {account}, 5, {bet}"),
            asked("'x', 'tombstone', {player}, NULL, 0.01, NULL"),
            asked("'x', 'tombstone', {player}, {account}, 0, NULL"),
        ],
    ),
    "wallet_ledgerrow wallet_ledgerrow_append": (
        "ledger row ",
        [
            f"{LEDGER} VALUES ({{bet}}, {{account}}, {{account}}, {{house}}, 'bet', -1, now())",
            f"{LEDGER} VALUES ({{bet}}, {{account}}, {{account}}, {{account}}, 'bet', 1, now())",
            f"{LEDGER} VALUES ({{bet}}, {{account}}, {{house}}, {{house}} + 1, 'bet', 1, now())",
            f"{LEDGER} VALUES ({{bet}}, {{house}}, {{house}}, {{account}}, 'bet', 1, now())",
            f"{LEDGER} VALUES ({{bet}}, -1, -1, {{house}}, 'bet', 1, now())",
        ],
    ),
    "wallet_account wallet_account_written_by_ledger": (
        "update of wallet_account is refused: only the ledger writes balances",
        [
            "UPDATE wallet_account SET balance = balance + 1 WHERE id = {account}",
            "UPDATE wallet_account SET balance = balance WHERE id = {account}",
            "UPDATE wallet_account SET last_number = 0 WHERE id = {account}",
            f"UPDATE wallet_account SET head_hash = {ZEROS} WHERE id = {{account}}",
            "UPDATE wallet_account SET balance = 1 WHERE id = {house}",
        ],
    ),
    "wallet_account wallet_account_keeps_identity": (
        "update of wallet_account is refused: an account stays whose it is",
        [
            "UPDATE wallet_account SET id = -1 WHERE id = {account}",
            "UPDATE wallet_account SET casino_id = {other_casino} WHERE id = {account}",
            "UPDATE wallet_account SET kind = 'house' WHERE id = {account}",
            "UPDATE wallet_account SET player_id = {stranger} WHERE id = {account}",
            "UPDATE wallet_account SET operator_id = {other_operator} WHERE id = {house}",
            "UPDATE wallet_account SET currency = 'GBP' WHERE id = {account}",
        ],
    ),
    "wallet_account wallet_account_check": (
        "account refused: ",
        [
            f"{ACCOUNT} VALUES ({{casino}}, 'player', NULL, NULL, 'GBP', 0, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, {{operator}}, 'GBP', 0, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'GBP', 0.01, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'GBP', NULL, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'gbp', 0, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'GBP', 0, 1, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{player}}, NULL, 'GBP', 0, 0, decode(repeat('01', 32), 'hex'))",
            f"{ACCOUNT} VALUES ({{casino}}, 'player', {{stranger}}, NULL, 'GBP', 0, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'house', {{player}}, {{operator}}, 'GBP', NULL, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'house', NULL, {{operator}}, 'GBP', 0, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'house', NULL, {{other_operator}}, 'GBP', NULL, 0, {ZEROS})",
            f"{ACCOUNT} VALUES ({{casino}}, 'purse', NULL, {{operator}}, 'GBP', NULL, 0, {ZEROS})",
        ],
    ),
    "wallet_account wallet_account_never_deleted": (
        "delete of wallet_account is refused: ledger rows point at it",
        ["DELETE FROM wallet_account WHERE id = {account}", "DELETE FROM wallet_account WHERE id = {house}"],
    ),
    "wallet_account wallet_account_never_emptied": (
        "truncate of wallet_account is refused: ledger rows point at it",
        ["TRUNCATE wallet_account CASCADE", "TRUNCATE wallet_player CASCADE"],
    ),
    "wallet_round wallet_round_check": (
        "round refused: an open one has no end, an ended one says when and by whom",
        [
            "UPDATE wallet_round SET state = 'finished' WHERE id = {round}",
            "UPDATE wallet_round SET state = 'closing', finished_at = now() WHERE id = {round}",
            "UPDATE wallet_round SET finished_at = now() WHERE id = {round}",
            "UPDATE wallet_round SET finished_by = 'platform' WHERE id = {round}",
            "UPDATE wallet_round SET state = 'lost', finished_at = now(), finished_by = 'platform' WHERE id = {round}",
            (
                "UPDATE wallet_round SET state = 'finished', finished_at = now(), finished_by = 'x',"
                " end_asked_at = now() WHERE id = {round}"
            ),
            played("'x', 'open', now(), ''"),
            played("'x', 'finished', NULL, 'platform'"),
        ],
    ),
    "wallet_round wallet_round_never_deleted": (
        "delete of wallet_round is refused: ledger rows point at it",
        ["DELETE FROM wallet_round WHERE id = {round}"],
    ),
    "wallet_round wallet_round_never_emptied": (
        "truncate of wallet_round is refused: ledger rows point at it",
        ["TRUNCATE wallet_round"],
    ),
    "wallet_player wallet_player_never_deleted": (
        "delete of wallet_player is refused: ledger rows point at the accounts",
        ["DELETE FROM wallet_player WHERE id = {player}"],
    ),
    "catalog_game wallet_game_never_deleted": (
        "delete of catalog_game is refused: ledger rows point at it",
        ["DELETE FROM catalog_game WHERE id = {game}"],
    ),
    "catalog_game wallet_game_never_emptied": (
        "truncate of catalog_game is refused: ledger rows point at it",
        ["TRUNCATE catalog_game CASCADE", "TRUNCATE operators_operator CASCADE"],
    ),
    "operators_operator wallet_operator_never_deleted": (
        "delete of operators_operator is refused: ledger rows point at it",
        ["DELETE FROM operators_operator WHERE id = {operator}"],
    ),
    **guards_of_care.TRIGGERS,
    **guards_of_limits.TRIGGERS,
    **guards_of_requests.TRIGGERS,
    **guards_of_settings.TRIGGERS,
    **guards_of_audit.TRIGGERS,
}
# Tried on the ledger itself and on each of its partitions, below.
LEDGER_TRIGGERS = {"wallet_ledgerrow wallet_ledgerrow_never_changed", "wallet_ledgerrow wallet_ledgerrow_never_emptied"}


def test_constraints_refuse(names: dict[str, Any]) -> None:
    refused_by = {name: refusal_of(statement, names).diag.constraint_name for name, statement in CONSTRAINTS.items()}
    assert refused_by == {name: name for name in CONSTRAINTS}


def test_constraints_of_limits_refuse_in_every_way(names: dict[str, Any]) -> None:
    for name, statements in guards_of_limits.MORE.items():
        for statement in statements:
            assert refusal_of(statement, names).diag.constraint_name == name


def test_triggers_refuse(names: dict[str, Any]) -> None:
    acts = [(word, statement) for word, statements in TRIGGERS.values() for statement in statements]
    said = {statement: str(refusal_of(statement, names)) for _word, statement in acts}
    assert [(statement, said[statement]) for word, statement in acts if word not in said[statement]] == []


def test_foreign_keys_refuse(names: dict[str, Any]) -> None:
    keys = list_foreign_keys(TABLES)
    assert len(keys) == 27
    for constraint, table, column in keys:
        nowhere = (
            f"ALTER TABLE {table} DISABLE TRIGGER USER; UPDATE {table} SET {column} = -id WHERE {column} IS NOT NULL"
        )
        assert refusal_of(nowhere, names).diag.constraint_name == constraint


@pytest.fixture
def rows_everywhere(world: World, seat: Seat) -> list[str]:
    """The ledger and its partitions, each with a row."""
    months = create_coming_partitions(now=datetime.now(UTC))
    for name in months:
        year, month = name.removeprefix("wallet_ledgerrow_y").split("m")
        book(world, seat, datetime(int(year), int(month), 1, tzinfo=UTC))
    book(world, seat, datetime(2019, 12, 31, 23, 59, tzinfo=UTC))
    assert list_names(PARTITIONS) == ["wallet_ledgerrow_default", *months]
    return ["wallet_ledgerrow", "wallet_ledgerrow_default", *months]


def book(world: World, seat: Seat, now: datetime) -> None:
    posting = ledger.move_cash(
        casino_id=world.casino.pk,
        kind="deposit",
        user_id=seat.user_id,
        reference=str(now),
        currency="EUR",
        amount=Decimal(1),
        context="{}",
        now=now,
    )
    assert posting.outcome == "applied"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET amount = amount",
        "UPDATE {table} SET context = '{{}}'",
        "UPDATE {table} SET created_at = created_at + interval '1 month'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "TRUNCATE {table} CASCADE",
    ],
)
def test_ledger_and_each_partition_refuse_every_change(rows_everywhere: list[str], statement: str) -> None:
    for table in rows_everywhere:
        assert APPEND_ONLY in str(refusal_of(statement, {"table": table}))


def test_partition_moves_the_balance_of_a_row_that_is_put_straight_into_it(names: dict[str, Any], seat: Seat) -> None:
    before = seat.balance
    straight = LEDGER.replace("wallet_ledgerrow", "wallet_ledgerrow_default")
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            f"{straight} VALUES (%s, %s, %s, %s, 'bet', 1, '2019-01-01')",
            [names["bet"], seat.account.pk, seat.account.pk, names["house"]],
        )
        assert seat.balance == before - 1
        transaction.set_rollback(True)


def test_number_balance_and_hash_of_a_new_row_are_the_ledgers_own_whatever_is_said(
    names: dict[str, Any], seat: Seat
) -> None:
    last = seat.rows[-1]
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "INSERT INTO wallet_ledgerrow (transaction_id, account_id, debit_id, credit_id, kind, amount, created_at,"
            " number, balance, hash) VALUES (%s, %s, %s, %s, 'bet', 1, now(), 99, 1000000, 'forged')"
            " RETURNING number, balance, octet_length(hash)",
            [names["bet"], seat.account.pk, seat.account.pk, names["house"]],
        )
        assert cursor.fetchone() == (last.number + 1, last.balance - 1, 32)
        transaction.set_rollback(True)


def test_facts_of_a_player_game_or_operator_that_no_row_depends_on_may_change(names: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE wallet_player SET display_name = 'x'",
            "UPDATE catalog_game SET title = 'x'",
            "UPDATE operators_operator SET name = 'x'",
            "UPDATE wallet_session SET ended_at = now()",
        ):
            cursor.execute(statement)
            assert cursor.rowcount > 0


def test_every_constraint_and_unique_index_has_its_case(db: None) -> None:
    assert list_constraints(TABLES) == sorted(CONSTRAINTS)


def test_every_trigger_has_its_case(db: None) -> None:
    found = list_names(
        "SELECT DISTINCT regexp_replace(tgrelid::regclass::text, '^wallet_ledgerrow_.*', 'wallet_ledgerrow')"
        " || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text !~ '^geoblock_'"
    )
    assert sorted(found) == sorted(TRIGGERS.keys() | LEDGER_TRIGGERS)


def test_every_partition_has_every_guard_of_the_ledger(db: None) -> None:
    guards = "SELECT tgname FROM pg_trigger WHERE tgrelid = '{}'::regclass AND NOT tgisinternal ORDER BY 1"
    for partition in list_names(PARTITIONS):
        assert list_names(guards.format(partition)) == list_names(guards.format("wallet_ledgerrow"))
