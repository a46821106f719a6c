"""The tables, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.engine.clock import Times, ratio
from benchmarks.engine.workloads import COMPILED, HAND, TRACED, Goal

Row = Sequence[str]


def significant(value: float, digits: int = 3) -> str:
    """Rounded to significant digits, without an exponent.

    >>> significant(0.12345), significant(12345.0), significant(2.0)
    ('0.123', '12300', '2.00')
    """
    if value == 0:
        return "0"
    text = f"{value:.{digits - 1}e}"
    exponent = int(text.split("e")[1])
    return f"{float(text):.{max(digits - 1 - exponent, 0)}f}"


def table(header: Row, rows: Sequence[Row]) -> str:
    """Columns lined up; the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(row: Row) -> str:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    return "\n".join([line(header), "  ".join("─" * w for w in widths), *map(line, rows)])


def times_table(times: dict[str, Times], builds: dict[str, float]) -> str:
    """A row for each contestant, the fastest first."""
    header = ("", "build ms", "µs a gradient", "× by hand", "(quartiles)", "× traced", "× compiled", "cores")
    rows = []
    for name, t in sorted(times.items(), key=lambda item: item[1].median):
        middle, low, high = ratio(t, times[HAND])
        rows.append(
            (
                name,
                significant(builds[name] * 1e3) if name in builds else "–",
                significant(t.median * 1e6),
                significant(middle),
                f"({significant(low)} – {significant(high)})",
                significant(ratio(t, times[TRACED])[0]) if TRACED in times else "–",
                significant(ratio(t, times[COMPILED])[0]) if COMPILED in times else "–",
                f"{t.cores:.1f}",
            )
        )
    return table(header, rows)


def summary_table(medians: dict[str, dict[str, float]]) -> str:
    """µs a gradient: a row for each workload, a column for each contestant."""
    names = list(dict.fromkeys(name for row in medians.values() for name in row))
    rows = [
        (workload, *(significant(row[name] * 1e6) if name in row else "–" for name in names))
        for workload, row in medians.items()
    ]
    return table(("µs a gradient", *names), rows)


def judged(goal: Goal, times: dict[str, Times], builds: dict[str, float]) -> tuple[bool | None, str]:
    """Whether a goal is met (None: not measured), and the line that says so."""
    if goal.fast not in times or (goal.slow and goal.slow not in times):
        return None, f"not measured: {goal}"
    if not goal.slow:
        seconds = builds[goal.fast]
        met = seconds <= goal.at_most
        return met, f"{'met' if met else 'NOT MET'}: {goal}: {significant(seconds * 1e3)} ms"
    middle, low, high = ratio(times[goal.fast], times[goal.slow])
    met = middle <= goal.at_most
    if goal.at_most < 1 or (goal.at_most == 1 and met):
        middle, low, high = 1 / middle, 1 / high, 1 / low
        said = f"{significant(middle)} × faster"
    else:
        said = f"{significant(middle)} ×"
    return met, f"{'met' if met else 'NOT MET'}: {goal}: {said} ({significant(low)} – {significant(high)})"
