"""A table that a spreadsheet reads as text, whatever stands in it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab import record as r
from gradlab.report._words.classroom import Common, common_mistakes
from gradlab.report.csv import COLUMNS, write
from gradlab.report.terminal import to_text
from tests.report import classes


def rows(record: r.Record) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(record)), strict=True))


def test_a_row_a_case_with_the_line_of_the_mistake() -> None:
    assert [tuple(row.values()) for row in rows(classes.record())] == [
        ("ann", "s/ann/hw3.md", "problem 1", "agree", "", "3", ""),
        (
            "bob",
            "s/bob/hw3.md",
            "problem 1",
            "disagree",
            "inner derivative forgotten",
            "14",
            "line 4 is wrong",
        ),
        ("bob", "s/bob/hw3.md", "problem 2", "disagree", "", "21", "line 1 is wrong"),
        ("cy", "s/cy/hw3.py", "hw3.py", "error", "", "", "it took more than 60 s"),
    ]


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\x00=", "\u202e=", " =", "\uff1d"]
)
def test_no_cell_is_a_formula(sign: str) -> None:
    text = f"{sign}cmd|' /C calc'!A0"
    (row,) = rows(classes.run(classes.case(text, text, "error", reason=text, location=text)))
    for column in ("student", "file", "problem", "reason"):
        assert row[column].startswith("'")
        assert row[column].isprintable()


@given(st.text(), st.text())
def test_any_text_stays_in_its_cell(student: str, reason: str) -> None:
    record = classes.run(classes.case(student, "1", "error", reason=reason), classes.case("z", "2", "agree"))
    first, second = rows(record)
    assert list(first) == list(COLUMNS)
    assert second["student"] == "z"
    assert not any(first[column].startswith(("=", "+", "-", "@", "\t", "\r")) for column in COLUMNS)


# What a class has in common


def test_mistakes_are_counted_by_students_and_then_by_times() -> None:
    def wrong(student: str, *kinds: str) -> r.CaseRecord:
        found = tuple(r.Mistake(kind=kind, sentence=kind) for kind in kinds)
        return classes.case(student, "1", "disagree", mistakes=found)

    record = classes.run(
        wrong("ann", "sign", "factor 2"), wrong("bob", "sign"), wrong("bob", "factor 2"), wrong("bob", "factor 2"),
        wrong("cy", "", "copy slip"),
    )  # fmt: skip
    assert common_mistakes(record) == [
        Common("factor 2", 2, 3),
        Common("sign", 2, 2),
        Common("copy slip", 1, 1),
    ]
    assert common_mistakes(record, 1) == [Common("factor 2", 2, 3)]


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_the_terminal_ends_with_what_the_class_has_in_common(verbosity: int) -> None:
    text = to_text(classes.record(), verbosity=verbosity)
    assert "3 students, of whom 1 passed everything" in text
    assert "1 student  inner derivative forgotten" in text


def test_one_student_is_no_class() -> None:
    assert "student" not in to_text(classes.run(classes.case("ann", "1", "agree")))
