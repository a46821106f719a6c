"""Losses: squared errors, logistic losses, cross-entropy, and their means over a batch."""

import numpy as np

from gradlab import case


@case(
    at=dict(y_hat=[0.8, -0.4, 1.5], y=[1.0, 0.5, 1.2]),
    wrt="y_hat",
    source="MIT and VU, the squared error",
    tags=("vector", "loss", "lecture"),
)
def squared_error(y_hat, y):
    return np.sum((y_hat - y) ** 2)


@squared_error.hand
def squared_error_gradient(y_hat, y):
    return 2 * (y_hat - y)


squared_error.derivation(y_hat="∂/∂y_hat[‖y_hat − y‖²] = 2(y_hat − y)")


@case(
    at=dict(x=[0.5, -1.0], y=[2.0, 0.25]),
    source="UM, the Euclidean loss layer",
    tags=("vector", "loss", "lecture"),
)
def euclidean_half(x, y):
    return np.sum((x - y) ** 2) / 2


@euclidean_half.hand
def euclidean_half_gradient(x, y):
    return dict(x=x - y, y=y - x)


euclidean_half.derivation(x="∂/∂x[½‖x − y‖²] = x − y", y="∂/∂y[½‖x − y‖²] = y − x")


@case(
    at=dict(x=[0.3, -1.2, 2.0], diff=[1.0, -0.5, 0.25]),
    wrt="x",
    source="GT, Caffe's sigmoid layer",
    tags=("vector", "layer", "activation", "lecture"),
)
def caffe_sigmoid(x, diff):
    y = 1 / (1 + np.exp(-x))
    return np.sum(diff * y)


@caffe_sigmoid.hand
def caffe_sigmoid_backward(x, diff):
    y = 1 / (1 + np.exp(-x))
    return diff * y * (1 - y)


caffe_sigmoid.derivation(x="∂/∂x[diffᵀσ(x)] = diff ⊙ σ'(x) = diff ⊙ σ(x) ⊙ (1 − σ(x))")


@case(
    at=dict(w=[0.4, -0.7], x=[1.5, 0.8]),
    wrt="w",
    source="GT, logistic regression as a composition of functions",
    tags=("vector", "loss", "lecture"),
)
def negative_log_sigmoid(w, x):
    u = w @ x
    p = 1 / (1 + np.exp(-u))
    return -np.log(p)


@negative_log_sigmoid.hand
def negative_log_sigmoid_gradient(w, x):
    u = w @ x
    p = 1 / (1 + np.exp(-u))
    L_bar = 1.0
    p_bar = L_bar * (-1 / p)
    u_bar = p_bar * p * (1 - p)
    w_bar = u_bar * x
    return w_bar


negative_log_sigmoid.derivation(
    w="""∂/∂w[−ln(1/(1 + e^(−wᵀx)))]
       = −1/σ(wᵀx) · ∂/∂w[σ(wᵀx)]
       = −1/σ(wᵀx) · σ(wᵀx)(1 − σ(wᵀx)) · ∂/∂w[wᵀx]
       = −(1 − σ(wᵀx)) xᵀ"""
)


@case(
    at=dict(w=[0.4, -0.7], x=[1.5, 0.8], lam=0.3),
    wrt="w",
    source="GT, logistic regression with weight decay (λ weighs the data's term)",
    tags=("vector", "loss", "lecture"),
)
def log_loss_l2(w, x, lam):
    p = 1 / (1 + np.exp(-(w @ x)))
    return np.sum(w**2) / 2 - lam * np.log(p)


@log_loss_l2.hand
def log_loss_l2_gradient(w, x, lam):
    p = 1 / (1 + np.exp(-(w @ x)))
    return w - lam * (1 - p) * x


log_loss_l2.derivation(
    w="""∂/∂w[½‖w‖² − λ ln(1/(1 + e^(−wᵀx)))]
       = ∂/∂w[½‖w‖²] − λ·∂/∂w[ln σ(wᵀx)]
       = w − λ·(1 − σ(wᵀx)) x"""
)


@case(
    at=dict(z=[1.2, -0.3, 0.5, 2.0, -1.1], label=2),
    wrt="z",
    source="Bridle 1990, softmax and its cross-entropy, the common loss of a classifier: ∂L/∂z = p − 1 at the label",
    tags=("vector", "loss", "family", "softmax", "swell"),
)
def softmax_cross_entropy(z, label):
    return np.log(np.sum(np.exp(z))) - z[label]


@softmax_cross_entropy.hand
def softmax_cross_entropy_gradient(z, label):
    p = np.exp(z) / np.sum(np.exp(z))
    return p - (np.arange(len(z)) == label)


@softmax_cross_entropy.family
def softmax_cross_entropy_of_size(n):
    return dict(z=np.cos(np.arange(n)), label=n // 2)


@case(
    at=dict(theta=[0.5, -0.25], X=[[1.0, 0.2], [-0.4, 1.5], [0.7, 0.9]], t=[0.3, -1.0, 0.6]),
    wrt="theta",
    source="MIT, the gradient over a batch",
    tags=("vector", "loss", "batch", "lecture"),
)
def batch_mean(theta, X, t):
    losses = (X @ theta - t) ** 2
    return np.mean(losses)


@batch_mean.hand
def batch_mean_gradient(theta, X, t):
    one_by_one = 2 * (X @ theta - t)[:, np.newaxis] * X
    return np.mean(one_by_one, axis=0)


@case(
    at=dict(
        w=[0.0, 0.0, 0.0],
        X=[[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]],
        t=[1.0, 1.0, 0.0, 1.0],
    ),
    wrt="w",
    source="UM, logistic regression trained with autograd (the data are those of autograd's own example)",
    tags=("vector", "loss", "batch", "training", "lecture"),
    expected=dict(value="2.772588722239781", steps_that_lower_the_loss="100"),
)
def logistic_training(w, X, t):
    preds = (np.tanh(X @ w) + 1) / 2
    return -np.sum(np.log(preds * t + (1 - preds) * (1 - t)))


@logistic_training.hand
def logistic_training_gradient(w, X, t):
    preds = (np.tanh(X @ w) + 1) / 2
    return X.T @ (2 * (preds - t))


@logistic_training.shows
def logistic_training_loop(w, X, t, rate=0.01):
    losses = [logistic_training(w, X, t)]
    for _ in range(100):
        w = w - rate * logistic_training_gradient(w, X, t)
        losses.append(logistic_training(w, X, t))
    return dict(steps_that_lower_the_loss=np.sum(np.diff(losses) < 0))
