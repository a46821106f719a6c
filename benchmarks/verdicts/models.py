"""Losses and layers, with the backward pass as it is written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.verdicts.subject import Subject, subject

RANDOM = np.random.default_rng(20)
TARGET = np.array([0.4, -1.1, 2.0, 0.3])
LABELS = np.array([1.0, 0.0, 1.0, 1.0])
POSITIVE = np.array([3.0, 0.0, 1.0, 5.0])
X = np.round(RANDOM.normal(size=(5, 3)), 2)
T = np.round(RANDOM.normal(size=5), 2)
ONE_HOT = np.eye(3)[[0, 2, 1, 1, 0]]
SEED = np.round(RANDOM.normal(size=(5, 3)), 2)
ROWS = np.array([0, 2, 2, 1])


def sigmoid(x: Any) -> Any:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


def softmax(z: Any) -> Any:
    """Along the last axis."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def losses() -> list[Subject]:
    """Of predictions p (or logits z) against fixed targets."""
    kind = "loss"
    p, z = [0.7, 0.2, 0.9, 0.35], [1.2, -0.4, 0.3, -2.0]
    return [
        subject("mean-squared", kind, lambda p: np.mean((p - TARGET) ** 2), lambda p: 2 * (p - TARGET) / 4, dict(p=p)),
        subject("mean-absolute", kind, lambda p: np.mean(np.abs(p - TARGET)), lambda p: np.sign(p - TARGET) / 4, dict(p=p)),
        subject(
            "huber", kind, lambda p: np.sum(np.where(np.abs(p - TARGET) < 1, (p - TARGET) ** 2 / 2, np.abs(p - TARGET) - 0.5)),
            lambda p: np.clip(p - TARGET, -1, 1), dict(p=p),
        ),
        subject("log-cosh", kind, lambda p: np.sum(np.log(np.cosh(p - TARGET))), lambda p: np.tanh(p - TARGET), dict(p=p)),
        subject(
            "quantile", kind, lambda p: np.sum(np.maximum(0.9 * (TARGET - p), -0.1 * (TARGET - p))),
            lambda p: np.where(p < TARGET, -0.9, 0.1), dict(p=p),
        ),
        subject(
            "binary-cross-entropy", kind, lambda p: -np.mean(LABELS * np.log(p) + (1 - LABELS) * np.log(1 - p)),
            lambda p: (p - LABELS) / (p * (1 - p)) / 4, dict(p=p),
        ),
        subject(
            "cross-entropy-with-logits", kind, lambda z: np.sum(np.logaddexp(0, z) - LABELS * z),
            lambda z: sigmoid(z) - LABELS, dict(z=z),
        ),
        subject(
            "poisson", kind, lambda z: np.sum(np.exp(z) - POSITIVE * z), lambda z: np.exp(z) - POSITIVE, dict(z=z)
        ),
        subject(
            "gaussian-nll", kind, lambda mu, s: np.sum(s + (TARGET - mu) ** 2 * np.exp(-2 * s) / 2),
            lambda mu, s: (-(TARGET - mu) * np.exp(-2 * s), 1 - (TARGET - mu) ** 2 * np.exp(-2 * s)),
            dict(mu=p, s=[0.1, -0.3, 0.5, 0.0]),
        ),
        subject(
            "student-t", kind, lambda p: 2.5 * np.sum(np.log1p((p - TARGET) ** 2 / 4)),
            lambda p: 5 * (p - TARGET) / (4 + (p - TARGET) ** 2), dict(p=p),
        ),
        subject(
            "focal", kind, lambda p: -np.sum((1 - p) ** 2 * np.log(p)),
            lambda p: 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p, dict(p=p),
        ),
        subject(
            "kullback-leibler", kind, lambda z: np.sum(softmax(TARGET) * (np.log(softmax(TARGET)) - np.log(softmax(z)))),
            lambda z: softmax(z) - softmax(TARGET), dict(z=z),
        ),
        subject(
            "cosine-similarity", kind, lambda u, v: u @ v / np.sqrt((u @ u) * (v @ v)),
            lambda u, v: (
                v / np.sqrt((u @ u) * (v @ v)) - (u @ v) * u / (u @ u) / np.sqrt((u @ u) * (v @ v)),
                u / np.sqrt((u @ u) * (v @ v)) - (u @ v) * v / (v @ v) / np.sqrt((u @ u) * (v @ v)),
            ), dict(u=[1.0, 0.5, -0.3], v=[0.2, 1.1, 0.7]),
        ),
        subject(
            "triplet", kind, lambda a, b, c: np.maximum(0, np.sum((a - b) ** 2) - np.sum((a - c) ** 2) + 1),
            lambda a, b, c: (2 * (c - b), 2 * (b - a), 2 * (a - c)),
            dict(a=[0.2, 0.4], b=[0.5, -0.3], c=[0.9, 0.1]),
        ),
        subject(
            "squared-hinge", kind, lambda z: np.sum(np.maximum(0, 1 - (2 * LABELS - 1) * z) ** 2),
            lambda z: -2 * (2 * LABELS - 1) * np.maximum(0, 1 - (2 * LABELS - 1) * z), dict(z=z),
        ),
        subject(
            "elastic-net", kind, lambda w: np.sum((X @ w - T) ** 2) / 10 + 0.1 * np.sum(np.abs(w)) + 0.05 * np.sum(w**2),
            lambda w: X.T @ (X @ w - T) / 5 + 0.1 * np.sign(w) + 0.1 * w, dict(w=[0.5, -0.2, 0.8]),
        ),
        subject(
            "linear-regression", kind, lambda w, b: np.mean((X @ w + b - T) ** 2) / 2,
            lambda w, b: (X.T @ (X @ w + b - T) / 5, np.mean(X @ w + b - T)), dict(w=[0.5, -0.2, 0.8], b=0.1),
        ),
        subject(
            "softmax-regression", kind, lambda W: -np.sum(ONE_HOT * np.log(softmax(X @ W))) / 5,
            lambda W: X.T @ (softmax(X @ W) - ONE_HOT) / 5, dict(W=[[0.1, -0.5, 0.3], [0.7, 0.2, -0.1], [-0.4, 0.6, 0.9]]),
        ),
        subject(
            "contrastive", kind, lambda d: np.sum(LABELS * d**2 + (1 - LABELS) * np.maximum(0, 1 - d) ** 2),
            lambda d: 2 * LABELS * d - 2 * (1 - LABELS) * np.maximum(0, 1 - d), dict(d=p),
        ),
    ]  # fmt: skip


