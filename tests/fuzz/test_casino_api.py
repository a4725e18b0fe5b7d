"""Whatever is asked of the casino API is answered as its OpenAPI document says, and never with a fault of ours.

Schemathesis makes the calls from the document; `FUZZ_CALLS` says how many for each operation.
"""

import os
from pathlib import Path

import pytest

from dev.options import Options
from tests.servers import environment_for, run
from tests.wallet.world import World

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("fuzz-api")]

CALLS = os.environ.get("FUZZ_CALLS", "3")
CHECKS = "not_a_server_error,content_type_conformance,status_code_conformance,response_schema_conformance"


@pytest.mark.parametrize("known", [False, True], ids=["of strangers", "of a player"])
def test_no_call_breaks_the_casino_api(
    world: World, api_key: str, backoffice: Options, tmp_path: Path, known: bool
) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(f'[parameters]\nuser_id = "{world.seat().user_id}"\n' if known else "")
    code, said = run(
        *("-m", "schemathesis.cli", "--config-file", settings, "run"),
        f"{backoffice.backoffice_url}/api/schema/",
        *("--header", f"Authorization: Bearer {api_key}"),
        *("--checks", CHECKS),
        *("--max-examples", CALLS),
        *("--report-dir", tmp_path),
        "--continue-on-failure",
        "--no-color",
        environment=environment_for(backoffice),
        seconds=280,
    )
    assert code == 0, said
