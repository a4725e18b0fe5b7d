"""The door: who may call, proved by what, from where; and what it answers to the others."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import Settings

from operators.models import Exchange
from operators.services import retire_previous_secret, rotate_secret, suspend_operator, terminate_operator
from operators.services.exchanges import DOOR_REFUSALS_A_MINUTE, LOG, ExchangeLog
from tests.wallet.platform import Platform, in_process, sha1
from tests.wallet.world import STAFF, Seat, World
from wallet.views.generic.commands import COMMANDS
from wallet.views.generic.door import DIRECTORY

DENIED = (403, b'{"code": "access_denied"}')


def test_published_vector_of_the_header_passes_the_door(world: World, seat: Seat) -> None:
    world.operator.secret = "secret_key"
    world.operator.save()
    DIRECTORY.forget()
    world.platform.secret = "secret_key"
    body = world.platform.write("status", {"user_id": seat.user_id, "transaction_id": 1})
    answer = world.platform.send("status", body, x_authorization="bf84a057cda585cb95f0a1fc64e967faacd71fbc")
    assert answer.check_envelope(body, "secret_key").verdict == "OP_41"


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_operator_is_turned_away(world: World, command: str) -> None:
    answer = world.platform.send(command, b"{}", x_operator_id="nobody")
    assert (answer.status, answer.raw) == DENIED


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_authorization_is_turned_away(world: World, command: str) -> None:
    answer = world.platform.send(command, b"{}", x_authorization=None)
    assert (answer.status, answer.raw) == DENIED


@pytest.mark.parametrize("command", COMMANDS)
def test_authorization_made_with_another_secret_is_turned_away(world: World, command: str) -> None:
    answer = world.platform.send(command, b"{}", x_authorization=sha1(command, "another"))
    assert (answer.status, answer.raw) == DENIED


@pytest.mark.parametrize("shown", ["", "x", "ä" * 40, "0" * 40], ids=["empty", "short", "not ASCII", "zeros"])
def test_malformed_authorization_is_turned_away(world: World, shown: str) -> None:
    assert world.platform.send("balance", b"{}", x_authorization=shown).status == 403


def test_authorization_of_another_command_is_turned_away(world: World) -> None:
    shown = sha1("status", world.platform.secret)
    assert world.platform.send("changebalance", b"{}", x_authorization=shown).status == 403


def test_authorization_of_another_operator_is_turned_away(world: World) -> None:
    _, other = world.join_platform()
    assert world.platform.send("balance", b"{}", x_authorization=sha1("balance", other.secret)).status == 403


def test_refusal_at_the_door_moves_nothing_and_reads_no_body(world: World, seat: Seat) -> None:
    data = {"user_id": seat.user_id, "transaction_type": "BET", "amount": 5, "transaction_id": 1, "round_id": 1}
    with world.unmoved():
        body = world.platform.write("changebalance", data)
        assert world.platform.send("changebalance", body, x_authorization=None).status == 403


def test_older_header_names_the_operator_where_the_newer_is_absent(world: World, seat: Seat) -> None:
    world.platform.headers = {"X-TT-Operator-Id": world.operator.operator_ref}
    body = world.platform.write("authenticate", {"token": seat.token})
    assert world.platform.send("authenticate", body, x_operator_id=None).verdict == "OK"


def test_newer_header_wins_over_the_older(world: World) -> None:
    world.platform.headers = {"X-TT-Operator-Id": world.operator.operator_ref}
    assert world.platform.send("authenticate", b"{}", x_operator_id="nobody").status == 403


def test_terminated_operator_is_turned_away(world: World, seat: Seat) -> None:
    terminate_operator(operator=world.operator, by=STAFF)
    DIRECTORY.forget()
    with world.unmoved():
        body = world.platform.write("authenticate", {"token": seat.token})
        assert world.platform.send("authenticate", body).status == 403


def test_suspended_operator_passes_the_door(world: World, seat: Seat) -> None:
    suspend_operator(operator=world.operator, by=STAFF)
    DIRECTORY.forget()
    assert world.status(seat, 1).verdict == "OP_41"


class TestRotation:
    """A secret is replaced while the platform still signs with the one before it."""

    @pytest.fixture
    def previous(self, world: World) -> Platform:
        former = Platform(world.platform.operator_ref, world.platform.secret, world.transport)
        world.platform.secret = "the-new-secret-of-this-operator"
        rotate_secret(operator=world.operator, secret=world.platform.secret, by=STAFF)
        DIRECTORY.forget()
        return former

    def test_both_secrets_verify_and_each_signs_its_own_answers(
        self, world: World, seat: Seat, previous: Platform
    ) -> None:
        assert world.authenticate(seat).verdict == "OK"
        assert previous.call("authenticate", {"token": seat.token}).verdict == "OK"

    def test_previous_secret_signs_errors_too(self, world: World, seat: Seat, previous: Platform) -> None:
        assert previous.call("authenticate", {"token": "x" * 20}).verdict == "OP_21"
        assert previous.call("authenticate", {}).verdict == "OP_50"

    def test_hash_must_be_made_with_the_secret_of_the_header(
        self, world: World, seat: Seat, previous: Platform
    ) -> None:
        for shown, hashed in ((world.platform, previous), (previous, world.platform)):
            body = hashed.write("authenticate", {"token": seat.token})
            answer = shown.send("authenticate", body).check_envelope(body, shown.secret)
            assert (answer.verdict, answer.message) == ("OP_20", "Invalid hash")

    def test_retired_secret_is_turned_away(self, world: World, seat: Seat, previous: Platform) -> None:
        retire_previous_secret(operator=world.operator, by=STAFF)
        DIRECTORY.forget()
        assert previous.send("authenticate", b"{}").status == 403
        assert world.authenticate(seat).verdict == "OK"


class TestAddresses:
    """The allow list, and whose word on the caller's address counts."""

    def visit(self, world: World, remote: str, forwarded: str | None = None) -> int:
        world.platform.transport = in_process(Client(), remote)
        body = world.platform.write("status", {"user_id": "nobody", "transaction_id": 1})
        return world.platform.send("status", body, x_forwarded_for=forwarded).status

    @pytest.fixture(autouse=True)
    def allow_list(self, world: World) -> None:
        world.operator.ip_allow_list = ["203.0.113.0/24", "2001:db8::/32"]
        world.operator.save()
        DIRECTORY.forget()

    @pytest.mark.parametrize("address", ["203.0.113.0", "203.0.113.255", "2001:db8::7", "::ffff:203.0.113.9"])
    def test_listed_address_is_let_in(self, world: World, address: str) -> None:
        assert self.visit(world, address) == 200

    @pytest.mark.parametrize("address", ["203.0.114.0", "127.0.0.1", "2001:db9::7", "", "unix:"])
    def test_other_address_is_turned_away(self, world: World, address: str) -> None:
        assert self.visit(world, address) == 403

    def test_empty_list_lets_every_address_in(self, world: World) -> None:
        world.operator.ip_allow_list = []
        world.operator.save()
        DIRECTORY.forget()
        assert self.visit(world, "198.51.100.1") == 200

    def test_without_trusted_proxies_the_header_is_not_looked_at(self, world: World) -> None:
        assert self.visit(world, "198.51.100.1", "203.0.113.7") == 403
        assert self.visit(world, "203.0.113.7", "198.51.100.1") == 200

    def test_one_trusted_proxy_vouches_for_the_last_entry(self, world: World, settings: Settings) -> None:
        settings.TRUSTED_PROXY_COUNT = 1
        assert self.visit(world, "10.0.0.1", "198.51.100.1, 203.0.113.7") == 200
        assert self.visit(world, "10.0.0.1", "203.0.113.7, 198.51.100.1") == 403

    def test_two_trusted_proxies_vouch_for_the_last_but_one(self, world: World, settings: Settings) -> None:
        settings.TRUSTED_PROXY_COUNT = 2
        assert self.visit(world, "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2") == 200
        assert self.visit(world, "10.0.0.1", "203.0.113.7, 198.51.100.1, 10.0.0.2") == 403

    @pytest.mark.parametrize("forwarded", [None, "", "203.0.113.7", "not an address, 10.0.0.2"])
    def test_call_that_missed_a_trusted_proxy_is_turned_away(
        self, world: World, settings: Settings, forwarded: str | None
    ) -> None:
        settings.TRUSTED_PROXY_COUNT = 2
        assert self.visit(world, "203.0.113.7", forwarded) == 403


