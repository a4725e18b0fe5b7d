import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"]


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_no_registry_address(lock: str) -> None:
    assert (
        re.findall(r"https?://|--(?:extra-)?index-url|--find-links", (ROOT / lock).read_text().split("\n", 2)[2]) == []
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert len(re.findall(r"^[a-z0-9-]+==.* \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)) == len(pins(lock))


def test_the_larger_locks_hold_the_smaller_ones_versions() -> None:
    plain, dev, bench = (pins(lock) for lock in LOCKS)

    assert plain.items() <= dev.items() <= bench.items()
