"""Code that is too wide for the page is broken where it stays the same Python."""

from __future__ import annotations

import ast
import io

import pytest
from rich.console import Console
from rich.text import Text

from gradlab.report.terminal.layout import Lines, Page
from gradlab.report.terminal.listing import folded

CODE = """\
def reprojection_error(omega, t, focal_length, distortion, X, seen):
    r2, total = (X[0] / X[2]) ** 2 + (X[1] / X[2]) ** 2, omega + t  # of all that is seen by the camera
    scale = focal_length * (1 + distortion[0] * r2 + distortion[1] * r2**2)
    if r2 > 0.25 and scale > 0.5 and total > 0.75 and seen > 1.25 and t > 0:
        return f"{scale + 1} and {scale * 2}, which is a text that must not be broken", None
    return {"scale": scale, "off": [X[0] * scale - seen, X[1] * scale - seen]}


# a remark that is rather long, and in the end so long that it needs a line more
"""


def page(width: int) -> Page:
    return Page(Console(file=io.StringIO(), width=width), width)


def plain(lines: Lines) -> list[str]:
    return [line.plain for line in lines]


@pytest.mark.parametrize("width", [56, 60, 64, 70, 76, 100])
def test_it_is_the_same_python_and_fits(width: int) -> None:
    code = CODE if width > 90 else CODE.replace(", which is a text that must not be broken", "")
    lines = plain(folded(Text(code), page(width)))
    assert max(map(len, lines)) <= width
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(code))
    assert all(line.startswith("#") for line in lines[-3:] if "line more" in line)


def test_it_is_broken_after_a_comma_within_few_brackets() -> None:
    code = (
        'import f\nresult = check(f, at={"x": 1.5, "gamma": 1.25, "g": array([0.5, -1.25, 0.75])}, points=0)'
    )
    assert plain(folded(Text(code), page(60)))[1:] == [
        'result = check(f, at={"x": 1.5, "gamma": 1.25,',
        '        "g": array([0.5, -1.25, 0.75])}, points=0)',
    ]


def test_where_there_are_no_brackets_it_is_broken_by_a_backslash() -> None:
    code = "def f():\n    total = first_of_all + second_of_all * third_of_all"
    assert plain(folded(Text(code), page(44)))[1:] == [
        "    total = first_of_all + second_of_all * \\",
        "            third_of_all",
    ]


@pytest.mark.parametrize("width", [20, 30, 44])
def test_what_is_no_python_or_can_t_be_broken_is_folded(width: int) -> None:
    for text in ("ln(x1) + x1*x2 - sin(x2) + cos(x1)", "x = " + "y" * 100, "s = 'a b " * 9, "def f(: x" * 9):
        lines = plain(folded(Text(text), page(width)))
        assert max(map(len, lines)) <= width
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_what_fits_stays_as_it_is() -> None:
    assert plain(folded(Text(CODE), page(140))) == CODE.split("\n")
