"""The application's role: it plays, pays and runs the house, and can touch nothing that has been booked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from secrets import token_hex

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from config.facts import list_facts
from operators.services.exchanges import purge_exchanges
from tests.databases import application_url, open_instead
from tests.wallet.platform import Transport, numbers
from tests.wallet.world import STAFF, World
from wallet import ledger
from wallet.services.cashier import withdraw
from wallet.services.players import block_player, unblock_player
from wallet.services.privileges import check_rights, list_excess_rights
from wallet.services.upkeep import close_old_rounds, create_coming_partitions, settle_pending

pytestmark = pytest.mark.xdist_group("races")

DENIED, NOT_OWNER = "permission denied", "must be owner"
# What the role must not do, whatever it is let to do besides; and what PostgreSQL says.
FORBIDDEN = {
    "UPDATE wallet_ledgerrow SET amount = 1": DENIED,
    "UPDATE wallet_ledgerrow SET tags = NULL": DENIED,
    "UPDATE wallet_ledgerrow_default SET amount = 1": DENIED,
    "UPDATE {partition} SET amount = 1": DENIED,
    "DELETE FROM wallet_ledgerrow": DENIED,
    "DELETE FROM {partition}": DENIED,
    "TRUNCATE wallet_ledgerrow": DENIED,
    "TRUNCATE {partition}": DENIED,
    "INSERT INTO wallet_ledgerrow SELECT * FROM wallet_ledgerrow": DENIED,
    "INSERT INTO wallet_ledgerrow_default SELECT * FROM wallet_ledgerrow": DENIED,
    "INSERT INTO {partition} SELECT * FROM wallet_ledgerrow": DENIED,
    "COPY wallet_ledgerrow FROM STDIN": DENIED,
    "COPY {partition} FROM STDIN": DENIED,
    "COPY wallet_ledgerrow TO '/tmp/rows'": DENIED,
    "COPY wallet_ledgerrow TO PROGRAM 'cat'": DENIED,
    "MERGE INTO wallet_ledgerrow USING wallet_account AS a ON a.id = account_id WHEN MATCHED THEN DELETE": DENIED,
    "LOCK TABLE wallet_ledgerrow IN ACCESS EXCLUSIVE MODE": DENIED,
    "SELECT * FROM wallet_ledgerrow FOR UPDATE": DENIED,
    "INSERT INTO wallet_transaction SELECT * FROM wallet_transaction": DENIED,
    "UPDATE wallet_transaction SET amount = 1": DENIED,
    "DELETE FROM wallet_transaction": DENIED,
    "TRUNCATE wallet_transaction CASCADE": DENIED,
    "UPDATE wallet_account SET balance = 1000000": DENIED,
    "UPDATE wallet_account SET head_hash = ''": DENIED,
    "UPDATE wallet_account SET currency = 'USD'": DENIED,
    "DELETE FROM wallet_account": DENIED,
    "TRUNCATE wallet_account CASCADE": DENIED,
    (
        "INSERT INTO wallet_account (casino_id, kind, player_id, currency, balance, last_number, head_hash)"
        " SELECT casino_id, 'player', player_id, 'CHF', 5, 0, head_hash FROM wallet_account WHERE kind = 'player'"
    ): "a player's account is opened empty",
    "INSERT INTO wallet_round SELECT * FROM wallet_round": DENIED,
    "UPDATE wallet_round SET bet_sum = 0": DENIED,
    "DELETE FROM wallet_round": DENIED,
    "DELETE FROM wallet_player": DENIED,
    "UPDATE operators_auditentry SET by = 'nobody'": DENIED,
    "DELETE FROM operators_auditentry": DENIED,
    "DELETE FROM wallet_roundclosing": DENIED,
    "DELETE FROM wallet_ledgerverification": DENIED,
    "UPDATE wallet_ledgerdigest SET name = ''": DENIED,
    "INSERT INTO wallet_ledgerarchive (month, folder) VALUES ('2030-01-01', 'x')": DENIED,
    "UPDATE wallet_archivedrun SET balance = 0": DENIED,
    "UPDATE wallet_limituse SET wager = 0": DENIED,
    "DELETE FROM wallet_limituse": DENIED,
    "DELETE FROM django_migrations": DENIED,
    "ALTER TABLE wallet_ledgerrow DISABLE TRIGGER ALL": NOT_OWNER,
    "ALTER TABLE wallet_ledgerrow DISABLE TRIGGER wallet_ledgerrow_never_changed": NOT_OWNER,
    "ALTER TABLE {partition} DISABLE TRIGGER USER": NOT_OWNER,
    "ALTER TABLE wallet_account DISABLE TRIGGER USER": NOT_OWNER,
    "ALTER TABLE wallet_ledgerrow DETACH PARTITION {partition}": NOT_OWNER,
    "ALTER TABLE wallet_ledgerrow OWNER TO CURRENT_USER": NOT_OWNER,
    "DROP TRIGGER wallet_ledgerrow_never_changed ON wallet_ledgerrow": NOT_OWNER,
    "CREATE TRIGGER mine BEFORE INSERT ON wallet_ledgerrow EXECUTE FUNCTION wallet_refuse_change()": DENIED,
    "CREATE RULE mine AS ON DELETE TO wallet_ledgerrow DO INSTEAD NOTHING": NOT_OWNER,
    "CREATE INDEX ON wallet_ledgerrow (amount)": NOT_OWNER,
    "DROP TABLE wallet_ledgerrow": NOT_OWNER,
    "DROP TABLE {partition}": NOT_OWNER,
    "DROP FUNCTION wallet_append_row() CASCADE": NOT_OWNER,
    "DROP SCHEMA public CASCADE": NOT_OWNER,
    "SET session_replication_role = replica": DENIED,
    "SET SESSION AUTHORIZATION backoffice": DENIED,
    "SET ROLE backoffice": DENIED,
    "ALTER ROLE CURRENT_USER SUPERUSER": DENIED,
    "ALTER DEFAULT PRIVILEGES FOR ROLE backoffice GRANT ALL ON TABLES TO CURRENT_USER": DENIED,
    "ALTER FUNCTION wallet_append_row() SECURITY INVOKER": NOT_OWNER,
    (
        "CREATE OR REPLACE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    ): DENIED,
    "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'": DENIED,
    "CREATE TABLE public.mine (id integer)": DENIED,
    "SELECT wallet_reverse(asked, now()) FROM wallet_transaction AS asked WHERE kind = 'bet'": DENIED,
    "DO $$ BEGIN UPDATE wallet_account SET balance = 1; END $$": DENIED,
}


@pytest.fixture(autouse=True, scope="module")
def there_is_a_role() -> None:
    if not settings.APPLICATION_ROLE:
        pytest.skip("DATABASE_URL names a server without a role for the application")


@pytest.fixture
def role(committed_db: None) -> Iterator[str]:
    """In this thread, all is done as the application's role, on rows that stay."""
    with open_instead(application_url()):
        yield settings.APPLICATION_ROLE


