"""`gradlab explain`: the contract, its options, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

FORMULA = 'explain "ln(x1) + x1*x2 - sin(x2)" --at "x1=2, x2=5"'


def test_the_2_2_1_network_ends_with_the_updated_weights(run: Command) -> None:
    ran = run("explain tanh-2-2-1 --step 0.2")
    assert ran.code == 0
    for text in ("0.1869", "1.02", "forward pass", "backward pass", "closed form", "it went down", "(2×2)"):
        assert text in ran.out


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_formula_is_explained_with_all_digits_of_its_gradient(run: Command, mode: str) -> None:
    ran = run(f"{FORMULA} --mode {mode}")
    assert ran.code == 0
    assert "∂f/∂x1 = 5.5" in ran.out
    assert "∂f/∂x2 = 1.7163378145367738" in ran.out


def test_quantities_of_the_code_are_called_as_there(run: Command) -> None:
    ran = run("explain tanh-2-2-1")
    assert "tanh(x1)" in ran.out
    assert "∂f/∂x2 ⊙ (1 − x2^2)" in ran.out


def test_where_paths_meet_is_said(run: Command) -> None:
    ran = run("explain sum-times-max")
    assert "2 paths meet, and add" in ran.out
    assert "max routes: y = 2 > z = 0" in ran.out


def test_a_record_is_shown_again_as_it_was(run: Command) -> None:
    ran = run(f"{FORMULA} --step 0.1 --format json --output record.json")
    assert ran.code == 0
    shown = run("show record.json")
    first, again = (
        text[: text.index("━━ summary")] for text in (run(f"{FORMULA} --step 0.1").out, shown.out)
    )
    assert first == again


def test_json_holds_the_graph_and_the_flows(run: Command) -> None:
    told = json.loads(run(f"{FORMULA} --format json").out)["cases"][0]["explanation"]
    assert [node["name"] for node in told["nodes"]][:2] == ["x1", "x2"]
    assert {flow["target"] for flow in told["passes"][0]["flows"]} >= {0, 1}


def test_verbose_tells_the_lines_of_the_code_and_what_the_check_found(run: Command) -> None:
    quiet, verbose = run("explain tanh-2-2-1").out, run("explain tanh-2-2-1 -v").out
    assert "finite difference" not in quiet
    assert "finite difference" in verbose
    assert verbose.count("cases/named.py:") > quiet.count("cases/named.py:") + 4


def test_a_wrong_claim_still_disagrees(run: Command) -> None:
    ran = run('explain "x^2" --at x=3 --hand "x: 3*x"')
    assert ran.code == 1
    assert "backward pass" in ran.out


def test_a_black_box_is_undecided_and_says_why(run: Command) -> None:
    Path("box.py").write_text("import math\ndef f(x):\n    return math.sin(x)\n", encoding="utf-8")
    ran = run("explain box:f --at x=1")
    assert ran.code == 3
    assert "can't be traced" in " ".join(ran.out.split())


def test_a_long_program_is_undecided_and_says_how_long_it_is(run: Command) -> None:
    code = "def f(x):\n    for _ in range(600):\n        x = x * 0.9\n    return x\n"
    Path("long.py").write_text(code, encoding="utf-8")
    ran = run("explain long:f --at x=1")
    assert ran.code == 3
    assert "600 operations here" in ran.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("explain tanh-2-2-1 --step inf", "the step is inf"),
        ("explain tanh-2-2-1 --step nan", "the step is nan"),
        ("explain tanh-2-2-1 --step fast", "fast"),
        ("explain tanh-2-2-1 --mode sideways", "sideways"),
        ("explain no-such-case", "no-such-case"),
        ("explain", "TARGET"),
        ("explain tanh-2-2-1 --format cuneiform", "cuneiform"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(run: Command, line: str, said: str) -> None:
    ran = run(line)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
