import logging
import sys

from config.logs import LineFormatter


def test_record_is_one_line_whatever_it_quotes() -> None:
    record = logging.LogRecord("wallet", logging.ERROR, "", 0, "game %s", ("1\r\n2026 INFO forged",), None)
    record.created, record.msecs = 0.25, 250

    line = LineFormatter("{asctime} {levelname} {name} {message}", style="{").format(record)

    assert line == "1970-01-01T00:00:00.250Z ERROR wallet game 1\\r\\n2026 INFO forged"


def test_traceback_is_on_the_same_line() -> None:
    formatter = LineFormatter("{message}", style="{")
    try:
        int("seven")
    except ValueError:
        record = logging.LogRecord("wallet", logging.ERROR, "", 0, "failed", (), sys.exc_info())

    assert formatter.format(record).startswith("failed\\nTraceback (most recent call last):\\n")
    assert "\n" not in formatter.format(record)
