"""The first and the last lines: what was run, what did not pass and why, and the verdict."""

from __future__ import annotations

from rich.text import Text

from gradlab.record import Record
from gradlab.report._words.numerals import seconds
from gradlab.report._words.summary import legend, outcomes
from gradlab.report._words.wording import closing, outcome, plural, why
from gradlab.report.terminal.layout import Lines, Page, hanging, rule
from gradlab.report.terminal.palette import NAME, QUIET, mark, style

__all__ = ["closing_lines", "legend_lines", "opening_line", "summary_lines"]


def opening_line(record: Record, page: Page) -> Text:
    """What was run."""
    drawn = f" · {plural(record.points, 'point')} drawn around each" if record.points else ""
    line = Text.assemble(
        ("gradlab", NAME), (f" {record.gradlab} · {plural(len(record.cases), 'case')}{drawn}", QUIET)
    )
    line.truncate(page.width, overflow="ellipsis")
    return line


def legend_lines(record: Record, page: Page) -> Lines:
    """What the words of the tables mean, once."""
    if record.study != "check" and page.verbosity <= 0:
        return []
    words = legend(record)
    if not words:
        return []
    if any(case.swell or case.timing for case in record.cases):
        words["vs f, ×n"] = "n times as many operations, or n times as long, as f itself"
    lines: Lines = []
    for word, meaning in words.items():
        lines += hanging(Text(f"{word:<11}", QUIET), Text(meaning, QUIET), page)
    return [*lines, Text()]


def summary_lines(record: Record, page: Page) -> Lines:
    """The counts by outcome, what did not pass and why, and what it was run with."""
    lines = [rule(Text("summary", NAME), Text(), page.width)]
    if len(record.cases) > 1:
        items = [
            Text.assemble(mark(result.kind), f" {count} {result.words}")
            for result, count in outcomes(record.cases)
        ]
        lines += hanging(Text(), Text("   ").join(items), page)
    for case in record.cases:
        if not case.passed and len(record.cases) > 1:  # a single case has just told its reason
            result = outcome(case)
            first = Text.assemble(mark(result.kind), " ", (case.name, style(result.kind)), "  ")
            lines += hanging(first, Text(why(case)), page)
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    if page.verbosity > 0:
        versions += "".join(f" · {text}" for text in (record.started, record.command) if text)
    took = seconds(record.seconds) if record.seconds else ""
    parts = [took, f"seed {record.seed}", f"gradlab {record.gradlab}", versions]
    return lines + hanging(Text(), Text(" · ".join(part for part in parts if part), QUIET), page)


def closing_lines(record: Record, page: Page) -> Lines:
    """The verdict, in one sentence, last."""
    result = closing(record)
    return hanging(Text.assemble(mark(result.kind), " "), Text(result.text, style(result.kind)), page)
