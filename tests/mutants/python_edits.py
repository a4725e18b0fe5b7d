"""Finds the single edits of a Python file: comparisons turned, conditions negated, constants changed, steps left out.

Texts of messages and queries are left alone, as are annotations of functions and docstrings: to change them changes no
decision. The edits are of the text, so that what a mutant shows is what was run.
"""

import ast
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.mutants.edits import Edit

COMPARISONS = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "is": "is not", "is not": "is"}
COMPARISONS |= {"in": "not in", "not in": "in"}
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "//")}
SENTENCE = re.compile(r"\S\s+\S.*\s|[.:]\s*$|%s")
LOOKUPS = {"filter", "get", "exists"}
# What a function of the ledger could be given in place of one another and not notice.
ALIKE = (
    {"operator_id", "casino_id", "player_id", "account_id", "game_id", "request_id"},
    {"suspended", "skip_closing", "round_finished", "promotional"},
    {"kind", "user_id", "reference", "round_ref", "game_ref", "currency", "context"},
)


class Found(NamedTuple):
    """An edit, and the lines that a test has to run to notice it; none for what runs on import."""

    edit: Edit
    lines: range | None


def list_edits(root: Path, file: str) -> list[Found]:
    """Return the edits of a file, in its order."""
    text = (root / file).read_text()
    found = sorted(set(Finder(file, text).find_all()), key=lambda found: (found.edit.start, found.edit.after))
    return list(number_namesakes(found))


def number_namesakes(edits: Sequence[Found]) -> Iterator[Found]:
    """Tell the second of two like changes of a line from the first, or one explanation would do for both."""
    times: Counter[str] = Counter()
    for edit, lines in edits:
        times[edit.name] += 1
        count = times[edit.name]
        yield Found(edit if count == 1 else replace(edit, place=f"{edit.place} ({count})"), lines)


