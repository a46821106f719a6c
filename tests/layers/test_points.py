"""Where a pair is looked at: what its file says, what the command line says, and what is drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradlab.cases import Case, InputError
from gradlab.harness import check_case
from gradlab.layers import case_of_pair
from gradlab.layers.functions import paired
from gradlab.layers.pair import Argument, Pair
from gradlab.layers.shapes import is_count, shape_of
from gradlab.library import cases_in_file, function_at
from tests.layers.test_styles import SETTINGS, cases_of_text, judged
from tests.workshop import ROOT

PAIR = """
def f(x, y):
    return np.sum(x * y)
def f_grad(x, y):
    return y, x
"""
SAID = {
    "AT": 'AT = {"x": [1.5, 2.5], "y": np.array([0.5, -2.0])}' + PAIR,
    "AT by the pair's name": 'AT = {"f": {"x": [1.5, 2.5], "y": [0.5, -2.0]}, "y": [9.0, 9.0]}' + PAIR,
    "POINTS": 'POINTS = [{"x": [1.5, 2.5], "y": [0.5, -2.0]}, {"x": [1.0], "y": [2.0]}]' + PAIR,
    "the docstring of the file": PAIR,
    "the docstring of the function": PAIR.replace(
        "y):\n    return np",
        'y):\n    """The dot.\n\n    at: x=[1.5, 2.5], y=[0.5, -2]\n    """\n    return np',
        1,
    ),
    "default arguments": "def f(x=1.5, y=0.5):\n    return x * y\ndef f_grad(x=1.5, y=0.5):\n    return y, x\n",
}


def any_pair() -> Pair:
    def f(x: Any) -> Any:
        return x

    return paired(f, f)  # type: ignore[arg-type]


def flat(case: Case, name: str) -> list[Any]:
    return [*np.ravel(case.points[0].inputs[name])]


@pytest.mark.parametrize("how", SAID)
def test_a_point_is_taken_from_the_file(how: str, tmp_path: Path) -> None:
    path = tmp_path / "layer.py"
    above = (
        '"""A product.\n\nat: x=[1.5, 2.5], y=[0.5, -2]\n"""\n' if how == "the docstring of the file" else ""
    )
    path.write_text(above + "import numpy as np\n" + SAID[how], encoding="utf-8")
    (case,) = cases_in_file(path)
    assert (flat(case, "x")[0], flat(case, "y")[0]) == (1.5, 0.5)
    assert len(case.points) == (2 if how == "POINTS" else 1)
    assert not [note for note in case.notes if "drawn" in note]
    assert check_case(case, SETTINGS).verdict == "agree"


def test_shapes_are_read_from_the_docstring_of_a_layer_and_told(tmp_path: Path) -> None:
    text = '''
def affine_forward(x, w, b):
    """An affine layer.

    - x: input data, of shape (N, D)
    - w: weights, of shape (D, M)
    - b: biases, of shape (M,)
    """
    return x.dot(w) + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(0)
'''
    case, record = judged(tmp_path, text)
    shapes = [np.shape(case.points[0].inputs[name]) for name in ("x", "w", "b")]
    ((n, d), (d_again, m), (m_again,)) = shapes
    assert (d, m) == (d_again, m_again) and len({n, d, m}) == 3
    assert record.verdict == "agree"
    assert any(note.startswith("drawn at random: x (") for note in record.notes)


HINTS = {
    "x: (N, D)": (5, 3),
    "  - x: input, of shape (N, D)": (5, 3),
    "# x: an array of shape [4, 2]": (4, 2),
    "x (array): biases of shape (M,)": (3,),
    "x: N × D numbers (N × D)": (5, 3),
    "x: (2 x 3)": (2, 3),
    "x: an array (float)": None,
    "x: (N, d_1, ..., d_k)": None,
    "x: (-1, 3)": None,
    "x: (1000000, 1000000)": None,
    "x: (4294967296, 4294967297)": None,
    "x: (0, 3)": None,
    "x: (²)": None,
    "y: (N, D)": None,
    "x: (" + "x" * 50_000: None,
    "\n" * 50_000 + "x": None,
}


@pytest.mark.parametrize("text", HINTS, ids=lambda text: text.strip()[:30])
def test_a_hint_gives_a_shape_only_where_it_is_one(text: str) -> None:
    pair = replace(any_pair(), hints=text)
    assert shape_of(Argument("x"), pair, {}, {}, {}) == HINTS[text]


COUNTS = ("n_in", "in_features", "D", "hidden_size", "nout", "input_dim")
NO_COUNTS = ("W", "weights", "name", "data", "kernel", "activation", "mask")


@pytest.mark.parametrize("name", [*COUNTS, *NO_COUNTS])
def test_what_a_class_takes_as_a_count_is_known_by_its_name(name: str) -> None:
    assert is_count(Argument(name, constructs=True)) == (name in COUNTS)
    assert is_count(Argument(name, annotation=int))


def test_what_is_drawn_has_both_signs_and_is_the_same_each_time(tmp_path: Path) -> None:
    text = "class Id:\n    def forward(self, x):\n        return 1 * x\n    def backward(self, d):\n        return d\n"
    (first,), (second,) = cases_of_text(tmp_path, text), cases_of_text(tmp_path, text)
    x = first.points[0].inputs["x"]
    assert x.min() < 0 < x.max()
    np.testing.assert_array_equal(x, second.points[0].inputs["x"])


def test_a_layer_that_needs_positive_numbers_gets_them(tmp_path: Path) -> None:
    text = """
