"""Log lines: a record is one line, its traceback included, so that nothing sent to us can forge another."""

import logging
import time


class LineFormatter(logging.Formatter):
    """Times are UTC, to the millisecond."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")
