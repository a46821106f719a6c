"""What is timed: the functions, their points, and who takes part in which."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.engine import by_hand, formulas
from benchmarks.engine.peers import (
    Peer,
    Task,
    autograd,
    casadi,
    gradlab_compiled,
    gradlab_traced,
    jax_eager,
    jax_jit,
    micrograd,
    sympy,
    torch_eager,
)
from benchmarks.engine.peers import by_hand as hand


@dataclass(frozen=True)
class Goal:
    """`fast` is to take at most `at_most` times what `slow` takes.

    Without `slow`: to be built in at most that many seconds.
    """

    fast: str
    at_most: float
    slow: str = ""

    def __str__(self) -> str:
        if not self.slow:
            return f"{self.fast} built in under {self.at_most * 1e3:g} ms"
        if self.at_most == 1:
            return f"{self.fast} at least as fast as {self.slow}"
        if self.at_most > 1:
            return f"{self.fast} at most {self.at_most:g} × {self.slow}"
        return f"{self.fast} at least {1 / self.at_most:g} × faster than {self.slow}"


@dataclass(frozen=True)
class Workload:
    """One table."""

    name: str
    formula: str
    task: Task
    peers: tuple[Peer, ...]
    goals: tuple[Goal, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
    """Who does not take part, and why."""


TRACED, COMPILED, HAND = "gradlab traced", "gradlab compiled", "by hand"
OF_ARRAYS = (hand, gradlab_traced, gradlab_compiled, autograd, torch_eager, jax_jit)
OF_NUMBERS = (*OF_ARRAYS, jax_eager, sympy, casadi, micrograd)
TRACED_GOALS = (Goal(TRACED, 1 / 5, "autograd"), Goal(TRACED, 1 / 2, "torch eager"))
COMPILED_GOALS = (Goal(COMPILED, 1.15, HAND), Goal(COMPILED, 1 / 10, "jax.jit"), Goal(COMPILED, 1e-3))
ARRAY_GOALS = (Goal(COMPILED, 1.3, HAND), Goal(TRACED, 1, "torch eager"))


def workloads(seed: int = 0) -> tuple[Workload, ...]:
    """All of them; the data are drawn from the seed."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((1000, 50))
    labels = (X @ random.standard_normal(50) + random.standard_normal(1000) > 0).astype(np.float64)
    regression = (random.standard_normal(50) / 5, 0.1, X, labels, 0.01)
    images = random.random((64, 784))
    net = (
        random.standard_normal((784, 128)) / 28,
        random.standard_normal(128) / 10,
        random.standard_normal((128, 10)) / 11,
        random.standard_normal(10) / 10,
        images,
        np.eye(10)[random.integers(0, 10, 64)],
    )
    logistic = (0.5, -0.3, 1.2, 1.0, 0.1)
    tanh_numbers = (1.0, -3.0, 0.2, 1.0, 1.0, -1.0, 1.0, 0.1, 0.5)
    tanh_arrays = tuple(map(np.array, ([[1.0, -3.0], [0.2, 1.0]], [[1.0, -1.0]], [1.0, 0.1], [0.5])))
    dense = {"CasADi": "not made for dense arrays", "SymPy": "has no arrays to derive through"}
    return (
        Workload(
            "ln-product-sine",
            "ln x1 + x1·x2 − sin x2, by (x1, x2)",
            Task(formulas.ln_product_sine, (2.0, 5.0), (0, 1), by_hand.ln_product_sine),
            OF_NUMBERS,
            TRACED_GOALS + COMPILED_GOALS,
        ),
        Workload(
            "logistic-regularised",
            "½(σ(wx + b) − t)² + ½λw², by (w, b)",
            Task(formulas.logistic_regularised, logistic, (0, 1), by_hand.logistic_regularised),
            OF_NUMBERS,
            TRACED_GOALS + COMPILED_GOALS,
        ),
        Workload(
            "tanh-2-2-1",
            "½(W1 tanh(W0 x) − y)² on arrays, by (W0, W1)",
            Task(formulas.tanh_2_2_1, tanh_arrays, (0, 1), by_hand.tanh_2_2_1),
            (*OF_ARRAYS, jax_eager),
            TRACED_GOALS,
        ),
        Workload(
            "tanh-2-2-1-unrolled",
            "the same with a number for each weight, by all six",
            Task(formulas.tanh_2_2_1_unrolled, tanh_numbers, tuple(range(6)), by_hand.tanh_2_2_1_unrolled),
            OF_NUMBERS,
            TRACED_GOALS + COMPILED_GOALS,
        ),
        Workload(
            "chain-10000",
            "x ← c·tanh x, 5,000 times: 10,000 operations, by (x, c)",
            Task(formulas.chain, (0.05, 1.0001), (0, 1), by_hand.chain),
            (hand, gradlab_traced, gradlab_compiled, autograd, torch_eager, jax_jit, casadi, micrograd),
            (Goal(TRACED, 1, "micrograd"),),
            {
                "SymPy": "its diff of a chain of 500 operations takes a minute",
                "jax.jit unrolled": "took 26 s to build 4,000 operations; a scan is timed instead",
            },
        ),
        Workload(
            "rosenbrock-10000",
            "Σ 100(v₊ − v²)² + (1 − v)², n = 10,000",
            Task(formulas.rosenbrock, (random.uniform(-1, 1, 10_000),), (0,), by_hand.rosenbrock),
            (*OF_ARRAYS, casadi),
            ARRAY_GOALS,
            {"SymPy": "has no arrays to derive through"},
        ),
        Workload(
            "logistic-regression",
            "mean log loss + ½λ‖w‖² of 1000 × 50, by (w, b)",
            Task(formulas.logistic_regression, regression, (0, 1), by_hand.logistic_regression),
            OF_ARRAYS,
            ARRAY_GOALS,
            dense,
        ),
        Workload(
            "network-784-128-10",
            "tanh layer, softmax cross entropy, batch of 64, by (W1, b1, W2, b2)",
            Task(formulas.network, net, (0, 1, 2, 3), by_hand.network),
            OF_ARRAYS,
            ARRAY_GOALS,
            dense,
        ),
    )