class Log:
    def forward(self, x):
        self.x = x
        return np.log(x)
    def backward(self, d):
        return d / self.x
"""
    case, record = judged(tmp_path, text)
    assert np.all(case.points[0].inputs["x"] > 0)
    assert record.verdict == "agree"


def test_labels_stay_integers_and_get_no_derivative(tmp_path: Path) -> None:
    text = """
AT = {"x": [[0.1, 0.5, -1.0], [1.0, 0.2, 0.3]], "y": [2, 0]}
class Pick:
    def forward(self, x, y):
        self.shape, self.y = x.shape, y
        return x[np.arange(2), y]
    def backward(self, d):
        dx = np.zeros(self.shape)
        dx[np.arange(2), self.y] = d
        return dx
"""
    case, record = judged(tmp_path, text)
    assert case.wrt == ("x",) and record.verdict == "agree"


def test_a_module_s_own_layer_is_copied_and_left_alone(tmp_path: Path) -> None:
    text = """
class Gain:
    def __init__(self, how):
        self.g = np.array([how["gain"], 1.0])
    def forward(self, x):
        self.x = x
        return self.g * x
    def backward(self, dy):
        self.dg = np.sum(dy * self.x, axis=tuple(range(np.ndim(dy) - 1)))
        return dy * self.g
layer = Gain({"gain": 2.0})
AT = {"x": [0.5, 1.5]}
"""
    case, record = judged(tmp_path, text)
    assert (case.wrt, record.verdict) == (("x", "g"), "agree")
    assert function_at(f"{tmp_path}/layer.py:layer.g.copy")().tolist() == [2.0, 1.0]
    assert function_at(f"{tmp_path}/layer.py:layer.__dict__.keys")() == {"g"}


def test_a_class_is_checked_at_the_point_that_is_given() -> None:
    class Linear:
        def __init__(self, n_in: int, n_out: int) -> None:
            self.W = np.ones((n_in, n_out))

        def forward(self, x: Any) -> Any:
            self.x = x
            return x @ self.W

        def backward(self, dy: Any) -> Any:
            self.dW = np.outer(self.x, dy)
            return self.W @ dy

    point = {"n_in": 2.0, "n_out": 2.0, "x": [1.0, 2.0], "W": [[1.0, 2.0], [3.0, 4.0]], "dy": [1.0, -1.0]}
    case = case_of_pair(Linear, at=point)
    assert flat(case, "W") == [1.0, 2.0, 3.0, 4.0] and flat(case, "dy") == [1.0, -1.0]
    assert not case.notes
    assert check_case(case, SETTINGS).verdict == "agree"
    assert case_of_pair(Linear, at=point, wrt=["W"]).wrt == ("W",)
    with pytest.raises(InputError, match="the point gives q, and Linear has n_in, n_out, x, W, dy"):
        case_of_pair(Linear, at={**point, "q": 1.0})


def test_a_function_without_a_derivative_beside_it_is_refused() -> None:
    with pytest.raises(InputError, match="flat has no derivative beside it"):
        case_of_pair(flat)


def test_the_example_that_is_right_agrees() -> None:
    cases = cases_in_file(ROOT / "examples/layers/right.py")
    for case in cases:
        assert case.location.startswith("examples/layers/right.py:")
        assert case.text.startswith("def forward(self, x):")
        assert case.claims[0].text.startswith("def backward(self, dy):")
    assert [check_case(case, SETTINGS).verdict for case in cases] == ["agree", "agree"]


def test_the_example_that_is_wrong_is_told_what_is() -> None:
    linear, sigmoid = cases_in_file(ROOT / "examples/layers/wrong.py")
    assert check_case(sigmoid, SETTINGS).verdict == "disagree"
    with pytest.raises(InputError, match=r"the hand derivative by b .* return its .sum\(axis=0\)"):
        check_case(linear, SETTINGS)
