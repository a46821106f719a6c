"""The gradients as a competent engineer writes them by hand: no wasted work, no exotic tricks.

Numbers go through `math`, arrays through NumPy. Nothing here computes the value of the function,
since the gradient does not need it.
"""

from __future__ import annotations

from math import cos, exp, tanh
from typing import Any

import numpy as np

from benchmarks.engine.formulas import CHAIN_STEPS


def ln_product_sine(x1: float, x2: float) -> tuple[float, float]:
    """By x1 and x2."""
    return 1 / x1 + x2, x1 - cos(x2)


def logistic_regularised(w: float, b: float, x: float, t: float, lam: float) -> tuple[float, float]:
    """By w and b."""
    y = 1 / (1 + exp(-(w * x + b)))
    slope = (y - t) * y * (1 - y)
    return slope * x + lam * w, slope


def tanh_2_2_1(W0: Any, W1: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """By W0 and W1, on arrays."""
    h = np.tanh(W0 @ x)
    error = W1 @ h - y
    return np.outer((error @ W1) * (1 - h * h), x), np.outer(error, h)


def tanh_2_2_1_unrolled(
    a: float, b: float, c: float, d: float, u: float, v: float, p: float, q: float, y: float
) -> tuple[float, float, float, float, float, float]:
    """By the four weights of W0 and the two of W1."""
    g = tanh(a * p + b * q)
    h = tanh(c * p + d * q)
    error = u * g + v * h - y
    above = error * u * (1 - g * g)
    below = error * v * (1 - h * h)
    return above * p, above * q, below * p, below * q, error * g, error * h


def chain(x: float, c: float) -> tuple[float, float]:
    """By x and c."""
    hidden = []
    for _ in range(CHAIN_STEPS):
        h = tanh(x)
        hidden.append(h)
        x = h * c
    x_bar, c_bar = 1.0, 0.0
    for h in reversed(hidden):
        c_bar += x_bar * h
        x_bar *= c * (1 - h * h)
    return x_bar, c_bar


def rosenbrock(v: Any) -> Any:
    """By v."""
    head = v[:-1]
    bend = 200 * (v[1:] - head * head)
    gradient = np.zeros_like(v)
    gradient[:-1] = 2 * (head - 1) - 2 * head * bend
    gradient[1:] += bend
    return gradient


def logistic_regression(w: Any, b: float, X: Any, y: Any, lam: float) -> tuple[Any, Any]:
    """By w and b."""
    residual = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
    return residual @ X + lam * w, residual.sum()


def network(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, T: Any) -> tuple[Any, Any, Any, Any]:
    """By W1, b1, W2 and b2."""
    h = np.tanh(X @ W1 + b1)
    z = h @ W2 + b2
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p = (p - T) / len(X)
    d = (p @ W2.T) * (1 - h * h)
    return X.T @ d, d.sum(axis=0), h.T @ p, p.sum(axis=0)
