"""The report in a terminal, drawn with rich: made for 80 columns and more, with and without colour.

The only part of gradlab's reports that imports rich. Every line is laid out here (`layout`), so that
what a wide and a narrow terminal show is decided by what fits, and not by how a library folds a table.
"""

from __future__ import annotations

import io

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from gradlab.record import Record
from gradlab.report._words.cleaning import cleaned
from gradlab.report.terminal.case import case_lines, case_rows
from gradlab.report.terminal.classroom import class_lines
from gradlab.report.terminal.layout import Page
from gradlab.report.terminal.palette import to_ascii
from gradlab.report.terminal.summary import closing_lines, legend_lines, opening_line, summary_lines

__all__ = ["Report", "render", "to_text", "write"]


class Report:
    """A record as a rich renderable, which lays itself out for the console that prints it."""

    def __init__(self, record: Record, verbosity: int = 0) -> None:
        self._record = cleaned(record)
        self._verbosity = verbosity

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = Page(console, options.max_width, self._verbosity)
        for line in self._lines(page):
            line.rstrip()
            line.overflow = "fold"
            yield to_ascii(line) if options.ascii_only else line

    def _lines(self, page: Page) -> list[Text]:
        record, lines = self._record, []
        if page.verbosity < 0:
            lines += case_rows(record.cases, page)
        else:
            lines.append(opening_line(record, page))
            for case in record.cases:
                lines += [Text(), *case_lines(case, record, page)]
            lines += [Text(), *legend_lines(record, page), *summary_lines(record, page)]
        return lines + class_lines(record, page) + closing_lines(record, page)


def render(record: Record, *, verbosity: int = 0) -> Report:
    """The report, to be printed on a rich Console.

    `verbosity` -1 gives a line a case and the verdict; 0 each case in short, with the components that
    matter most; 1 every point, every component and all known digits.

    >>> Console(width=60).print(render(Record(gradlab="0.1", verdict="error"), verbosity=-1))
    ! Nothing was checked, so nothing is shown to be right.
    """
    return Report(record, verbosity)


def to_text(record: Record, width: int = 80, *, colour: bool = False, verbosity: int = 0) -> str:
    """The report as text of at most `width` columns; with `colour`, with the terminal's escape sequences.

    >>> print(to_text(Record(gradlab="0.1", verdict="error"), verbosity=-1), end="")
    ! Nothing was checked, so nothing is shown to be right.
    """
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        _environ={},
    )
    console.print(render(record, verbosity=verbosity))
    return file.getvalue()


def write(record: Record) -> str:
    """The report without colour, 100 columns wide, as for a file."""
    return to_text(record, 100)
