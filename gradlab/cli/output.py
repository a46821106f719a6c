"""Where a report goes, and what is said when something can't be done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from gradlab.record import Record

AGREE, DISAGREE, USAGE, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130
FILE_WIDTH = 100
"""Columns of a terminal report that is written to a file."""


def fail(message: str, code: int = USAGE) -> NoReturn:
    """Say what is wrong, and exit."""
    sys.stderr.write(f"gradlab: {message}\n")
    sys.exit(code)


def known_format(form: str) -> None:
    """Refuse a format that is not there before any work is done."""
    from gradlab.report import formats

    if form not in formats():
        fail(f"there is no format {form!r}: choose {' or '.join(formats())}")


def exit_code(record: Record) -> int:
    """The contract's exit code for a record."""
    if record.interrupted:
        return INTERRUPTED
    return {"agree": AGREE, "disagree": DISAGREE, "error": USAGE}.get(record.verdict, UNDECIDED)


@contextmanager
def usable() -> Iterator[None]:
    """Input that can't be used at all ends the command, with its sentence."""
    try:
        yield
    except ValueError as error:
        if not _is_input_error(error):
            raise
        fail(str(error))


def _is_input_error(error: ValueError) -> bool:
    from gradlab.cases import InputError
    from gradlab.notation.formula import FormulaError

    return isinstance(error, (InputError, FormulaError))


def writable(output: Path | None) -> None:
    """Refuse an output that can't be written before any work is done."""
    if output is None:
        return
    if not output.parent.is_dir():
        fail(f"{output} can't be written: there is no folder {output.parent}")


def write(record: Record, form: str, output: Path | None, verbosity: int) -> None:
    """Write the report in a format, to a file or to the terminal."""
    from gradlab.report import load

    if form == "terminal" and output is None:
        from rich.console import Console

        from gradlab.report.terminal import render

        Console(highlight=False).print(render(record, verbosity=verbosity))
        return
    if form == "terminal":
        from gradlab.report.terminal import to_text

        text = to_text(record, width=FILE_WIDTH, verbosity=verbosity)
    else:
        text = load(form).write(record)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} can't be written: {error.strerror}")
