"""`gradlab step-size`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_a_formula_is_studied(run: Command) -> None:
    ran = run('step-size "sin(x)" --at x=1')
    assert ran.code == 0
    assert "∂f/∂x = 0.540302305868139" in ran.out
    assert "best h  predicted  least error  truncation  round-off" in ran.out


def test_a_case_of_the_library_is_studied(run: Command) -> None:
    ran = run("step-size ln-product-sine")
    assert ran.code == 0
    assert "error against the step h" in ran.out


def test_the_json_holds_the_curves_and_can_be_shown_again(run: Command, folder: Path) -> None:
    ran = run('step-size "sin(x)" --at x=1 --format json --output curves.json')
    assert ran.code == 0
    record = json.loads((folder / "curves.json").read_text(encoding="utf-8"))
    assert record["study"] == "step-size"
    (case,) = record["cases"]
    curves = case["step_sizes"]["curves"]
    assert {(c["method"], c["precision"]) for c in curves} == {
        (method, precision)
        for method in ("forward", "centered", "five-point", "complex step")
        for precision in ("float32", "float64")
    }
    assert all(len(c["errors"]) == len(case["step_sizes"]["steps"]) for c in curves)
    shown, direct = run("show curves.json"), run('step-size "sin(x)" --at x=1')
    assert shown.code == 0
    assert [line for line in shown.out.split("\n") if "|" in line] == [
        line for line in direct.out.split("\n") if "|" in line
    ]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("step-size nosuch", 2, "'nosuch' is no case of the library"),
        ('step-size "sin(x" --at x=1', 2, "gradlab: "),
        ('step-size "sin(x)" --at x=1 --format nosuch', 2, "there is no format 'nosuch'"),
        ('step-size "sin(x)" --at x=1 --output no/such/file', 2, "there is no folder"),
        ("step-size", 2, "Missing argument"),
    ],
)
def test_bad_input_is_a_sentence(run: Command, line: str, code: int, said: str) -> None:
    ran = run(line)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_function_that_cannot_be_traced_is_undecided_with_the_reason(run: Command, folder: Path) -> None:
    (folder / "box.py").write_text(
        "import math\n\ndef f(x):\n    return math.sin(float(x))\n", encoding="utf-8"
    )
    ran = run('step-size box.py:f --at x=1 --hand "x: cos(x)"')
    assert ran.code == 3
    assert "the step sizes: the errors of difference quotients are measured against" in ran.out
