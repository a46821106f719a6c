"""What divides by a sum: softmax, log-sum-exp, and the normalisations of layers."""

import numpy as np

from gradlab import case

_LOGITS = dict(z1=0.8, z2=-0.4, z3=1.3)


@case(
    at=_LOGITS,
    source="Bishop 2006, softmax and its cross-entropy, here with three classes of which the second is right",
    tags=("scalar", "loss", "softmax"),
)
def cross_entropy_of_three_logits(z1, z2, z3):
    p2 = np.exp(z2) / (np.exp(z1) + np.exp(z2) + np.exp(z3))
    return -np.log(p2)


cross_entropy_of_three_logits.derivation(
    z1="""
    ∂/∂z1[-ln(e^z2/(e^z1 + e^z2 + e^z3))]
    = ∂/∂z1[ln(e^z1 + e^z2 + e^z3) - z2]
    = 1/(e^z1 + e^z2 + e^z3) · ∂/∂z1[e^z1 + e^z2 + e^z3]
    = e^z1/(e^z1 + e^z2 + e^z3)
    """,
    z2="""
    ∂/∂z2[-ln(e^z2/(e^z1 + e^z2 + e^z3))]
    = ∂/∂z2[ln(e^z1 + e^z2 + e^z3)] - ∂/∂z2[z2]
    = 1/(e^z1 + e^z2 + e^z3) · ∂/∂z2[e^z1 + e^z2 + e^z3] - 1
    = e^z2/(e^z1 + e^z2 + e^z3) - 1
    """,
    z3="""
    ∂/∂z3[-ln(e^z2/(e^z1 + e^z2 + e^z3))]
    = ∂/∂z3[ln(e^z1 + e^z2 + e^z3) - z2]
    = e^z3/(e^z1 + e^z2 + e^z3)
    """,
)


@case(
    at=dict(z=[0.8, -0.4, 1.3]),
    quantity="jacobian",
    source="Bridle 1990, softmax: ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ)",
    tags=("vector", "jacobian", "softmax"),
)
def softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


@softmax.hand
def softmax_jacobian(z):
    p = np.exp(z) / np.sum(np.exp(z))
    return np.diag(p) - np.outer(p, p)


@case(
    at=dict(z=[0.8, -0.4, 1.3], g=[1.5, -0.7, 0.4]),
    wrt="z",
    source="Bridle 1990, the slope pᵢ(1 − pᵢ), as if each class had a logistic function of its own",
    tags=("vector", "layer", "softmax", "wrong-claim"),
    verdict="disagree",
    because="p(1 − p) is the diagonal of softmax's Jacobian alone: each logit moves the other classes too",
    mistake="derived element by element",
)
def softmax_elementwise(z, g):
    p = np.exp(z) / np.sum(np.exp(z))
    return g @ p


@softmax_elementwise.hand
def softmax_elementwise_backward(z, g):
    p = np.exp(z) / np.sum(np.exp(z))
    return g * p * (1 - p)


@case(
    at=dict(
        logits=[[1.2, -0.3, 0.5], [0.4, 2.1, -0.9]],
        y=[[1.0, 0.0, 0.0], [0.0, 0.25, 0.75]],
    ),
    wrt="logits",
    source="Goodfellow et al. 2016, cross-entropy of a batch, with the largest logit taken off first",
    tags=("matrix", "loss", "batch", "softmax"),
)
def softmax_cross_entropy_batch(logits, y):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_p = shifted - np.log(total)
    return -np.mean(np.sum(y * log_p, axis=1))


@softmax_cross_entropy_batch.hand
def softmax_cross_entropy_batch_gradient(logits, y):
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return (p - y) / 2  # the mean is over two examples


@case(
    at=dict(x=[0.8, -0.4, 1.3, 0.6]),
    source="Blanchard et al. 2021, log-sum-exp without overflow: its gradient is softmax",
    tags=("vector", "loss", "softmax"),
)
def log_sum_exp(x):
    a = np.max(x)
    return a + np.log(np.sum(np.exp(x - a)))


