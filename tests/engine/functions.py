"""Functions of the lectures and of practice, as plain NumPy, with a point each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab.engine import log_softmax, logsumexp, relu, sigmoid, softplus

Sample = tuple[Callable[..., Any], tuple[Any, ...]]

W = np.array([[0.2, -0.4, 0.1], [0.7, 0.3, -0.5]])
V = np.array([[0.5, -1.0], [0.3, 0.8], [-0.2, 0.4]])
x3 = np.array([0.3, -0.7, 1.1])
t2 = np.array([1.0, 0.0])
X = np.linspace(-1.0, 1.0, 12).reshape(4, 3)


def logistic_regularised(w: Any, b: Any, x: Any, t: Any, lam: Any) -> Any:
    y = 1 / (1 + np.exp(-(w * x + b)))
    return (y - t) ** 2 / 2 + lam * w**2 / 2


def tanh_2_2_1(W0: Any, W1: Any, x0: Any, y: Any) -> Any:
    return ((W1 @ np.tanh(W0 @ x0))[0] - y) ** 2 / 2


def mlp(W: Any, b: Any, V: Any, c: Any, x: Any, t: Any) -> Any:
    h = 1 / (1 + np.exp(-(W @ x + b)))
    return np.sum((V @ h + c - t) ** 2)


def logistic_map(x: Any, n: int = 8) -> Any:
    for _ in range(n):
        x = 4 * x * (1 - x)
    return x


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rnn(Wx: Any, Wh: Any, x: Any, h: Any) -> Any:
    for _ in range(4):
        h = np.tanh(Wx @ x + Wh @ h)
    return np.sum(h)


def logistic_training(w: Any) -> Any:
    p = (np.tanh(X @ w) + 1) / 2
    t = np.array([1.0, 0.0, 1.0, 1.0])
    return -np.sum(np.log(p * t + (1 - p) * (1 - t)))


def sine_of_exp_chain(x: Any) -> Any:
    return 2 / np.sin(np.exp(-x))


def scalar_mlp(W: Any, b: Any, v: Any, c: Any, x: Any, t: Any) -> Any:
    y = np.dot(v, 1 / (1 + np.exp(-(np.dot(W, x) + b)))) + c
    return (y - t) ** 2


def log_loss_l2(w: Any, x: Any, lam: Any) -> Any:
    return np.sum(w**2) / 2 - lam * np.log(1 / (1 + np.exp(-np.dot(w, x))))


def cross_entropy(z: Any) -> Any:
    return -log_softmax(z)[1]


def gaussian(x: Any, mu: Any, s: Any) -> Any:
    return -0.5 * ((x - mu) / s) ** 2 - np.log(s * np.sqrt(2 * np.pi))


FUNCTIONS: dict[str, Sample] = {
    "logistic-regularised": (logistic_regularised, (0.5, -0.3, 1.2, 1.0, 0.1)),
    "tanh-2-2-1": (
        tanh_2_2_1,
        (np.array([[1.0, -3.0], [0.2, 1.0]]), np.array([[1.0, -1.0]]), np.array([1.0, 0.1]), 0.5),
    ),
    "ln-product-sine": (lambda x, y: np.log(x) + x * y - np.sin(y), (2.0, 5.0)),
    "sum-times": (lambda x, y, z: (x + y) * z, (-2.0, 5.0, -4.0)),
    "sum-times-max": (lambda x, y, z: (x + y) * np.maximum(y, z), (1.0, 2.0, 0.0)),
    "product-plus-sine": (lambda x, y: x * y + np.sin(y), (2.0, 3.0)),
    "negative-log-sigmoid": (lambda w, x: -np.log(1 / (1 + np.exp(-(w @ x)))), (x3, x3 + 1)),
    "log-loss-l2": (log_loss_l2, (x3, x3 + 1, 0.3)),
    "cube": (lambda x: x**3, (4.0,)),
    "three-x-squared": (lambda x: 3 * x**2, (4.0,)),
    "sine-of-exp-chain": (sine_of_exp_chain, (-4.499,)),
    "scalar-mlp": (scalar_mlp, (W, t2, t2 + 0.5, 0.1, x3, 1.0)),
    "caffe-sigmoid": (lambda x: np.sum(1 / (1 + np.exp(-x))), (x3,)),
    "quadratic-form": (lambda w, A: w @ A @ w, (x3, np.outer(x3, x3) + 1)),
    "squared-error": (lambda y, t: np.sum((y - t) ** 2), (x3, x3 + 1)),
    "mlp-squared-error": (mlp, (W, t2, V, x3, x3, x3 + 1)),
    "rnn": (rnn, (np.outer(t2 + 1, x3), np.outer(t2, t2) + 0.1, x3, t2)),
    "logistic-training": (logistic_training, (x3,)),
    "logistic-map": (logistic_map, (0.3,)),
    "rosenbrock": (rosenbrock, (np.linspace(-1, 2, 10),)),
    "speelpenning": (np.prod, (np.linspace(0.5, 2, 8),)),
    "cross-entropy": (cross_entropy, (x3,)),
    "logsumexp": (logsumexp, (x3,)),
    "gaussian": (gaussian, (0.3, 0.1, 2.0)),
    "stable-sigmoid": (lambda x: sigmoid(x) * softplus(x), (0.3,)),
    "relu-layer": (lambda W, x: np.sum(relu(W @ x)), (W, x3)),
    "norm": (np.linalg.norm, (x3,)),
    "standard-deviation": (np.std, (x3,)),
    "power": (lambda x, y: x**y, (2.0, 3.5)),
    "square-root": (lambda x: np.sqrt(1 + x * x), (2.0,)),
    "quotient": (lambda x, y: (x - y) / (x + y), (2.0, 5.0)),
    "shared-parameter": (lambda t: np.sin(t) * np.cos(t) + np.exp(t) * t, (0.4,)),
    "polar": (lambda x, y: np.hypot(x, y) + np.arctan2(y, x), (2.0, 5.0)),
    "cumulative": (lambda x: np.sum(np.cumsum(x) ** 2), (x3,)),
    "variance-of-columns": (lambda x: np.sum(np.var(x, axis=0)), (X,)),
    "nested-exp": (lambda x: np.exp(-np.exp(-np.exp(-x))), (0.3,)),
}
