"""Vectors and matrices: the shapes of derivatives, and what spreads, sums and copies do to them."""

import numpy as np

from gradlab import case


@case(at=dict(x=1.5), quantity="jacobian", source="GT, Jacobians", tags=("vector", "jacobian", "lecture"))
def jacobian_x_x2(x):
    return np.stack([x, x**2])


@jacobian_x_x2.hand
def jacobian_x_x2_columns(x):
    return np.stack([1.0, 2 * x])


jacobian_x_x2.derivation(x="∂/∂x[[x, x²]] = [1, 2x]")


@case(
    at=dict(w=[1.0, -2.0, 0.5], x=[0.3, 0.8, -1.1]),
    source="GT and SU, the derivative of an inner product",
    tags=("vector", "lecture"),
)
def dot(w, x):
    return w @ x


@dot.hand
def dot_gradient(w, x):
    return dict(w=x, x=w)


dot.derivation(w="∂/∂w[wᵀx] = xᵀ", x="∂/∂x[wᵀx] = wᵀ")


@case(
    at=dict(w=[0.6, -1.4], A=[[2.0, 0.5], [-1.0, 3.0]]),
    source="GT, the derivative of a quadratic form, here of any square A",
    tags=("vector", "matrix", "lecture"),
)
def quadratic_form(w, A):
    return w @ A @ w


@quadratic_form.hand
def quadratic_form_gradient(w, A):
    return dict(w=w @ (A + A.T), A=np.outer(w, w))


quadratic_form.derivation(w="∂/∂w[wᵀAw] = wᵀAᵀ + wᵀA = wᵀ(A + Aᵀ)", A="∂/∂A[wᵀAw] = w wᵀ")


@case(
    at=dict(w=[0.6, -1.4], A=[[2.0, 0.5], [0.5, 3.0]]),
    wrt="w",
    source="GT, the derivative of a quadratic form, of a symmetric A",
    tags=("vector", "matrix", "lecture"),
)
def quadratic_form_symmetric(w, A):
    return w @ A @ w


@quadratic_form_symmetric.hand
def quadratic_form_symmetric_gradient(w, A):
    return 2 * w @ A


@case(
    at=dict(w=[0.6, -1.4], A=[[2.0, 0.5], [-1.0, 3.0]]),
    wrt="w",
    source="GT, the derivative of a quadratic form, which does not say that A is symmetric",
    tags=("vector", "matrix", "lecture", "wrong-claim"),
    verdict="disagree",
    mistake="taken for granted",
    because="2wᵀA holds for a symmetric A alone; in general it is wᵀ(A + Aᵀ)",
)
def quadratic_form_symmetric_claim(w, A):
    return w @ A @ w


@quadratic_form_symmetric_claim.hand
def quadratic_form_symmetric_claim_gradient(w, A):
    return 2 * w @ A


@case(
    at=dict(A=[[1.0, 2.0], [-0.5, 0.3]], B=[[0.2, -1.0], [1.5, 0.7]], S_bar=[[1.0, -2.0], [0.5, 3.0]]),
    wrt=("A", "B"),
    source="VU, the backward of a matrix sum",
    tags=("matrix", "lecture"),
)
def matrix_sum(A, B, S_bar):
    S = A + B
    return np.sum(S_bar * S)


@matrix_sum.hand
def matrix_sum_backward(A, B, S_bar):
    return dict(A=S_bar, B=S_bar)


@case(
    at=dict(X=[[1.0, 2.0, -1.0], [0.5, -0.3, 0.8]], y_bar=[2.0, -1.5]),
    wrt="X",
    source="VU, the backward of a sum over rows",
    tags=("matrix", "lecture"),
)
def row_sum(X, y_bar):
    y = np.sum(X, axis=1)
    return np.sum(y_bar * y)


@row_sum.hand
def row_sum_backward(X, y_bar):
    return y_bar[:, np.newaxis] * np.ones((2, 3))


@case(
    at=dict(x=0.7, Y_bar=[[1.0, -2.0, 0.5], [0.3, 1.5, -0.8]]),
    wrt="x",
    source="VU, the backward of a number spread over a matrix",
    tags=("matrix", "lecture"),
)
def expand(x, Y_bar):
    Y = np.broadcast_to(x, (2, 3))
    return np.sum(Y_bar * Y)


@expand.hand
def expand_backward(x, Y_bar):
    return np.sum(Y_bar)


@case(
    at=dict(a=[0.4, -1.3], b=[2.1], g=[1.5, -0.5, 3.0]),
    wrt=("a", "b"),
    source="MIT, merge: concatenate forward, split backward",
    tags=("vector", "lecture"),
)
def merge(a, b, g):
    y = np.concatenate([a, b])
    return np.sum(g * y)


@merge.hand
def merge_backward(a, b, g):
    return dict(a=g[:2], b=g[2:])


@case(
    at=dict(x=[0.4, -1.0], g1=[1.5, -0.5], g2=[0.2, 3.0]),
    wrt="x",
    source="MIT, branch: copy forward, sum backward",
    tags=("vector", "lecture"),
)
def branch(x, g1, g2):
    y1, y2 = x, x
    return np.sum(g1 * y1) + np.sum(g2 * y2)


@branch.hand
def branch_backward(x, g1, g2):
    return g1 + g2
