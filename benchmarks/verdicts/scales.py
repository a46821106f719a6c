"""Functions that are hard for their numbers: magnitudes, cancellation, kinks nearby, true zeros, float32."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.verdicts.subject import Subject, subject

HILBERT = np.array([[1.0 / (i + j + 1) for j in range(4)] for i in range(4)])
WEIGHTS = np.array([0.7, -1.3, 2.1])


def single(*values: Any) -> np.ndarray:
    """An array of float32."""
    return np.array(values, dtype=np.float32)


def magnitudes() -> list[Subject]:
    """From 1e-150 to 1e150, alone and side by side."""
    kind = "magnitude"
    return [
        subject("square-tiny", kind, lambda x: x**2, lambda x: 2 * x, dict(x=3e-150)),
        subject("square-huge", kind, lambda x: x**2, lambda x: 2 * x, dict(x=3e150)),
        subject(
            "product-huge-tiny", kind, lambda x, y: x * y, lambda x, y: (y, x), dict(x=2e150, y=3e-150)
        ),
        subject("log-tiny", kind, np.log, lambda x: 1 / x, [dict(x=2e-150), dict(x=7e150)]),
        subject("sqrt-tiny", kind, np.sqrt, lambda x: 0.5 / np.sqrt(x), [dict(x=5e-150), dict(x=2e120)]),
        subject("reciprocal-tiny", kind, lambda x: 1 / x, lambda x: -1 / x**2, dict(x=3e-120)),
        subject("cubed-1e50", kind, lambda x: x**3, lambda x: 3 * x**2, dict(x=-4e49)),
        subject(
            "tiny-sine", kind, lambda x: 1e-150 * np.sin(x), lambda x: 1e-150 * np.cos(x), dict(x=1.1)
        ),
        subject(
            "huge-loss",
            kind,
            lambda w: 1e120 * np.sum((w - 1) ** 2),
            lambda w: 2e120 * (w - 1),
            dict(w=[0.3, 2.5, -1.2]),
        ),
        subject(
            "small-gradient-1e-9",
            kind,
            lambda w: 1e-9 * np.sum(np.tanh(w)),
            lambda w: 1e-9 * (1 - np.tanh(w) ** 2),
            dict(w=[0.3, -0.9, 1.4]),
        ),
        subject(
            "scaled-by-1e6",
            kind,
            lambda w: 1e6 * np.sum(np.sin(w) * w),
            lambda w: 1e6 * (np.cos(w) * w + np.sin(w)),
            dict(w=[0.4, 1.7, -2.2]),
        ),
        subject("exp-of-minus-300", kind, lambda x: np.exp(-x), lambda x: -np.exp(-x), dict(x=300.0)),
        subject("exp-of-300", kind, np.exp, np.exp, dict(x=300.0)),
        subject("power-50", kind, lambda x: x**50, lambda x: 50 * x**49, [dict(x=900.0), dict(x=1e-3)]),
        subject(
            "norm-tiny", kind, lambda x: np.sqrt(np.sum(x**2)), lambda x: x / np.sqrt(np.sum(x**2)),
            dict(x=[3e-100, -4e-100, 1e-100]),
        ),
        subject(
            "product-of-scales", kind, lambda x: x[0] * x[1] * x[2],
            lambda x: np.stack([x[1] * x[2], x[0] * x[2], x[0] * x[1]]), dict(x=[2e80, -3e-40, 5e-60]),
        ),
        subject(
            "mixed-scales", kind, lambda w: 1e6 * w[0] + np.sin(w[1]) + 1e-6 * w[2] ** 2,
            lambda w: np.stack([1e6, np.cos(w[1]), 2e-6 * w[2]]), dict(w=[0.5, 0.8, 1.5]),
        ),
        subject(
            "mixed-inputs", kind, lambda m, v: 0.5 * m * v**2, lambda m, v: (0.5 * v**2, m * v),
            dict(m=1.67e-27, v=2.2e6),
        ),
        subject(
            "planck", kind, lambda nu, T: nu**3 / np.expm1(4.799e-11 * nu / T),
            lambda nu, T: (
                3 * nu**2 / np.expm1(4.799e-11 * nu / T)
                - nu**3 * np.exp(4.799e-11 * nu / T) * 4.799e-11 / T / np.expm1(4.799e-11 * nu / T) ** 2,
                nu**3 * np.exp(4.799e-11 * nu / T) * 4.799e-11 * nu / T**2 / np.expm1(4.799e-11 * nu / T) ** 2,
            ),
            dict(nu=5e14, T=5800.0),
        ),
    ]  # fmt: skip


def conditions() -> list[Subject]:
    """Ill-conditioned and saturated ones, and values that hide their changes."""
    kind = "ill-conditioned"
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    return [
        subject("offset-1e8", kind, lambda x: 1e8 + x**2, lambda x: 2 * x, dict(x=1.3)),
        subject("offset-1e15", kind, lambda x: 1e15 + 3 * x, lambda x: 3 + 0 * x, dict(x=1.3)),
        subject(
            "hilbert", kind, lambda w: w @ HILBERT @ w / 2, lambda w: HILBERT @ w,
            [dict(w=[1.0, -2.0, 3.0, -1.5]), dict(w=[-0.0292, 0.3287, -0.7914, 0.5146])],
        ),
        subject("saturated-sigmoid", kind, sigmoid, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2, dict(x=40.0)),
        subject("saturated-tanh", kind, np.tanh, lambda x: 1 / np.cosh(x) ** 2, [dict(x=20.0), dict(x=-6.0)]),
        subject(
            "large-logits", kind, lambda z: np.log(np.sum(np.exp(z - 50))) + 50 - z[0],
            lambda z: np.exp(z) / np.sum(np.exp(z)) - np.array([1.0, 0.0, 0.0]), dict(z=[50.0, -50.0, 0.5]),
        ),
        subject(
            "steep-logistic", kind, lambda x, k: 1 / (1 + np.exp(-k * x)),
            lambda x, k: (
                k * np.exp(-k * x) / (1 + np.exp(-k * x)) ** 2, x * np.exp(-k * x) / (1 + np.exp(-k * x)) ** 2
            ), dict(x=1e-4, k=3000.0),
        ),
        subject("fast-sine", kind, lambda x: np.sin(1e6 * x), lambda x: 1e6 * np.cos(1e6 * x), dict(x=0.7)),
        subject("sine-of-1e8", kind, np.sin, np.cos, dict(x=1e8 + 0.3)),
        subject(
            "narrow-gauss", kind, lambda x: np.exp(-((x - 1) ** 2) / 1e-8),
            lambda x: -2 * (x - 1) / 1e-8 * np.exp(-((x - 1) ** 2) / 1e-8), dict(x=1.00005),
        ),
        subject(
            "scaled-rosenbrock", kind, lambda x: 1e4 * (x[1] - 1e3 * x[0] ** 2) ** 2 + (1 - x[0]) ** 2,
            lambda x: np.stack([
                -4e7 * x[0] * (x[1] - 1e3 * x[0] ** 2) - 2 * (1 - x[0]), 2e4 * (x[1] - 1e3 * x[0] ** 2)
            ]), dict(x=[1e-3, 12.0]),
        ),
        subject(
            "pole-nearby", kind, lambda x: 1 / (x - 1), lambda x: -1 / (x - 1) ** 2, dict(x=1.0001),
        ),
        subject("tangent-near-pole", kind, np.tan, lambda x: 1 / np.cos(x) ** 2, dict(x=1.5707)),
    ]  # fmt: skip


def cancellations() -> list[Subject]:
    """Differences of almost equal numbers."""
    kind = "cancellation"
    return [
        subject(
            "one-minus-cosine", kind, lambda x: (1 - np.cos(x)) / x**2,
            lambda x: np.sin(x) / x**2 - 2 * (1 - np.cos(x)) / x**3, [dict(x=1e-4), dict(x=0.5)],
        ),
        subject(
            "exp-minus-one", kind, lambda x: (np.exp(x) - 1) / x,
            lambda x: np.exp(x) / x - (np.exp(x) - 1) / x**2, dict(x=1e-8),
        ),
        subject(
            "difference-of-roots", kind, lambda x: np.sqrt(x + 1) - np.sqrt(x),
            lambda x: 0.5 / np.sqrt(x + 1) - 0.5 / np.sqrt(x), [dict(x=1e10), dict(x=3.0)],
        ),
        subject("x-minus-sine", kind, lambda x: x - np.sin(x), lambda x: 1 - np.cos(x), dict(x=1e-3)),
        subject(
            "variance-by-squares", kind, lambda x: np.mean(x**2) - np.mean(x) ** 2,
            lambda x: 2 * (x - np.mean(x)) / 4, dict(x=[1e4 + 0.5, 1e4 - 1.25, 1e4 + 2.0, 1e4]),
        ),
        subject("log-of-one-plus", kind, lambda x: np.log(1 + x), lambda x: 1 / (1 + x), dict(x=1e-10)),
        subject(
            "expanded-sixth-power", kind,
            lambda x: x**6 - 6 * x**5 + 15 * x**4 - 20 * x**3 + 15 * x**2 - 6 * x + 1,
            lambda x: 6 * x**5 - 30 * x**4 + 60 * x**3 - 60 * x**2 + 30 * x - 6, dict(x=1.01),
        ),
        subject(
            "square-hidden", kind, lambda x: (x + 1e8) ** 2 - 1e16 - 2e8 * x, lambda x: 2 * x, dict(x=1.5)
        ),
        subject(
            "small-root", kind, lambda b, c: (-b + np.sqrt(b**2 - 4 * c)) / 2,
            lambda b, c: ((-1 + b / np.sqrt(b**2 - 4 * c)) / 2, -1 / np.sqrt(b**2 - 4 * c)),
            dict(b=1e6, c=1.5),
        ),
        subject(
            "log-ratio", kind, lambda x, y: np.log(x) - np.log(y), lambda x, y: (1 / x, -1 / y),
            dict(x=1e5 + 1e-4, y=1e5),
        ),
        subject(
            "cosh-minus-sinh", kind, lambda x: np.cosh(x) - np.sinh(x), lambda x: np.sinh(x) - np.cosh(x),
            dict(x=12.0),
        ),
    ]  # fmt: skip


def kinks() -> list[Subject]:
    """Differentiable where they are looked at, with a kink or the domain's edge close by."""
    kind = "near a kink"
    return [
        subject(
            "relu-1e-7", kind, lambda x: np.sum(WEIGHTS * np.maximum(x, 0)),
            lambda x: np.where(x > 0, WEIGHTS, 0.0), dict(x=[1e-7, -1e-7, 0.5]),
        ),
        subject("abs-1e-9", kind, np.abs, np.sign, [dict(x=1e-9), dict(x=-1e-9)]),
        subject(
            "huber-at-delta", kind,
            lambda r: np.sum(np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r) - 0.5)),
            lambda r: np.where(np.abs(r) <= 1, r, np.sign(r)), dict(r=[1 + 1e-8, 1 - 1e-8, -3.0]),
        ),
        subject(
            "max-of-near-ties", kind, lambda x: x.max(), lambda x: np.where(x == np.max(x), 1.0, 0.0),
            dict(x=[0.5, 0.5 + 1e-6, 0.3]),
        ),
        subject(
            "leaky-relu-1e-6", kind, lambda x: np.sum(WEIGHTS * np.where(x > 0, x, 0.01 * x)),
            lambda x: np.where(x > 0, WEIGHTS, 0.01 * WEIGHTS), dict(x=[1e-6, -1e-6, 2.0]),
        ),
        subject(
            "clip-near-bound", kind, lambda x: np.sum(WEIGHTS * np.clip(x, -1, 1) ** 2),
            lambda x: np.where(np.abs(x) < 1, 2 * WEIGHTS * x, 0.0), dict(x=[1 - 1e-7, 1 + 1e-7, -0.3]),
        ),
        subject(
            "hinge-near-margin", kind, lambda w, x: np.maximum(0, 1 - w @ x),
            lambda w, x: np.where(w @ x < 1, -1.0, 0.0) * x,
            dict(w=[0.5, 0.5 - 1e-6], x=[1.0, 1.0]), "w",
        ),
        subject("sqrt-1e-12", kind, np.sqrt, lambda x: 0.5 / np.sqrt(x), dict(x=1e-12)),
        subject("log-1e-9", kind, np.log, lambda x: 1 / x, dict(x=1e-9)),
        subject(
            "arcsin-near-1", kind, np.arcsin, lambda x: 1 / np.sqrt(1 - x**2), [dict(x=1 - 1e-9), dict(x=-0.999)]
        ),
        subject("x-abs-x", kind, lambda x: x * np.abs(x), lambda x: 2 * np.abs(x), [dict(x=1e-3), dict(x=-2.0)]),
        subject(
            "norm-near-0", kind, lambda x: np.sqrt(x @ x), lambda x: x / np.sqrt(x @ x), dict(x=[1e-8, -2e-8]),
        ),
        subject("entropy-1e-8", kind, lambda p: -np.sum(p * np.log(p)), lambda p: -np.log(p) - 1,
                dict(p=[1e-8, 0.4, 0.6 - 1e-8])),
        subject("if-1e-5", kind, lambda x: x**2 if x > 1 else 2 * x + 1, lambda x: 2 * x if x > 1 else 2 + 0 * x,
                [dict(x=1 + 1e-5), dict(x=1 - 1e-5)]),
        subject("remainder-1e-6", kind, lambda x: np.remainder(x, 1.0) ** 2, lambda x: 2 * np.remainder(x, 1.0),
                dict(x=3.000001)),
        subject("power-1.5-near-0", kind, lambda x: x**1.5, lambda x: 1.5 * np.sqrt(x), dict(x=1e-7)),
    ]  # fmt: skip


