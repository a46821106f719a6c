"""The snippet of a counterexample: it runs as it is pasted, and shows the disagreement again."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab.cases import Case
from gradlab.harness import Settings, case_of, check_case
from gradlab.library import cases_in_file, formula_claims, function_at, library
from gradlab.snippet import literal
from tests.workshop import ROOT

SETTINGS = Settings(points=1, timed=False)
SCALE = 2.5
TABLE = np.linspace(0.0, 1.0, 5000)


def snippet_of(case: Case) -> str:
    found = check_case(case, SETTINGS).counterexample
    assert found is not None
    return found.snippet


def pasted(snippet: str, folder: Path) -> str:
    """What a Python of its own prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", snippet]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{snippet}\n{done.stderr}"
    return done.stdout


def shows_it(snippet: str, folder: Path) -> bool:
    """Whether the pasted code finds the claim wrong."""
    (remark,) = [line for line in snippet.splitlines() if line.startswith("# ∂")]
    output = " ".join(pasted(snippet, folder).split())
    return "disagree" in output and "the claim gives" in remark


class Row(NamedTuple):
    f: Callable[..., Any] | str
    at: dict[str, Any]
    hand: Any
    has: tuple[str, ...] = ()
    """What the snippet has in it."""
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


def scaled(x: Any) -> Any:
    """A docstring, which stays out."""
    return SCALE * half(np.sum(x**2))


def half(x: Any, of: float = SCALE) -> Any:
    return x * of / (2 * SCALE)


def scaled_gradient(x: Any) -> Any:
    return SCALE * 2 * x


def product(A: Any, b: Any) -> Any:
    return np.sum(np.exp(A @ b))


def product_gradient(A: Any, b: Any) -> Any:
    return np.outer(np.exp(A @ b), b), np.exp(A @ b) @ A * 2


def power(x: Any, n: int) -> Any:
    return np.sum(x**n) * math.pi


def power_gradient(x: Any, n: int) -> Any:
    return x ** (n - 1) * math.pi


def chosen(x: Any, how: str, weights: dict[str, float], mask: Any) -> Any:
    assert how == "cube"
    return np.sum(x**3 * mask) * weights["w"]


def chosen_gradient(x: Any, how: str, weights: dict[str, float], mask: Any) -> Any:
    return 3 * x**2 * weights["w"]


def squares(x: Any) -> Any:
    return x**2


def squares_jacobian(x: Any) -> Any:
    return np.diag(x)


