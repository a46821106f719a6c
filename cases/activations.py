"""Activations, each with the derivative that its paper gives; dropout, and an embedding that is looked up."""

import numpy as np

from gradlab import case


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _softplus(x):
    return np.log(1 + np.exp(x))


@case(
    at=dict(x=0.8),
    source="Dugas et al. 2001, a smooth rectifier: its derivative is the logistic function",
    tags=("scalar", "layer", "activation"),
)
def softplus(x):
    return np.log(1 + np.exp(x))


softplus.derivation(
    x="""
    d/dx[ln(1 + e^x)]
    = 1/(1 + e^x) · d/dx[1 + e^x]
    = e^x/(1 + e^x)
    = 1/(1 + e^(-x))
    = σ(x)
    """
)


@case(
    at=dict(x=[-1.4, 0.6, 2.3], g=[1.5, -0.7, 0.4]),
    wrt="x",
    source="Glorot & Bengio 2010, the softsign",
    tags=("vector", "layer", "activation"),
)
def softsign(x, g):
    return np.sum(g * x / (1 + np.abs(x)))


@softsign.hand
def softsign_backward(x, g):
    return g / (1 + np.abs(x)) ** 2


@case(
    at=dict(y=[-1.4, 0.6, 2.3], a=0.25, g=[1.5, -0.7, 0.4]),
    wrt=("y", "a"),
    source="He et al. 2015, PReLU: the leaky rectifier (Maas et al. 2013) with a slope a that is learnt",
    tags=("vector", "layer", "selection", "activation"),
)
def prelu(y, a, g):
    f = np.maximum(0, y) + a * np.minimum(0, y)
    return np.sum(g * f)


@prelu.hand
def prelu_backward(y, a, g):
    f_by_a = np.where(y > 0, 0.0, y)
    return dict(y=g * np.where(y > 0, 1.0, a), a=np.sum(g * f_by_a))


@case(
    at=dict(x=[-1.4, 0.6, -0.3], alpha=1.2, g=[1.5, -0.7, 0.4]),
    wrt=("x", "alpha"),
    source="Clevert et al. 2016, the exponential linear unit: f′(x) = f(x) + α where x < 0",
    tags=("vector", "layer", "selection", "activation"),
)
def elu(x, alpha, g):
    f = np.where(x > 0, x, alpha * (np.exp(x) - 1))
    return np.sum(g * f)


@elu.hand
def elu_backward(x, alpha, g):
    f = np.where(x > 0, x, alpha * (np.exp(x) - 1))
    return dict(
        x=g * np.where(x > 0, 1.0, f + alpha),
        alpha=np.sum(g * np.where(x > 0, 0.0, np.exp(x) - 1)),
    )


@case(
    at=dict(z=0.7),
    source="Elfwing et al. 2018, the sigmoid-weighted linear unit (SiLU)",
    tags=("scalar", "layer", "activation"),
)
def silu(z):
    return z / (1 + np.exp(-z))


silu.derivation(
    z="""
    d/dz[z σ(z)]
    = σ(z) + z σ'(z)
    = σ(z) + z σ(z) (1 - σ(z))
    = σ(z) (1 + z·(1 - σ(z)))
    """
)


@case(
    at=dict(x=[-1.4, 0.6, 2.3], beta=1.3, g=[1.5, -0.7, 0.4]),
    wrt=("x", "beta"),
    source="Ramachandran et al. 2017, swish: f′(x) = βf(x) + σ(βx)(1 − βf(x))",
    tags=("vector", "layer", "activation"),
)
def swish(x, beta, g):
    f = x * _sigmoid(beta * x)
    return np.sum(g * f)


@swish.hand
def swish_backward(x, beta, g):
    s = _sigmoid(beta * x)
    f = x * s
    return dict(
        x=g * (beta * f + s * (1 - beta * f)),
        beta=np.sum(g * x**2 * s * (1 - s)),
    )


@case(
    at=dict(x=[-1.4, 0.6, 2.3], g=[1.5, -0.7, 0.4]),
    wrt="x",
    source="Hendrycks & Gimpel 2016, GELU in its tanh form",
    tags=("vector", "layer", "activation"),
)
def gelu(x, g):
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    return np.sum(g * 0.5 * x * (1 + np.tanh(u)))


@gelu.hand
def gelu_backward(x, g):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    u_by_x = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * u_by_x)


@case(
    at=dict(x=[-1.4, 0.6, 2.3], g=[1.5, -0.7, 0.4]),
    wrt="x",
    source="Misra 2019, mish: f′(x) = eˣω/δ²",
    tags=("vector", "layer", "activation"),
)
def mish(x, g):
    return np.sum(g * x * np.tanh(_softplus(x)))


@mish.hand
def mish_backward(x, g):
    e = np.exp(x)
    omega = 4 * (x + 1) + 4 * e**2 + e**3 + e * (4 * x + 6)
    delta = 2 * e + e**2 + 2
    return g * e * omega / delta**2


@case(
    at=dict(x=[-1.4, 0.6, 2.3], w=[0.9, -0.5, 0.4], g=0.8),
    wrt=("x", "w"),
    source="Rumelhart et al. 1986, a logistic unit: σ′ = y(1 − y) is written with its output y",
    tags=("vector", "layer", "activation", "wrong-claim"),
    verdict="disagree",
    because="y(1 − y) is taken of z, the value before the activation",
    mistake="σ′ of the value before",
)
def sigmoid_slope_of_the_value_before(x, w, g):
    z = w @ x
    y = 1 / (1 + np.exp(-z))
    return g * y


@sigmoid_slope_of_the_value_before.hand
def sigmoid_slope_of_the_value_before_backward(x, w, g):
    z = w @ x
    z_bar = g * z * (1 - z)
    return dict(x=z_bar * w, w=z_bar * x)


@case(
    at=dict(x=[0.8, -1.3, 0.5, 2.1], mask=[1.0, 0.0, 1.0, 1.0], keep=0.75, w=[0.6, -0.4, 1.1, 0.3]),
    wrt=("x", "w"),
    source="Srivastava et al. 2014, dropout with the mask that was drawn, scaled in training",
    tags=("vector", "layer"),
)
def dropout(x, mask, keep, w):
    h = np.tanh(x)
    dropped = h * mask / keep
    return w @ dropped


@dropout.hand
def dropout_backward(x, mask, keep, w):
    h = np.tanh(x)
    dropped_bar = w
    h_bar = dropped_bar * mask / keep
    return dict(x=h_bar * (1 - h**2), w=h * mask / keep)


@case(
    at=dict(
        E=[[0.5, -0.3], [1.2, 0.8], [-0.7, 0.4], [0.9, -1.1]],
        tokens=[2, 0, 2],
        u=[[1.5, -0.6], [0.7, 0.4], [-0.8, 1.3]],
    ),
    wrt="E",
    source="Bengio et al. 2003, words as rows of a table: a word that comes twice gets both gradients",
    tags=("matrix", "layer", "selection"),
)
def embedding(E, tokens, u):
    x = E[np.array(tokens)]
    return np.sum(u * np.tanh(x))


@embedding.hand
def embedding_backward(E, tokens, u):
    chosen = np.eye(4)[np.array(tokens)]
    x_bar = u * (1 - np.tanh(chosen @ E) ** 2)
    return chosen.T @ x_bar
