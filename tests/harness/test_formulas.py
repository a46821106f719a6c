"""What was typed, and what can be, stands in the record as mathematics that we have written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradlab.cases import Case
from gradlab.harness import Settings, case_of, check_case
from gradlab.homework import cases_in_document
from gradlab.library import library
from gradlab.record import CaseRecord, Formula
from gradlab.study.explain import Explaining

QUICK = Settings(timed=False, points=1)

TYPED = """```gradlab
z = w x + b
y = σ(z)
L = (y - t)^2/2
∂L/∂w = (y - t) y (1 - y) x
```
"""


def read(folder: Path, text: str) -> CaseRecord:
    document = folder / "hw.md"
    document.write_text(text, encoding="utf-8")
    (case,) = (case for case in cases_in_document(document) if isinstance(case, Case))
    return check_case(case, QUICK)


def texts(lines: tuple[Formula, ...]) -> list[str]:
    return [f"{line.name} = {line.formula}" for line in lines]


def test_a_typed_function_is_written_with_the_definitions_that_it_is_made_of(tmp_path: Path) -> None:
    made = read(tmp_path, TYPED.replace("L =", "unused = 3 x\nL ="))
    assert texts(made.formulas) == ["z = w·x + b", "y = σ(z)", "L = (y − t)^2/2"]
    assert [line.latex for line in made.formulas[:2]] == [r"w \cdot x + b", r"\sigma\left(z\right)"]


def test_claims_are_named_as_the_document_names_the_function(tmp_path: Path) -> None:
    made = read(tmp_path, TYPED)
    assert texts(made.claimed) == ["∂L/∂w = (y − t)·y·(1 − y)·x"]
    assert made.claimed[0].latex.startswith(r"\left(y - t\right)")


def test_each_line_of_a_derivation_has_latex(tmp_path: Path) -> None:
    (chain,) = read(tmp_path, TYPED).chains
    assert chain.lines[0].latex == r"\frac{\partial L}{\partial w}"
    assert chain.lines[1].latex == r"\left(y - t\right) \cdot y \cdot \left(1 - y\right) \cdot x"


def test_a_formula_without_definitions_is_called_f() -> None:
    made = check_case(case_of("sin(3x)", {"x": 0.4}, hand={"x": "3cos(3x)"}), QUICK)
    assert texts(made.formulas) == ["f = sin(3·x)"]
    assert texts(made.claimed) == ["∂f/∂x = 3·cos(3·x)"]


def loss(w: np.ndarray, x: np.ndarray) -> float:
    z = w @ x
    y = np.tanh(z)
    return float(y**2) if isinstance(y, float) else y**2


def test_code_is_written_in_the_names_of_its_variables() -> None:
    made = check_case(case_of(loss, {"w": np.array([0.5, 2.0]), "x": np.array([1.0, 0.3])}), QUICK)
    assert texts(made.formulas) == ["z = w @ x", "y = tanh(z)", "f = y^2"]
    assert all(line.latex for line in made.formulas)


def test_a_claim_that_is_code_is_no_mathematics() -> None:
    made = check_case(case_of("x^2", {"x": 1.3}, hand=lambda x: 2 * x), QUICK)
    assert made.claimed == ()


def many(x: float) -> float:
    for k in range(40):
        x = np.sin(x) + k
    return x


def untraceable(x: float) -> float:
    return float(np.float64(str(x))) ** 2


@pytest.mark.parametrize("function", [many, untraceable])
def test_what_is_too_long_or_can_not_be_traced_is_left_out(function: object) -> None:
    assert check_case(case_of(function, {"x": 0.3}), QUICK).formulas == ()  # type: ignore[arg-type]


def test_what_is_too_long_for_a_report_stays_out_of_a_typed_one_too() -> None:
    formula = " + ".join(f"sin({k} x)^{k}" for k in range(2, 60))
    assert check_case(case_of(formula, {"x": 0.3}), QUICK).formulas == ()


@pytest.mark.parametrize("name", ["himmelblau", "layer-norm", "logistic-regression"])
def test_cases_of_the_library_have_formulas_that_can_be_read(name: str) -> None:
    (case,) = (case for case in library() if case.name == name)
    formulas = check_case(case, QUICK).formulas
    assert formulas[-1].name == "f"
    assert sum(len(line.formula) for line in formulas) <= 300


def test_beside_a_sigma_of_the_user_the_logistic_function_has_its_long_name_in_every_formula() -> None:
    settings = Settings(timed=False, points=0, explaining=Explaining())
    made = check_case(case_of("sigmoid(sigma x)", {"sigma": 0.4, "x": 1.3}), settings)
    assert made.explanation is not None
    written = [*made.formulas, *made.explanation.closed]
    assert [line.latex for line in written if line.name == "f"] == [
        r"\operatorname{sigmoid}\left(\sigma \cdot x\right)"
    ] * 2
    assert r"\operatorname{sigmoid}\left(v_{1}\right)" in [node.latex for node in made.explanation.nodes]