def zeros() -> list[Subject]:
    """Components that are zero: at a minimum, by an unused argument, or identically."""
    kind = "true zero"
    softmax = lambda z: np.exp(z) / np.sum(np.exp(z))  # noqa: E731
    return [
        subject("cosine-at-0", kind, np.cos, lambda x: -np.sin(x), dict(x=0.0)),
        subject("cube-at-0", kind, lambda x: x**3, lambda x: 3 * x**2, dict(x=0.0)),
        subject("product-at-0", kind, lambda x, y: x * y, lambda x, y: (y, x), dict(x=0.0, y=0.0)),
        subject(
            "square-times", kind, lambda x, y: x**2 * y, lambda x, y: (2 * x * y, x**2), dict(x=0.0, y=2.5)
        ),
        subject(
            "at-the-minimum", kind, lambda w: np.sum((w - np.array([1.0, 2.0, 3.0])) ** 2),
            lambda w: 2 * (w - np.array([1.0, 2.0, 3.0])), dict(w=[1.0, 2.0, 3.0]),
        ),
        subject(
            "unused-argument", kind, lambda x, y: np.sin(x) + 0 * y, lambda x, y: (np.cos(x), 0 * y),
            dict(x=0.7, y=1.3),
        ),
        subject(
            "dead-relu", kind, lambda x: np.sum(np.maximum(x, 0) ** 2), lambda x: 2 * np.maximum(x, 0),
            dict(x=[-0.5, -1.5, 0.8]),
        ),
        subject(
            "squared-relu-at-0", kind, lambda x: np.sum(np.maximum(x, 0) ** 2), lambda x: 2 * np.maximum(x, 0),
            dict(x=[0.0, 0.5, -1.0]),
        ),
        subject("sum-of-softmax", kind, lambda z: np.sum(softmax(z)), lambda z: 0 * z, dict(z=[0.3, -1.0, 2.0])),
        subject(
            "sparse-use", kind, lambda x: x[0] * np.exp(x[3]),
            lambda x: np.stack([np.exp(x[3]), 0.0, 0.0, x[0] * np.exp(x[3])]), dict(x=[1.5, 0.2, -0.7, 0.4]),
        ),
        subject("rounded", kind, lambda x: np.floor(x) + x**2, lambda x: 2 * x, dict(x=1.4)),
        subject(
            "all-equal", kind, lambda x: x.var(), lambda x: 2 * (x - np.mean(x)) / 4, dict(x=[1.0, 1.0, 1.0, 1.0])
        ),
    ]  # fmt: skip


