"""The id of a request goes with the tasks that it asks for, into the worker's log lines."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from config.celery import app
from dev.processes import wait_until
from operators.origin import Origin, coming_from
from tests.celery_processes import running_worker
from tests.databases import application_url

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("doors")]


def told_of(task: str, log: Path) -> list[dict[str, Any]]:
    """What the worker's log has of a task's run, as objects."""
    lines = (line for line in log.read_text().splitlines() if line.startswith("{"))
    return [told for told in map(json.loads, lines) if task in told["message"] and "succeeded" in told["message"]]


def test_task_has_the_id_of_the_request_that_asked_for_it_and_otherwise_its_own(
    committed_db: None, waiting_tasks: object, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    with coming_from(Origin("203.0.113.7", "edge-42")):
        asked = app.send_task("wallet.purge_launch_pages").id
    alone = app.send_task("wallet.purge_launch_pages").id
    with running_worker(os.environ | {"DATABASE_URL": application_url()}, log):
        assert wait_until(lambda: len(told_of("wallet.purge_launch_pages", log)) == 2, seconds=60), log.read_text()
    ids = {told["message"].split("[")[1].split("]")[0]: told["request_id"] for told in told_of("wallet", log)}
    assert ids == {asked: "edge-42", alone: alone}