@pytest.fixture
def world(role: str, wallet_door: Transport) -> World:
    return World(wallet_door)


def refusal_of(statement: str) -> str:
    """Why PostgreSQL refuses; nothing if it does not, and what was done is taken back in any case."""
    with psycopg.connect(application_url()) as own:
        try:
            own.execute(statement.encode())
        except psycopg.Error as refusal:
            return str(refusal)
        finally:
            own.rollback()
    return ""


def test_role_is_refused_whatever_would_change_what_is_booked(world: World) -> None:
    seat = world.seat()
    world.bet(seat, "5.00", transaction_id=(bet := next(numbers)))
    partition = create_coming_partitions(now=datetime.now(UTC))[0]
    before = world.snapshot()
    heard = {each: refusal_of(each.format(partition=partition)) for each in FORBIDDEN}
    assert {each: said for each, said in heard.items() if FORBIDDEN[each] not in said} == {}
    assert world.snapshot() == before
    assert world.cancel(seat, bet).verdict == "OK"


def test_role_can_do_all_that_the_house_does(world: World, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == (role, role)
    seat = world.seat("100.00")
    bet, played = next(numbers), next(numbers)
    answers = [
        world.authenticate(seat),
        world.bet(seat, "10.00", transaction_id=bet, round_id=played),
        world.win(seat, "4.00", round_id=played, is_promotional=True),
        world.cancel(seat, bet, played),
        world.cancel(seat, next(numbers), played),
        world.status(seat, bet),
        world.finish_round(seat, played),
        world.ask_balance(seat),
    ]
    assert [answer.verdict for answer in answers] == ["OK", "OK", "OK", "OK", "OP_41", "OK", "OK", "OK"]
    withdraw(
        casino=world.casino,
        user_id=seat.user_id,
        amount=Decimal("4.00"),
        currency="EUR",
        reference=str(next(numbers)),
        by=STAFF,
        now=datetime.now(UTC),
    )
    assert seat.balance == 100
    block_player(player=seat.player, reason="lost card", by=STAFF, now=datetime.now(UTC))
    unblock_player(player=seat.player, reason="found", by=STAFF)
    settle_pending(now=datetime.now(UTC))
    close_old_rounds(now=datetime.now(UTC))
    assert [exchange.error_code for exchange in world.exchanges()] == ["OP_41"]
    assert purge_exchanges(now=datetime.now(UTC), days=1) == 0


def test_partition_that_the_role_has_made_is_the_owners(world: World) -> None:
    name = ledger.create_partition(date=date(2046, 5, 1))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableowner <> current_user FROM pg_tables WHERE tablename = '{name}'")
        assert cursor.fetchone() == (True,)
        cursor.execute(f"SELECT count(*) FROM {name}")
    assert "permission denied" in refusal_of(f"DELETE FROM {name}")
    assert "must be owner" in refusal_of(f"DROP TABLE {name}")


def read_fact(name: str) -> float:
    """What `/metrics` tells under a name."""
    (metric,) = (metric for metric in list_facts() if metric.name == name)
    return float(metric.samples[0].value)


def test_role_that_owns_tables_is_told_of(committed_db: None) -> None:
    said = f"the database role {connection.settings_dict['USER']} owns tables"
    [warning] = check_rights(databases=["default"])
    assert (list_excess_rights(), warning.id, warning.msg) == ([said], "wallet.W001", said)
    assert check_rights(databases=None) == []
    assert read_fact("application_rights_in_excess") == 1
    with open_instead(application_url()):
        assert check_rights(databases=["default"]) == []
        assert read_fact("application_rights_in_excess") == 0


def test_first_page_says_so_where_the_role_owns_tables_in_production(committed_db: None, settings: Settings) -> None:
    chief = Client()
    chief.force_login(User.objects.create_superuser(f"chief-{token_hex(4)}"))
    told = f"the database role {connection.settings_dict['USER']} owns tables"
    assert told in chief.get("/admin/").content.decode()
    settings.DEBUG = True
    assert told not in chief.get("/admin/").content.decode()
    settings.DEBUG = False
    with open_instead(application_url()):
        assert "the database role" not in chief.get("/admin/").content.decode()


def test_functions_that_act_as_their_owner_look_nowhere_else_for_names(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())
    assert len(found) == 9
    assert all("search_path=public, pg_temp" in settings for settings in found.values())


def test_only_roles_that_were_granted_may_call_a_function(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proname ~ '^(wallet|catalog|operators|geoblock)_'"
            " AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))"
        )
        assert cursor.fetchall() == []
