"""The house's own rules, held over every tracked file."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("config", "operators", "geoblock", "catalog", "wallet")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
REFUSED_NAMES = {"utils", "helpers", "common", "core", "misc", "signals"}
# Written so that this file does not hold what it looks for.
REFUSED_TEXTS = ["/" + "work/", "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org"]


@cache
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def product_files() -> list[Path]:
    return [path for path in python_files() if path.relative_to(ROOT).parts[0] in PRODUCT]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_its_limit() -> None:
    assert [named(path) for path in python_files() if path.read_text().count("\n") > LONGEST_FILE] == []


def test_no_function_is_longer_than_its_limit() -> None:
    long = [
        f"{named(path)}:{function.name}"
        for path in python_files()
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_function_says_what_it_returns() -> None:
    silent = [
        f"{named(path)}:{function.name}"
        for path in python_files()
        for function in functions(path)
        if function.returns is None
    ]
    assert silent == []


def test_every_module_of_the_product_has_a_docstring() -> None:
    bare = [
        named(path)
        for path in product_files()
        if path.read_text() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert bare == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {part.removesuffix(".py") for path in python_files() for part in path.relative_to(ROOT).parts}
    assert parts & REFUSED_NAMES == set()


def test_the_product_prints_nothing() -> None:
    printing = [
        named(path)
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{named(path)}: {refused}" for refused in REFUSED_TEXTS if refused in text]
    assert found == []


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT / "templates")) for path in tracked() if ROOT / "templates" in path.parents)


@pytest.mark.parametrize("name", templates())
def test_a_template_can_be_read(name: str) -> None:
    assert get_template(name)


def test_every_template_is_used() -> None:
    sources = "\n".join(path.read_text() for path in tracked() if path.suffix in {".py", ".html"})
    # Found by their names: the error pages, the admin's frame, forms and lists, and what stands in for the theme's own.
    by_name = re.compile(
        r"(unfold/.+|admin/(\w+/)*(change_form|change_list|base|base_site|index|login)|40[034]|500)\.html"
    )
    unused = [
        name
        for name in templates()
        if not by_name.fullmatch(name) and f'"{name}"' not in sources and f"'{name}'" not in sources
    ]
    assert unused == []


def test_every_sql_function_stands_in_a_file_of_its_name() -> None:
    wrong = []
    for path in tracked():
        if path.parent.name == "sql":
            names = re.findall(r"CREATE OR REPLACE FUNCTION (\w+)", path.read_text())
            wrong += [] if names == [path.stem] and path.read_text().startswith("-- ") else [named(path)]
    assert wrong == []
