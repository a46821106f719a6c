"""Matrix functions, loops, and the test functions of optimisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.verdicts.subject import Subject, subject

A2 = [[1.3, -0.4], [0.7, 2.1]]
A3 = [[1.3, -0.4, 0.2], [0.7, 2.1, -0.9], [0.1, 0.5, 1.8]]
B3 = np.array([[0.4, 1.2, -0.3], [-0.8, 0.6, 0.5], [1.1, -0.2, 0.9]])
EYE = np.eye(3)


def det2(A: Any) -> Any:
    """Of a 2×2 matrix."""
    return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]


def cofactors2(A: Any) -> Any:
    """The gradient of det2."""
    return np.stack([np.stack([A[1, 1], -A[1, 0]]), np.stack([-A[0, 1], A[0, 0]])])


def inverse2(A: Any) -> Any:
    """Of a 2×2 matrix."""
    return cofactors2(A).T / det2(A)


def exponential(A: Any) -> Any:
    """The trace of exp(A/4), by 8 terms of the series."""
    term, total = EYE, EYE
    for k in range(1, 9):
        term = term @ A / (4 * k)
        total = total + term
    return np.trace(total)


def exponential_gradient(A: Any) -> Any:
    """d tr Aᵏ = k Aᵏ⁻¹ᵀ."""
    term, total = EYE, EYE
    for k in range(1, 8):
        term = term @ A / (4 * k)
        total = total + term
    return total.T / 4


def rank_one(u: Any, v: Any) -> Any:
    """‖B − u vᵀ‖²."""
    return np.sum((B3 - np.outer(u, v)) ** 2)


def rank_one_gradient(u: Any, v: Any) -> Any:
    """Likewise."""
    R = B3 - np.outer(u, v)
    return -2 * R @ v, -2 * R.T @ u


def matrices() -> list[Subject]:
    """Functions of matrices."""
    kind = "matrix"
    return [
        subject("trace-of-product", kind, lambda A: np.trace(A @ B3), lambda A: B3.T + 0 * A, dict(A=A3)),
        subject("trace-of-cube", kind, lambda A: np.trace(A @ A @ A), lambda A: 3 * (A @ A).T, dict(A=A3)),
        subject("frobenius", kind, lambda A: np.sqrt(np.sum(A * A)), lambda A: A / np.sqrt(np.sum(A * A)), dict(A=A3)),
        subject("determinant-2", kind, det2, cofactors2, dict(A=A2)),
        subject("log-determinant-2", kind, lambda A: np.log(det2(A)), lambda A: inverse2(A).T, dict(A=A2)),
        subject(
            "sum-of-inverse-2", kind, lambda A: np.sum(inverse2(A)),
            lambda A: -inverse2(A).T @ np.ones((2, 2)) @ inverse2(A).T, dict(A=A2),
        ),
        subject(
            "nearly-singular", kind, lambda A: np.sum(inverse2(A)),
            lambda A: -inverse2(A).T @ np.ones((2, 2)) @ inverse2(A).T, dict(A=[[1.0, 2.0], [0.5, 1.00001]]),
        ),
        subject("trace-of-exponential", kind, exponential, exponential_gradient, dict(A=A3)),
        subject("rank-one", kind, rank_one, rank_one_gradient, dict(u=[0.5, -1.0, 0.8], v=[1.2, 0.3, -0.7])),
        subject(
            "gram", kind, lambda A: np.sum((A.T @ A) * B3), lambda A: A @ (B3 + B3.T), dict(A=A3)
        ),
        subject(
            "two-products", kind, lambda A, B: np.sum(np.sin(A @ B)),
            lambda A, B: (np.cos(A @ B) @ B.T, A.T @ np.cos(A @ B)),
            dict(A=[[0.3, -1.0, 0.5], [0.8, 0.2, -0.6]], B=[[0.4, 1.1], [-0.7, 0.9], [0.2, -0.3]]),
        ),
        subject(
            "einsum", kind, lambda A, x: np.einsum("ij,i,j->", A, x, x**2),
            lambda A, x: (np.outer(x, x**2), A @ x**2 + 2 * x * (A.T @ x)), dict(A=A3, x=[0.7, -0.4, 1.6]),
        ),
        subject(
            "rayleigh", kind, lambda x: x @ B3 @ x / (x @ x),
            lambda x: ((B3 + B3.T) @ x - 2 * x * (x @ B3 @ x) / (x @ x)) / (x @ x), dict(x=[0.7, -0.4, 1.6]),
        ),
    ]  # fmt: skip


def newton_root(a: Any) -> Any:
    """√a by six steps of Newton's iteration from 1."""
    x = 1.0
    for _ in range(6):
        x = (x + a / x) / 2
    return x


def newton_root_gradient(a: Any) -> Any:
    """The iteration's own derivative, carried along."""
    x, x_dot = 1.0, 0.0
    for _ in range(6):
        x, x_dot = (x + a / x) / 2, (x_dot + 1 / x - a * x_dot / x**2) / 2
    return x_dot


