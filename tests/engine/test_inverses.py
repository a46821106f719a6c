"""np.linalg.inv, solve, det and slogdet on tracers: derivatives as The Matrix Cookbook gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradlab.engine import compile, grad, hessian, jacobian

A = np.array([[1.4, 0.3, -0.6], [-0.2, 0.8, 0.5], [0.7, -0.4, 1.1]])
a, b = np.array([0.7, -1.2, 0.4]), np.array([-0.5, 0.9, 1.3])
A_INV = np.linalg.inv(A)

FORMULAS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "(49)": (np.linalg.det, np.linalg.det(A) * A_INV.T),
    "(57)": (lambda X: np.linalg.slogdet(X)[1], A_INV.T),
    "(57), of a negative determinant": (lambda X: np.linalg.slogdet(-X).logabsdet, A_INV.T),
    "(61)": (lambda X: a @ np.linalg.inv(X) @ b, -A_INV.T @ np.outer(a, b) @ A_INV.T),
    "(61), solved for": (lambda X: a @ np.linalg.solve(X, b), -A_INV.T @ np.outer(a, b) @ A_INV.T),
    "(62)": (lambda X: np.linalg.det(np.linalg.inv(X)), -A_INV.T / np.linalg.det(A)),
    "(63)": (lambda X: np.trace(A @ np.linalg.solve(X, A.T)), -(A_INV @ A.T @ A @ A_INV).T),
    "(64)": (lambda X: np.trace(np.linalg.inv(X)), -(A_INV @ A_INV).T),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_the_cookbook_s(name: str) -> None:
    function, expected = FORMULAS[name]
    np.testing.assert_allclose(grad(function)(A), expected, rtol=1e-12)
    np.testing.assert_allclose(compile(grad(function), A)(A), expected, rtol=1e-12)


def test_a_solution_is_derived_by_its_right_side_alone() -> None:
    np.testing.assert_allclose(jacobian(lambda b: np.linalg.solve(A, b))(b), A_INV, rtol=1e-12)


def test_the_second_derivative_of_an_inverse_is_that_of_1_over_x() -> None:
    np.testing.assert_allclose(hessian(lambda x: np.linalg.inv(x)[0, 0])(np.array([[0.5]])), [[[[16.0]]]])


def test_the_sign_of_a_determinant_is_constant() -> None:
    sign, derivative = np.linalg.slogdet(-A)[0], grad(lambda X: np.linalg.slogdet(X)[0])(-A)
    assert sign == -1
    assert not np.any(derivative)


@pytest.mark.parametrize("function", [np.linalg.inv, np.linalg.det, np.linalg.slogdet])
def test_a_stack_of_matrices_is_refused_with_its_shape(function: Callable[[Any], Any]) -> None:
    with pytest.raises(
        TypeError, match=r"is traced of one square matrix, and this has the shape \(2, 3, 3\)"
    ):
        grad(lambda X: np.sum(function(X)[0]))(np.stack([A, A]))


def test_a_determinant_has_a_derivative_where_the_matrix_is_singular() -> None:
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(grad(np.linalg.det)(singular), [[4.0, -2.0], [-2.0, 1.0]])
    np.testing.assert_allclose(grad(np.linalg.det)(np.diag([2.0, 3.0, 0.0])), np.diag([0.0, 0.0, 6.0]))
    assert grad(np.linalg.det)(np.zeros((1, 1))) == 1


@pytest.mark.parametrize("n", [1, 4, 5, 9])
def test_a_determinant_of_any_size_has_the_same_derivative(n: int) -> None:
    X = np.random.default_rng(n).normal(size=(n, n))
    np.testing.assert_allclose(grad(np.linalg.det)(X), np.linalg.det(X) * np.linalg.inv(X).T, rtol=1e-9)


def test_an_inverse_that_is_not_there_is_no_number() -> None:
    assert np.all(np.isnan(grad(lambda X: np.trace(np.linalg.inv(X)))(np.ones((2, 2)))))


def test_a_cross_product_turns_what_it_is_multiplied_by() -> None:
    np.testing.assert_allclose(grad(lambda x: b @ np.cross(a, x))(A[0]), np.cross(b, a))
    np.testing.assert_allclose(
        grad(lambda X: np.sum(np.cross(X, [1.0, 2.0, 3.0])))(A), [[-1.0, 2.0, -1.0]] * 3
    )


def test_a_cross_product_of_two_is_refused() -> None:
    with pytest.raises(TypeError, match="vectors of three"):
        grad(lambda x: np.cross(x, a[:2]))(b[:2])
