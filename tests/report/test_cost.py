"""The terminal's table of time: no more digits than are known, and its words explained."""

from __future__ import annotations

import io

from rich.console import Console

from gradlab.record import CaseRecord, Duration, Timing
from gradlab.report.terminal.cost import cost_lines
from gradlab.report.terminal.layout import Page


def duration(method: str, each: float, first: float, pays_after: int | None) -> Duration:
    return Duration(
        method=method,
        derive=first * 1e-6,
        evaluate=each * 1e-6,
        derive_ratio=first,
        evaluate_ratio=each,
        quartiles=(0.9 * each, 1.1 * each),
        first=first * 1e-6,
        first_ratio=first,
        pays_after=pays_after,
    )


TIMING = Timing(
    function=1e-6,
    rounds=7,
    durations=(
        duration("symbolic", 5.2e-7, 37_123.0, 9_507),
        duration("finite_difference", 4.13, 118.0, None),
    ),
    noise=0.02,
)


def lines_of(width: int) -> list[str]:
    case = CaseRecord(name="f", verdict="agree", passed=True, function="f", timing=TIMING)
    page = Page(Console(file=io.StringIO(), width=width), width)
    return [line.plain for line in cost_lines(case, page)]


def test_what_was_timed_once_has_one_digit() -> None:
    (symbolic,) = (line.split() for line in lines_of(80) if line.strip().startswith("symbolic"))
    assert symbolic == ["symbolic", "×40,000", "×5.2e-7", "4.7e-7–5.7e-7", "10,000"]


def test_the_words_of_the_table_are_explained_below_it() -> None:
    below = "\n".join(lines_of(80))
    assert "first       to the first gradient, with tracing" in below
    assert "pays after  about so many gradients until it took less time in all" in below


def test_no_line_is_wider_than_the_page() -> None:
    for width in (40, 60, 80, 140):
        assert max(map(len, lines_of(width))) <= width
