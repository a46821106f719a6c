"""Matrix calculus, formula by formula as The Matrix Cookbook numbers them (Petersen & Pedersen 2012)."""

import numpy as np

from gradlab import case

A2 = [[1.4, 0.3], [-0.6, 0.8]]
A3 = [[1.4, 0.3, -0.6], [-0.2, 0.8, 0.5], [0.7, -0.4, 1.1]]


@case(
    at=dict(A=A3),
    source="The Matrix Cookbook, (49): det(A) A⁻ᵀ",
    tags=("matrix", "matrix-calculus"),
    around=0.1,
)
def determinant(A):
    return np.linalg.det(A)


@determinant.hand
def determinant_by_cofactors(A):
    a, b, c = A
    return np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)])


@case(at=dict(A=A3), source="The Matrix Cookbook, (57): A⁻ᵀ", tags=("matrix", "matrix-calculus"), around=0.1)
def log_det(A):
    _, log_abs_det = np.linalg.slogdet(A)
    return log_abs_det


@log_det.hand
def log_det_gradient(A):
    return np.linalg.inv(A).T


@case(
    at=dict(A=A3),
    source="The Matrix Cookbook, (57), as it is often remembered: A⁻¹",
    tags=("matrix", "matrix-calculus", "wrong-claim"),
    around=0.1,
    verdict="disagree",
    because="it is A⁻ᵀ: the transpose may be left out where A is symmetric alone",
    mistake="taken for granted",
)
def log_det_symmetric_claim(A):
    _, log_abs_det = np.linalg.slogdet(A)
    return log_abs_det


@log_det_symmetric_claim.hand
def log_det_symmetric_claim_gradient(A):
    return np.linalg.inv(A)


@case(
    at=dict(a=[0.7, -1.2], A=A2, b=[-0.5, 0.9]),
    source="The Matrix Cookbook, (61): −A⁻ᵀ a bᵀ A⁻ᵀ",
    tags=("vector", "matrix", "matrix-calculus"),
    around=0.1,
)
def inverse_form(a, A, b):
    return a @ np.linalg.solve(A, b)


@inverse_form.hand
def inverse_form_gradient(a, A, b):
    A_inv = np.linalg.inv(A)
    by_A = -A_inv.T @ np.outer(a, b) @ A_inv.T
    return dict(a=A_inv @ b, A=by_A, b=A_inv.T @ a)


@case(
    at=dict(A=A2),
    source="The Matrix Cookbook, (64): −(A⁻¹A⁻¹)ᵀ",
    tags=("matrix", "matrix-calculus"),
    around=0.1,
)
def trace_of_inverse(A):
    return np.trace(np.linalg.inv(A))


@trace_of_inverse.hand
def trace_of_inverse_gradient(A):
    A_inv = np.linalg.inv(A)
    return -(A_inv @ A_inv).T


@case(
    at=dict(A=A2),
    source="The Matrix Cookbook, (64), as if the derivative of A⁻¹ were A⁻² with a plus",
    tags=("matrix", "matrix-calculus", "wrong-claim"),
    around=0.1,
    verdict="disagree",
    because="the derivative of an inverse is −A⁻¹ dA A⁻¹, as that of 1/x is −1/x²: the minus is missing",
    mistake="sign of a rule",
)
def trace_of_inverse_sign(A):
    return np.trace(np.linalg.inv(A))


@trace_of_inverse_sign.hand
def trace_of_inverse_sign_gradient(A):
    A_inv = np.linalg.inv(A)
    return (A_inv @ A_inv).T


@case(
    at=dict(A=A2),
    source="The Matrix Cookbook, (64), with one of its two factors: −A⁻ᵀ",
    tags=("matrix", "matrix-calculus", "wrong-claim"),
    around=0.1,
    verdict="disagree",
    because="an inverse is differentiated into −A⁻¹ dA A⁻¹, with two factors: one of them is missing",
    mistake="factor missing",
)
def trace_of_inverse_square(A):
    return np.trace(np.linalg.inv(A))


@trace_of_inverse_square.hand
def trace_of_inverse_square_gradient(A):
    return -np.linalg.inv(A).T


@case(
    at=dict(X=[[0.8, -1.4, 0.3], [1.7, 0.6, -0.9]]),
    source="The Matrix Cookbook, (132) for the square: X/‖X‖",
    tags=("matrix", "matrix-calculus"),
)
def frobenius_norm(X):
    return np.linalg.norm(X)


@frobenius_norm.hand
def frobenius_norm_gradient(X):
    return X / np.sqrt(np.trace(X @ X.T))


@case(
    at=dict(A=[[0.8, -1.4], [1.7, 0.6], [0.5, -0.3]], x=[0.4, -0.9], b=[1.3, -0.2, 0.7]),
    source="The Matrix Cookbook, (84) and (88): ‖Ax − b‖²",
    tags=("vector", "matrix", "loss", "matrix-calculus"),
)
def least_squares(A, x, b):
    return np.sum((A @ x - b) ** 2)


least_squares.derivation(
    x="""∂/∂x[‖A x − b‖²]
       = ∂/∂x[xᵀAᵀA x − 2 bᵀA x + bᵀb]
       = 2AᵀA x − 2Aᵀb
       = 2Aᵀ(A x − b)"""
)


@least_squares.hand
def least_squares_gradient(A, x, b):
    r = A @ x - b
    return dict(A=2 * np.outer(r, x), x=2 * A.T @ r, b=-2 * r)


@case(
    at=dict(
        A=[[0.8, -1.4, 0.3], [1.7, 0.6, -0.9]],
        B=[[0.4, -0.7], [1.1, 0.2], [-0.5, 0.9]],
        C=[[1.3, -0.6], [0.4, 0.7]],
    ),
    source="The Matrix Cookbook, (101), for each of the factors in turn: Tr(ABC)",
    tags=("matrix", "matrix-calculus"),
)
def matrix_chain(A, B, C):
    return np.trace(A @ B @ C)


@matrix_chain.hand
def matrix_chain_gradient(A, B, C):
    # a trace stays the same when its factors go round
    return dict(A=(B @ C).T, B=(C @ A).T, C=(A @ B).T)