def recurrent(w: Any, u: Any) -> Any:
    """h ← tanh(w h + u t), five times."""
    h = 0.0
    for t in (0.5, -1.0, 0.3, 0.8, -0.2):
        h = np.tanh(w * h + u * t)
    return h**2


def recurrent_gradient(w: Any, u: Any) -> Any:
    """Backwards through time."""
    states, inputs = [0.0], (0.5, -1.0, 0.3, 0.8, -0.2)
    for t in inputs:
        states.append(np.tanh(w * states[-1] + u * t))
    h_bar, w_bar, u_bar = 2 * states[-1], 0.0, 0.0
    for k in range(4, -1, -1):
        a_bar = h_bar * (1 - states[k + 1] ** 2)
        w_bar, u_bar, h_bar = w_bar + a_bar * states[k], u_bar + a_bar * inputs[k], a_bar * w
    return w_bar, u_bar


def horner(c: Any, x: Any) -> Any:
    """A polynomial of degree 5."""
    y = 0.0
    for k in range(5, -1, -1):
        y = y * x + c[k]
    return y


def horner_gradient(c: Any, x: Any) -> Any:
    """Powers, and the derivative by Horner's scheme."""
    y, slope = 0.0, 0.0
    for k in range(5, -1, -1):
        slope, y = slope * x + y, y * x + c[k]
    return np.stack([x**k for k in range(6)]), slope


def euler(y: Any, k: Any) -> Any:
    """y′ = −k y², twenty steps of 0.05."""
    for _ in range(20):
        y = y - 0.05 * k * y**2
    return y


def euler_gradient(y: Any, k: Any) -> Any:
    """Forward sensitivities."""
    by_y, by_k = 1.0, 0.0
    for _ in range(20):
        by_y, by_k = by_y * (1 - 0.1 * k * y), by_k * (1 - 0.1 * k * y) - 0.05 * y**2
        y = y - 0.05 * k * y**2
    return by_y, by_k


def means(a: Any, b: Any) -> Any:
    """The arithmetic-geometric mean, four steps."""
    for _ in range(4):
        a, b = (a + b) / 2, np.sqrt(a * b)
    return a


def means_gradient(a: Any, b: Any) -> Any:
    """Sensitivities of both means."""
    p, q = (1.0, 0.0), (0.0, 1.0)
    for _ in range(4):
        root = np.sqrt(a * b)
        p, q = (
            tuple((s + t) / 2 for s, t in zip(p, q, strict=True)),
            tuple((b * s + a * t) / (2 * root) for s, t in zip(p, q, strict=True)),
        )
        a, b = (a + b) / 2, root
    return p


def fraction(x: Any) -> Any:
    """x + 1/(x + 1/(x + …)), eight levels."""
    y = x
    for _ in range(8):
        y = x + 1 / y
    return y


def fraction_gradient(x: Any) -> Any:
    """Likewise."""
    y, slope = x, 1.0
    for _ in range(8):
        slope = 1 - slope / y**2
        y = x + 1 / y
    return slope


def chaotic(x: Any) -> Any:
    """The logistic map, 25 times: the derivative grows as 2²⁵."""
    for _ in range(25):
        x = 4 * x * (1 - x)
    return x


def chaotic_gradient(x: Any) -> Any:
    """A product of 25 slopes."""
    slope = 1.0
    for _ in range(25):
        slope = slope * 4 * (1 - 2 * x)
        x = 4 * x * (1 - x)
    return slope


def descent(w: Any, rate: Any) -> Any:
    """The loss w⁴/4 after five steps of gradient descent on it."""
    for _ in range(5):
        w = w - rate * w**3
    return w**4 / 4


def descent_gradient(w: Any, rate: Any) -> Any:
    """Forward through the steps."""
    by_w, by_rate = 1.0, 0.0
    for _ in range(5):
        by_w, by_rate = by_w * (1 - 3 * rate * w**2), by_rate * (1 - 3 * rate * w**2) - w**3
        w = w - rate * w**3
    return w**3 * by_w, w**3 * by_rate


def until_small(x: Any) -> Any:
    """Halve the square until it is small."""
    y = x**2
    while y > 1:
        y = y / 2
    return np.sin(y)


def until_small_gradient(x: Any) -> Any:
    """On the branch taken."""
    y, share = x**2, 1.0
    while y > 1:
        y, share = y / 2, share / 2
    return np.cos(y) * share * 2 * x