def attention(Q: Any, K: Any, V: Any) -> Any:
    """One head, its output weighed by SEED."""
    return np.sum(SEED * (softmax(Q @ K.T / np.sqrt(3)) @ V))


def attention_backward(Q: Any, K: Any, V: Any) -> Any:
    """By the softmax's Jacobian, row by row."""
    A = softmax(Q @ K.T / np.sqrt(3))
    A_bar = SEED @ V.T
    S_bar = A * (A_bar - np.sum(A_bar * A, axis=1, keepdims=True)) / np.sqrt(3)
    return S_bar @ K, S_bar.T @ Q, A.T @ SEED


def layer_norm(x: Any, g: Any, b: Any) -> Any:
    """Along rows."""
    m = np.mean(x, axis=1, keepdims=True)
    s = np.sqrt(np.mean((x - m) ** 2, axis=1, keepdims=True) + 1e-5)
    return np.sum(SEED * (g * (x - m) / s + b))


def layer_norm_backward(x: Any, g: Any, b: Any) -> Any:
    """As it stands in deep learning libraries."""
    m = np.mean(x, axis=1, keepdims=True)
    s = np.sqrt(np.mean((x - m) ** 2, axis=1, keepdims=True) + 1e-5)
    h = (x - m) / s
    h_bar = SEED * g
    x_bar = (
        h_bar - np.mean(h_bar, axis=1, keepdims=True) - h * np.mean(h_bar * h, axis=1, keepdims=True)
    ) / s
    return x_bar, np.sum(SEED * h, axis=0), np.sum(SEED, axis=0)


def batch_norm(x: Any) -> Any:
    """Along columns."""
    m = np.mean(x, axis=0)
    return np.sum(SEED * (x - m) / np.sqrt(np.var(x, axis=0) + 1e-3))


def batch_norm_backward(x: Any) -> Any:
    """Likewise."""
    s = np.sqrt(np.var(x, axis=0) + 1e-3)
    h = (x - np.mean(x, axis=0)) / s
    return (SEED - np.mean(SEED, axis=0) - h * np.mean(SEED * h, axis=0)) / s


def two_layers(W, b, V):  # noqa: ANN001, ANN201
    """tanh, then softmax cross entropy."""
    return -np.sum(ONE_HOT * np.log(softmax(np.tanh(X @ W + b) @ V)))


def two_layers_backward(W: Any, b: Any, V: Any) -> Any:
    """Backpropagation."""
    h = np.tanh(X @ W + b)
    z_bar = softmax(h @ V) - ONE_HOT
    a_bar = (z_bar @ V.T) * (1 - h**2)
    return X.T @ a_bar, np.sum(a_bar, axis=0), h.T @ z_bar


def gru(h: Any, U: Any) -> Any:
    """A gate that mixes a state with its candidate."""
    u = sigmoid(U @ h)
    return np.sum(u * h + (1 - u) * np.tanh(2 * h))


def gru_backward(h: Any, U: Any) -> Any:
    """Three paths to h."""
    u, c = sigmoid(U @ h), np.tanh(2 * h)
    a_bar = (h - c) * u * (1 - u)
    return u + (1 - u) * 2 * (1 - c**2) + U.T @ a_bar, np.outer(a_bar, h)


def convolution(x: Any, k: Any) -> Any:
    """One channel, three taps."""
    y = k[0] * x[:-2] + k[1] * x[1:-1] + k[2] * x[2:]
    return np.sum(y**2) / 2


