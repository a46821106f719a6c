"""A repaired line stands below the wrong one, in the same words in every format."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from gradlab.record import CaseRecord, Chain, Line, Record, Repair
from gradlab.report import load
from gradlab.report.github import write as write_github
from gradlab.report.markdown import write as write_markdown
from gradlab.report.terminal.derivation import derivation_lines, mistake_lines
from gradlab.report.terminal.layout import Page
from tests.report import classes

PAGE = Page(Console(file=io.StringIO(), width=100), 100)


def case(*repairs: Repair, second: str = "disagree") -> CaseRecord:
    lines = (
        Line(text="d/dx[x^3]", verdict="agree", right="agree"),
        Line(text="3 x^3", verdict="disagree", right="disagree"),
        Line(text="9 x^3", verdict=second, right="disagree"),  # type: ignore[arg-type]
    )
    chain = Chain(title="df/dx", by="x", verdict="disagree", lines=lines)
    return CaseRecord(
        name="f", verdict="disagree", passed=False, function="x^3", chains=(chain,), repairs=repairs
    )


def printed(made: CaseRecord) -> list[str]:
    return [line.plain.strip() for line in (*mistake_lines(made, PAGE), *derivation_lines(made, PAGE))]


@pytest.mark.parametrize(
    ("repair", "told"),
    [
        (
            Repair(by="x", text="3·x^2", line=1, change="x^2 in place of x^3"),
            "right would be: 3·x^2   (x^2 in place of x^3)",
        ),
        (Repair(by="x", text="3·x^2", line=1), "right would be: 3·x^2"),
        (
            Repair(by="x", text="3·x^3", line=2, change="from line 1: × 3 was too much"),
            "what would follow: 3·x^3   (from line 1: × 3 was too much)",
        ),
        (Repair(by="x", text="3·x^2"), "right     would be ∂/∂x = 3·x^2"),
    ],
)
def test_a_line_is_told_as_it_would_be(repair: Repair, told: str) -> None:
    assert told in printed(case(repair))


@pytest.mark.parametrize("written", [write_github, write_markdown])
def test_every_format_says_whether_a_line_would_be_right_or_would_follow(
    written: Callable[[Record], str],
) -> None:
    repairs = (Repair(by="x", text="3·x^2", line=1), Repair(by="x", text="3·x^3", line=2))
    told = (
        written(Record(gradlab="0.1", verdict="disagree", cases=(case(*repairs),))).lower().replace("`", "")
    )
    assert "right would be 3·x^2" in told.replace("be:", "be")
    assert "what would follow 3·x^3" in told.replace("follow:", "follow")


def test_it_stands_right_below_its_line() -> None:
    lines = printed(case(Repair(by="x", text="3·x^2", line=1)))
    wrong = next(place for place, line in enumerate(lines) if line.endswith("3 x^3"))
    assert lines[wrong + 1] == "right would be: 3·x^2"


def test_without_a_repair_nothing_is_said_of_one() -> None:
    assert not [line for line in printed(case()) if "would" in line]


@pytest.mark.parametrize("form", ["terminal", "markdown", "github", "html"])
@pytest.mark.parametrize(("line", "told"), [(1, "right would be"), (2, "what would follow")])
def test_every_format_tells_what_is_right_from_what_would_only_follow(
    form: str, line: int, told: str
) -> None:
    record = classes.run(case(Repair(by="x", text="3·x^2", line=line)))
    text = load(form).write(record).lower()
    assert [words for words in ("right would be", "what would follow") if words in text] == [told]


def test_in_markdown_it_stands_in_the_row_of_its_line_with_what_was_changed() -> None:
    record = classes.run(case(Repair(by="x", text="3·x^2", line=1, change="x^2 in place of x^3")))
    rows = load("markdown").write(record).splitlines()
    assert "| ✗ | 1 | `3 x^3` | Right would be: `3·x^2` (x^2 in place of x^3) |" in rows
