"""The refusal of a formula: one sentence, the line, and a caret under the place."""

from __future__ import annotations

import unicodedata

WINDOW = 60
"""How many characters of a long line are shown on either side of the caret."""


class FormulaError(ValueError):
    """A formula that can't be read, with the place.

    `message` is the sentence, `text` the whole text as typed, `column` the place in it, from 1.

    >>> print(FormulaError("Something is missing between '+' and '*'.", "x + * y", 5))
    Something is missing between '+' and '*'.
        x + * y
            ^
    """

    misfit = False
    """Whether the text can be read, and says a product or a sum of arrays whose shapes don't fit."""

    def __init__(self, message: str, text: str = "", column: int = 1, where: str = "") -> None:
        super().__init__(message, text, column, where)
        # A sentence may quote what was typed: nothing of it may end the line or steer a terminal.
        self.message = shown(message)
        self.text = text
        self.column = column
        self.where = where

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.message}" if self.where else self.message
        if not self.text.strip():
            return sentence
        line, caret = _caret(self.text, self.column)
        return f"{sentence}\n    {line}\n    {caret}"


def shown(text: str) -> str:
    r"""Text that is safe to print: what is not printable becomes U+FFFD, a blank stays a blank.

    >>> shown("x\x1b[31m")
    'x\ufffd[31m'
    """
    return "".join(
        " " if character.isspace() else character if character.isprintable() else "\ufffd"
        for character in text
    )


def column_of(text: str, place: int) -> int:
    """The column, from 1, of text[place] in its own line."""
    return place - text.rfind("\n", 0, place)


def excerpt(text: str, most: int = 30) -> str:
    """At most `most` characters of a text, for use within a sentence.

    >>> excerpt("a + b", most=3)
    'a +…'
    """
    line = text.strip()
    return shown(line) if len(line) <= most else shown(line[:most]) + "…"


def _caret(text: str, column: int) -> tuple[str, str]:
    place = min(max(column - 1, 0), len(text))
    first = text.rfind("\n", 0, place) + 1
    last = text.find("\n", place)
    line, place = text[first : last if last >= 0 else len(text)], place - first
    lead, tail = "", ""
    if place > WINDOW:
        line, place, lead = line[place - WINDOW :], WINDOW, "…"
    if len(line) > place + WINDOW:
        line, tail = line[: place + WINDOW], "…"
    line = shown(line)
    return lead + line + tail, " " * (len(lead) + _width(line[:place])) + "^"


def _width(line: str) -> int:
    """Columns of a terminal that a printable line takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line
    )