def test_ping_needs_no_authorization(world: World) -> None:
    answer = world.platform.send("ping", b"", method="GET", x_operator_id=None, x_authorization=None)
    assert (answer.status, answer.raw) == (200, b"PONG")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_another_method_than_post_is_refused(world: World, command: str, method: str) -> None:
    answer = world.platform.send(command, b"", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_another_method_than_get_is_refused_to_ping(world: World) -> None:
    answer = world.platform.send("ping", b"", method="POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_unknown_command_is_not_found(world: World) -> None:
    answer = world.platform.send("endsession", b"{}")
    assert (answer.status, answer.raw) == (404, b'{"code": "not_found"}')


def test_body_of_64_kib_is_read_and_one_byte_more_is_refused(world: World, seat: Seat) -> None:
    body = world.platform.write("authenticate", {"token": seat.token})
    assert world.platform.send("authenticate", body.ljust(64 * 1024)).verdict == "OK"
    answer = world.platform.send("authenticate", body.ljust(64 * 1024 + 1))
    assert (answer.status, answer.raw) == (413, b'{"code": "body_too_large"}')


def test_large_body_of_a_stranger_is_refused_at_the_door(world: World) -> None:
    assert world.platform.send("authenticate", b" " * 100_000, x_authorization=None).status == 403


def test_before_the_operators_were_ever_read_the_door_says_that_it_is_not_ready(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DIRECTORY, "_operators", None)
    monkeypatch.setattr(DIRECTORY, "_refresh", lambda *, wait: None)
    answer = world.platform.send("balance", b"{}")
    assert (answer.status, answer.raw) == (503, b'{"code": "not_ready"}')


def list_refusals(since: datetime) -> list[Exchange]:
    LOG.flush()
    return list(Exchange.objects.filter(http_status=403, at__gte=since).order_by("pk"))


def test_refusal_at_the_door_is_logged_without_body_and_headers(
    world: World, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOG._refusals, "_minute", -1)
    started, body = datetime.now(UTC), world.platform.write("authenticate", {"token": seat.token})
    shown = sha1("authenticate", "another")
    world.platform.send("authenticate", body, x_operator_id="stranger", x_authorization=shown)
    (found,) = list_refusals(started)
    assert (found.command, found.operator_id, found.error_code, found.request) == ("authenticate", None, "", "")
    assert (found.caller_ip, found.milliseconds) == ("127.0.0.1", Decimal(0))
    assert found.response == "unknown operator (operator id 'stranger')"


def test_refusals_at_the_door_are_sampled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    log = ExchangeLog()
    monkeypatch.setattr(log, "put", written.append)
    monkeypatch.setattr("wallet.views.generic.journal.LOG", log)
    monkeypatch.setattr("operators.services.exchanges.time", SimpleNamespace(monotonic=lambda: 600.0))
    for _ in range(DOOR_REFUSALS_A_MINUTE + 40):
        assert world.platform.send("balance", b"{}", x_authorization=None).status == 403
    assert len(written) == DOOR_REFUSALS_A_MINUTE == 60
