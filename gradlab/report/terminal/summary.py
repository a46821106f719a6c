"""The first and the last lines: what was run, what did not pass and why, and the verdict."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from gradlab.record import Record
from gradlab.report._numerals import seconds
from gradlab.report._wording import SEVERITY, closing, outcome, plural, why
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
    if not any(point.components for case in record.cases for point in case.points):
        return []
    points = [point for case in record.cases for point in case.points]
    measured = "; with ±, measured, and its error bar" if any(point.bars for point in points) else ""
    words = {
        "reference": f"the derivative, computed with {record.digits} digits{measured}",
        "digits": "how many leading digits of a value are right (a float64 has 15 to 17)",
    }
    if any(case.swell or case.timing for case in record.cases):
        words["vs f, ×n"] = "n times as many operations, or n times as long, as f itself"
    lines: Lines = []
    for word, meaning in words.items():
        lines += hanging(Text(f"{word:<11}", QUIET), Text(meaning, QUIET), page)
    return [*lines, Text()]


def summary_lines(record: Record, page: Page) -> Lines:
    """The counts by outcome, what did not pass and why, and what it was run with."""
    results = [(case, outcome(case)) for case in record.cases]
    lines = [rule(Text("summary", NAME), Text(), page.width)]
    if len(results) > 1:
        counts = Counter(result for _, result in results)
        ordered = sorted(counts.items(), key=lambda pair: -SEVERITY.index(pair[0].kind))
        items = [Text.assemble(mark(result.kind), f" {count} {result.words}") for result, count in ordered]
        lines += hanging(Text(), Text("   ").join(items), page)
    for case, result in results:
        if not case.passed and len(results) > 1:  # a single case has just told its reason
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
