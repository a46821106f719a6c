"""Test functions of optimisation, and two that automatic differentiation was first shown on."""

import numpy as np

from gradlab import case


@case(
    at=dict(x=1.4, y=0.7),
    source="Beale 1958, with its minimum 0 at (3, 0.5)",
    tags=("scalar", "optimisation", "classic"),
    expected=dict(minimum="0"),
)
def beale(x, y):
    r1 = 1.5 - x + x * y
    r2 = 2.25 - x + x * y**2
    r3 = 2.625 - x + x * y**3
    return r1**2 + r2**2 + r3**2


@beale.hand
def beale_gradient(x, y):
    r1 = 1.5 - x * (1 - y)
    r2 = 2.25 - x * (1 - y**2)
    r3 = 2.625 - x * (1 - y**3)
    by_x = -2 * (r1 * (1 - y) + r2 * (1 - y**2) + r3 * (1 - y**3))
    by_y = 2 * x * (r1 + 2 * y * r2 + 3 * y**2 * r3)
    return dict(x=by_x, y=by_y)


@beale.shows
def beale_minimum(x, y):
    return dict(minimum=beale(3.0, 0.5))


@case(
    at=dict(x=-0.6, y=1.3),
    source="Himmelblau 1972, with a maximum of 181.617 at (−0.270845, −0.923039) and the minimum 0 at (3, 2)",
    tags=("scalar", "optimisation", "classic"),
    expected=dict(maximum="181.617", minimum="0"),
)
def himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


himmelblau.derivation(
    x="""∂/∂x[(x² + y − 11)² + (x + y² − 7)²]
       = 2(x² + y − 11) ∂/∂x[x² + y − 11] + 2(x + y² − 7) ∂/∂x[x + y² − 7]
       = 2(x² + y − 11)·2x + 2(x + y² − 7)
       = 4x³ + 4x y − 42x + 2y² − 14""",
    y="""∂/∂y[(x² + y − 11)² + (x + y² − 7)²]
       = 2(x² + y − 11) + 2(x + y² − 7)·2y
       = 4y³ + 4x y − 26y + 2x² − 22""",
)


@himmelblau.hand
def himmelblau_gradient(x, y):
    return dict(
        x=4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
        y=2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
    )


@himmelblau.shows
def himmelblau_extrema(x, y):
    return dict(maximum=himmelblau(-0.270845, -0.923039), minimum=himmelblau(3.0, 2.0))


@case(
    at=dict(x=0.4, y=-0.7),
    source="Goldstein & Price 1971, with its minimum 3 at (0, −1)",
    tags=("scalar", "optimisation", "classic"),
    expected=dict(minimum="3"),
)
def goldstein_price(x, y):
    p = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    q = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    a = 1 + (x + y + 1) ** 2 * p
    b = 30 + (2 * x - 3 * y) ** 2 * q
    return a * b


@goldstein_price.hand
def goldstein_price_gradient(x, y):
    s, u = x + y + 1, 2 * x - 3 * y
    p = 19 - 14 * (x + y) + 3 * (x + y) ** 2
    q = 18 - 16 * u + 3 * u**2
    a, b = 1 + s**2 * p, 30 + u**2 * q
    a_by_s = 2 * s * p + s**2 * (-14 + 6 * (x + y))
    b_by_u = 2 * u * q + u**2 * (-16 + 6 * u)
    by_s, by_u = a_by_s * b, a * b_by_u
    return dict(x=by_s + 2 * by_u, y=by_s - 3 * by_u)


@goldstein_price.shows
def goldstein_price_minimum(x, y):
    return dict(minimum=goldstein_price(0.0, -1.0))


@case(
    at=dict(x=[0.8, -1.3, 0.45]),
    source="Ackley 1987; at its minimum, 0, it has a kink",
    tags=("vector", "family", "optimisation", "classic"),
)
def ackley(x):
    bowl = -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2)))
    waves = -np.exp(np.mean(np.cos(2 * np.pi * x)))
    return bowl + waves + 20 + np.e


@ackley.hand
def ackley_gradient(x):
    n = len(x)
    r = np.sqrt(np.mean(x**2))
    bowl = 4 * np.exp(-0.2 * r) * x / (n * r)
    angle = 2 * np.pi * x
    height = np.exp(np.mean(np.cos(angle)))
    waves = height * 2 * np.pi * np.sin(angle) / n
    return bowl + waves


@ackley.family
def ackley_in_n(n):
    return dict(x=[0.8 - 0.37 * i for i in range(n)])


@case(
    at=dict(x=[0.8, -1.3, 0.45]),
    source="Rastrigin 1974",
    tags=("vector", "family", "optimisation", "classic"),
)
def rastrigin(x):
    return 10 * len(x) + np.sum(x**2 - 10 * np.cos(2 * np.pi * x))


@rastrigin.hand
def rastrigin_gradient(x):
    return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)


