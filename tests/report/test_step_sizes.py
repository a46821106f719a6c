"""V curves as a terminal shows them, and as JSON keeps them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from gradlab import record as r
from gradlab.harness import Settings, case_of, check_cases
from gradlab.report.json import read, write
from gradlab.report.terminal import render, to_text

CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "sine": ("sin(x)", dict(x=1.0)),
    "two": ("ln(x1) + x1*x2 - sin(x2)", dict(x1=2.0, x2=5.0)),
    "kink": (np.abs, dict(x=0.0)),
    "square at zero": ("x^2", dict(x=0.0)),
    "gaps": ("sqrt(x)", dict(x=0.01)),
    "many": (lambda w: np.sum(np.tanh(w)), dict(w=np.linspace(-1, 2, 30))),
}


@cache
def record_of(name: str) -> r.Record:
    f, at = CASES[name]
    case = case_of(f, at, name=name)
    return check_cases([case], Settings(points=0, timed=False, step_sizes=True))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("verbosity", [0, 1])
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_longer_than_the_terminal_is_wide(name: str, width: int, verbosity: int) -> None:
    assert max(map(cell_len, to_text(record_of(name), width, verbosity=verbosity).split("\n"))) <= width


@pytest.mark.parametrize("name", CASES)
def test_a_study_comes_back_from_json_as_it_was(name: str) -> None:
    record = record_of(name)
    assert record.study == "step-size"
    assert read(write(record)) == record
    assert to_text(read(write(record))) == to_text(record)


def plot(text: str, title: str) -> list[str]:
    """The rows of a plot, from its axis of errors on."""
    lines = text[text.index(f"  {title}\n") :].split("\n")[1:]
    rows: list[str] = []
    for line in lines:
        if "|" not in line:
            return rows
        rows.append(line.partition("|")[2])
    return rows


def test_the_curve_is_a_v() -> None:
    rows = plot(to_text(record_of("sine"), 80), "float64")
    places = [[match.start() for match in re.finditer("[c]", row)] for row in rows]
    bottom = max(number for number, found in enumerate(places) if found)
    left, right = min(places[1]), max(places[1])
    assert left < min(places[bottom]) <= max(places[bottom]) < right


def test_the_marks_stand_where_the_errors_are() -> None:
    rows = plot(to_text(record_of("square at zero"), 80), "float64")  # the forward error is h itself
    for number, row in enumerate(rows[:16]):
        found = [match.start() for match in re.finditer("f", row)]
        assert found
        assert all(abs((48 - place) / 3 - number) <= 0.5 for place in found)
    assert rows[-1].count("c") == 49  # and the centered one nothing


@pytest.mark.parametrize("method", ["centered", "forward", "five-point", "complex step"])
def test_the_table_has_best_and_predicted_steps_of_each_method(method: str) -> None:
    text = to_text(record_of("sine"), 80)
    rows = [line for line in text.split("\n") if re.match(rf"  [cf5i] {method} +\d", line)]
    assert len(rows) == 2
    assert len(rows[0].split()) == (8 if method == "complex step" else 7)


def test_one_component_is_drawn_and_all_where_much_is_wanted() -> None:
    record = record_of("two")
    assert to_text(record, 80).count("error against the step h") == 1
    assert "1 other component; -v draws all" in to_text(record, 80)
    assert to_text(record, 80, verbosity=1).count("error against the step h") == 2


def test_both_precisions_stand_side_by_side_where_there_is_room() -> None:
    def heads(width: int) -> list[str]:
        return [
            line
            for line in to_text(record_of("sine"), width).split("\n")
            if re.match(r" +float64 *(float32)?$", line)
        ]

    assert [head.split() for head in heads(140)] == [["float64", "float32"]]
    assert [head.split() for head in heads(80)] == [["float64"]]


def test_errors_are_called_absolute_where_they_are() -> None:
    assert "∂f/∂x = 0   absolute error" in to_text(record_of("square at zero"), 80)
    assert "relative error" in to_text(record_of("sine"), 80)


def test_what_was_found_besides_is_told() -> None:
    text = " ".join(to_text(record_of("kink"), 80).split())
    assert "there is a kink: the slope is -1 from the left and 1 from the right" in text
    assert "no complex step: absolute is not analytic" in text
    assert "i complex step" not in text


def test_ascii_shows_the_same_curve() -> None:
    from io import StringIO

    from rich.console import Console

    class Ascii(StringIO):
        encoding = "ascii"

    out = Ascii()
    Console(file=out, width=80, force_terminal=False).print(render(record_of("sine")))
    assert out.getvalue().isascii()
    assert plot(out.getvalue(), "float64") == plot(to_text(record_of("sine"), 80), "float64")


def test_a_study_without_curves_is_drawn() -> None:
    case = r.CaseRecord(
        name="c",
        verdict="agree",
        passed=True,
        function="f",
        step_sizes=r.StepSizes(steps=(1.0, 0.1), curves=(), notes=("nothing",)),
    )
    record = r.Record(gradlab="0.1", verdict="agree", study="step-size", cases=(case,))
    assert "· nothing" in to_text(record, 80)
