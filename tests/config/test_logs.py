"""Log lines: one for each record, and no session's token in any."""

import logging

import pytest
from django.test import Client

from config.logs import LineFormatter


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged, as it is written out, once the test has done it."""
    written: list[str] = []
    formatter = LineFormatter("{levelname} {name} {message}", style="{")

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
    assert lines == [
        "WARNING django.request Not Found: /play/******",
        "WARNING django.request Not Found: /play/******/content",
        "WARNING django.security.csrf Forbidden (CSRF cookie not set.): /play/******/content",
    ]


def test_a_record_of_several_lines_is_one_line(lines: list[str]) -> None:
    logging.getLogger("wallet").warning("first\r\nsecond")
    assert lines == ["WARNING wallet first\\r\\nsecond"]
