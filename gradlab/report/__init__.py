"""Reports, drawn from records alone: one module a format, found by its name.

Adding a format is adding one module here whose `write(record)` returns the report as text; nothing
is registered. Names that begin with an underscore are no formats: `_words` is what all of them
say in the same words. No report runs anything, or imports NumPy or SymPy.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from gradlab.record import Record

__all__ = ["Format", "formats", "load"]


class Format(Protocol):
    """What a format module offers."""

    def write(self, record: Record) -> str:
        """The whole report as text, ending in a newline."""
        ...


def formats() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order, without importing any of them.

    >>> {"json", "terminal"} <= set(formats())
    True
    """
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_"))


def load(name: str) -> Format:
    """The format of that name, imported now.

    Raises ValueError for a name that is none of `formats()`.

    >>> load("json").write(Record(gradlab="0.1", verdict="agree")).splitlines()[1]
    '  "schema": "gradlab/record/1",'
    """
    if name not in formats():
        raise ValueError(f"There is no report format {name!r}: write one of {', '.join(formats())}.")
    return cast("Format", importlib.import_module(f"{__name__}.{name}"))
