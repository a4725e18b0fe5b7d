"""Log lines: a record is one line, its traceback included, so that nothing sent to us can forge another; no token.

For people they are text, for machines JSON. What is done for a request, in a task that it asked for too, has its id.
"""

import json
import logging
import re
import time
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied

from operators.origin import current_origin

# The addresses of launch pages are the sessions' tokens, and Django logs the addresses that it refuses.
LAUNCH_PAGE = re.compile(r"(/play/)[^/\s\"\\]+")


class RefusalFilter(logging.Filter):
    """Drops the trace of a page that was refused to somebody, not the record: it is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True


class LineFormatter(logging.Formatter):
    """Text. Times are UTC, to the millisecond."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\r", "\\r").replace("\n", "\\n")
        name = current_origin().request_id
        return LAUNCH_PAGE.sub(r"\1******", line) + (f" [{name}]" if name else "")


class JsonFormatter(logging.Formatter):
    """An object a record: `at` (UTC), `level`, `logger`, `message`, and where there are, `request_id` and `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_origin().request_id,
            "process": record.process,
            "trace": self.formatException(record.exc_info) if record.exc_info else "",
        }
        line = json.dumps({name: value for name, value in told.items() if value})
        return LAUNCH_PAGE.sub(r"\1******", line)
