"""Taking out of a record's texts what a terminal would obey.

Names, sources and reasons in a record come from users, and from files that they were given.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec

from gradlab.record import Record

__all__ = ["clean", "cleaned"]

_MULTILINE = frozenset({"function", "claims", "snippet"})
_NAMES = frozenset({"name", "by", "also", "component", "components", "kind", "problem", "student", "title"})
_LONGEST, _LONGEST_NAME = 20_000, 200
"""Characters: a table has a column as wide as its longest name, and a row of it as many lines as that takes."""
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"  # colours, cursor movements
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)"  # window titles, links, device strings
    r"|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]?",
    re.DOTALL,
)
# Marks that turn the reading direction make a source line look like another (CVE-2021-42574).
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def cleaned(record: Record) -> Record:
    """The record without escape sequences, control characters and marks that turn the direction.

    Line ends are kept in code and claims alone; what is too long to be read is cut off.
    """
    return msgspec.convert(_clean(msgspec.to_builtins(record), ""), Record)


def clean(text: str, *, multiline: bool = False) -> str:
    r"""One text, cleaned, in one line unless it is to have several.

    >>> clean("a\x1b[31mb\tc\n")
    'ab c'
    """
    if text.isascii() and text.isprintable():
        return text  # as nearly all are
    text = _TURNING.sub("", _ESCAPE_SEQUENCE.sub("", text)).expandtabs(4)
    text = text.replace("\x1f", " ")  # white space to Python, a control character to all others
    text = "".join(character for character in text if character.isspace() or not _is_control(character))
    rows = (row.rstrip() for row in text.splitlines()) if multiline else [" ".join(text.split())]
    return "\n".join(rows)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _is_control(character: str) -> bool:
    # Control characters, and halves of characters, which no terminal can be sent.
    return unicodedata.category(character) in {"Cc", "Cs"}


def _clean(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return _shortened(
            clean(value, multiline=key in _MULTILINE), _LONGEST_NAME if key in _NAMES else _LONGEST
        )
    if isinstance(value, (list, tuple)):
        return [_clean(item, key) for item in value]
    if isinstance(value, dict):
        return {_shortened(clean(name), _LONGEST_NAME): _clean(item, name) for name, item in value.items()}
    return value
