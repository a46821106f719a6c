"""Formulas in a few numbers: the lectures' first examples, each with its chain rule done by hand."""

import numpy as np

from gradlab import case


@case(
    at=dict(x=-2.0, y=5.0, z=-4.0),
    source="UM and GT, the first computational graph",
    tags=("scalar", "lecture"),
    expected=dict(value="-12", q="3", x="-4", y="-4", z="3"),
)
def sum_times(x, y, z):
    q = x + y
    return q * z


@sum_times.hand
def sum_times_gradient(x, y, z):
    q = x + y
    q_bar, z_bar = z, q
    return dict(x=q_bar, y=q_bar, z=z_bar)


sum_times.derivation(
    x="∂/∂x[(x + y)z] = z ∂/∂x[x + y] = z",
    y="∂/∂y[(x + y)z] = z ∂/∂y[x + y] = z",
    z="∂/∂z[(x + y)z] = x + y",
)


@sum_times.shows
def sum_times_steps(x, y, z):
    return dict(q=x + y)


@case(
    at=dict(x=1.0, y=2.0, z=0.0),
    source="SU, plus distributes, max routes, times switches",
    tags=("scalar", "selection", "lecture"),
    expected=dict(a="3", b="2", value="6", x="2", y="5", z="0", wiggled="6.51"),
)
def sum_times_max(x, y, z):
    a = x + y
    b = np.maximum(y, z)
    return a * b


@sum_times_max.hand
def sum_times_max_gradient(x, y, z):
    a, b = x + y, np.maximum(y, z)
    a_bar, b_bar = b, a
    to_y = np.where(y > z, 1.0, 0.0)
    return dict(x=a_bar, y=a_bar + b_bar * to_y, z=b_bar * (1 - to_y))


sum_times_max.derivation(
    x="∂/∂x[(x + y) max(y, z)] = max(y, z)",
    y="""∂/∂y[(x + y) max(y, z)]
       = max(y, z) ∂/∂y[x + y] + (x + y) ∂/∂y[max(y, z)]
       = max(y, z) + (x + y)""",
    z="∂/∂z[(x + y) max(y, z)] = (x + y) ∂/∂z[max(y, z)] = 0",
)


@sum_times_max.shows
def sum_times_max_steps(x, y, z):
    return dict(a=x + y, b=np.maximum(y, z), wiggled=sum_times_max(x, y + 0.1, z))


@case(
    at=dict(x1=2.0, x2=0.7),
    source="GT, reverse and forward mode on x₁x₂ + sin(x₂)",
    tags=("scalar", "lecture"),
)
def product_plus_sine(x1, x2):
    a1 = np.sin(x2)
    a2 = x1 * x2
    return a1 + a2


@product_plus_sine.hand
def product_plus_sine_in_reverse_mode(x1, x2):
    a3_bar = 1.0
    a1_bar = a3_bar
    a2_bar = a3_bar
    x2_bar = a1_bar * np.cos(x2) + a2_bar * x1
    x1_bar = a2_bar * x2
    return dict(x1=x1_bar, x2=x2_bar)


@product_plus_sine.hand
def product_plus_sine_in_forward_mode(x1, x2):
    def a3_dot(x1_dot, x2_dot):
        a1_dot = np.cos(x2) * x2_dot
        a2_dot = x1_dot * x2 + x1 * x2_dot
        return a1_dot + a2_dot

    return dict(x1=a3_dot(1.0, 0.0), x2=a3_dot(0.0, 1.0))


@case(
    at=[dict(x=1.0), dict(x=4.0)],
    source="SU, what a gradient says",
    tags=("scalar", "lecture"),
    expected=dict(x="3", nudged="1.03", x_at_4="48", nudged_at_4="64.48"),
)
def cube(x):
    return x**3


@cube.hand
def cube_gradient(x):
    return 3 * x**2


cube.derivation(x="∂/∂x[x³] = 3x²")


@cube.shows
def cube_nudged(x):
    return dict(nudged=cube(x + 0.01), x_at_4=cube_gradient(4.0), nudged_at_4=cube(4.01))


@case(at=dict(x=1.5), source="SU, the chain rule", tags=("scalar", "lecture"), expected=dict(x="9"))
def three_x_squared(x):
    y = x**2
    return 3 * y


@three_x_squared.hand
def three_x_squared_gradient(x):
    y_bar = 3.0
    return y_bar * 2 * x


three_x_squared.derivation(x="∂/∂x[3x²] = 3 ∂/∂x[x²] = 3·(2x) = 6x")


@case(
    at=dict(x=-4.499),
    source="VU, a chain of scalar functions",
    tags=("scalar", "lecture", "wrong-claim"),
    expected=dict(value="2.1640", x="-80.393"),
    verdict="disagree",
    mistake="degrees for radians",
    because="the lecture says that it happens to be 0: nearly so in degrees, and NumPy's sine is of radians",
    around=0.001,
)
def sine_of_exp_chain(x):
    a = -x
    b = np.exp(a)
    c = np.sin(b)
    return 2 / c


sine_of_exp_chain.derivation(x="0.00")


@case(
    at=dict(x=-4.499),
    source="VU, a chain of scalar functions",
    tags=("scalar", "lecture"),
    expected=dict(value="2.0000016", x="0.0040"),
)
def sine_of_exp_chain_in_degrees(x):
    a = -x
    b = np.exp(a)
    c = np.sin(b * np.pi / 180)
    return 2 / c


@sine_of_exp_chain_in_degrees.hand
def sine_of_exp_chain_in_degrees_gradient(x):
    b = np.exp(-x)
    angle = b * np.pi / 180
    c_bar = -2 / np.sin(angle) ** 2
    b_bar = c_bar * np.cos(angle) * np.pi / 180
    a_bar = b_bar * b
    return -a_bar
