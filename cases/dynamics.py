"""Steps of numerical methods, differentiated as the programs that they are: integrators, iterations, branches."""

import numpy as np

from gradlab import case


def _pendulum(y, kappa):
    theta, omega = y
    return np.stack([omega, -kappa * np.sin(theta)])


@case(
    at=dict(y=[0.9, -0.4], kappa=5.8, w=[0.7, -1.2], h=0.15),
    wrt=("y", "kappa"),
    source="The pendulum, a step of Runge & Kutta's method; the discrete adjoint as Hager 2000 has it",
    tags=("vector", "program", "dynamics"),
)
def pendulum_rk4(y, kappa, w, h):
    k1 = _pendulum(y, kappa)
    k2 = _pendulum(y + h / 2 * k1, kappa)
    k3 = _pendulum(y + h / 2 * k2, kappa)
    k4 = _pendulum(y + h * k3, kappa)
    return w @ (y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))


@pendulum_rk4.hand
def pendulum_rk4_adjoint(y, kappa, w, h):
    stages = [y]
    for c in (h / 2, h / 2, h):
        stages.append(y + c * _pendulum(stages[-1], kappa))
    y_bar, kappa_bar, stage_bar = w, 0.0, np.zeros(2)
    weights = ((h / 6, 0.0), (h / 3, h), (h / 3, h / 2), (h / 6, h / 2))
    for (theta, _), (b, c) in zip(stages[::-1], weights, strict=True):
        # a slope goes into the step, and into the next stage
        k_bar = b * w + c * stage_bar
        theta_bar = -kappa * np.cos(theta) * k_bar[1]
        stage_bar = np.stack([theta_bar, k_bar[0]])
        y_bar = y_bar + stage_bar
        kappa_bar = kappa_bar - np.sin(theta) * k_bar[1]
    return dict(y=y_bar, kappa=kappa_bar)


@case(
    at=dict(theta=0.9, omega=-0.4, g=9.81, length=1.7, h=0.15),
    wrt=("theta", "omega", "g", "length"),
    quantity="jacobian",
    source="The pendulum, a step of symplectic Euler; its Jacobian by the state has the determinant 1",
    tags=("scalar", "jacobian", "program", "dynamics"),
    expected=dict(determinant="1"),
)
def pendulum_step(theta, omega, g, length, h):
    omega = omega - h * g / length * np.sin(theta)
    theta = theta + h * omega
    return np.stack([theta, omega])


@pendulum_step.hand
def pendulum_step_columns(theta, omega, g, length, h):
    omega_by_theta = -h * g / length * np.cos(theta)
    omega_by_g = -h / length * np.sin(theta)
    omega_by_length = h * g / length**2 * np.sin(theta)
    return dict(
        theta=np.stack([1 + h * omega_by_theta, omega_by_theta]),
        omega=np.stack([h, 1.0]),
        g=np.stack([h * omega_by_g, omega_by_g]),
        length=np.stack([h * omega_by_length, omega_by_length]),
    )


@pendulum_step.shows
def pendulum_step_area(theta, omega, g, length, h):
    columns = pendulum_step_columns(theta, omega, g, length, h)
    by_state = np.stack([columns["theta"], columns["omega"]])
    return dict(determinant=np.linalg.det(by_state))


@case(
    at=dict(state=[1.2, -0.7, 20.3], sigma=10.0, rho=28.0, beta=8 / 3, h=0.02),
    wrt=("state", "sigma", "rho", "beta"),
    quantity="jacobian",
    source="Lorenz 1963, a step of explicit Euler: I + hJ",
    tags=("vector", "jacobian", "program", "dynamics"),
)
def lorenz_euler(state, sigma, rho, beta, h):
    x, y, z = state
    slope = [sigma * (y - x), x * (rho - z) - y, x * y - beta * z]
    return state + h * np.stack(slope)


@lorenz_euler.hand
def lorenz_euler_blocks(state, sigma, rho, beta, h):
    x, y, z = state
    rows = [[-sigma, sigma, 0.0], [rho - z, -1.0, -x], [y, x, -beta]]
    J = np.stack([np.stack(row) for row in rows])
    e1, e2, e3 = np.eye(3)
    return dict(
        state=np.eye(3) + h * J,
        sigma=h * (y - x) * e1,
        rho=h * x * e2,
        beta=-h * z * e3,
    )


@case(
    at=dict(a=2.0),
    source="Heron's square root, five steps of Newton's method: the derivative converges to 1/(2√a) with it",
    tags=("scalar", "program"),
    expected=dict(value="1.414213562373095", a="0.353553390593"),
)
def newton_square_root(a):
    x = a
    for _ in range(5):
        x = (x + a / x) / 2
    return x


@newton_square_root.hand
def newton_square_root_slope(a):
    x, slope = a, 1.0
    for _ in range(5):
        slope = (slope + 1 / x - a * slope / x**2) / 2
        x = (x + a / x) / 2
    return slope


@case(
    at=dict(M=5.0, e=0.1),
    source="Kepler's equation E = M + e sin E by fixed-point iteration, in degrees, with the example of Meeus 1991",
    tags=("scalar", "program"),
    expected=dict(value="5.554589"),
)
def kepler(M, e):
    E = np.radians(M)
    for _ in range(7):
        E = np.radians(M) + e * np.sin(E)
    return np.degrees(E)


@kepler.hand
def kepler_slopes(M, e):
    degree = np.radians(1.0)
    E, by_M, by_e = np.radians(M), degree, 0.0
    for _ in range(7):
        by_M = degree + e * np.cos(E) * by_M
        by_e = np.sin(E) + e * np.cos(E) * by_e
        E = np.radians(M) + e * np.sin(E)
    return dict(M=by_M / degree, e=by_e / degree)


@case(
    at=dict(x=1.3, c=[0.6, -1.2, 0.9, 2.1, -0.7]),
    source="Horner 1819, a polynomial from its highest coefficient down, with its derivative beside it",
    tags=("vector", "program", "family"),
)
def horner(x, c):
    p = 0.0
    for coefficient in c:
        p = p * x + coefficient
    return p


@horner.hand
def horner_slope(x, c):
    p, slope = 0.0, 0.0
    for coefficient in c:
        slope = slope * x + p
        p = p * x + coefficient
    return dict(x=slope, c=x ** np.arange(len(c) - 1.0, -1.0, -1.0))


@horner.family
def horner_of_degree(n):
    return dict(x=1.3, c=[0.6 - 0.3 * i for i in range(n + 1)])


@case(
    at=[dict(a=0.7, b=2.9, c=1.1), dict(a=0.7, b=-2.9, c=1.1)],
    quantity="jacobian",
    source="The roots of a quadratic without cancellation, a branch by the sign of b; the implicit function theorem",
    tags=("scalar", "jacobian", "program"),
    around=0.1,
)
def quadratic_roots(a, b, c):
    root = np.sqrt(b**2 - 4 * a * c)
    q = -(b + root) / 2 if b > 0 else -(b - root) / 2
    return np.stack([q / a, c / q])


@quadratic_roots.hand
def quadratic_roots_by_coefficients(a, b, c):
    x = quadratic_roots(a, b, c)
    slope = 2 * a * x + b
    return dict(a=-(x**2) / slope, b=-x / slope, c=-1 / slope)