@log_sum_exp.hand
def log_sum_exp_gradient(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


@case(
    at=dict(
        x=[[0.5, -1.2], [1.7, 0.4], [-0.6, 2.3]],
        gamma=[1.3, 0.7],
        beta=[0.2, -0.5],
        g=[[0.9, -0.4], [-1.1, 0.6], [0.3, 1.4]],
    ),
    wrt=("x", "gamma", "beta"),
    source="Ioffe & Szegedy 2015, batch normalisation, backwards stage by stage as in the paper, and in one line",
    tags=("matrix", "layer", "batch", "normalisation"),
)
def batch_norm(x, gamma, beta, g):
    mu = np.mean(x, axis=0)
    var = np.mean((x - mu) ** 2, axis=0)
    x_hat = (x - mu) / np.sqrt(var + 1e-5)
    y = gamma * x_hat + beta
    return np.sum(g * y)


@batch_norm.hand
def batch_norm_backward(x, gamma, beta, g):
    m = 3
    mu = np.mean(x, axis=0)
    std = np.sqrt(np.mean((x - mu) ** 2, axis=0) + 1e-5)
    x_hat = (x - mu) / std
    x_hat_bar = g * gamma
    var_bar = np.sum(x_hat_bar * (x - mu), axis=0) * -0.5 / std**3
    mu_bar = np.sum(-x_hat_bar / std, axis=0)
    mu_bar = mu_bar + var_bar * np.sum(-2 * (x - mu), axis=0) / m
    return dict(
        x=x_hat_bar / std + var_bar * 2 * (x - mu) / m + mu_bar / m,
        gamma=np.sum(g * x_hat, axis=0),
        beta=np.sum(g, axis=0),
    )


@batch_norm.hand
def batch_norm_backward_short(x, gamma, beta, g):
    m = 3
    mu = np.mean(x, axis=0)
    std = np.sqrt(np.var(x, axis=0) + 1e-5)
    x_hat = (x - mu) / std
    gamma_bar = np.sum(g * x_hat, axis=0)
    beta_bar = np.sum(g, axis=0)
    along = beta_bar + x_hat * gamma_bar
    x_bar = gamma / (m * std) * (m * g - along)
    return dict(x=x_bar, gamma=gamma_bar, beta=beta_bar)


_UNIT = dict(x=[0.5, 1.7, -0.6], gamma=1.3, beta=0.2, g=[0.9, -1.1, 0.4])


@case(
    at=_UNIT,
    wrt="x",
    source="Ioffe & Szegedy 2015, batch normalisation with the variance taken for a constant",
    tags=("vector", "layer", "batch", "normalisation", "wrong-claim"),
    verdict="disagree",
    because="the variance is made of the batch too: the denominator has to be differentiated",
    mistake="quotient rule: one term missing",
)
def batch_norm_without_variance_path(x, gamma, beta, g):
    mu = np.mean(x)
    var = np.mean((x - mu) ** 2)
    x_hat = (x - mu) / np.sqrt(var + 1e-5)
    return g @ (gamma * x_hat + beta)


@batch_norm_without_variance_path.hand
def batch_norm_without_variance_path_backward(x, gamma, beta, g):
    std = np.sqrt(np.var(x) + 1e-5)
    x_hat_bar = g * gamma
    mu_bar = -np.sum(x_hat_bar) / std
    return x_hat_bar / std + mu_bar / 3


@case(
    at=_UNIT,
    wrt="x",
    source="Ioffe & Szegedy 2015, batch normalisation with the mean taken for a constant",
    tags=("vector", "layer", "batch", "normalisation", "wrong-claim"),
    verdict="disagree",
    because="the mean is made of the batch too: of x − μ both terms have to be differentiated",
    mistake="term missing",
)
def batch_norm_without_mean_path(x, gamma, beta, g):
    mu = np.mean(x)
    var = np.mean((x - mu) ** 2)
    x_hat = (x - mu) / np.sqrt(var + 1e-5)
    return g @ (gamma * x_hat + beta)


@batch_norm_without_mean_path.hand
def batch_norm_without_mean_path_backward(x, gamma, beta, g):
    mu = np.mean(x)
    std = np.sqrt(np.var(x) + 1e-5)
    x_hat_bar = g * gamma
    var_bar = np.sum(x_hat_bar * (x - mu)) * -0.5 / std**3
    return x_hat_bar / std + var_bar * 2 * (x - mu) / 3


@case(
    at=dict(
        a=[0.5, -1.2, 1.9],
        gain=[1.3, 0.7, 0.9],
        bias=[0.2, -0.5, 0.4],
        g=[0.9, -0.4, 0.3],
    ),
    wrt=("a", "gain", "bias"),
    source="Ba et al. 2016, layer normalisation: over the units of one example, and not over the batch",
    tags=("vector", "layer", "normalisation"),
)
def layer_norm(a, gain, bias, g):
    mu = np.mean(a)
    sigma = np.sqrt(np.mean((a - mu) ** 2))
    h = gain / sigma * (a - mu) + bias
    return np.sum(g * h)


@layer_norm.hand
def layer_norm_backward(a, gain, bias, g):
    sigma = np.std(a)
    a_hat = (a - np.mean(a)) / sigma
    a_hat_bar = g * gain
    along_ones = np.mean(a_hat_bar)
    along_a_hat = a_hat * np.mean(a_hat_bar * a_hat)
    a_bar = (a_hat_bar - along_ones - along_a_hat) / sigma
    return dict(a=a_bar, gain=g * a_hat, bias=g)


@case(
    at=dict(
        a=[0.5, -1.2, 1.9, 0.8],
        gain=[1.3, 0.7, 0.9, 1.1],
        v=[0.9, -0.4, 0.3, -1.1],
    ),
    wrt=("a", "gain"),
    source="Zhang & Sennrich 2019, RMSNorm",
    tags=("vector", "layer", "normalisation"),
)
def rms_norm(a, gain, v):
    rms = np.sqrt(np.mean(a**2))
    return np.sum(v * gain * a / rms)


@rms_norm.hand
def rms_norm_backward(a, gain, v):
    rms = np.sqrt(np.mean(a**2))
    R = (np.eye(4) - np.outer(a, a) / (4 * rms**2)) / rms
    return dict(a=R @ (gain * v), gain=v * a / rms)


@case(
    at=dict(g=1.3, v=[0.5, -1.2, 1.9], x=[0.9, -0.4, 0.3], t=0.6),
    wrt=("g", "v"),
    source="Salimans & Kingma 2016, weight normalisation: w = g v/‖v‖",
    tags=("vector", "layer", "normalisation"),
)
def weight_norm(g, v, x, t):
    w = g * v / np.linalg.norm(v)
    return (np.tanh(w @ x) - t) ** 2


@weight_norm.hand
def weight_norm_gradient(g, v, x, t):
    norm = np.linalg.norm(v)
    y = np.tanh(g * v / norm @ x)
    w_bar = 2 * (y - t) * (1 - y**2) * x
    g_bar = w_bar @ v / norm
    v_bar = g / norm * w_bar - g * g_bar / norm**2 * v
    return dict(g=g_bar, v=v_bar)
