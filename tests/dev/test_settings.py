"""What a process says when its environment is not as it must be; each in a process of its own."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dev.deploy_check import production

ROOT = Path(__file__).resolve().parents[2]
PRINT_DATABASE = "from django.conf import settings; print(settings.DATABASES['default'])"

REQUIRED = ["SECRET_KEY", "ENCRYPTION_KEYS", "LEDGER_DIGEST_KEYS", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"]


def start(environment: dict[str, str], code: str = PRINT_DATABASE) -> "subprocess.CompletedProcess[str]":
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def refusal(environment: dict[str, str]) -> str:
    outcome = start(environment)
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    return outcome.stderr.strip()


def test_complete_production_environment_is_accepted() -> None:
    outcome = start(production())

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "'HOST': 'database.example'" in outcome.stdout


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_variable_names_itself_in_one_line(name: str) -> None:
    environment = production()
    del environment[name]

    assert refusal(environment) == (
        f"Settings: {name} is not set, and has no default in production (DEBUG is not true). "
        f"See {name} in .env.example."
    )


def test_empty_variable_counts_as_missing() -> None:
    assert refusal(production() | {"SECRET_KEY": " "}).startswith("Settings: SECRET_KEY is not set")


def test_every_fault_is_told_at_once() -> None:
    lines = refusal({"PATH": "/bin", "ENV_FILE": os.devnull, "SESSION_HOURS": "a day"}).splitlines()

    assert [line.split()[1] for line in lines] == [
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "LEDGER_DIGEST_KEYS",
        "ALLOWED_HOSTS",
        "SESSION_HOURS",
        "DATABASE_URL",
        "REDIS_URL",
    ]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DEBUG", "maybe", "must be true or false"),
        ("FRONT_DOOR", "side", "must be one of none, backoffice, wallet"),
        ("SECRET_KEY", "short", "must be at least 50 random characters"),
        ("ENCRYPTION_KEYS", "key:c2hvcnQ=", "must be a list key-id:key,key-id:key of 32-byte keys in URL-safe base64"),
        ("ALLOWED_HOSTS", "*", "must name the hosts in production, not *"),
        ("HTTPS_ONLY", "false", "may be false only where ALLOWED_HOSTS are this machine's own loopback names"),
        ("SECOND_FACTOR", "false", "may be false only where ALLOWED_HOSTS are this machine's own loopback names"),
        ("SIGN_IN_HOURS", "long", "must be a whole number, 1 or more"),
        ("SIGN_IN_HOURS", "0", "must be a whole number, 1 or more"),
        ("SIGN_IN_HOURS", "-12", "must be a whole number, 1 or more"),
        ("SIGN_IN_IDLE_MINUTES", "0", "must be a whole number, 2 or more"),
        ("SIGN_IN_IDLE_MINUTES", "1", "must be a whole number, 2 or more"),
        ("SESSION_HOURS", "0", "must be a whole number, 1 or more"),
        ("TRUSTED_PROXY_COUNT", "-1", "must be a whole number, 0 or more"),
        ("PUBLIC_WALLET_URL", "wallet.example", "must be an address that begins with http:// or https://"),
        ("DATABASE_URL", "mysql://a:b@c/d", "must read postgresql://user:password@host:5432/name"),
        ("DATABASE_URL", "postgresql://a:b@c:port/d", "must read postgresql://user:password@host:5432/name"),
        ("REDIS_URL", "127.0.0.1:6379", "must read redis://:password@host:6379/0 (or rediss:// for TLS)"),
    ],
)
def test_malformed_variable_names_itself_and_the_remedy(name: str, value: str, remedy: str) -> None:
    assert refusal(production() | {name: value}) == f"Settings: {name} {remedy}. See {name} in .env.example."


@pytest.mark.parametrize("name", REQUIRED)
def test_development_value_is_refused_in_production(name: str) -> None:
    value = development_values()[name]

    assert refusal(production() | {name: value}) == (
        f"Settings: {name} has its development value, which production (DEBUG is not true) does not accept. "
        f"See {name} in .env.example."
    )


def development_values() -> dict[str, str]:
    """What the settings take in development, as they hand it to `Environment.read`."""
    code = """
import json, config.environment as e
seen = {}
read = e.Environment.read
def spy(self, name, parse, **values):
    seen[name] = values.get("development")
    return read(self, name, parse, **values)
e.Environment.read = spy
import config.settings
print(json.dumps(seen))
"""
    outcome = start({"DEBUG": "true", "ENV_FILE": os.devnull}, code)
    values: dict[str, str] = ast.literal_eval(outcome.stdout.replace("null", "None"))
    return values


def test_wallet_has_short_timeouts_and_prepares_its_statements() -> None:
    outcome = start(production() | {"FRONT_DOOR": "wallet"})

    database = ast.literal_eval(outcome.stdout)
    assert database["CONN_MAX_AGE"] is None
    assert database["OPTIONS"] == {
        "options": "-c lock_timeout=2000 -c statement_timeout=2000 -c enable_seqscan=off",
        "connect_timeout": 2,
        "tcp_user_timeout": 3000,
        "prepare_threshold": 1,
    }


def test_wallet_serves_only_its_own_urls_with_the_least_middleware() -> None:
    code = "from django.conf import settings; print(settings.ROOT_URLCONF, settings.MIDDLEWARE)"

    told = start(production() | {"FRONT_DOOR": "wallet"}, code).stdout
    assert told == "config.urls_wallet ['config.calls.CountedCalls']\n"


def test_env_example_explains_every_setting_and_agrees_on_its_default() -> None:
    example = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    reads = [  # every env.read(...)
        node
        for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read"
    ]
    assert {ast.literal_eval(read.args[0]) for read in reads} <= example.keys()
    for read in reads:
        name = ast.literal_eval(read.args[0])
        for keyword in read.keywords:
            if keyword.arg == "default" and isinstance(keyword.value, ast.Constant):
                assert example[name] == keyword.value.value, name


def test_env_example_names_no_variable_that_nothing_reads() -> None:
    names = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    sources = "".join(
        path.read_text() for folder in ("config", "dev", "sandbox") for path in (ROOT / folder).glob("*.py")
    )

    assert [name for name in names if f'"{name}"' not in sources] == []
