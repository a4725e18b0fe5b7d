"""The operators as the door knows them: read every few seconds, kept while the database is away."""

import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections

from config.places import open_nothing
from operators.models import Operator, Protocol
from operators.selectors.directory import FRESH_SECONDS, Directory, DirectoryUnavailable, ListedOperator
from operators.services import rotate_secret, suspend_operator, terminate_operator
from tests.operators.making import STAFF, make_casino, make_operator


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("operators.selectors.directory.time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def operator(db: None) -> Operator:
    return make_operator(make_casino(), settings={"doNotUseClosingState": True})


def new_directory() -> Directory:
    return Directory(Protocol.GENERIC, ("balance", "status"))


def find(known: Directory, operator: Operator) -> ListedOperator:
    found = known.find(operator.operator_ref)
    assert found is not None
    return found


class Reading:
    """Counts the readings of a directory, and fails them while `fault` is set."""

    def __init__(self, known: Directory) -> None:
        self.count = 0
        self.fault: Exception | None = None
        self.read: Callable[[], dict[str, ListedOperator]] = known._read

    def __call__(self) -> dict[str, ListedOperator]:
        self.count += 1
        if self.fault:
            raise self.fault
        return self.read()


def watch(known: Directory, monkeypatch: pytest.MonkeyPatch) -> Reading:
    reading = Reading(known)
    monkeypatch.setattr(known, "_read", reading)
    return reading


def test_operator_is_found_with_all_that_the_door_needs(operator: Operator) -> None:
    found = find(new_directory(), operator)
    assert (found.operator_id, found.casino_id, found.suspended) == (operator.pk, operator.casino_id, False)
    assert [str(network) for network in found.networks] == ["192.0.2.0/24"]
    assert found.settings == {"doNotUseClosingState": True}
    (credential,) = found.credentials
    assert credential.secret == b"secret_key"
    assert credential.authorizations["status"] == "bf84a057cda585cb95f0a1fc64e967faacd71fbc"


def test_unknown_and_terminated_operators_and_those_of_other_protocols_are_not_found(operator: Operator) -> None:
    terminated = make_operator(operator.casino)
    terminate_operator(operator=terminated, by=STAFF)
    other = make_operator(operator.casino, protocol=Protocol.HIZI)
    known = new_directory()
    assert [known.find(ref) for ref in ("", "nobody", terminated.operator_ref, other.operator_ref)] == [None] * 4


def test_suspended_operator_is_found_as_such(operator: Operator) -> None:
    suspend_operator(operator=operator, by=STAFF)
    assert find(new_directory(), operator).suspended is True


def test_current_secret_comes_before_the_previous(operator: Operator) -> None:
    rotate_secret(operator=operator, secret="the-next-secret", by=STAFF)
    found = find(new_directory(), operator)
    assert [credential.secret for credential in found.credentials] == [b"the-next-secret", b"secret_key"]


def test_operators_are_read_once_in_four_seconds(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_directory()
    reading = watch(known, monkeypatch)
    for _ in range(5):
        find(known, operator)
    clock.now += 4.0
    find(known, operator)
    assert reading.count == 1
    clock.now += 0.1
    find(known, operator)
    assert reading.count == 2


def test_change_is_seen_after_five_seconds_at_most(operator: Operator, clock: Clock) -> None:
    known = new_directory()
    find(known, operator)
    suspend_operator(operator=operator, by=STAFF)
    clock.now += 5.0
    assert find(known, operator).suspended is True


def test_last_reading_stands_while_the_database_is_away(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = new_directory()
    find(known, operator)
    reading = watch(known, monkeypatch)
    reading.fault = OperationalError("server closed the connection")
    clock.now += 3600
    assert find(known, operator).operator_id == operator.pk
    assert "operators not read again: the database does not answer" in caplog.text


def test_database_that_is_away_is_asked_once_a_second(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_directory()
    find(known, operator)
    reading = watch(known, monkeypatch)
    reading.fault = OperationalError()
    clock.now += 10
    for _ in range(8):
        find(known, operator)
        clock.now += 0.25
    assert reading.count == 2


def test_operators_are_read_again_once_the_database_is_back_however_busy_the_door(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_directory()
    find(known, operator)
    suspend_operator(operator=operator, by=STAFF)
    reading = watch(known, monkeypatch)
    reading.fault = OperationalError()
    clock.now += 10
    for call in range(40):
        if call == 20:
            reading.fault = None
        suspended = find(known, operator).suspended
        clock.now += 0.1
    assert suspended is True


def test_before_the_first_reading_the_directory_is_unavailable(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    known = new_directory()
    reading = watch(known, monkeypatch)
    reading.fault = OperationalError()
    with pytest.raises(DirectoryUnavailable):
        known.find("anybody")


def test_secret_under_a_lost_key_leaves_the_last_reading_and_says_so(
    operator: Operator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    known = new_directory()
    find(known, operator)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE operators_operator SET secret = 'lost:xyz' WHERE id = %s", [operator.pk])
    clock.now += 10
    with caplog.at_level(logging.ERROR):
        assert find(known, operator).credentials[0].secret == b"secret_key"
    assert "ENCRYPTION_KEYS has no key named 'lost'" in caplog.text


def test_one_thread_reads_while_the_others_go_on_with_what_is_there(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_directory()
    find(known, operator)
    begun, go_on = threading.Event(), threading.Event()

    def read_slowly() -> dict[str, ListedOperator]:
        begun.set()
        go_on.wait(5)
        return {}

    monkeypatch.setattr(known, "_read", read_slowly)
    clock.now += 4.5
    reader = threading.Thread(target=known.find, args=["anybody"])
    reader.start()
    assert begun.wait(5)
    assert find(known, operator).operator_id == operator.pk
    go_on.set()
    reader.join(5)
    assert known.find(operator.operator_ref) is None


def test_past_five_seconds_the_others_wait_for_the_reader(
    operator: Operator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = new_directory()
    find(known, operator)
    begun, go_on = threading.Event(), threading.Event()
    answers: list[ListedOperator | None] = []

    def read_slowly() -> dict[str, ListedOperator]:
        begun.set()
        go_on.wait(5)
        return {}

    monkeypatch.setattr(known, "_read", read_slowly)
    clock.now += 5.5
    threads = [threading.Thread(target=lambda: answers.append(known.find(operator.operator_ref))) for _ in range(3)]
    threads[0].start()
    assert begun.wait(5)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert answers == [None, None, None]


def test_request_that_got_no_place_keeps_no_other_from_reading(clock: Clock, operator: Operator) -> None:
    known, usual = new_directory(), connections["default"]
    find(known, operator)
    suspend_operator(operator=operator, by=STAFF)
    clock.now += FRESH_SECONDS + 0.1
    connections["default"] = open_nothing()
    try:
        assert not find(known, operator).suspended
    finally:
        connections["default"] = usual
    assert find(known, operator).suspended
