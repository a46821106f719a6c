"""The three functions that the project is named for, with their lectures' numbers and hand derivations."""

import numpy as np

from gradlab import case


@case(
    at=dict(w=0.5, b=-0.3, x=1.2, t=1.0, lam=0.1),
    wrt=("w", "b"),
    source="UM, Manually calculating gradient",
    tags=("scalar", "loss", "lecture"),
    expected=dict(value="0.1030495857487976", w="-0.0748372766411018", b="-0.1040310638675848"),
)
def logistic_regularised(w, b, x, t, lam):
    y = 1 / (1 + np.exp(-(w * x + b)))
    return (y - t) ** 2 / 2 + lam * w**2 / 2


@logistic_regularised.hand
def logistic_regularised_gradient(w, b, x, t, lam):
    y = 1 / (1 + np.exp(-(w * x + b)))
    slope = y * (1 - y)
    return dict(w=(y - t) * slope * x + lam * w, b=(y - t) * slope)


logistic_regularised.derivation(
    w="""∂/∂w[½(σ(wx + b) − t)² + (λ/2)w²]
       = ½ ∂/∂w[(σ(wx + b) − t)²] + (λ/2) ∂/∂w[w²]
       = (σ(wx + b) − t) ∂/∂w[σ(wx + b) − t] + λw
       = (σ(wx + b) − t) σ'(wx + b) ∂/∂w[wx + b] + λw
       = (σ(wx + b) − t) σ'(wx + b) x + λw""",
    b="""∂/∂b[½(σ(wx + b) − t)² + (λ/2)w²]
       = ½ ∂/∂b[(σ(wx + b) − t)²] + (λ/2) ∂/∂b[w²]
       = (σ(wx + b) − t) ∂/∂b[σ(wx + b) − t] + 0
       = (σ(wx + b) − t) σ'(wx + b) ∂/∂b[wx + b]
       = (σ(wx + b) − t) σ'(wx + b)""",
)


@case(
    at=dict(W0=np.array([[1, -3], [0.2, 1]]), W1=np.array([[1.0, -1.0]]), x0=np.array([1, 0.1]), y=0.5),
    wrt=("W0", "W1"),
    source="UM, Backpropagation by hand",
    tags=("network", "matrix", "lecture"),
    name="tanh-2-2-1",
    expected=dict(
        x1=("0.7", "0.3"),
        x2=("0.604", "0.291"),
        x3="0.313",
        value="0.017",
        x3_bar="-0.1869",
        x1_bar=("-0.1186", "0.171"),
        W1=("-0.113", "-0.054"),
        W0_after=(("1.02", "-3.0"), ("0.17", "1.0")),
        W1_after=("1.02", "-0.989"),
    ),
)
def tanh_2_2_1(W0, W1, x0, y):
    x1 = W0 @ x0
    x2 = np.tanh(x1)
    x3 = W1 @ x2
    return np.sum((x3 - y) ** 2) / 2


@tanh_2_2_1.hand
def tanh_2_2_1_gradient(W0, W1, x0, y):
    x2 = np.tanh(W0 @ x0)
    x3_bar = W1 @ x2 - y
    W1_bar = np.outer(x3_bar, x2)
    x1_bar = (W1.T @ x3_bar) * (1 - x2**2)
    W0_bar = np.outer(x1_bar, x0)
    return dict(W0=W0_bar, W1=W1_bar)


tanh_2_2_1.derivation(
    W1="∂/∂W1[½‖W1 tanh(W0 x0) − y‖²] = (W1 tanh(W0 x0) − y) tanh(W0 x0)ᵀ",
    W0="""∂/∂W0[½‖W1 tanh(W0 x0) − y‖²]
        = (W1ᵀ (W1 tanh(W0 x0) − y) ⊙ tanh'(W0 x0)) x0ᵀ
        = (W1ᵀ (W1 tanh(W0 x0) − y) ⊙ (1 − tanh(W0 x0) ⊙ tanh(W0 x0))) x0ᵀ""",
)


@tanh_2_2_1.shows
def tanh_2_2_1_steps(W0, W1, x0, y, rate=0.2):
    x1 = W0 @ x0
    x2 = np.tanh(x1)
    x3 = W1 @ x2
    x3_bar = x3 - y
    bar = tanh_2_2_1_gradient(W0, W1, x0, y)
    return dict(
        x1=x1,
        x2=x2,
        x3=x3,
        x3_bar=x3_bar,
        x1_bar=(W1.T @ x3_bar) * (1 - x2**2),
        W0_after=W0 - rate * bar["W0"],
        W1_after=W1 - rate * bar["W1"],
    )


@case(
    at=dict(x1=2.0, x2=5.0),
    source="GT, Automatic differentiation",
    tags=("scalar", "lecture"),
    expected=dict(value="11.652071455223083", x1="5.5", x2="1.7163378145367738"),
)
def ln_product_sine(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


@ln_product_sine.hand
def ln_product_sine_gradient(x1, x2):
    return dict(x1=1 / x1 + x2, x2=x1 - np.cos(x2))


ln_product_sine.derivation(
    x1="∂/∂x1[ln(x1) + x1 x2 − sin(x2)] = 1/x1 + x2",
    x2="∂/∂x2[ln(x1) + x1 x2 − sin(x2)] = x1 − cos(x2)",
)