def loops() -> list[Subject]:
    """Programs with state."""
    kind = "loop"
    return [
        subject("newton-root", kind, newton_root, newton_root_gradient, [dict(a=2.0), dict(a=900.0)]),
        subject("recurrent", kind, recurrent, recurrent_gradient, dict(w=0.8, u=1.3)),
        subject("horner", kind, horner, horner_gradient, dict(c=[0.3, -1.0, 0.5, 2.0, -0.7, 0.1], x=1.4)),
        subject("euler", kind, euler, euler_gradient, dict(y=1.5, k=0.8)),
        subject("arithmetic-geometric", kind, means, means_gradient, dict(a=3.0, b=0.4)),
        subject("continued-fraction", kind, fraction, fraction_gradient, dict(x=1.3)),
        subject("chaotic-map", kind, chaotic, chaotic_gradient, dict(x=0.37)),
        subject("unrolled-descent", kind, descent, descent_gradient, dict(w=1.2, rate=0.1)),
        subject("until-small", kind, until_small, until_small_gradient, dict(x=3.3)),
        subject("speelpenning-12", kind, lambda x: x.prod(), lambda x: np.prod(x) / x, dict(x=np.linspace(0.6, 1.8, 12))),
        subject("cumulative", kind, lambda x: np.sum(np.cumsum(x) ** 2) / 2,
                lambda x: np.cumsum(np.cumsum(x)[::-1])[::-1], dict(x=[0.5, -1.2, 0.8, 0.3])),
    ]  # fmt: skip


def beale_gradient(x: Any, y: Any) -> Any:
    """Of three squares."""
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return 2 * a * (y - 1) + 2 * b * (y**2 - 1) + 2 * c * (
        y**3 - 1
    ), 2 * a * x + 4 * b * x * y + 6 * c * x * y**2


def branin_gradient(x: Any, y: Any) -> Any:
    """With the inner square's factors."""
    inner = y - 0.13 * x**2 + 1.6 * x - 6
    return 2 * inner * (1.6 - 0.26 * x) - 9.6 * np.sin(x), 2 * inner


def ackley(x: Any) -> Any:
    """Many valleys."""
    return -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - np.exp(np.mean(np.cos(6.25 * x))) + 22.7


def ackley_gradient(x: Any) -> Any:
    """Two terms."""
    r = np.sqrt(np.mean(x**2))
    return (
        4 * np.exp(-0.2 * r) * x / (3 * r) + np.exp(np.mean(np.cos(6.25 * x))) * 6.25 * np.sin(6.25 * x) / 3
    )


def valleys() -> list[Subject]:
    """Test functions of optimisation."""
    kind = "test function"
    pair = [dict(x=0.7, y=-0.4), dict(x=-1.9, y=2.2)]
    return [
        subject(
            "rosenbrock-10", kind, lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
            lambda x: np.concatenate([
                -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1]), np.zeros(1)
            ]) + np.concatenate([np.zeros(1), 200 * (x[1:] - x[:-1] ** 2)]), dict(x=np.linspace(-1.2, 1.5, 10)),
        ),
        subject(
            "beale", kind,
            lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
            beale_gradient, pair,
        ),
        subject(
            "himmelblau", kind, lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
            lambda x, y: (4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7), 2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7)),
            [*pair, dict(x=3.0, y=2.0)],
        ),
        subject("booth", kind, lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
                lambda x, y: (10 * x + 8 * y - 34, 8 * x + 10 * y - 38), pair),
        subject("branin", kind, lambda x, y: (y - 0.13 * x**2 + 1.6 * x - 6) ** 2 + 9.6 * np.cos(x) + 10,
                branin_gradient, pair),
        subject("ackley", kind, ackley, ackley_gradient, dict(x=[0.5, -1.1, 0.9])),
        subject("rastrigin", kind, lambda x: np.sum(x**2 - 10 * np.cos(2 * np.pi * x) + 10),
                lambda x: 2 * x + 20 * np.pi * np.sin(2 * np.pi * x), dict(x=[0.5, -1.1, 0.9])),
        subject("styblinski-tang", kind, lambda x: np.sum(x**4 - 16 * x**2 + 5 * x) / 2,
                lambda x: 2 * x**3 - 16 * x + 2.5, dict(x=[-2.9, 0.5, 1.7])),
        subject(
            "griewank", kind, lambda x, y: (x**2 + y**2) / 4000 - np.cos(x) * np.cos(y / np.sqrt(2)) + 1,
            lambda x, y: (
                x / 2000 + np.sin(x) * np.cos(y / np.sqrt(2)), y / 2000 + np.cos(x) * np.sin(y / np.sqrt(2)) / np.sqrt(2)
            ), pair,
        ),
        subject("powell", kind, lambda x: (x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2,
                lambda x: np.stack([
                    2 * (x[0] + 10 * x[1]), 20 * (x[0] + 10 * x[1]), 10 * (x[2] - x[3]), -10 * (x[2] - x[3])
                ]), dict(x=[3.0, -1.0, 0.5, 1.0])),
        subject("exp-sine", kind, lambda x: np.exp(np.sin(x) ** 2), lambda x: np.exp(np.sin(x) ** 2) * np.sin(2 * x),
                [dict(x=0.9), dict(x=-2.5)]),
        subject("polar", kind, lambda r, a: r * np.cos(a) * np.arctan2(r, a),
                lambda r, a: (
                    np.cos(a) * np.arctan2(r, a) + r * np.cos(a) * a / (r**2 + a**2),
                    -r * np.sin(a) * np.arctan2(r, a) - r**2 * np.cos(a) / (r**2 + a**2),
                ), dict(r=1.6, a=0.8)),
    ]  # fmt: skip


def subjects() -> list[Subject]:
    """All of them."""
    return [*matrices(), *loops(), *valleys()]