class Finder:
    """Walks through a file's syntax; `_parents` leads from each node to the one around it."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text, self._tree = file, text, ast.parse(text)
        self._parents = {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}
        self._bytes = [len(line.encode()) for line in text.splitlines(keepends=True)]
        self._starts = [sum(map(len, text.splitlines(keepends=True)[:number])) for number in range(len(self._bytes))]
        self._lines = text.splitlines(keepends=True)

    def find_all(self) -> Iterator[Found]:
        for node in ast.walk(self._tree):
            if self._is_left_alone(node):
                continue
            for start, before, after in self._changes(node):
                yield self._found(node, start, before, after)

    def _changes(self, node: ast.AST) -> Iterator[tuple[int, str, str]]:
        """The places, and what is there, and what is put there."""
        yield from self._conditions(node)
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
                before, after = OPERATORS[type(node.op)]
                yield from self._between(node.left, node.right, {before: after})
            case ast.Constant():
                yield from self._constants(node)
            case ast.Raise() | ast.Expr(value=ast.Call()):
                yield self._start(node), self._of(node), "pass"
            case ast.Call():
                yield from self._calls(node)
            case ast.ExceptHandler(type=ast.Tuple() as kinds):
                for kind in kinds.elts:
                    yield from self._without(kinds.elts, kind)

    def _conditions(self, node: ast.AST) -> Iterator[tuple[int, str, str]]:
        match node:
            case ast.Compare():
                for left, right in pairwise([node.left, *node.comparators]):
                    yield from self._between(left, right, COMPARISONS)
            case ast.BoolOp():
                for left, right in pairwise(node.values):
                    yield from self._between(left, right, {"and": "or", "or": "and"})
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                start, operand = self._start(node), self._start(node.operand)
                yield start, self._text[start:operand].rstrip("("), ""
            case ast.If(test=test) | ast.IfExp(test=test) if isinstance(test, (ast.Name, ast.Attribute, ast.Call)):
                yield self._start(test), self._of(test), f"not {self._of(test)}"

    def _constants(self, node: ast.Constant) -> Iterator[tuple[int, str, str]]:
        text = self._of(node)
        match node.value:
            case bool():
                yield self._start(node), text, str(not node.value)
            case int():
                yield self._start(node), text, str(node.value + 1)
            case str() if self._decides(node) and not SENTENCE.search(node.value) and text[:1] in {'"', "'"}:
                yield self._start(node), text, '"another"' if node.value == "" else f"{text[0]}X{text[1:]}"

    def _decides(self, node: ast.Constant) -> bool:
        """Say whether something hangs on a text: it is compared or looked up, or stands in a table of the module's."""
        outer = self._parents[node]
        looked_up = isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute) and outer.func.attr == "get"
        if looked_up or isinstance(outer, ast.Compare | ast.MatchValue | ast.Set | ast.IfExp):
            return True
        while not isinstance(outer, ast.FunctionDef | ast.Module):
            outer = self._parents[outer]
        return isinstance(outer, ast.Module)

    def _calls(self, node: ast.Call) -> Iterator[tuple[int, str, str]]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in LOOKUPS and len(node.keywords) > 1:
            for keyword in node.keywords:
                yield from self._without(node.keywords, keyword)
        if self._of(node) == "transaction.atomic()":
            yield self._start(node), self._of(node), '__import__("contextlib").nullcontext()'
        if name == "_call" and len(node.args) > 1 and isinstance(node.args[1], ast.Tuple):
            for left, right in pairwise(node.args[1].elts):
                if not any({self._of(side).rpartition(".")[2] for side in (left, right)} <= group for group in ALIKE):
                    continue
                start, end = self._start(left), self._end(right)
                between = self._text[self._end(left) : self._start(right)]
                yield start, self._text[start:end], self._of(right) + between + self._of(left)

    def _between(self, left: ast.expr, right: ast.expr, words: dict[str, str]) -> Iterator[tuple[int, str, str]]:
        start, end = self._end(left), self._start(right)
        found = re.search(r"\bis not\b|\bnot in\b|\b(?:is|in|and|or)\b|[=!<>]=|[<>+*-]", self._text[start:end])
        if found and found[0] in words:
            yield start + found.start(), found[0], words[found[0]]

    def _without(self, all_of: list[ast.expr] | list[ast.keyword], one: ast.AST) -> Iterator[tuple[int, str, str]]:
        """One of several things between commas left out, with a comma."""
        if one is all_of[-1]:
            start, end = self._end(all_of[-2]), self._end(one)
        else:
            start, end = self._start(one), self._start(all_of[all_of.index(one) + 1])  # type: ignore[arg-type]
        if len(all_of) == 2 and isinstance(one, ast.expr) and one is all_of[-1]:
            yield start, self._text[start:end], ","
        else:
            yield start, self._text[start:end], ""

    def _is_left_alone(self, node: ast.AST) -> bool:
        """Docstrings, messages of exceptions, parts of f-strings, annotations and decorators of functions."""
        inner, outer = node, self._parents.get(node)
        if isinstance(node, ast.Constant) and isinstance(outer, ast.Expr):
            return True
        while outer is not None:
            if (
                isinstance(outer, ast.JoinedStr)
                or self._of_types(outer)
                or (isinstance(node, ast.Constant) and isinstance(outer, ast.Raise))
            ):
                return True
            if (
                isinstance(outer, ast.arg)
                or (isinstance(node, ast.Constant) and self._names_columns(outer))
                or inner in getattr(outer, "decorator_list", [])
            ):
                return True
            if inner is getattr(outer, "returns", None) or (isinstance(outer, ast.Assign) and self._is_all(outer)):
                return True
            inner, outer = outer, self._parents.get(outer)
        return False

    def _of_types(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Subscript) and self._of(node.value) == "Literal"

    def _names_columns(self, node: ast.AST) -> bool:
        """Say whether it is what an ORM is told to save or lock: an unknown name there fails at once."""
        return isinstance(node, ast.keyword) and node.arg in {"update_fields", "fields", "of"}

    def _is_all(self, node: ast.Assign) -> bool:
        return self._of(node).startswith(("__all__", "Data = TypeVar"))

    def _found(self, node: ast.AST, start: int, before: str, after: str) -> Found:
        statement: ast.AST = node
        while not isinstance(statement, ast.stmt):
            statement = self._parents[statement]
        function: ast.AST | None = statement
        while function is not None and not isinstance(function, ast.FunctionDef):
            function = self._parents.get(function)
        line = bisect_right(self._starts, start)
        if function is None or self._is_default(node):
            place, lines = f"line {self._told(line)}", None
        else:
            last = getattr(statement, "body", None)
            end = last[0].lineno - 1 if last and last[0].lineno > statement.lineno else statement.end_lineno
            place, lines = f"{function.name}: {self._told(line)}", range(statement.lineno, (end or line) + 1)
        return Found(Edit(self._file, before, after, place, start), lines)

    def _is_default(self, node: ast.AST) -> bool:
        """Say whether it is in a function's head, which is run on import."""
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
            if isinstance(node, ast.arguments):
                return True
        return False

    def _told(self, line: int) -> str:
        return f"`{self._lines[line - 1].strip()}`"

    def _start(self, node: ast.AST) -> int:
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def _of(self, node: ast.AST) -> str:
        return self._text[self._start(node) : self._end(node)]
