"""Layers, networks and norms in NumPy, each with its backward pass by hand.

A pass asks `slip` at every place where it can go wrong: `slip("transposed factor", a, lambda: b)` is `a`, or
`b` when that very slip is to be made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Slip = Callable[[str, Any, Callable[[], Any]], Any]
"""Of a family, the right factor, and a function that gives the wrong one."""


@dataclass(frozen=True, eq=False)
class Model:
    """A function of arrays, and its backward pass."""

    function: Callable[..., Any]
    backward: Callable[..., dict[str, Any]]
    at: dict[str, Any]
    wrt: tuple[str, ...]


Pair = tuple[Callable[..., Any], Callable[..., dict[str, Any]]]
MODELS: dict[str, Model] = {}
_RANDOM = np.random.default_rng(7)


def _model(wrt: str, **shapes: tuple[int, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a pair: the decorated function returns the value's function and its backward pass."""

    def enter(
        pair: Callable[[], Pair],
    ) -> Callable[..., Any]:
        function, backward = pair()
        at = {
            name: np.round(_RANDOM.uniform(0.2, 1.2, shape) * _RANDOM.choice([-1.0, 1.0], shape), 2)
            if shape
            else float(np.round(_RANDOM.uniform(0.2, 0.6), 2))
            for name, shape in shapes.items()
        }
        MODELS[pair.__name__.replace("_", " ")] = Model(function, backward, at, tuple(wrt.split()))
        return pair

    return enter


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


@_model("W b x", W=(3, 3), b=(3,), x=(3,), t=(3,))
def linear_layer() -> Pair:
    """½‖Wx + b − t‖²."""

    def function(W: Any, b: Any, x: Any, t: Any) -> Any:
        return np.sum((W @ x + b - t) ** 2) / 2

    def backward(slip: Slip, W: Any, b: Any, x: Any, t: Any) -> dict[str, Any]:
        r = W @ x + b - t
        by_W = slip("transposed factor", np.outer(r, x), lambda: np.outer(x, r))
        by_W = slip("upstream forgotten", by_W, lambda: np.outer(np.ones(3), x))
        by_b = slip("bias as weight", r, lambda: r * x)
        by_x = slip("transposed factor", W.T @ r, lambda: W @ r)
        by_x = slip("sign of a term", by_x, lambda: W.T @ (W @ x + b + t))
        return {"W": by_W, "b": by_b, "x": by_x}

    return function, backward


@_model("W b", W=(2, 2), b=(2,), x=(2,), t=(2,))
def sigmoid_layer() -> Pair:
    """½‖σ(Wx + b) − t‖²."""

    def function(W: Any, b: Any, x: Any, t: Any) -> Any:
        return np.sum((_sigmoid(W @ x + b) - t) ** 2) / 2

    def backward(slip: Slip, W: Any, b: Any, x: Any, t: Any) -> dict[str, Any]:
        z = W @ x + b
        h = _sigmoid(z)
        slope = slip("chain factor forgotten", h * (1 - h), lambda: 1.0)
        slope = slip("σ′ as σ", slope, lambda: h)
        slope = slip("σ′ as 1 − σ", slope, lambda: 1 - h)
        slope = slip("σ′ as z(1 − z)", slope, lambda: z * (1 - z))
        slope = slip("σ′ at the value after", slope, lambda: _sigmoid(h) * (1 - _sigmoid(h)))
        r = slip("value before for value after", h - t, lambda: z - t)
        r = slip("upstream forgotten", r, lambda: np.ones(2))
        z_bar = r * slope
        by_W = slip("transposed factor", np.outer(z_bar, x), lambda: np.outer(x, z_bar))
        by_b = slip("bias as weight", z_bar, lambda: z_bar * x)
        return {"W": by_W, "b": by_b}

    return function, backward


@_model("W b V c", W=(3, 3), b=(3,), V=(3, 3), c=(3,), x=(3,), t=(3,))
def two_layers_of_tanh() -> Pair:
    """‖V tanh(Wx + b) + c − t‖²."""

    def function(W: Any, b: Any, V: Any, c: Any, x: Any, t: Any) -> Any:
        return np.sum((V @ np.tanh(W @ x + b) + c - t) ** 2)

    def backward(slip: Slip, W: Any, b: Any, V: Any, c: Any, x: Any, t: Any) -> dict[str, Any]:
        z = W @ x + b
        h = np.tanh(z)
        r = slip("factor 2 or 1/2", 2 * (V @ h + c - t), lambda: V @ h + c - t)
        by_V = slip("transposed factor", np.outer(r, h), lambda: np.outer(h, r))
        by_V = slip("value before for value after", by_V, lambda: np.outer(r, z))
        by_c = slip("bias as weight", r, lambda: r * h)
        h_bar = slip("transposed factor", V.T @ r, lambda: V @ r)
        slope = slip("chain factor forgotten", 1 - h**2, lambda: 1.0)
        slope = slip("tanh′ as 1 − tanh", slope, lambda: 1 - h)
        slope = slip("tanh′ as 1 + tanh²", slope, lambda: 1 + h**2)
        slope = slip("tanh′ as 1 − z²", slope, lambda: 1 - z**2)
        z_bar = h_bar * slope
        by_W = slip("transposed factor", np.outer(z_bar, x), lambda: np.outer(x, z_bar))
        by_W = slip("wrong index", by_W, lambda: np.outer(z_bar, t))
        by_b = slip("bias as weight", z_bar, lambda: z_bar * x)
        return {"W": by_W, "b": by_b, "V": by_V, "c": by_c}

    return function, backward


