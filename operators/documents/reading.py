"""Read JSON strictly and exactly, remembering where everything stands, and say what to do about each fault."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

BLANK = re.compile(r"[ \t\r\n]*")
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?")
WORD = re.compile(r"[^\s,:;{}\[\]\"]+")
CONSTANTS = {"true": True, "false": False, "null": None}
DOUBLE_QUOTES = "“”„‟«»″"
SINGLE_QUOTES = "'‘’‚‛`´"  # noqa: RUF001 (they look alike, which is why people mix them up)
# What PostgreSQL cannot keep in a text.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
DEEPEST = 32
LONGEST = 200_000
LONGEST_NUMBER = 100
LARGEST_EXPONENT = 100


class JsonFault(Exception):
    """A text is not JSON that can be taken: where (both from 1), what is wrong, and what to do about it."""

    def __init__(self, line: int, column: int, problem: str, remedy: str) -> None:
        super().__init__(f"Line {line}, column {column}: {problem} {remedy}")
        self.line, self.column, self.problem, self.remedy = line, column, problem, remedy


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says, and where: whole numbers are ints of any size, others Decimals; keys keep their order."""

    value: Any
    places: Mapping[Path, tuple[int, int]]
    keys: Mapping[Path, tuple[int, int]]

    def position_of(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, where a value starts; of what is not there, the nearest that encloses it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def position_of_key(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of a member's key; of a list's item, where its value starts."""
        return self.keys.get(path) or self.position_of(path)


def read_json(text: str) -> Document:
    """Read a text as JSON (RFC 8259), refusing keys that come twice.

    :raises JsonFault: it is not, or holds what cannot be kept: a null character, half a surrogate pair, or a number of
        more than 100 digits.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}

    def read(self) -> Document:
        if len(self.text) > LONGEST:
            self.refuse(f"The text has more than {LONGEST:,} characters.", "Shorten it.", at=0)
        if not self.look():
            self.refuse("There is nothing here.", "Write at least {}.")
        value = self.read_value(())
        if self.look():
            self.refuse("The text goes on after its end.", "Keep one object: put everything between one pair of { }.")
        return Document(value, self.places, self.keys)

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def refuse(self, problem: str, remedy: str, at: int | None = None) -> NoReturn:
        raise JsonFault(*self.place(self.at if at is None else at), problem, remedy)

    def look(self) -> str:
        """Step over blanks and return the next character, or an empty text at the end."""
        found = BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def read_value(self, path: Path) -> Any:
        character = self.look()
        self.places[path] = self.place(self.at)
        if len(path) > DEEPEST:
            self.refuse(f"More than {DEEPEST} levels lie inside each other.", "Flatten it.")
        if character == "{":
            return self.read_object(path)
        if character == "[":
            return self.read_list(path)
        if character == '"':
            return self.read_string()
        return self.read_plain(character)

    def read_object(self, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self.at += 1
        closed = self.look() == "}"
        while not closed:
            key = self.read_key(path, members)
            if self.look() != ":":
                self.refuse(f"A colon is missing after “{key}”.", "Write the key, a colon and its value.")
            self.at += 1
            members[key] = self.read_value((*path, key))
            closed = self.step("}")
        self.at += 1
        return members

    def read_key(self, path: Path, members: Mapping[str, Any]) -> str:
        character, at = self.look(), self.at
        if character != '"':
            self.refuse_key(character)
        key = self.read_string()
        if key in members:
            line, _ = self.keys[(*path, key)]
            self.refuse(f"“{key}” is here twice, first in line {line}.", "Keep one of the two.", at=at)
        self.keys[(*path, key)] = self.place(at)
        return key

    def read_list(self, path: Path) -> list[Any]:
        items: list[Any] = []
        self.at += 1
        closed = self.look() == "]"
        while not closed:
            items.append(self.read_value((*path, len(items))))
            closed = self.step("]")
        self.at += 1
        return items

    def step(self, closing: str) -> bool:
        """Step over a comma, or say that the closing bracket is reached."""
        character = self.look()
        if character == closing:
            return True
        if character != ",":
            self.refuse_instead_of_comma(character, closing)
        comma = self.at
        self.at += 1
        if self.look() == closing:
            self.refuse(f"Nothing follows this comma but {closing}.", "Take the last comma away.", at=comma)
        return False

    def read_string(self) -> str:
        found = STRING.match(self.text, self.at)
        if not found:
            self.refuse_string()
        value = str(json.loads(found.group()))
        if UNKEEPABLE.search(value):
            self.refuse("The text holds a character that cannot be kept.", "Take out \\u0000 and halves of pairs.")
        self.at = found.end()
        return value

    def read_plain(self, character: str) -> Any:
        word = WORD.match(self.text, self.at)
        if not word:
            self.refuse_value(character)
        if word.group() in CONSTANTS:
            self.at = word.end()
            return CONSTANTS[word.group()]
        number = NUMBER.fullmatch(word.group())
        if not number:
            self.refuse_word(word.group())
        self.at = word.end()
        return self.read_number(number, word.start())

    def read_number(self, number: "re.Match[str]", at: int) -> int | Decimal:
        whole, fraction, exponent = number.groups()
        long = len(whole) + len(fraction or "") > LONGEST_NUMBER
        if long or (exponent and (len(exponent) > 6 or abs(int(exponent[1:])) > LARGEST_EXPONENT)):
            self.refuse("The number is too long.", f"At most {LONGEST_NUMBER} digits are taken.", at=at)
        return Decimal(number.group()) if fraction or exponent else int(whole)

    def refuse_key(self, character: str) -> NoReturn:
        self.refuse_quote(character)
        word = WORD.match(self.text, self.at)
        if word:
            name = word.group()
            self.refuse(f"The key {name} has no quotation marks.", f'Write "{name}".')
        if not character:
            self.refuse("The text ends before its object does.", "Close it with }.")
        self.refuse(f"A key is expected here, not {character}.", 'Write a key between " and ", a colon and a value.')

    def refuse_instead_of_comma(self, character: str, closing: str) -> NoReturn:
        if not character:
            self.refuse(f"The text ends before its {closing}.", f"Close it with {closing}.")
        self.refuse_quote(character)
        self.refuse_comment()
        if character in '"{[' or character.isalnum():
            self.refuse("A comma is missing before this.", "Put a comma between the two.")
        self.refuse(f"{character} does not fit here.", f"Go on with a comma, or close with {closing}.")

    def refuse_value(self, character: str) -> NoReturn:
        if not character:
            self.refuse("The text ends where a value is expected.", "Write the value.")
        self.refuse(f"A value is expected here, not {character}.", "Write the value, or take the key away.")

    def refuse_word(self, word: str) -> NoReturn:
        self.refuse_quote(word[0])
        self.refuse_comment()
        if word.lower() in CONSTANTS:
            self.refuse(f"{word} is not known.", f"Write {word.lower()}, in small letters.")
        if word[0].isdigit() or word[0] in "+-.":
            self.refuse(f"{word} is not a number.", "Write digits, without leading zeros, signs or separators.")
        self.refuse(f"{word} has no quotation marks.", f'Write "{word}", or true, false, null or a number.')

    def refuse_quote(self, character: str) -> None:
        if character and character in DOUBLE_QUOTES:
            self.refuse(f"{character} is a typographic quotation mark.", 'Use the straight one: ".')
        if character and character in SINGLE_QUOTES:
            self.refuse(f"{character} is no quotation mark in JSON.", 'Use the double one: ".')
        self.refuse_comment()

    def refuse_comment(self) -> None:
        if self.text.startswith(("//", "/*", "#"), self.at):
            self.refuse("JSON has no comments.", "Take the comment away; the reason of a save is the place for it.")

    def refuse_string(self) -> NoReturn:
        line = self.text[self.at :].split("\n", 1)[0]
        if re.match(r'"(?:[^"\\]|\\.)*"', line):
            self.refuse("The text between these quotation marks has a \\ or a tab too many.", "Write \\ as \\\\.")
        self.refuse("The quotation mark is not closed in this line.", 'Close it with ".')
