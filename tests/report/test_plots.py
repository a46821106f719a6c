"""Small plots in a terminal: dots where the numbers are, letters that tell lines apart, and nothing where neither can
be shown.
"""

from __future__ import annotations

import io
import math

import pytest
from rich.console import Console
from rich.text import Text

from gradlab import record as r
from gradlab.record.step_sizes import Curve
from gradlab.report.terminal import render, to_text
from gradlab.report.terminal.layout import Page
from gradlab.report.terminal.plots import HEIGHT, Axis, Series, can_plot, plot
from tests.report.test_sweep import SWEEP, record_of

STEPS = tuple(10 ** (-place / 3) for place in range(49))


def errors(order: float, noise: float = 1e-16) -> tuple[float, ...]:
    """The V curve of a formula of this order."""
    return tuple(0.3 * step**order + noise / step for step in STEPS)


CURVES = (
    Curve(component="x", method="forward", precision="float64", errors=errors(1), reference="2.0"),
    Curve(component="x", method="centered", precision="float64", errors=errors(2), reference="2.0"),
    Curve(component="x", method="complex step", precision="float64", errors=(0.0,) * 49, reference="2.0"),
)


def study(*curves: Curve) -> r.Record:
    case = r.CaseRecord(
        name="c",
        verdict="agree",
        passed=True,
        function="f",
        step_sizes=r.StepSizes(steps=STEPS, curves=curves, drawn="x"),
    )
    return r.Record(gradlab="0.1", verdict="agree", study="step-size", cases=(case,))


def is_dots(character: str) -> bool:
    return 0x2800 < ord(character) <= 0x28FF


def rows(*series: Series, width: int = 40) -> list[str]:
    x, y = Axis(0, 10, {0: "0", 10: "ten"}), Axis(0, 5, {0: "none", 5: "all"})
    return [line.plain for line in plot(series, x, y, "size", width)]


@pytest.mark.parametrize("width", [24, 40, 56])
def test_the_corners_of_a_plot_are_the_ends_of_its_axes(width: int) -> None:
    drawn = rows(Series("r", "", [(0, 0), (10, 5)]), Series("s", "", [(0, 5), (10, 0)]), width=width)
    top, bottom = drawn[0].partition("|")[2], drawn[HEIGHT - 1].partition("|")[2]
    assert (top[0], top[-1], len(top)) == ("s", "r", width)
    assert (bottom[0], bottom[-1], len(bottom)) == ("r", "s", width)


def test_the_ends_are_labelled_where_they_are() -> None:
    drawn = rows(Series("r", "", [(0, 0), (10, 5)]))
    assert drawn[0].startswith("    all |")
    assert drawn[HEIGHT - 1].startswith("   none |")
    assert drawn[-1].split() == ["size", "0", "ten"]
    assert drawn[-2].partition("+")[2][0] == drawn[-2][-1] == "+"


def test_a_line_is_interrupted_where_nothing_is_known() -> None:
    drawn = rows(Series("r", "", [(0, 2), (2, 2), None, (8, 2), (10, 2)]))
    (row,) = (line.partition("|")[2] for line in drawn[:HEIGHT] if any(map(is_dots, line)))
    assert set(row[10:30]) == {" "}
    assert is_dots(row[4])
    assert is_dots(row[36])


def test_each_line_has_its_letter_even_where_lines_meet() -> None:
    path = [(place, place / 2) for place in range(11)]
    text = "\n".join(rows(Series("r", "red", path), Series("s", "blue", path), width=56))
    assert text.count("r") > 1
    assert text.count("s") > 2  # one of them is in the name of the axis


def test_colours_are_those_of_rich_and_no_escape_sequences() -> None:
    (line, *_) = plot([Series("r", "red", [(0, 5), (10, 5)])], Axis(0, 10, {}), Axis(0, 5, {}), "x", 30)
    assert "\x1b" not in line.plain
    assert {str(span.style) for span in line.spans} == {"dim", "red"}


@pytest.mark.parametrize("width", [30, 60, 80, 140])
def test_no_plot_is_wider_than_the_page(width: int) -> None:
    for record in (study(*CURVES), record_of(SWEEP)):
        lines = to_text(record, width, verbosity=1).split("\n")
        assert max(map(len, lines)) <= width


def test_v_curves_are_drawn_in_dots_where_much_is_wanted_and_in_letters_elsewhere() -> None:
    assert any(map(is_dots, to_text(study(*CURVES), 80, verbosity=1)))
    assert not any(map(is_dots, to_text(study(*CURVES), 80)))


def test_the_best_step_is_the_lowest_place_of_its_curve() -> None:
    text = to_text(study(CURVES[0]), 80, verbosity=1)
    drawn = [line.partition("|")[2] for line in text.split("\n") if "|" in line][:HEIGHT]
    places = [
        [place for place, character in enumerate(row) if is_dots(character) or character == "f"]
        for row in drawn
    ]
    lowest = max(row for row, found in enumerate(places) if found)
    best = min(range(49), key=CURVES[0].errors.__getitem__)
    column = (16 + math.log10(STEPS[best])) / 16 * 55
    assert any(abs(place - column) <= 1.5 for place in places[lowest])


def test_errors_that_are_zero_stand_in_a_row_of_their_own() -> None:
    lines = to_text(study(*CURVES), 80, verbosity=1).split("\n")
    (none,) = (line for line in lines if line.lstrip().startswith("none |"))
    assert set(none.partition("|")[2]) == {"i", " "}
    assert none.count("i") == 49


def test_swell_is_plotted_where_much_is_wanted() -> None:
    assert "operations against n" not in to_text(record_of(SWEEP), 80)
    text = to_text(record_of(SWEEP), 80, verbosity=1)
    block = text[text.index("operations against n, on a logarithmic scale") :]
    assert "t f′ tree   e expand   d diff.   p program   f f" in block
    labels = [line.split("|")[0].strip() for line in block.split("\n")[2 : 2 + HEIGHT]]
    assert list(filter(None, labels)) == ["10,000", "1,000", "100", "10", "1"]


def ascii_text(record: r.Record) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    Console(file=file, width=80, color_system=None, legacy_windows=False).print(render(record, verbosity=1))
    file.seek(0)
    return file.read()


def test_without_unicode_v_curves_are_letters_and_swell_is_not_plotted() -> None:
    text = ascii_text(study(*CURVES))
    assert "?" not in text
    assert "1e-3 |" in text
    assert "operations against" not in ascii_text(record_of(SWEEP))


def test_a_page_that_is_too_narrow_has_no_plot() -> None:
    console = Console(file=io.StringIO(), width=30)
    assert not can_plot(Page(console, 30))
    assert can_plot(Page(console, 40))


def test_a_curve_without_a_number_says_so() -> None:
    lost = Curve(component="x", method="forward", precision="float64", errors=("NaN",) * 49)
    assert "no numbers at any step" in to_text(study(lost), 80, verbosity=1)


def test_one_error_alone_is_a_plot() -> None:
    single = Curve(component="x", method="forward", precision="float64", errors=(1e-3, *("NaN",) * 48))
    text = Text(to_text(study(single), 80, verbosity=1)).plain
    assert "f" in next(
        line.partition("|")[2] for line in text.split("\n") if line.endswith("f") and "|" in line
    )