@_model("W V", W=(4, 2), V=(2, 4), x=(2,), t=(2,))
def network_of_relu() -> Pair:
    """‖V relu(Wx) − t‖²."""

    def function(W: Any, V: Any, x: Any, t: Any) -> Any:
        return np.sum((V @ np.maximum(0, W @ x) - t) ** 2)

    def backward(slip: Slip, W: Any, V: Any, x: Any, t: Any) -> dict[str, Any]:
        z = W @ x
        h = np.maximum(0, z)
        r = slip("factor 2 or 1/2", 2 * (V @ h - t), lambda: V @ h - t)
        by_V = slip("value before for value after", np.outer(r, h), lambda: np.outer(r, z))
        slope = slip("chain factor forgotten", np.where(z > 0, 1.0, 0.0), lambda: 1.0)
        slope = slip("relu′ as relu", slope, lambda: h)
        return {"W": np.outer(V.T @ r * slope, x), "V": by_V}

    return function, backward


@_model("theta", theta=(3,), X=(3, 3), t=(3,))
def mean_of_squares() -> Pair:
    """The mean of (Xθ − t)²."""

    def function(theta: Any, X: Any, t: Any) -> Any:
        return np.mean((X @ theta - t) ** 2)

    def backward(slip: Slip, theta: Any, X: Any, t: Any) -> dict[str, Any]:
        r = X @ theta - t
        factor = slip("sum for mean", 2 / 3, lambda: 2.0)
        factor = slip("factor 2 or 1/2", factor, lambda: 1 / 3)
        by_theta = slip("transposed factor", X.T @ r, lambda: X @ r)
        return {"theta": factor * by_theta}

    return function, backward


@_model("w", w=(2,), X=(5, 2), t=(5,), lam=())
def ridge_regression() -> Pair:
    """‖Xw − t‖² + λ‖w‖²."""

    def function(w: Any, X: Any, t: Any, lam: Any) -> Any:
        return np.sum((X @ w - t) ** 2) + lam * np.sum(w**2)

    def backward(slip: Slip, w: Any, X: Any, t: Any, lam: Any) -> dict[str, Any]:
        data = slip("data term forgotten", 2 * X.T @ (X @ w - t), lambda: 0 * w)
        data = slip("mean for sum", data, lambda: 2 * X.T @ (X @ w - t) / 5)
        penalty = slip("regulariser forgotten", 2 * lam * w, lambda: 0 * w)
        penalty = slip("sign of a term", penalty, lambda: -2 * lam * w)
        penalty = slip("exponent not brought down", penalty, lambda: lam * w)
        penalty = slip("exponent not reduced", penalty, lambda: 2 * lam * w**2)
        return {"w": data + penalty}

    return function, backward


@_model("W x", W=(3, 3), x=(3,), t=(3,))
def length_of_the_error() -> Pair:
    """‖Wx − t‖."""

    def function(W: Any, x: Any, t: Any) -> Any:
        return np.sqrt(np.sum((W @ x - t) ** 2))

    def backward(slip: Slip, W: Any, x: Any, t: Any) -> dict[str, Any]:
        r = W @ x - t
        n = np.sqrt(np.sum(r**2))
        e = slip("sqrt misremembered", r / n, lambda: 2 * r / n)
        e = slip("inner derivative forgotten", e, lambda: np.ones(3) / (2 * n))
        by_W = slip("transposed factor", np.outer(e, x), lambda: np.outer(x, e))
        by_x = slip("transposed factor", W.T @ e, lambda: W @ e)
        return {"W": by_W, "x": by_x}

    return function, backward


@_model("A B", A=(3, 3), B=(3, 3), C=(3, 3))
def matrix_product() -> Pair:
    """½‖AB − C‖²."""

    def function(A: Any, B: Any, C: Any) -> Any:
        return np.sum((A @ B - C) ** 2) / 2

    def backward(slip: Slip, A: Any, B: Any, C: Any) -> dict[str, Any]:
        R = A @ B - C
        by_A = slip("transposed factor", R @ B.T, lambda: R @ B)
        by_A = slip("swapped factors", by_A, lambda: B.T @ R)
        by_B = slip("transposed factor", A.T @ R, lambda: A @ R)
        by_B = slip("swapped factors", by_B, lambda: R @ A.T)
        by_B = slip("sign of a term", by_B, lambda: A.T @ (A @ B + C))
        return {"A": by_A, "B": by_B}

    return function, backward