def convolution_backward(x: Any, k: Any) -> Any:
    """The kernel turned round."""
    y = k[0] * x[:-2] + k[1] * x[1:-1] + k[2] * x[2:]
    o = np.zeros(2)
    padded = np.concatenate([o, y, o])
    x_bar = k[0] * padded[2:] + k[1] * padded[1:-1] + k[2] * padded[:-2]
    return x_bar, np.stack([y @ x[:-2], y @ x[1:-1], y @ x[2:]])


def gelu(x: Any) -> Any:
    """The tanh approximation."""
    return np.sum(0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))))


def gelu_backward(x: Any) -> Any:
    """Product and chain rule."""
    t = np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * 0.7978845608028654 * (1 + 3 * 0.044715 * x**2)


def layers() -> list[Subject]:
    """Of a network."""
    kind = "layer"
    matrix = [[0.5, -0.3, 0.8], [0.1, 0.9, -0.4], [-0.7, 0.2, 0.6]]
    table = np.round(np.random.default_rng(21).normal(size=(3, 5, 3)), 2)
    return [
        subject("attention", kind, attention, attention_backward, dict(Q=table[0], K=table[1], V=table[2])),
        subject("layer-norm", kind, layer_norm, layer_norm_backward,
                dict(x=table[0], g=[1.1, 0.8, -0.5], b=[0.1, 0.0, 0.3])),
        subject("batch-norm", kind, batch_norm, batch_norm_backward, dict(x=table[1])),
        subject("two-layers", kind, two_layers, two_layers_backward, dict(W=matrix, b=[0.1, -0.2, 0.0], V=matrix)),
        subject("gru", kind, gru, gru_backward, dict(h=[0.4, -0.9, 1.3], U=matrix)),
        subject("convolution", kind, convolution, convolution_backward,
                dict(x=[0.5, 1.5, -0.7, 0.2, 1.1, -0.4], k=[0.3, -0.6, 1.2])),
        subject("gelu", kind, gelu, gelu_backward, dict(x=[-2.0, -0.3, 0.0, 1.2])),
        subject(
            "swish", kind, lambda x: np.sum(x * sigmoid(x)), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
            dict(x=[-2.0, -0.3, 0.0, 1.2]),
        ),
        subject(
            "softplus-layer", kind, lambda W, x: np.sum(np.log1p(np.exp(W @ x))),
            lambda W, x: (np.outer(sigmoid(W @ x), x), W.T @ sigmoid(W @ x)), dict(W=matrix, x=[0.7, -1.2, 0.4]),
        ),
        subject(
            "rms-norm", kind, lambda x: np.sum(TARGET * x / np.sqrt(np.mean(x**2))),
            lambda x: TARGET / np.sqrt(np.mean(x**2)) - x * np.sum(TARGET * x) / 4 / np.mean(x**2) ** 1.5,
            dict(x=[0.5, -1.2, 0.3, 0.9]),
        ),
        subject(
            "residual", kind, lambda x, W: np.sum((x + np.tanh(W @ x)) ** 2) / 2,
            lambda x, W: (
                x + np.tanh(W @ x) + W.T @ ((1 - np.tanh(W @ x) ** 2) * (x + np.tanh(W @ x))),
                np.outer((1 - np.tanh(W @ x) ** 2) * (x + np.tanh(W @ x)), x),
            ), dict(x=[0.7, -1.2, 0.4], W=matrix),
        ),
        subject(
            "embedding", kind, lambda E: np.sum(np.sin(E[ROWS])),
            lambda E: np.stack([np.cos(E[0]), np.cos(E[1]), 2 * np.cos(E[2])]), dict(E=matrix),
        ),
        subject(
            "max-pool", kind, lambda x: np.sum(np.max(np.reshape(x, (3, 2)), axis=1) ** 2),
            lambda x: np.reshape(
                np.where(
                    np.reshape(x, (3, 2)) == np.max(np.reshape(x, (3, 2)), axis=1, keepdims=True),
                    2 * np.reshape(x, (3, 2)), 0.0,
                ), 6,
            ), dict(x=[0.5, 1.5, -0.7, -0.2, 1.1, 0.4]),
        ),
        subject(
            "bilinear", kind, lambda x, W, y: x @ W @ y, lambda x, W, y: (W @ y, np.outer(x, y), W.T @ x),
            dict(x=[0.5, -1.2, 0.3], W=matrix, y=[1.5, 0.2, -0.8]),
        ),
        subject(
            "wide-linear", kind, lambda x: np.sum(np.linspace(-1, 1, 40) * np.tanh(x)),
            lambda x: np.linspace(-1, 1, 40) * (1 - np.tanh(x) ** 2), dict(x=np.linspace(-2, 1.7, 40)),
        ),
    ]  # fmt: skip


def subjects() -> list[Subject]:
    """All of them."""
    return [*losses(), *layers()]
