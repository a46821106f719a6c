"""What can't be taken as a pair is refused in a sentence; what a backward pass does wrong is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradlab.cases import InputError
from gradlab.layers.points import header
from tests.layers.test_styles import cases_of_text, judged

LINEAR = """
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.ones((n_in, n_out))
        self.b = np.zeros(n_out)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dy):
        self.dW = self.x.T @ dy
        self.db = dy.sum(axis=0)
        return dy @ self.W.T
"""
MUL = """
class Mul:
    def forward(self, x, y, z):
        return x * y * z
    def backward(self, d):
        return d, d
"""
RELU = """
class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)
    def backward(self, dout):
        dout[self.mask] = 0
        return dout
"""
DROPOUT = """
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask
    def backward(self, dout):
        return dout * self.mask
"""
REFUSED = {
    "two derivatives": (
        "def f(x):\n    return x**2\ndef df(x):\n    return 2 * x\ndef f_grad(x):\n    return 2 * x\n",
        "f has 2 derivatives, df and f_grad: keep one",
    ),
    "a gradient of either": (
        "def loss(x):\n    return x**2\ndef cost(x):\n    return x**3\ndef gradient(x):\n    return 2 * x\n",
        "gradient could be the derivative of loss or of cost: rename it, as in loss_grad",
    ),
    "other arguments": (
        "def sigmoid(x):\n    return x\ndef sigmoid_prime(y):\n    return y * (1 - y)\n",
        r"sigmoid_prime\(y\) looks like the derivative of sigmoid\(x\), and their arguments don't agree",
    ),
    "no point": (
        "def loss(w, x):\n    return x @ w\ndef loss_grad(w, x):\n    return x\n",
        r'loss needs a value for w, x .*: write AT = \{"w": np.array',
    ),
    "a point without a value": (
        'AT = {"x": [1.0, 2.0]}\ndef f(x, y):\n    return x\ndef df(x, y):\n    return y\n',
        r'f needs a value for y: write AT = \{"y"',
    ),
    "a name that nothing has": (
        'AT = {"q": 1.0}\ndef f(x):\n    return x**2\ndef df(x):\n    return 2 * x\n',
        "AT gives q, and the file's functions and layers have x",
    ),
    "a shape that is none": (
        'SHAPES = {"x": (2, -3)}\ndef f(x):\n    return x\ndef df(x):\n    return 1\n',
        r"SHAPES gives x the shape \(2, -3\): write a tuple of counts",
    ),
    "a shape too large": (
        'SHAPES = {"x": (10**9, 10**9)}\ndef f(x):\n    return x\ndef df(x):\n    return 1\n',
        "at most 1000000 elements",
    ),
    "a cache that is not returned": (
        "def f_forward(x):\n    return x\ndef f_backward(dout, cache):\n    return dout\n",
        r"f_forward returns \w+, and its backward pass takes cache: return \(out, cache\)",
    ),
    "too few upstream gradients": (
        "class Two:\n    def forward(self, x):\n        return x, 2 * x\n    def backward(self, da):\n        return da\n",
        r"Two gives 2 outputs, and its backward pass takes 1 upstream gradient \(da\)",
    ),
    "a gradient that is not summed over the batch": (
        LINEAR.replace("dy.sum(axis=0)", "dy"),
        r"the hand derivative by b has shape \(5, 4\), and b needs \(4,\): .* return its .sum\(axis=0\)",
    ),
    "a transposed gradient": (
        LINEAR.replace("self.x.T @ dy", "dy.T @ self.x"),
        "it is the transpose of the right gradient: return its .T",
    ),
    "a missing value": (
        MUL,
        "returns 2 values, and there are 3 arguments to derive by",
    ),
    "no gradient at all": (
        "class Unfinished:\n    def forward(self, x):\n        return x\n    def backward(self, dy):\n        pass\n",
        "the hand derivative by x is None: is its `return` missing",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_it_is_said_what_is_wrong_and_what_to_write(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=sentence):
        judged(tmp_path, text)


def test_a_header_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(InputError, match="the line 'at:' can't be read"):
        header("at: x=[1, 2")


MISBEHAVING = {
    "backward writes into the upstream gradient": (
        RELU,
        "changes its input dout",
    ),
    "backward updates a parameter": (
        LINEAR.replace(
            "return dy @ self.W.T", "dx = dy @ self.W.T\n        self.W -= 0.1 * self.dW\n        return dx"
        ),
        "changes its input W",
    ),
    "backward raises": (LINEAR.replace("dy @ self.W.T", "dy @ self.W"), "raises ValueError"),
    "forward raises": (
        LINEAR.replace("x @ self.W", "x @ self.V"),
        "the function raises AttributeError at layer.py:",
    ),
    "forward has a slip": (
        LINEAR.replace("x @ self.W", "x @ W"),
        "the function raises NameError at layer.py:",
    ),
    "forward draws": (
        DROPOUT,
        "not deterministic",
    ),
    "a derivative that is not written yet": (
        "def f(x):\n    return x**2\ndef f_grad(x):\n    raise NotImplementedError\n",
        "raises NotImplementedError",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), MISBEHAVING.values(), ids=MISBEHAVING)
def test_what_misbehaves_is_an_error_with_its_reason(text: str, sentence: str, tmp_path: Path) -> None:
    _, record = judged(tmp_path, text)
    assert record.verdict == "error"
    assert sentence in record.reason


def test_a_parameter_without_a_gradient_is_told(tmp_path: Path) -> None:
    case, record = judged(tmp_path, LINEAR.replace("self.db = dy.sum(axis=0)", "pass"))
    assert case.wrt == ("x", "W")
    assert "Linear.backward sets no gradient of b" in record.notes


def test_a_missing_upstream_gradient_shows_and_is_said_to_be_random(tmp_path: Path) -> None:
    text = LINEAR.replace("dy.sum(axis=0)", "len(dy) * np.ones(dy.shape[1])")
    _, record = judged(tmp_path, text)
    assert record.verdict == "disagree"
    assert "backward is checked with a random upstream gradient dy of shape (5, 4)" in record.notes


def test_parameters_are_not_checked_at_zeros(tmp_path: Path) -> None:
    (case,) = cases_of_text(tmp_path, LINEAR)
    assert np.all(case.points[0].inputs["b"] != 0)


def test_the_random_numbers_of_the_program_are_left_as_they_were(tmp_path: Path) -> None:
    np.random.seed(7)  # noqa: NPY002
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    cases_of_text(tmp_path, LINEAR.replace("np.ones((n_in", "np.random.random((n_in"))
    assert np.random.rand() == expected  # noqa: NPY002
