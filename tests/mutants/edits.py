"""A mutant: one text in one file that another takes the place of."""

from dataclasses import dataclass
from pathlib import Path


class EditDoesNotFit(Exception):
    """The text to replace is not in the file, or more than once: the list is older than the code."""


@dataclass(frozen=True)
class Edit:
    """What is replaced where: `start` counts characters, and is found where only one place has the text.

    `place` is the function or the statement, for the reader; `tests` are the files or tests that have to notice.
    """

    file: str
    before: str
    after: str
    place: str = ""
    start: int = -1
    tests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the table and the list of explained mutants call it."""
        before, after = (" ".join(text.split()) or "nothing" for text in (self.before, self.after))
        return f"{self.file} {self.place}: {before} -> {after}".replace(" : ", ": ")

    def apply(self, root: Path) -> str:
        """Return the file's text with the edit.

        :raises EditDoesNotFit:
        """
        text = (root / self.file).read_text()
        start = self.start
        if start < 0:
            if text.count(self.before) != 1:
                raise EditDoesNotFit(f"{self.file} has {text.count(self.before)} times: {self.before}")
            start = text.index(self.before)
        assert text.startswith(self.before, start)
        return text[:start] + self.after + text[start + len(self.before) :]
