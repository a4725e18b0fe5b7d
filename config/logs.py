"""Log lines: a record is one line, its traceback included, so that nothing sent to us can forge another; no token."""

import logging
import re
import time

# The addresses of launch pages are the sessions' tokens, and Django logs the addresses that it refuses.
LAUNCH_PAGE = re.compile(r"(/play/)[^/\s]+")


class LineFormatter(logging.Formatter):
    """Times are UTC, to the millisecond."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\r", "\\r").replace("\n", "\\n")
        return LAUNCH_PAGE.sub(r"\1******", line)
