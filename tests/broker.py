"""What is handed to the workers, read where it waits for one."""

from collections.abc import Callable
from contextlib import closing
from queue import Empty
from typing import Any

from config.celery import app

QUEUE = "celery"
Handed = tuple[str, list[Any], dict[str, Any]]
TakeTasks = Callable[[], list[Handed]]


def take_tasks() -> list[Handed]:
    """Take what waits for a worker, the first first: each task's name, arguments and options."""
    taken: list[Handed] = []
    with app.connection_for_read() as connection, closing(connection.SimpleQueue(QUEUE)) as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return taken
            message.ack()
            arguments, options, _ = message.payload
            taken.append((message.headers["task"], arguments, options))
