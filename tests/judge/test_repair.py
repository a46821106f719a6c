"""A wrong line is made right by the smallest change of what was written, and what is shown is known to be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradlab.cases import Case
from gradlab.examination import examine
from gradlab.examination.wrong import REPAIRING
from gradlab.harness import Settings, case_of, check_case
from gradlab.homework import cases_in_document
from gradlab.record import CaseRecord, Repair

QUICK = Settings(timed=False, points=2)
AT = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0, "lam": 0.1}
LOSS = "(σ(w x + b) - t)^2/2 + lam w^2/2"
X = {"x": 1.3}
W = np.array([[0.3, -0.2, 0.7], [0.1, 0.5, -0.4]])
LAYER = {"W": W, "x": np.array([1.2, -0.3, 0.8]), "y": np.array([0.2, 0.9])}
LEAST_SQUARES = {
    "X": np.array([[1.0, 2.0, 0.3], [0.4, 1.5, 0.6], [0.7, 0.1, 2.0]]),
    "w": np.array([0.3, -0.4, 0.5]),
    "t": np.array([0.2, 0.5, -0.3]),
}


def repaired(f: Any, at: dict[str, Any], **hand: str) -> Repair:
    """Of one wrong claim, the repair."""
    made = check_case(case_of(f, at, wrt=list(hand), hand=hand), QUICK)
    assert made.verdict == "disagree"
    (repair,) = made.repairs
    return repair


def derivation(folder: Path, text: str) -> list[CaseRecord]:
    """What is said of a document."""
    document = folder / "hw.md"
    document.write_text(f"```gradlab\n{text}\n```\n", encoding="utf-8")
    return [check_case(case, QUICK) for case in cases_in_document(document) if isinstance(case, Case)]


@pytest.mark.parametrize(
    ("f", "at", "by", "claim", "right", "change"),
    [
        ("sin(3x)", X, "x", "cos(3x)", "3·cos(3·x)", "× 3 was missing"),
        ("x^3", X, "x", "3x^3", "3·x^2", "x² in place of x³"),
        ("x^3", X, "x", "x^2", "3·x^2", "× 3 was missing"),
        ("1/x", X, "x", "1/x^2", "−1/x^2", "the sign of 1/x² was wrong"),
        ("cos(x)", X, "x", "sin(x)", "−sin(x)", "the sign of sin(x) was wrong"),
        ("sin(x)", X, "x", "sin(x)", "cos(x)", "cos(x) in place of sin(x)"),
        ("(x - 2)^2", X, "x", "2(2 - x)", "2·(x − 2)", "x − 2 in place of 2 − x"),
        ("x sin(x)", X, "x", "sin(x)", "sin(x) + x·cos(x)", "+ x·cos(x) was missing"),
        ("x^2 + x", X, "x", "2x + x", "2·x + 1", "1 in place of x"),
        ("tanh(x)", X, "x", "1 - tanh(x)", "1 − tanh(x)^2", "tanh(x)² in place of tanh(x)"),
        ("log10(x)", X, "x", "1/x", "1/(x·ln(10))", "÷ ln(10) was missing"),
        (
            "x/log10(x)",
            X,
            "x",
            "1/log10(x) - 1/log10(x)^2",
            "1/log10(x) − 1/(log10(x)^2·ln(10))",
            "÷ ln(10) was missing",
        ),
        ("arctan(2x)", X, "x", "1/(1 + 4x^2)", "2/(1 + 4·x^2)", "× 2 was missing"),
        ("x^3 ln(x)", X, "x", "x^2 + x^2 ln(x)", "x^2 + 3·x^2·ln(x)", "× 3 was missing"),
        ("a^x", {"a": 2.0, "x": 0.5}, "x", "x a^(x - 1)", "a^x·ln(a)", ""),
        ("max(0, x)^2", X, "x", "2 max(0, x) max(0, x)", "2·max(0, x)·relu'(x)", ""),
        (
            "3 relu(x y)",
            {"x": 0.7, "y": 0.4},
            "x",
            "3 relu(x y) y",
            "3·relu'(x·y)·y",
            "relu'(x·y) in place of relu(x·y)",
        ),
        (
            "k ln(p) + (n - k) ln(1 - p)",
            {"k": 4.0, "n": 10.0, "p": 0.3},
            "p",
            "k/p + (n - k)/(1 - p)",
            "k/p − (n − k)/(1 − p)",
            "the sign of (n − k)/(1 − p) was wrong",
        ),
        (
            "x σ(x)",
            X,
            "x",
            "σ(x) + x σ(x) (σ(x) - 1)",
            "σ(x) + x·σ(x)·(1 − σ(x))",
            "1 − σ(x) in place of σ(x) − 1",
        ),
        (
            "x exp(x) + y",
            {"x": 0.7, "y": 1.3},
            "x",
            "exp(y) + y exp(y)",
            "exp(x) + x·exp(x)",
            "x in place of y, each time",
        ),
        (
            LOSS,
            AT,
            "w",
            "(σ(w x + b) - t) σ(w x + b) (1 - σ(w x + b)) x",
            "(σ(w·x + b) − t)·σ(w·x + b)·(1 − σ(w·x + b))·x + λ·w",
            "+ λ·w was missing",
        ),
    ],
)
def test_a_wrong_claim_is_made_right_by_one_change(
    f: str, at: dict[str, Any], by: str, claim: str, right: str, change: str
) -> None:
    repair = repaired(f, at, **{by: claim})
    assert (repair.text, repair.change) == (right, change)
    again = check_case(case_of(f, at, wrt=by, hand={by: repair.text}), QUICK)
    assert again.verdict == "agree"


@pytest.mark.parametrize(
    ("f", "at", "by", "claim", "right"),
    [
        ("‖X w - t‖^2/2", LEAST_SQUARES, "w", "X^T (t - X w)", "Xᵀ @ (X @ w − t)"),
        ("‖X w - t‖^2/2", LEAST_SQUARES, "w", "2 X^T (X w - t)", "Xᵀ @ (X @ w − t)"),
        (
            "‖tanh(W x) - y‖^2/2",
            LAYER,
            "x",
            "W^T (tanh(W x) - y)",
            "Wᵀ @ ((tanh(W @ x) − y) ⊙ (1 − tanh(W @ x)^2))",
        ),
        ("x^T W^T W x", {"W": W, "x": LAYER["x"]}, "x", "W^T W x", "2·(Wᵀ @ W @ x)"),
        ("w^T X w", LEAST_SQUARES, "w", "2 X w", "(X + Xᵀ) @ w"),
        (
            "trace(Xᵀ tanh(X))",
            {"X": W},
            "X",
            "tanh(X) + X ⊙ (1 - tanh(X))",
            "tanh(X) + X ⊙ (1 − tanh(X) ⊙ tanh(X))",
        ),
        ("w^T X w/2 - t^T w", LEAST_SQUARES, "w", "X w - t", "(X + Xᵀ)/2 @ w − t"),
    ],
)
def test_so_is_a_claim_with_matrices(f: str, at: dict[str, Any], by: str, claim: str, right: str) -> None:
    used = {name: value for name, value in at.items() if name in f}
    assert repaired(f, used, **{by: claim}).text == right


LINES = """z = w x + b
y = σ(z)
L = (y - t)^2/2 + lam w^2/2
∂L/∂w = (y - t) x + lam w
= y x - t x + lam w
= 2 y x - t x + lam w"""


def test_of_a_derivation_the_line_is_repaired_in_the_names_of_the_document(tmp_path: Path) -> None:
    (made,) = derivation(tmp_path, LINES)
    first, further = made.repairs
    assert (first.by, first.line, first.change) == ("w", 1, "× y·(1 − y) was missing")
    assert first.text == "(y − t)·y·(1 − y)·x + λ·w"
    assert first.latex == r"\left(y - t\right) \cdot y \cdot \left(1 - y\right) \cdot x + \lambda \cdot w"
    assert (further.line, further.text) == (3, "y·x − t·x + λ·w")
    assert further.change.startswith("from line 2: ")


def test_of_two_derivations_by_one_argument_each_is_repaired_for_itself(tmp_path: Path) -> None:
    text = "f = x sin(x)\ndf/dx = sin(x) - x cos(x)\ndf/dx = sin(x)"
    (made,) = derivation(tmp_path, text)
    first, second = made.repairs
    assert (first.line, second.line) == (1, 1)
    assert (first.location, second.location) == tuple(chain.lines[1].location for chain in made.chains)
    assert (first.change, second.change) == ("the sign of x·cos(x) was wrong", "+ x·cos(x) was missing")


def test_what_is_looked_for_is_no_part_of_the_answer(tmp_path: Path) -> None:
    text = (
        "at: z = [0.2, -1, 0.5], t = [0, 1, 0]\np_k = e^(z_k)/(sum_j e^(z_j))\n"
        "L = -(sum_k t_k ln(p_k))\n∇_z L = t - p"
    )
    (made,) = derivation(tmp_path, text)
    assert [repair.text for repair in made.repairs] == ["p − t"]


def test_a_square_and_a_term_are_missed_in_lines_with_arrays(tmp_path: Path) -> None:
    text = (
        f"at: W = {W.tolist()}, x = [1.2, -0.3, 0.8], v = [0.4, -0.7], t = 0.2\nh = tanh(W x)\n"
        "L = (vᵀ h - t)²/2\n∂L/∂W = ((vᵀ h - t) v ⊙ (1 - h)) xᵀ\n∂L/∂v = (vᵀ h) h"
    )
    (made,) = derivation(tmp_path, text)
    assert [repair.change for repair in made.repairs] == ["h² in place of h", "− t was missing"]
    assert made.repairs[1].text == "(vᵀ @ h − t)·h"


def test_a_line_that_is_right_all_the_same_is_not_repaired(tmp_path: Path) -> None:
    (made,) = derivation(tmp_path, "f = x^2\ndf/dx = 2 x^2\n= 2 x")
    assert [repair.line for repair in made.repairs] == [1]


def test_by_a_quantity_that_is_defined_the_definitions_are_used_too(tmp_path: Path) -> None:
    (made,) = derivation(tmp_path, "z = w x\ny = σ(z)\nL = (y - 1)^2\n∂L/∂z = 2 (y - 1) y (1 + y)")
    assert [repair.text for repair in made.repairs] == ["2·(y − 1)·y·(1 − y)"]


def test_shapes_that_do_not_fit_are_written_anew(tmp_path: Path) -> None:
    text = f"at: W = {W.tolist()}, x = [1.2, -0.3, 0.8]\nu = W x\nL = ‖u‖^2\n∂L/∂x = 2 W u"
    (made,) = derivation(tmp_path, text)
    (repair,) = made.repairs
    assert repair.change == ""
    assert repair.text.startswith("Wᵀ @ ")


def test_an_outer_product_is_turned_round(tmp_path: Path) -> None:
    text = (
        f"at: W = {W.tolist()}, x = [1.2, -0.3, 0.8], y = [0.2, 0.9]\nδ = W x - y\nL = ‖δ‖^2/2\n∂L/∂W = x δ^T"
    )
    (made,) = derivation(tmp_path, text)
    assert [repair.text for repair in made.repairs] == ["δ @ xᵀ"]


def test_what_is_far_from_right_is_written_anew_if_that_is_short() -> None:
    repair = repaired("x exp(x) sin(x)", X, x="x^7 + 5 ln(x)")
    assert repair.change == ""
    assert "cos(x)" in repair.text


def test_nothing_is_made_up_where_the_derivative_is_long() -> None:
    inner = "x"
    for _ in range(6):
        inner = f"sin({inner} cos({inner}))" if len(inner) < 60 else f"exp(-({inner})^2)"
    made = check_case(case_of(inner, X, hand={"x": "x^7 + 5 ln(x)"}), QUICK)
    assert (made.verdict, made.repairs) == ("disagree", ())


@pytest.mark.parametrize("claim", ["cos(3x)", "3 cos(3x)"])
def test_a_verdict_does_not_depend_on_it(claim: str) -> None:
    skip = {REPAIRING: "it took too long"}
    case = case_of("sin(3x)", X, hand={"x": claim})
    with_repairs = examine(case, QUICK, lambda step: None, {})
    without = examine(case, QUICK, lambda step: None, skip)
    assert with_repairs.verdict == without.verdict
    assert without.repairs == ()
    assert bool(with_repairs.repairs) == (claim == "cos(3x)")


def test_claims_that_are_code_or_numbers_are_left_alone() -> None:
    code = check_case(case_of("x^2", X, hand=lambda x: 3 * x), QUICK)
    number = check_case(case_of("x^2", X, hand={"x": "2.7"}), QUICK)
    assert [(made.verdict, made.repairs) for made in (code, number)] == [("disagree", ())] * 2
