"""What a document is made of, every part with its place in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

UNNAMED = "="


class DocumentError(ValueError):
    """A document that can't be read at all. `message` is the sentence, `line` the place, 0 for all of it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Field:
    """A line `key: value` of a header; "space" is the key of a shape that is said in the text."""

    key: str
    text: str
    line: int


@dataclass(frozen=True)
class Equation:
    """A statement with signs of equality: a definition, a derivation, an identity, or a value."""

    text: str
    """As written, without what only lays it out (rows, alignment), and of the same length."""
    line: int
    """Where it begins in the file."""
    form: Literal["typed", "inline", "display"]
    """A line of a block, mathematics within a sentence, or mathematics set apart."""
    by: str = ""
    """The name before the colon, in `w: formula`; UNNAMED for a function that is given without a name."""
    item: int = 0
    """How many items of lists, or words such as Problem 2, begin before it in the file."""

    @property
    def latex(self) -> bool | None:
        """Whether it is LaTeX; None to see by the text."""
        return None if self.form == "typed" else True

    def line_at(self, place: int) -> int:
        """The file's line of text[place]."""
        return self.line + self.text.count("\n", 0, place)


@dataclass(frozen=True)
class Trouble:
    """Something that looks like mathematics, and why it is not read."""

    message: str
    line: int


@dataclass(frozen=True)
class Section:
    """What stands under a heading, down to the next one of any level."""

    title: str
    level: int
    """Of the heading, from 1; 0 before the first one."""
    line: int
    fields: tuple[Field, ...] = ()
    equations: tuple[Equation, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    remarks: tuple[str, ...] = ()
    """What was left aside, as sentences."""


@dataclass(frozen=True)
class Document:
    """A file's sections, in order."""

    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Heading:
    """Where a section begins."""

    start: int
    level: int
    title: str


@dataclass(frozen=True)
class Mathematics:
    """text[start:end] is mathematics in LaTeX."""

    start: int
    end: int
    form: Literal["inline", "display"]


@dataclass(frozen=True)
class Block:
    """text[start:end] is a block of typed lines."""

    start: int
    end: int


@dataclass(frozen=True)
class Stray:
    """What begins at `start` looks like mathematics, and can't be read."""

    start: int
    message: str


Part = Heading | Mathematics | Block | Stray


@dataclass(frozen=True)
class Source:
    """A text whose places have line numbers."""

    text: str

    @cached_property
    def _ends(self) -> list[int]:
        return [place for place, character in enumerate(self.text) if character == "\n"]

    def line(self, place: int) -> int:
        """The line, from 1, of text[place]."""
        return bisect_right(self._ends, place - 1) + 1


def blank(text: str) -> str:
    """As many spaces, with the same ends of lines."""
    return "".join("\n" if character == "\n" else " " for character in text)
