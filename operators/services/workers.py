"""Work handed to the background workers by name."""

from collections.abc import Mapping, Sequence

from celery import current_app
from celery.exceptions import OperationalError

from operators.selectors.refusals import Refusal


class WorkersOutOfReach(Refusal):
    """What carries tasks to the workers does not answer."""

    code = "workers_out_of_reach"


def ask_worker(task: str, *arguments: object, **options: object) -> str:
    """Hand a task to whichever worker is free; returns what it is known by.

    :raises WorkersOutOfReach: nothing was handed over.
    """
    return hand_over(task, arguments, options)


def hand_over(
    task: str, arguments: Sequence[object], options: Mapping[str, object], headers: dict[str, str] | None = None
) -> str:
    """The same, with headers for the message.

    :raises WorkersOutOfReach: nothing was handed over.
    """
    try:
        return str(current_app.send_task(task, args=arguments, kwargs=dict(options), headers=headers).id)
    except OperationalError as error:
        told = "Nothing was started: Redis, which carries work to the workers, cannot be reached."
        raise WorkersOutOfReach(f"{told} Try again in a moment; if it stays so, tell operations.") from error
