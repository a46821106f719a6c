"""Losses that people derive by hand: margins, robust and focal losses, divergences, and what compares embeddings."""

import numpy as np

from gradlab import case


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


@case(
    at=dict(
        w=[0.4, -0.7],
        X=[[1.5, 0.8], [-0.6, 1.2], [2.0, -3.1]],
        t=[1.0, -1.0, 1.0],
        lam=0.1,
    ),
    wrt="w",
    source="Cortes & Vapnik 1995, the hinge loss of a support vector machine, in its primal form",
    tags=("vector", "loss", "batch", "selection"),
    around=0.1,
)
def hinge_loss(w, X, t, lam):
    margins = t * (X @ w)
    return np.mean(np.maximum(0, 1 - margins)) + lam / 2 * (w @ w)


@hinge_loss.hand
def hinge_loss_gradient(w, X, t, lam):
    inside = np.where(t * (X @ w) < 1, 1.0, 0.0)
    return -(inside * t) @ X / 3 + lam * w


@case(
    at=dict(s=[1.2, 2.1, -0.4, 1.9], label=1),
    wrt="s",
    source="Weston & Watkins 1999, the hinge loss of several classes",
    tags=("vector", "loss", "selection"),
    around=0.05,
)
def multiclass_hinge(s, label):
    margins = np.maximum(0, s - s[label] + 1)
    return np.sum(margins) - 1  # of the right class itself


@multiclass_hinge.hand
def multiclass_hinge_gradient(s, label):
    right = np.eye(4)[label]
    margins = s - s[label] + 1
    violating = np.where(margins > 0, 1.0, 0.0) * (1 - right)
    return violating - np.sum(violating) * right


@case(
    at=dict(w=[0.4, -0.7], X=[[1.5, 0.8], [-0.6, 1.2], [2.0, 1.1]], y=[0.3, 0.9, -0.2], delta=0.5),
    wrt="w",
    source="Huber 1964, a loss that is square for small residuals and straight for large ones",
    tags=("vector", "loss", "selection"),
    around=0.1,
)
def huber_loss(w, X, y, delta):
    r = X @ w - y
    straight = delta * (np.abs(r) - delta / 2)
    return np.sum(np.where(np.abs(r) <= delta, r**2 / 2, straight))


@huber_loss.hand
def huber_loss_gradient(w, X, y, delta):
    psi = np.clip(X @ w - y, -delta, delta)
    return X.T @ psi


@case(
    at=dict(z=0.8, y=1.0),
    wrt="z",
    source="Bishop 2006, logistic regression: σ′ cancels against the logarithm",
    tags=("scalar", "loss"),
)
def binary_cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


binary_cross_entropy.derivation(
    z="""
    ∂/∂z[-(y ln(σ(z)) + (1 - y) ln(1 - σ(z)))]
    = -y/σ(z) · σ'(z) + (1 - y)/(1 - σ(z)) · σ'(z)
    = -y (1 - σ(z)) + (1 - y) σ(z)
    = σ(z) - y
    """
)


@case(
    at=dict(x=[1.4, -0.8, 0.3], z=[1.0, 0.0, 1.0]),
    wrt="x",
    source="Abadi et al. 2016, TensorFlow's sigmoid cross-entropy with logits: max(x, 0) − xz + log(1 + e^−|x|)",
    tags=("vector", "loss", "selection"),
)
def cross_entropy_with_logits(x, z):
    softplus = np.log(1 + np.exp(-np.abs(x)))
    return np.sum(np.maximum(x, 0) - x * z + softplus)


@cross_entropy_with_logits.hand
def cross_entropy_with_logits_gradient(x, z):
    return _sigmoid(x) - z


@case(
    at=dict(x=[0.8, -1.3, 0.5], y=[1.0, -1.0, -1.0], gamma=2.0),
    wrt="x",
    source="Lin et al. 2017, the focal loss and its derivative as in appendix B",
    tags=("vector", "loss"),
)
def focal_loss(x, y, gamma):
    p_t = 1 / (1 + np.exp(-y * x))
    return -np.sum((1 - p_t) ** gamma * np.log(p_t))