@_model("w A", w=(3,), A=(3, 3))
def quadratic_form() -> Pair:
    """wᵀAw."""

    def function(w: Any, A: Any) -> Any:
        return w @ A @ w

    def backward(slip: Slip, w: Any, A: Any) -> dict[str, Any]:
        by_w = slip("path forgotten", A @ w + A.T @ w, lambda: A @ w)
        by_w = slip("path forgotten", by_w, lambda: A.T @ w)
        by_w = slip("transposed factor", by_w, lambda: 2 * A @ w)
        by_w = slip("transposed factor", by_w, lambda: 2 * A.T @ w)
        return {"w": by_w, "A": np.outer(w, w)}

    return function, backward


@_model("u W v", u=(3,), W=(3, 3), v=(3,))
def bilinear_form() -> Pair:
    """tanh(uᵀWv)."""

    def function(u: Any, W: Any, v: Any) -> Any:
        return np.tanh(u @ W @ v)

    def backward(slip: Slip, u: Any, W: Any, v: Any) -> dict[str, Any]:
        y = np.tanh(u @ W @ v)
        slope = slip("chain factor forgotten", 1 - y**2, lambda: 1.0)
        slope = slip("tanh′ as 1 − tanh", slope, lambda: 1 - y)
        by_u = slip("transposed factor", W @ v, lambda: W.T @ v)
        by_u = slip("wrong index", by_u, lambda: W @ u)
        by_W = slip("transposed factor", np.outer(u, v), lambda: np.outer(v, u))
        by_v = slip("transposed factor", W.T @ u, lambda: W @ u)
        return {"u": slope * by_u, "W": slope * by_W, "v": slope * by_v}

    return function, backward


@_model("W b", W=(3, 3), b=(3,), x=(3,))
def softmax_classifier() -> Pair:
    """The cross-entropy of softmax(Wx + b) with the second class."""

    def function(W: Any, b: Any, x: Any) -> Any:
        z = W @ x + b
        return np.log(np.sum(np.exp(z))) - z[1]

    def backward(slip: Slip, W: Any, b: Any, x: Any) -> dict[str, Any]:
        z = W @ x + b
        e = np.exp(z)
        truth = np.array([0.0, 1.0, 0.0])
        p = slip("upstream forgotten", e / np.sum(e), lambda: e)
        z_bar = slip("path forgotten", p - truth, lambda: p)
        z_bar = slip("sign of a term", z_bar, lambda: p + truth)
        by_W = slip("transposed factor", np.outer(z_bar, x), lambda: np.outer(x, z_bar))
        return {"W": by_W, "b": slip("bias as weight", z_bar, lambda: z_bar * x)}

    return function, backward


@_model("w", w=(3,), X=(4, 3), s=(4,))
def mean_logistic_loss() -> Pair:
    """The mean of ln(1 + exp(−s·Xw))."""

    def function(w: Any, X: Any, s: Any) -> Any:
        return np.mean(np.log(1 + np.exp(-s * (X @ w))))

    def backward(slip: Slip, w: Any, X: Any, s: Any) -> dict[str, Any]:
        m = s * (X @ w)
        p = np.exp(-m) / (1 + np.exp(-m))
        p = slip("outer derivative forgotten", p, lambda: np.exp(-m))
        n = slip("sum for mean", 4.0, lambda: 1.0)
        sign = slip("sign of a term", -1.0, lambda: 1.0)
        inner = slip("constant factor lost", s, lambda: 1.0)
        return {"w": sign * X.T @ (p * inner) / n}

    return function, backward


@_model("w b", w=(3,), b=(), X=(4, 3), t=(4,))
def mean_of_sigmoids() -> Pair:
    """The mean of (σ(Xw + b) − t)²."""

    def function(w: Any, b: Any, X: Any, t: Any) -> Any:
        return np.mean((_sigmoid(X @ w + b) - t) ** 2)

    def backward(slip: Slip, w: Any, b: Any, X: Any, t: Any) -> dict[str, Any]:
        h = _sigmoid(X @ w + b)
        slope = slip("chain factor forgotten", h * (1 - h), lambda: 1.0)
        slope = slip("σ′ as σ", slope, lambda: h)
        z_bar = 2 * (h - t) * slope
        n = slip("sum for mean", 4.0, lambda: 1.0)
        return {"w": X.T @ z_bar / n, "b": slip("path overwritten", np.sum(z_bar), lambda: z_bar[3]) / n}

    return function, backward