@rastrigin.family
def rastrigin_in_n(n):
    return dict(x=[0.8 - 0.37 * i for i in range(n)])


@case(
    at=dict(x=[2.6, -0.8, 0.3, 1.1]),
    source="Powell 1962, the singular function; 215 at its usual start (3, −1, 0, 1)",
    tags=("vector", "optimisation", "classic"),
    expected=dict(start="215", minimum="0"),
)
def powell_singular(x):
    x1, x2, x3, x4 = x
    squares = (x1 + 10 * x2) ** 2 + 5 * (x3 - x4) ** 2
    return squares + (x2 - 2 * x3) ** 4 + 10 * (x1 - x4) ** 4


@powell_singular.hand
def powell_singular_gradient(x):
    x1, x2, x3, x4 = x
    a, b, c, d = x1 + 10 * x2, x3 - x4, x2 - 2 * x3, x1 - x4
    by_x1, by_x2 = 2 * a + 40 * d**3, 20 * a + 4 * c**3
    by_x3, by_x4 = 10 * b - 8 * c**3, -10 * b - 40 * d**3
    return np.stack([by_x1, by_x2, by_x3, by_x4])


@powell_singular.shows
def powell_singular_values(x):
    start = np.array([3.0, -1.0, 0.0, 1.0])
    return dict(start=powell_singular(start), minimum=powell_singular(np.zeros(4)))


@case(
    at=dict(x=[0.8, -1.3, 0.45]),
    source="The sum of squares Σ i xᵢ², the first of every collection",
    tags=("vector", "family", "optimisation"),
)
def sum_of_squares(x):
    return np.sum(np.arange(1, len(x) + 1) * x**2)


@sum_of_squares.hand
def sum_of_squares_gradient(x):
    return 2 * np.arange(1, len(x) + 1) * x


@sum_of_squares.family
def sum_of_squares_in_n(n):
    return dict(x=[0.8 - 0.37 * i for i in range(n)])


@case(
    at=dict(nu=1.7, gamma=2.3, omega=0.4, t=1.6),
    quantity="jacobian",
    source="Griewank & Walther 2008, chapter 2, the lighthouse at a quay",
    tags=("scalar", "jacobian", "classic"),
    around=0.1,
)
def lighthouse(nu, gamma, omega, t):
    y1 = nu * np.tan(omega * t) / (gamma - np.tan(omega * t))
    y2 = gamma * y1
    return np.stack([y1, y2])


@lighthouse.hand
def lighthouse_columns(nu, gamma, omega, t):
    v2 = np.tan(omega * t)
    v3 = gamma - v2
    y1 = nu * v2 / v3
    by_v2 = nu * gamma / v3**2
    by_angle = by_v2 / np.cos(omega * t) ** 2
    by_gamma = -y1 / v3
    return dict(
        nu=np.stack([v2 / v3, gamma * v2 / v3]),
        gamma=np.stack([by_gamma, y1 + gamma * by_gamma]),
        omega=np.stack([by_angle * t, gamma * by_angle * t]),
        t=np.stack([by_angle * omega, gamma * by_angle * omega]),
    )


@case(
    at=dict(
        x=[0.12, 0.07, 0.21],
        b=[0.9, 0.6, 0.75],
        A=[[1.4, 0.3, -0.2], [0.3, 0.8, 0.5], [-0.2, 0.5, 1.1]],
        RT=1.3,
    ),
    wrt="x",
    source="Griewank 1989, the Helmholtz energy of a mixed fluid, as ADOL-C's examples have it",
    tags=("vector", "family", "classic"),
)
def helmholtz(x, b, A, RT):
    bx = b @ x
    ideal = RT * np.sum(x * np.log(x / (1 - bx)))
    plus, minus = 1 + np.sqrt(2), 1 - np.sqrt(2)
    log = np.log((1 + plus * bx) / (1 + minus * bx))
    return ideal - x @ A @ x / (np.sqrt(8) * bx) * log


@helmholtz.hand
def helmholtz_gradient(x, b, A, RT):
    bx, xAx = b @ x, x @ A @ x
    plus, minus = 1 + np.sqrt(2), 1 - np.sqrt(2)
    log = np.log((1 + plus * bx) / (1 + minus * bx))
    log_by_bx = plus / (1 + plus * bx) - minus / (1 + minus * bx)
    ideal = RT * (np.log(x / (1 - bx)) + 1 + np.sum(x) * b / (1 - bx))
    by_bx = xAx * (log_by_bx / bx - log / bx**2)
    excess = (A + A.T) @ x * log / bx + by_bx * b
    return ideal - excess / np.sqrt(8)


@helmholtz.family
def helmholtz_of_n_fluids(n):
    i = np.arange(1.0, n + 1)
    return dict(
        x=0.4 / n + 0.1 * i / n**2, b=0.6 + 0.3 * i / n, A=1 / (i[:, np.newaxis] + i) + np.eye(n), RT=1.3
    )