@focal_loss.hand
def focal_loss_gradient(x, y, gamma):
    p_t = _sigmoid(y * x)
    bracket = gamma * p_t * np.log(p_t) + p_t - 1
    return y * (1 - p_t) ** gamma * bracket


@case(
    at=dict(z=[0.8, -0.4, 1.3], p=[0.25, 0.125, 0.625]),
    wrt="z",
    source="Kullback & Leibler 1951, the divergence of a softmax from p",
    tags=("vector", "loss", "softmax"),
)
def kl_divergence(z, p):
    q = np.exp(z) / np.sum(np.exp(z))
    return np.sum(p * np.log(p / q))


@kl_divergence.hand
def kl_divergence_gradient(z, p):
    return _softmax(z) - p


@case(
    at=dict(mu=[0.7, -1.2], log_var=[0.4, -0.9]),
    source="Kingma & Welling 2014, the divergence of a Gaussian from the standard one (appendix B)",
    tags=("vector", "loss"),
)
def kl_divergence_of_gaussians(mu, log_var):
    return -np.sum(1 + log_var - mu**2 - np.exp(log_var)) / 2


@kl_divergence_of_gaussians.hand
def kl_divergence_of_gaussians_gradient(mu, log_var):
    return dict(mu=mu, log_var=(np.exp(log_var) - 1) / 2)


@case(
    at=dict(a=[0.5, -0.3], p=[0.9, 0.4], n=[-0.2, -1.1], alpha=0.8),
    wrt=("a", "p", "n"),
    source="Schroff et al. 2015, the triplet loss of FaceNet, of a triplet that violates its margin",
    tags=("vector", "loss", "selection"),
    around=0.1,
)
def triplet_loss(a, p, n, alpha):
    near, far = np.sum((a - p) ** 2), np.sum((a - n) ** 2)
    return np.maximum(0, near - far + alpha)


@triplet_loss.hand
def triplet_loss_gradient(a, p, n, alpha):
    return dict(a=2 * (n - p), p=2 * (p - a), n=2 * (a - n))


@case(
    at=dict(G=[[0.9, 0.4], [-0.2, 0.3], [0.1, -0.5]], m=1.5),
    wrt="G",
    source="Hadsell et al. 2006, contrastive loss: the first two are alike, the third is not like the second",
    tags=("matrix", "loss", "selection"),
    around=0.1,
)
def contrastive_loss(G, m):
    alike = np.linalg.norm(G[0] - G[1])
    different = np.linalg.norm(G[1] - G[2])
    return alike**2 / 2 + np.maximum(0, m - different) ** 2 / 2


@contrastive_loss.hand
def contrastive_loss_gradient(G, m):
    D = np.linalg.norm(G[1] - G[2])
    attraction = G[0] - G[1]
    repulsion = -(m - D) * (G[1] - G[2]) / D
    return np.stack([attraction, repulsion - attraction, -repulsion])


@case(
    at=dict(
        v_c=[0.6, -0.9],
        u_o=[0.8, 0.3],
        U_k=[[-0.4, 1.1], [0.7, 0.5], [-1.2, -0.1]],
    ),
    source="Mikolov et al. 2013, skip-gram with negative sampling: a word, its context and three others",
    tags=("vector", "matrix", "loss"),
)
def negative_sampling(v_c, u_o, U_k):
    right = np.log(1 / (1 + np.exp(-u_o @ v_c)))
    others = np.log(1 / (1 + np.exp(U_k @ v_c)))
    return -right - np.sum(others)


@negative_sampling.hand
def negative_sampling_gradient(v_c, u_o, U_k):
    right = _sigmoid(u_o @ v_c) - 1
    others = _sigmoid(U_k @ v_c)
    return dict(
        v_c=right * u_o + others @ U_k,
        u_o=right * v_c,
        U_k=np.outer(others, v_c),
    )
