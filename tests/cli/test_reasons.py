"""What the command says, and exits with, of layouts, special points, and functions that remember."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import Command

HEAD = """
import numpy as np
from fractions import Fraction
def slope(W):
    return (1 + 0.3 * W) * np.exp(0.3 * W)
def energy(W):
    return np.sum(W * np.exp(0.3 * W))
"""


class Row(NamedTuple):
    code: int
    function: str
    hand: str
    at: str
    said: str


ROWS = {
    "transposed": Row(1, "energy(W)", "slope(W).T", "W=[[1, 2], [3, 5]]", "the transpose of the derivative"),
    "exchanged": Row(
        1, "energy(W)", "slope(W)[[2, 1, 0, 3]]", "W=[1, 2, 3, 5]", r"\[0\] and \[2\] of the claim"
    ),
    "of another shape": Row(
        2,
        "energy(W)",
        "slope(W).T",
        "W=[[1, 2, 3]]",
        r"^gradlab: mine.py:f: .* transpose of the right gradient: ret",
    ),
    "of another shape where nothing is known": Row(
        2,
        "np.sum(np.abs(W))",
        "W.T",
        "W=[[0, 0, 0]]",
        r"has shape \(3, 1\), and W needs \(1, 3\): it is transposed",
    ),
    "at a symmetric point": Row(
        1, "energy(W)", "slope(W).T", "W=[[1, 2], [2, 3]]", r"alone it agrees \(W is symmetric there, as its"
    ),
    "at a point of ones": Row(
        1, "energy(W)", "slope(W)[::-1]", "W=[1, 1]", r"alone it agrees \(all elements of W are equal there"
    ),
    "right": Row(0, "energy(W)", "slope(W)", "W=[1, 1]", "agree"),
    "a changed input": Row(
        2, "W.__iadd__(1).sum()", "1 + 0 * W", "W=[1, 2]", "the function changes its input W"
    ),
    "a hand derivative that changes its input": Row(
        2, "energy(W)", "slope(W.__iadd__(1))", "W=[1, 2]", "the hand derivative changes its input W"
    ),
    "random numbers": Row(
        2,
        "energy(W) + np.random.rand()",
        "slope(W)",
        "W=[1, 2]",
        "the function is not deterministic: two calls",
    ),
    "random numbers by hand": Row(
        2,
        "energy(W)",
        "slope(W) + np.random.rand()",
        "W=[1, 2]",
        "the hand derivative is not deterministic: two",
    ),
    "Fractions": Row(
        0, "sum(Fraction(float(w)) ** 2 for w in W)", "2 * W", "W=[1, 2.5]", "judged in float64, because"
    ),
    "Fractions, and wrong": Row(
        1, "sum(Fraction(float(w)) ** 2 for w in W)", "2.02 * W", "W=[1, 2.5]", "1.01 times"
    ),
    "float32": Row(
        0, "np.float32(float(np.sin(float(W))))", "np.cos(W)", "W=0.4", "the function computes in float32"
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_exit_code_and_the_reason(run: Command, folder: Path, row: Row) -> None:
    (folder / "mine.py").write_text(
        f"{HEAD}\ndef f(W):\n    return {row.function}\ndef hand(W):\n    return {row.hand}\n"
    )
    ran = run(f'check mine.py:f --at "{row.at}" --hand mine.py:hand')
    told = re.sub(r"\s+", " ", ran.out + ran.err)
    assert ran.code == row.code, told
    assert re.search(row.said, told), told
    assert "Traceback" not in told


LAYER = """
import numpy as np
from gradlab import case
kept = {}

@case(at=dict(x=0.7))
def layer(x):
    kept["x"] = x
    return np.sin(x)

@layer.hand
def backward(x):
    return np.cos(kept["x"])
"""


def test_a_hand_derivative_that_reads_what_the_function_leaves_exits_with_2(
    run: Command, folder: Path
) -> None:
    (folder / "mine.py").write_text(LAYER)
    ran = run("check mine.py -q")
    assert ran.code == 2
    assert "the hand derivative reads what the function leaves behind" in ran.out
    (folder / "right.py").write_text(LAYER.replace("    return np.cos", "    layer(x)\n    return np.cos"))
    assert run("check right.py -q").code == 0


def test_a_point_that_can_hide_an_error_is_noted_where_it_is_the_only_one(run: Command) -> None:
    ran = run('check "x^3" --at x=1 --hand "x: 3x^5" --points 0')
    assert ran.code == 0
    assert "which may hide an error: x = 1 there: its powers are all 1" in re.sub(r"\s+", " ", ran.out)
    assert run('check "x^3" --at x=1 --hand "x: 3x^5"').code == 1
