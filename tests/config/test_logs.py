"""Log lines: one for each record, and no session's token in any."""

import json
import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client

from config.logs import JsonFormatter, LineFormatter
from operators.origin import Origin, coming_from


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged, as it is written out, once the test has done it."""
    return written_by(LineFormatter("{levelname} {name} {message}", style="{"), caplog)


@pytest.fixture
def objects(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The same, as machines are told it."""
    return written_by(JsonFormatter(), caplog)


def written_by(formatter: logging.Formatter, caplog: pytest.LogCaptureFixture) -> list[str]:
    written: list[str] = []

    class Writer(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    caplog.handler.addFilter(lambda record: bool(Writer().handle(record)) or True)
    return written


@pytest.mark.django_db
def test_the_address_of_a_launch_page_leaves_no_token_in_the_log(lines: list[str]) -> None:
    token = "qBm8d9lLWvzgmdwZjQb2r9WaxaI20dsv"
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/play/{token}").status_code == 404
    assert client.get(f"/play/{token}/content", headers={"Sec-Fetch-Dest": "iframe"}).status_code == 404
    assert client.post(f"/play/{token}/content").status_code == 403
    # Where no front door stands before Django, requests are named late, and the first two were not yet.
    assert [line.split(" [")[0] for line in lines] == [
        "WARNING django.request Not Found: /play/******",
        "WARNING django.request Not Found: /play/******/content",
        "WARNING django.security.csrf Forbidden (CSRF cookie not set.): /play/******/content",
    ]


def test_a_record_of_several_lines_is_one_line(lines: list[str]) -> None:
    logging.getLogger("wallet").warning("first\r\nsecond")
    assert lines == ["WARNING wallet first\\r\\nsecond"]


def test_record_for_machines_is_one_object_with_the_request_and_the_trace(objects: list[str]) -> None:
    with coming_from(Origin("203.0.113.7", "edge-42")):
        logging.getLogger("wallet").warning("first\r\n%s", "\u2028last")
    try:
        int("seven")
    except ValueError:
        logging.getLogger("wallet").exception("failed")
    told, failed = (json.loads(line) for line in objects)
    assert not [line for line in objects if len(line.splitlines()) != 1]
    assert told.pop("at").endswith("+00:00")
    assert told.pop("process") > 0
    assert told == {"level": "WARNING", "logger": "wallet", "message": "first\r\n\u2028last", "request_id": "edge-42"}
    assert failed["trace"].splitlines()[-1] == "ValueError: invalid literal for int() with base 10: 'seven'"
    assert "request_id" not in failed


@pytest.mark.django_db
def test_page_that_somebody_may_not_see_is_one_line_without_a_trace(objects: list[str]) -> None:
    client = Client()
    client.force_login(User.objects.create_user("vera", is_staff=True))
    assert client.get("/admin/wallet/player/").status_code == 403
    (told,) = (json.loads(line) for line in objects)
    assert told["message"] == "Forbidden (Permission denied): /admin/wallet/player/"
    assert "trace" not in told


def test_other_failure_of_a_request_keeps_its_trace(objects: list[str]) -> None:
    try:
        int("seven")
    except ValueError as error:
        logging.getLogger("django.request").exception("Internal Server Error: /admin/", exc_info=error)
    assert "ValueError: invalid literal" in json.loads(objects[0])["trace"]


@pytest.mark.django_db
def test_the_address_of_a_launch_page_leaves_no_token_in_what_machines_are_told(objects: list[str]) -> None:
    assert Client().get("/play/qBm8d9lLWvzgmdwZjQb2r9WaxaI20dsv").status_code == 404
    assert [json.loads(line)["message"] for line in objects] == ["Not Found: /play/******"]


def test_line_for_people_ends_with_the_request(lines: list[str]) -> None:
    with coming_from(Origin(None, "edge-42")):
        logging.getLogger("wallet").warning("slow")
    assert lines == ["WARNING wallet slow [edge-42]"]