ROWS = {
    "a formula": Row("x^2 sin(x)", dict(x=0.5), dict(x="2x sin(x)"), ('"x^2 sin(x)"', '"x": "2x sin(x)"')),
    "names in Greek": Row("σ(λ x_1)", dict(λ=0.5, x_1=2.0), dict(x1="σ(λ x1)"), ('"σ(λ x_1)"',)),
    "one name of two": Row("x y", dict(x=0.5, y=2.0), dict(x="2y"), ('wrt=["x"]',), dict(wrt="x")),
    "a formula for every element": Row(
        lambda x: np.sum(x**2), dict(x=np.array([0.1, 0.2])), dict(x="3x"), ('"x": "3x"',)
    ),
    "a number": Row("x^2", dict(x=3.0), dict(x="5.50"), ('"x": "5.50"', '"x": 3.0')),
    "an array": Row(
        scaled, dict(x=np.array([1.0, 2.0])), np.array([5.0, 1.0]), ('"x": np.array([5.0, 1.0])',)
    ),
    "functions of a module": Row(
        scaled,
        dict(x=np.array([0.1, 0.2])),
        dict(x=lambda x: 1.0 * x),
        ("from tests.harness.test_counterexample import scaled",),
    ),
    "matrices": Row(
        product,
        dict(A=np.array([[0.1, -0.4], [1.3, 0.7]]), b=np.array([1.5, 0.2])),
        product_gradient,
        ("import product", "import product_gradient", '"A": np.'),
    ),
    "float32": Row(
        product,
        dict(A=np.full((1, 2), 0.1, dtype=np.float32), b=np.array([1.5, 0.3], dtype=np.float32)),
        product_gradient,
        ("dtype=np.float32",),
    ),
    "integers": Row(
        power, dict(x=np.array([0.1, 0.2]), n=3), power_gradient, ('"n": 3', 'wrt=["x"]'), dict(wrt="x")
    ),
    "text, a dictionary and a mask": Row(
        chosen,
        dict(x=np.array([0.1, 0.2]), how="cube", weights={"w": 0.25}, mask=np.array([True, False])),
        chosen_gradient,
        ('"how": "cube"', "\"weights\": {'w': 0.25}", '"mask": np.array([True, False])'),
        dict(wrt="x"),
    ),
    "a Jacobian": Row(
        squares,
        dict(x=np.array([0.1, 0.2])),
        squares_jacobian,
        ('quantity="jacobian"',),
        dict(quantity="jacobian"),
    ),
    "a large array": Row(
        lambda x: np.sum(x**2),
        dict(x=np.linspace(1.0, 2.0, 300)),
        dict(x="3x"),
        ("x = np.zeros(300)", "x[299] = 1.0"),
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_snippet_shows_the_disagreement_again(row: Row, tmp_path: Path) -> None:
    snippet = snippet_of(case_of(row.f, row.at, hand=row.hand, **row.options))
    missing = [part for part in row.has if part not in snippet]
    assert not missing, snippet
    for name, function in (("f", row.f), ("hand", row.hand)):
        if getattr(function, "__name__", "") == "<lambda>":
            assert f"# {name} is your own function" in snippet
            snippet = f"import numpy as np\n{name} = lambda x: np.sum(x**2)\n{snippet}"
    if "hand_x is your own" in snippet:
        snippet = f"hand_x = lambda x: 1.0 * x\n{snippet}"
    assert shows_it(snippet, tmp_path)


FILE = '''
"""Homework."""

import math
from math import tau as turn

import numpy as np
from numpy.linalg import norm

import gradlab

RATE = 0.25
WEIGHTS = np.array([1.0, 2.0])
MANY = np.linspace(0.0, 1.0, 5000)


def penalty(w, rate=RATE):
    """Of the weights."""
    return rate * norm(w * WEIGHTS) ** 2 / turn * math.tau


@gradlab.case(at=dict(w=np.array([0.3, -0.7])))
def ridge(w):
    return penalty(w) + gradlab.sigmoid(w[0])


@ridge.hand
def gradient(w):
    return 2 * RATE * w * WEIGHTS


def made(power):
    def raised(x):
        return x**power

    return raised


cube = gradlab.case(at=dict(x=1.37), name="cube")(made(3))


@cube.hand
def gradient(x):
    return 2 * x**2


def looked_up(x):
    return np.interp(x, MANY, MANY) if False else x * MANY[-1]


def looked_up_gradient(x):
    return 2 * MANY[-1] + 0 * x
'''


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    path = tmp_path / "assignment.py"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["ridge", "cube"])
def test_the_cases_of_a_file_are_written_out_with_all_that_they_need(
    homework: Path, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (case,) = [c for c in cases_in_file(homework) if c.name == name]
    snippet = snippet_of(case)
    assert "def gradient" in snippet
    assert "assignment" not in snippet
    assert "Of the weights" not in snippet
    assert shows_it(snippet, tmp_path_factory.mktemp("elsewhere"))


def test_what_cannot_be_written_out_is_loaded_from_its_file(homework: Path, tmp_path: Path) -> None:
    function, hand = (function_at(f"{homework}:{name}") for name in ("looked_up", "looked_up_gradient"))
    snippet = snippet_of(case_of(function, dict(x=0.3), hand=hand))
    assert "function_at(" in snippet
    assert shows_it(snippet, tmp_path)


def test_what_is_in_no_file_is_said_to_be_the_users_own() -> None:
    class Model:
        def __call__(self, x: Any) -> Any:
            return x**2

    snippet = snippet_of(case_of(Model(), dict(x=0.3), hand=lambda x: 3 * x))
    assert "# f is your own function" in snippet
    assert "# hand is your own function (" in snippet
    assert "gradlab.check(f, " in snippet


def test_a_name_that_stands_for_none_is_written_out(tmp_path: Path) -> None:
    dtype = None

    def function(x: Any) -> Any:
        return np.sum(np.asarray(x, dtype=dtype) ** 2)

    snippet = snippet_of(case_of(function, dict(x=0.3), hand=dict(x="3x")))
    assert "dtype = None" in snippet
    assert shows_it(snippet, tmp_path)


def test_a_decorated_function_is_not_written_out_without_its_decorator() -> None:
    def doubled(function: Any) -> Any:
        @wraps(function)
        def twice(x: Any) -> Any:
            return 2 * function(x)

        return twice

    @doubled
    def inner(x: Any) -> Any:
        return x**2

    assert "\ndef inner" not in snippet_of(case_of(inner, dict(x=0.3), hand=dict(x="3x")))


def test_two_things_of_one_name_are_not_mixed_up() -> None:
    def other() -> Any:
        def half(x: Any) -> Any:
            return x / 3

        def gradient(x: Any) -> Any:
            return half(x)

        return gradient

    def function(x: Any) -> Any:
        return half(x) ** 2

    snippet = snippet_of(case_of(function, dict(x=0.3), hand=other()))
    assert "# hand is your own function" in snippet or "# gradient is your own function" in snippet
    assert "x / 3" not in snippet


LIBRARY = [c for c in library() if c.claims and c.verdict == "agree" and c.quantity == "gradient"]


@pytest.mark.parametrize("case", LIBRARY[:: max(1, len(LIBRARY) // 6)], ids=lambda c: c.name)
def test_a_planted_error_in_a_case_of_the_library_is_shown_again(case: Case, tmp_path: Path) -> None:
    planted, _ = formula_claims({name: f"sin({name}) + 0.1234" for name in case.wrt}, case.points[0].inputs)
    snippet = snippet_of(replace(case, claims=(planted,), points=case.points[:1]))
    assert f"def {case.function.__name__}" in snippet
    assert shows_it(snippet, tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        -0.5e-300,
        3,
        True,
        None,
        'quote " and \\',
        [1, [2.5, "a"]],
        np.float64(0.1),
        np.float32(0.1),
        np.int64(3),
        np.array(0.1),
        np.array([0.1, 1e300]),
        np.array([[0.1], [0.2]], dtype=np.float32),
        np.zeros((2, 3)),
        np.ones(7, dtype=np.float32),
        np.full((2, 2), 0.1),
        np.arange(4),
        np.arange(4, dtype=np.uint8),
        np.zeros(3, dtype=bool),
        np.zeros((0, 3)),
        np.array([np.nan, -np.inf]),
    ],
    ids=repr,
)
def test_a_literal_gives_the_same_value_of_the_same_type(value: Any) -> None:
    script = f"import sys, pickle, numpy as np; sys.stdout.buffer.write(pickle.dumps({literal(value)}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    again = pickle.loads(done.stdout)
    assert (type(again), repr(again)) == (type(value), repr(value))


def test_an_agreeing_case_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("gradlab.examination.simplest", never)
    assert gradlab.check("x^2", dict(x=3.0), hand=dict(x="2x")).ok
