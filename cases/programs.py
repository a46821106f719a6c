"""Programs and families: loops, branches on values, and formulas that swell with their size."""

import numpy as np

from gradlab import case


@case(
    at=[dict(x=3.0, y=0.5), dict(x=3.0, y=0.4)],
    source="GT, automatic differentiation of a program with loops and if-statements on values",
    tags=("scalar", "program", "lecture"),
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
    at=dict(x=0.3, n=6),
    wrt="x",
    source="The logistic map l₁ = x, lₖ₊₁ = 4lₖ(1 − lₖ) at n = 6: a well-known example of expression swell",
    tags=("scalar", "family", "dynamics", "classic", "swell"),
)
def logistic_map(x, n):
    for _ in range(n - 1):
        x = 4 * x * (1 - x)
    return x


@logistic_map.hand
def logistic_map_gradient(x, n):
    slope = 1.0
    for _ in range(n - 1):
        slope = slope * 4 * (1 - 2 * x)
        x = 4 * x * (1 - x)
    return slope


@logistic_map.family
def logistic_map_of_size(n):
    return dict(x=0.3, n=n)


@case(
    at=dict(x=0.3),
    source="Baydin, Pearlmutter, Radul & Siskind 2018, table 1: the logistic map at n = 2",
    tags=("scalar", "swell"),
)
def logistic_map_2(x):
    return 4 * x * (1 - x)


logistic_map_2.derivation(x="∂/∂x[4x(1 − x)] = 4(1 − x) − 4x = 4 − 8x")


@case(
    at=dict(x=0.3),
    source="Baydin, Pearlmutter, Radul & Siskind 2018, table 1: the logistic map at n = 3",
    tags=("scalar", "swell"),
)
def logistic_map_3(x):
    return 16 * x * (1 - x) * (1 - 2 * x) ** 2


logistic_map_3.derivation(
    x="""∂/∂x[16x(1 − x)(1 − 2x)²]
       = 16(1 − x)(1 − 2x)² − 16x(1 − 2x)² − 64x(1 − x)(1 − 2x)
       = 16(1 − 10x + 24x² − 16x³)"""
)


@case(
    at=dict(x=0.3),
    source="Baydin, Pearlmutter, Radul & Siskind 2018, table 1: the logistic map at n = 4",
    tags=("scalar", "swell"),
)
def logistic_map_4(x):
    return 64 * x * (1 - x) * (1 - 2 * x) ** 2 * (1 - 8 * x + 8 * x**2) ** 2


logistic_map_4.derivation(
    x="""∂/∂x[64x(1 − x)(1 − 2x)²(1 − 8x + 8x²)²]
       = 128x(1 − x)(−8 + 16x)(1 − 2x)²(1 − 8x + 8x²) + 64(1 − x)(1 − 2x)²(1 − 8x + 8x²)²
         − 64x(1 − 2x)²(1 − 8x + 8x²)² − 256x(1 − x)(1 − 2x)(1 − 8x + 8x²)²
       = 64(1 − 42x + 504x² − 2640x³ + 7040x⁴ − 9984x⁵ + 7168x⁶ − 2048x⁷)"""
)


@case(
    at=dict(x=0.7, n=4),
    wrt="x",
    source="exp(exp(…)), each time of x/2 − 1 so that it stays finite: a tower, and a factor of the chain rule for each",
    tags=("scalar", "family", "swell"),
)
def nested_exp(x, n):
    for _ in range(n):
        x = np.exp(x / 2 - 1)
    return x


@nested_exp.hand
def nested_exp_gradient(x, n):
    slope = 1.0
    for _ in range(n):
        x = np.exp(x / 2 - 1)
        slope = slope * x / 2
    return slope


@nested_exp.family
def nested_exp_of_size(n):
    return dict(x=0.7, n=n)


@case(
    at=dict(x=[1.1, 0.9, 1.3, -0.7, 1.2]),
    source="Speelpenning 1980, the product x₁x₂⋯xₙ: the classic of reverse mode",
    tags=("vector", "family", "classic", "swell"),
)
def speelpenning(x):
    return np.prod(x)


@speelpenning.hand
def speelpenning_gradient(x):
    return np.prod(x) / x


@speelpenning.family
def speelpenning_of_size(n):
    return dict(x=1.0 + 0.1 * np.cos(np.arange(n)))


@case(
    at=dict(x=[-1.2, 1.0, 0.8, 1.1]),
    source="Rosenbrock 1960, the curved valley, here in four variables",
    tags=("vector", "family", "optimisation", "classic", "swell"),
)
def rosenbrock(x):
    u, v = x[:-1], x[1:]
    return np.sum(100 * (v - u**2) ** 2 + (1 - u) ** 2)


@rosenbrock.hand
def rosenbrock_gradient(x):
    u, v = x[:-1], x[1:]
    by_u = -400 * u * (v - u**2) - 2 * (1 - u)
    by_v = 200 * (v - u**2)
    # each but the first and the last is u in one term and v in another
    return np.concatenate([by_u, [0.0]]) + np.concatenate([[0.0], by_v])


@rosenbrock.family
def rosenbrock_of_size(n):
    if n < 2:
        raise ValueError("the valley has two variables or more")
    return dict(x=1.0 + 0.3 * np.cos(np.arange(n)))
