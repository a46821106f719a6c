"""Statistics: densities, regressions and a filter, each with its score written out."""

import numpy as np

from gradlab import case, logsumexp


def _mixture_terms(alphas, means, log_variances, X):
    squares = (X[:, np.newaxis, :] - means) ** 2 * np.exp(-log_variances)
    return alphas - np.sum(np.log(2 * np.pi) + log_variances + squares, axis=-1) / 2


@case(
    at=dict(
        alphas=[0.4, -0.3],
        means=[[0.5, -0.7], [1.2, 0.4]],
        log_variances=[[-0.2, 0.3], [0.5, -0.6]],
        X=[[0.8, -0.3], [-0.4, 0.9]],
    ),
    wrt=("alphas", "means", "log_variances"),
    source="ADBench's Gaussian mixture (Šrajer et al. 2018) in small: diagonal variances, and no prior on them",
    tags=("matrix", "loss", "batch", "statistics"),
)
def gaussian_mixture(alphas, means, log_variances, X):
    terms = _mixture_terms(alphas, means, log_variances, X)
    normaliser = len(X) * logsumexp(alphas)
    return np.sum(logsumexp(terms, axis=1)) - normaliser


@gaussian_mixture.hand
def gaussian_mixture_score(alphas, means, log_variances, X):
    terms = _mixture_terms(alphas, means, log_variances, X)
    totals = logsumexp(terms, axis=1)[:, np.newaxis]
    responsibilities = np.exp(terms - totals)
    weights = np.exp(alphas - logsumexp(alphas))
    off = X[:, np.newaxis, :] - means
    precisions = np.exp(-log_variances)
    r = responsibilities[:, :, np.newaxis]
    to_variances = r * (off**2 * precisions - 1) / 2
    return dict(
        alphas=np.sum(responsibilities, axis=0) - len(X) * weights,
        means=np.sum(r * off * precisions, axis=0),
        log_variances=np.sum(to_variances, axis=0),
    )


@case(
    at=dict(x=[0.7, -0.4], mu=[0.2, 0.3], Sigma=[[1.6, 0.5], [0.5, 0.9]]),
    wrt=("mu", "Sigma"),
    source="Bishop 2006, section 2.3, the Gaussian: derivatives by a covariance with four free entries",
    tags=("vector", "matrix", "loss", "statistics"),
    around=0.1,
)
def multivariate_normal(x, mu, Sigma):
    d = x - mu
    _, log_det = np.linalg.slogdet(2 * np.pi * Sigma)
    return -(log_det + d @ np.linalg.solve(Sigma, d)) / 2


@multivariate_normal.hand
def multivariate_normal_score(x, mu, Sigma):
    P = np.linalg.inv(Sigma)
    d = x - mu
    by_mu = (P + P.T) @ d / 2  # Σ⁻¹(x − μ), where Σ is symmetric
    by_Sigma = (np.outer(P.T @ d, P @ d) - P.T) / 2
    return dict(mu=by_mu, Sigma=by_Sigma)


@case(
    at=dict(
        beta=[0.3, -0.5],
        X=[[1.2, 0.4], [0.7, -1.1], [-0.6, 0.9], [1.5, 1.3]],
        y=[2.0, 3.0, 0.0, 1.0],
    ),
    wrt="beta",
    source="McCullagh & Nelder 1989, Poisson regression with the logarithmic link: Xᵀ(y − μ)",
    tags=("vector", "loss", "batch", "statistics"),
)
def poisson_regression(beta, X, y):
    eta = X @ beta
    return np.sum(y * eta - np.exp(eta))


@poisson_regression.hand
def poisson_regression_score(beta, X, y):
    mu = np.exp(X @ beta)
    return X.T @ (y - mu)


@case(
    at=dict(
        w=[0.3, -0.5],
        X=[[1.2, 0.4], [0.7, -1.1], [-0.6, 0.9], [1.5, 1.3]],
        t=[1.0, 1.0, 0.0, 0.0],
    ),
    wrt="w",
    source="Bishop 2006, equation (4.91), logistic regression: Xᵀ(y − t)",
    tags=("vector", "loss", "batch", "statistics"),
)
def logistic_regression(w, X, t):
    y = 1 / (1 + np.exp(-(X @ w)))
    return -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))


@logistic_regression.hand
def logistic_regression_gradient(w, X, t):
    y = 1 / (1 + np.exp(-(X @ w)))
    return X.T @ (y - t)


@case(
    at=dict(w=[0.3, -0.5], X=[[1.2, 0.4], [0.7, -1.1], [-0.6, 0.9]], y=[0.8, -0.2, 1.4], lam=0.35),
    wrt="w",
    source="Hoerl & Kennard 1970, ridge regression",
    tags=("vector", "loss", "batch", "statistics"),
)
def ridge_regression(w, X, y, lam):
    return (np.sum((X @ w - y) ** 2) + lam * np.sum(w**2)) / 2


ridge_regression.derivation(
    w="""∂/∂w[½‖X w − y‖² + ½ lam ‖w‖²]
       = Xᵀ (X w − y) + lam w
       = (XᵀX + lam I) w − Xᵀ y"""
)


@ridge_regression.hand
def ridge_regression_gradient(w, X, y, lam):
    return (X.T @ X + lam * np.eye(2)) @ w - X.T @ y


@case(
    at=dict(
        x=[0.6, -0.3],
        P=[[1.3, 0.2], [0.2, 0.7]],
        H=[[0.9, 0.4]],
        R=[[0.5]],
        z=[1.4],
    ),
    wrt=("x", "H", "R"),
    source="Kalman 1960, one step's log-likelihood as Särkkä 2013 differentiates it",
    tags=("matrix", "loss", "statistics"),
    around=0.1,
)
def kalman_log_likelihood(x, P, H, R, z):
    y = z - H @ x
    S = H @ P @ H.T + R
    _, log_det = np.linalg.slogdet(2 * np.pi * S)
    return -(log_det + y @ np.linalg.solve(S, y)) / 2


@kalman_log_likelihood.hand
def kalman_log_likelihood_score(x, P, H, R, z):
    y = z - H @ x
    S_inv = np.linalg.inv(H @ P @ H.T + R)
    y_bar = -(S_inv + S_inv.T) @ y / 2
    S_bar = (np.outer(S_inv.T @ y, S_inv @ y) - S_inv.T) / 2
    return dict(
        x=-H.T @ y_bar,
        H=S_bar @ H @ P.T + S_bar.T @ H @ P - np.outer(y_bar, x),
        R=S_bar,
    )


@case(
    at=dict(
        x=[0.6, -0.3],
        z=[0.9, -1.1],
        P=[[1.3, 0.2], [0.2, 0.7]],
        H=[[0.9, 0.4], [-0.5, 1.2]],
        R=[[0.5, 0.1], [0.1, 0.8]],
    ),
    wrt=("x", "z"),
    quantity="jacobian",
    source="Kalman 1960, the update of the state: I − KH by the prediction, the gain K by the measurement",
    tags=("matrix", "jacobian", "statistics"),
)
def kalman_update(x, z, P, H, R):
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    return x + K @ (z - H @ x)


@kalman_update.hand
def kalman_update_blocks(x, z, P, H, R):
    K = np.linalg.solve(H @ P.T @ H.T + R.T, H @ P.T).T
    return dict(x=np.eye(2) - K @ H, z=K)
