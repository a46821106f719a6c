"""What changed from one run to another, in a terminal."""

from __future__ import annotations

import io

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from gradlab.record.comparison import CaseChange, Comparison
from gradlab.report._words.changes import (
    COURSES,
    SIGNS,
    heading,
    name_of,
    rows,
    run_in_short,
    sections,
    sentence,
    settings,
)
from gradlab.report.terminal.layout import Lines, Page, hanging, rule
from gradlab.report.terminal.palette import NAME, QUIET, mark, style, to_ascii

__all__ = ["Changes", "to_text"]

_LABEL_WIDTH = 11


class Changes:
    """A comparison as a rich renderable, which lays itself out for the console that prints it."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in _lines(self._comparison, Page(console, options.max_width)):
            line.rstrip()
            line.overflow = "fold"
            yield to_ascii(line) if options.ascii_only else line


def to_text(comparison: Comparison, width: int = 80) -> str:
    """The comparison as text without colour, of at most `width` columns."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=False, force_jupyter=False, _environ={})
    console.print(Changes(comparison))
    return file.getvalue()


def _lines(comparison: Comparison, page: Page) -> Lines:
    runs = [("old", comparison.old), ("new", comparison.new)]
    lines: Lines = []
    for name, run in runs:
        lines += hanging(Text(f"{name}  ", NAME), Text(run_in_short(run), QUIET), page)
    lines += _settings(comparison, page)
    for title, changes in sections(comparison):
        lines += [Text(), rule(Text(title, NAME), Text(str(len(changes)), QUIET), page.width)]
        for change in changes:
            lines += _case(change, page)
    end = sentence(comparison)
    return [
        *lines,
        Text(),
        *hanging(Text.assemble(mark(end.kind), " "), Text(end.text, style(end.kind)), page),
    ]


def _settings(comparison: Comparison, page: Page) -> Lines:
    """What the runs do not have in common, a row each."""
    if not comparison.settings:
        return []
    cells = [(Text(f"  {name}", QUIET), Text(f"{old} → {new}")) for name, old, new in settings(comparison)]
    margin = max(name.cell_len for name, _ in cells) + 2
    lines = [Text("not in common:", QUIET)]
    for name, change in cells:
        name.pad_right(margin - name.cell_len)
        lines += hanging(name, change, page)
    return lines


def _case(change: CaseChange, page: Page) -> Lines:
    kind = COURSES[change.course]
    first = Text.assemble((SIGNS[change.course], style(kind)), " ", (name_of(change), NAME), "  ")
    lines = hanging(Text(), Text.assemble(first, heading(change)), page)
    for row in rows(change):
        tone = style(COURSES[row.course]) if row.course != "other" else QUIET
        label = Text.assemble("    ", (SIGNS[row.course], tone), " ", (row.what.ljust(_LABEL_WIDTH), QUIET))
        lines += hanging(label, Text(row.change), page)
    return lines
