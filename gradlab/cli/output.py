"""Where a report goes, and what is said when something can't be done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Reporting:
    """What is to become of a record: the report's format, where it goes, and how much it says."""

    form: str
    output: Path | None = None
    html: Path | None = None
    """Where a report as HTML goes besides."""
    verbosity: int = 0

    @property
    def pictured(self) -> bool:
        """Whether pictures are asked for, so that the record has to hold what they need."""
        return self.form == "html" or self.html is not None

    def check_format(self) -> None:
        """Refuse a format that is not there before any work is done."""
        from gradlab.report import formats

        if self.form not in formats():
            fail(f"there is no format {self.form!r}: choose {' or '.join(formats())}")

    def check_files(self) -> None:
        """Refuse a file that can't be written before any work is done."""
        for file in filter(None, (self.output, self.html)):
            check_folder(file)
        if self.output is not None and self.output == self.html:
            fail(f"--output and --html both name {self.output}: give each report a file of its own")

    def write(self, record: Record) -> None:
        """Write the report, to a file or to the terminal."""
        if self.html is not None:
            save(self._text(record, "html"), self.html)
        if self.output is not None:
            save(self._text(record, self.form), self.output)
        elif self.form == "terminal":
            from rich.console import Console

            from gradlab.report.terminal import render

            Console(highlight=False).print(render(record, verbosity=self.verbosity))
        else:
            sys.stdout.write(self._text(record, self.form))

    def _text(self, record: Record, form: str) -> str:
        from gradlab.report import load

        if form == "terminal":
            from gradlab.report.terminal import to_text

            return to_text(record, width=FILE_WIDTH, verbosity=self.verbosity)
        return load(form).write(record)


def check_folder(file: Path) -> None:
    """Refuse a file that can't be written for want of its folder."""
    if not file.parent.is_dir():
        fail(f"{file} can't be written: there is no folder {file.parent}")


def save(text: str, file: Path) -> None:
    """Write a file; exits where that can't be done."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} can't be written: {error.strerror}")
