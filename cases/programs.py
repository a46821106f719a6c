"""Programs and families: loops, branches on values, and formulas that swell with their size."""

import numpy as np

from gradlab import case


@case(
    at=[dict(x=3.0, y=0.5), dict(x=3.0, y=0.4)],
    source="GT, automatic differentiation of a program with loops and if-statements on values",
    tags=("scalar", "program"),
)
def branching_program(x, y):
    total = x
    while total > 1:
        total = total * y
    if total > 0.5:
        return np.sin(total)
    return total * x


@branching_program.hand
def branching_program_gradient(x, y):
    total, n = x, 0
    while total > 1:
        total, n = total * y, n + 1
    by_x, by_y = y**n, n * x * y ** (n - 1)  # total = x yⁿ
    if total > 0.5:
        return dict(x=np.cos(total) * by_x, y=np.cos(total) * by_y)
    return dict(x=by_x * x + total, y=by_y * x)


@case(
    at=dict(x=0.3),
    source="The logistic map l₁ = x, lₖ₊₁ = 4lₖ(1 − lₖ) at n = 6: a well-known example of expression swell",
    tags=("scalar", "family"),
)
def logistic_map(x):
    for _ in range(5):
        x = 4 * x * (1 - x)
    return x


@logistic_map.hand
def logistic_map_gradient(x):
    slope = 1.0
    for _ in range(5):
        slope = slope * 4 * (1 - 2 * x)
        x = 4 * x * (1 - x)
    return slope


@case(
    at=dict(x=[1.1, 0.9, 1.3, -0.7, 1.2]),
    source="Speelpenning's product x₁x₂⋯xₙ, the classic of reverse mode",
    tags=("vector", "family"),
)
def speelpenning(x):
    return np.prod(x)


@speelpenning.hand
def speelpenning_gradient(x):
    return np.prod(x) / x


@case(
    at=dict(x=[-1.2, 1.0, 0.8, 1.1]),
    source="Rosenbrock's valley in four variables",
    tags=("vector", "family"),
)
def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@rosenbrock.hand
def rosenbrock_gradient(x):
    step = x[1:] - x[:-1] ** 2
    from_left = np.concatenate([[0.0], 200 * step])
    from_right = np.concatenate([-400 * step * x[:-1] - 2 * (1 - x[:-1]), [0.0]])
    return from_left + from_right
