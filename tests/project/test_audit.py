"""Whatever is done in somebody's name leaves an audit entry: every service that takes `by` comes to write one."""

import ast
from collections.abc import Iterator

from tests.project.test_rules import ROOT, named, product_files

WRITER = "write_audit_entry"
# What is on record in rows of its own with the name in it, or changes nothing.
RECORDED_ELSEWHERE = {
    "catalog/services/runs.py:claim_run": "the run",
    "operators/services/second_person.py:demand_second_person": "compares names",
    "operators/services/settings/versions.py:set_option": "the version, and the entry of whoever sets it",
    "operators/services/settings/versions.py:write_first_version": "the version, and the operator's making",
    "wallet/services/cashier.py:deposit": "the transaction",
    "wallet/services/cashier.py:withdraw": "the transaction",
    "wallet/services/ceilings.py:check_ceiling": "reads",
    "wallet/services/ceilings.py:find_ceilings": "reads",
    "wallet/services/ceilings.py:find_leeway": "reads",
    "wallet/services/stuck_rounds.py:mark_stranded": "the round's note",
    "wallet/services/waiting_calls.py:queue_call": "the call",
}


def service_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Each with its name and the file's, by which private ones of the same name are told apart."""
    for path in product_files():
        if "services" in path.relative_to(ROOT).parts:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef):
                    yield named(path), node


def names_in(path: str, function: ast.FunctionDef) -> set[str]:
    """Every name that a function calls or hands on."""
    nodes = list(ast.walk(function))
    plain = {node.id for node in nodes if isinstance(node, ast.Name)}
    used = plain | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {known_as(path, name) for name in used}


def known_as(path: str, name: str) -> str:
    return f"{path}:{name}" if name.startswith("_") else name


def list_recording(functions: dict[str, set[str]]) -> set[str]:
    """The functions that come to write an audit entry, by themselves or through others."""
    recording = {WRITER}
    while more := {name for name, used in functions.items() if used & recording} - recording:
        recording |= more
    return recording


def takes_by(function: ast.FunctionDef) -> bool:
    return any(argument.arg == "by" for argument in function.args.kwonlyargs)


def test_every_service_that_acts_in_somebodys_name_leaves_an_audit_entry() -> None:
    found = list(service_functions())
    recording = list_recording({known_as(path, function.name): names_in(path, function) for path, function in found})
    acting = [(path, function.name) for path, function in found if takes_by(function) and function.name[0] != "_"]
    silent = {f"{path}:{name}" for path, name in acting if name not in recording}
    assert silent == set(RECORDED_ELSEWHERE)
    assert len(acting) > 60
