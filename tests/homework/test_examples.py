"""The worked problem set: what is right is found right, and of what is wrong the first wrong line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlab.cases import Case
from gradlab.examination import Settings
from gradlab.harness import check_cases
from gradlab.homework import Unreadable, cases_in_document
from gradlab.record import CaseRecord
from tests.workshop import ROOT

FOLDER = ROOT / "examples" / "homework"
SETTINGS = Settings(points=2, timed=False)


def checked(name: str) -> list[CaseRecord]:
    found = cases_in_document(FOLDER / name)
    unread = [one for one in found if isinstance(one, Unreadable)]
    assert not unread
    return list(check_cases([one for one in found if isinstance(one, Case)], SETTINGS).cases)


@pytest.mark.parametrize(("name", "derivations"), [("right.md", 6), ("right.tex", 6)])
def test_what_is_right_agrees(name: str, derivations: int) -> None:
    cases = checked(name)
    assert {case.verdict for case in cases} == {"agree"}
    assert sum(len(case.chains) for case in cases) == derivations


@pytest.mark.parametrize(
    ("name", "place", "said"),
    [
        ("forgotten-inner.md", "forgotten-inner.md:14", "line 3 does not follow from line 2"),
        ("sign.md", "sign.md:9", "line 2 does not follow from line 1"),
        ("copy-slip.md", "copy-slip.md:14", "all lines before it are right"),
        ("right-by-wrong.md", "right-by-wrong.md:8", "the last line is right all the same"),
    ],
)
def test_the_first_wrong_line_is_named(name: str, place: str, said: str) -> None:
    (case,) = checked(name)
    assert case.verdict == "disagree"
    assert place in case.reason
    assert said in case.reason


def test_a_transposed_gradient_is_read_and_its_neighbours_too() -> None:
    (case,) = cases_in_document(FOLDER / "transposed.tex")
    assert isinstance(case, Case)
    assert [chain.by for chain in case.chains] == ["b", "W", "x"]
    inputs = case.points[0].inputs
    right, claimed = (step.formula(**inputs) for step in case.chains[1].steps)
    assert right.shape == (3, 2)
    assert abs(right - claimed.T).max() < 1e-14


def test_problems_are_judged_one_by_one() -> None:
    first, second = checked("two-problems.md")
    assert (first.verdict, second.verdict) == ("agree", "disagree")


def test_what_cannot_be_read_does_not_hide_the_rest() -> None:
    case, failure = cases_in_document(FOLDER / "unreadable.md")
    assert isinstance(case, Case)
    assert isinstance(failure, Unreadable)
    assert failure.location.endswith("unreadable.md:11")
    assert r"'\hat{h}' is not known here" in failure.reason


def test_the_readme_lists_every_file() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    there = sorted(path.name for path in Path(FOLDER).iterdir() if path.suffix in {".md", ".tex"})
    assert [name for name in there if f"]({name})" not in text] == ["README.md"]
