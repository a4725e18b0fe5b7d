"""Log lines: a record is one line, its traceback included, so that nothing sent to us can forge another."""

import logging


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")