def narrow() -> list[Subject]:
    """The arguments are float32, and so is the arithmetic."""
    kind = "float32"

    def logistic(w: Any, x: Any) -> Any:
        return 1 / (1 + np.exp(-np.sum(w * x)))

    return [
        subject("float32-squares", kind, lambda w: np.sum(w**2), lambda w: 2 * w, dict(w=single(0.3, -1.7, 2.2))),
        subject(
            "float32-logistic", kind, logistic,
            lambda w, x: (
                logistic(w, x) * (1 - logistic(w, x)) * x, logistic(w, x) * (1 - logistic(w, x)) * w
            ), dict(w=single(0.3, -0.4), x=single(1.5, 0.8)),
        ),
        subject(
            "float32-cross-entropy", kind, lambda z: np.log(np.sum(np.exp(z))) - z[1],
            lambda z: np.exp(z) / np.sum(np.exp(z)) - np.array([0.0, 1.0, 0.0], dtype=np.float32),
            dict(z=single(0.5, -1.0, 1.7)),
        ),
        subject(
            "float32-tanh", kind, lambda x: np.sum(np.tanh(x) * x), lambda x: (1 - np.tanh(x) ** 2) * x + np.tanh(x),
            dict(x=single(0.2, -0.6, 1.9)),
        ),
        subject(
            "float32-norm", kind, lambda x: np.sqrt(np.sum(x**2)), lambda x: x / np.sqrt(np.sum(x**2)),
            dict(x=single(3.0, -4.0, 0.01)),
        ),
        subject(
            "float32-offset", kind, lambda x: np.sum(1000 + x**3), lambda x: 3 * x**2, dict(x=single(0.5, 1.2))
        ),
    ]  # fmt: skip


def subjects() -> list[Subject]:
    """All of them."""
    return [*magnitudes(), *conditions(), *cancellations(), *kinks(), *zeros(), *narrow()]
