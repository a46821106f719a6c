"""grad, value_and_grad, jacobian, hessian, vjp and jvp against values known by hand."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

from gradlab.engine import grad, hessian, jacobian, jvp, trace, value_and_grad, vjp
from gradlab.engine.forward import forward
from gradlab.engine.program import evaluate
from gradlab.engine.reverse import reverse

A = np.array([1.0, 2.0, 3.0])
E = math.e

BY_HAND: list[tuple[str, Any, tuple[Any, ...], Any, Any]] = [
    ("sum times", lambda x, y, z: (x + y) * z, (-2.0, 5.0, -4.0), -12.0, (-4.0, -4.0, 3.0)),
    ("sum times max", lambda x, y, z: (x + y) * np.maximum(y, z), (1.0, 2.0, 0.0), 6.0, (2.0, 5.0, 0.0)),
    (
        "ln, product, sine",
        lambda x, y: np.log(x) + x * y - np.sin(y),
        (2.0, 5.0),
        11.652071455223083,
        (5.5, 1.7163378145367738),
    ),
    ("cube at 1", lambda x: x**3, (1.0,), 1.0, (3.0,)),
    ("cube at 4", lambda x: x**3, (4.0,), 64.0, (48.0,)),
    (
        "quadratic form",
        lambda w: w @ np.array([[1.0, 2.0], [3.0, 4.0]]) @ w,
        (np.array([1.0, 2.0]),),
        27.0,
        (np.array([12.0, 21.0]),),
    ),
    ("product with a zero", np.prod, (np.array([0.0, 2.0, 3.0]),), 0.0, (np.array([6.0, 0.0, 0.0]),)),
    ("norm", np.linalg.norm, (np.array([3.0, 4.0]),), 5.0, (np.array([0.6, 0.8]),)),
    ("mean", np.mean, (A,), 2.0, (np.full(3, 1 / 3),)),
    ("max of an array", np.max, (A,), 3.0, (np.array([0.0, 0.0, 1.0]),)),
    (
        "trace of a product",
        lambda a, b: np.trace(a @ b),
        (np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])),
        5.0,
        (np.array([[1.0, 3.0], [2.0, 4.0]]), np.eye(2)),
    ),
    ("e^x·y", lambda x, y: np.exp(x) * y, (1.0, 2.0), 2 * E, (2 * E, E)),
    ("a number to a power", lambda x: 2.0**x, (3.0,), 8.0, (8 * math.log(2),)),
    ("not taking part", lambda x, y: x * x, (3.0, A), 9.0, (6.0, np.zeros(3))),
    ("a constant", lambda x: 5.0, (A,), 5.0, (np.zeros(3),)),
    ("the input itself", lambda x: x, (2.0,), 2.0, (1.0,)),
    ("an empty array", np.sum, (np.zeros(0),), 0.0, (np.zeros(0),)),
]


@pytest.mark.parametrize(
    ("function", "at", "value", "gradient"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND]
)
def test_gradients_known_by_hand(
    function: Any, at: tuple[Any, ...], value: float, gradient: tuple[Any, ...]
) -> None:
    got, derivative = value_and_grad(function, tuple(range(len(at))))(*at)
    assert got == pytest.approx(value, rel=1e-15)
    for d, want, x in zip(derivative, gradient, at, strict=True):
        assert np.shape(d) == np.shape(x)
        np.testing.assert_allclose(d, want, rtol=4e-16, atol=1e-300)


def times(x: Any, y: Any, z: Any = 3.0) -> Any:
    return x * y * z


@pytest.mark.parametrize(
    ("argnums", "want"),
    [
        (0, 15.0),
        (1, 6.0),
        (-1, 6.0),
        ("x", 15.0),
        ("y", 6.0),
        ((0, 1), (15.0, 6.0)),
        (("y", 0), (6.0, 15.0)),
        ((1,), (6.0,)),
        ((), ()),
    ],
)
def test_arguments_are_chosen_by_position_or_name(argnums: Any, want: Any) -> None:
    assert grad(times, argnums)(2.0, 5.0) == want


def test_a_keyword_argument_is_chosen_by_name() -> None:
    assert grad(times, "z")(2.0, 5.0, z=4.0) == 10.0
    assert grad(times, (0, "z"))(2.0, y=5.0, z=4.0) == (20.0, 10.0)


@pytest.mark.parametrize(
    ("argnums", "message"),
    [(2, "argnums=2, but 2 positional"), ("q", "no argument 'q' in this call; .* are x, y, z")],
)
def test_an_argument_that_is_not_there_is_named(argnums: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        grad(times, argnums)(2.0, 5.0)


class Layer(NamedTuple):
    w: Any
    b: Any


def test_a_gradient_has_the_structure_of_its_argument() -> None:
    parameters = {"layers": [Layer(A, 2.0), Layer(np.ones((2, 2)), 1)], "scale": (3.0,)}

    def function(p: Any) -> Any:
        first, second = p["layers"]
        return p["scale"][0] * (np.sum(first.w) * first.b + np.sum(second.w * second.w))

    gradient = grad(function)(parameters)
    assert isinstance(gradient["layers"][0], Layer)
    assert np.array_equal(gradient["layers"][0].w, np.full(3, 6.0))
    assert gradient["layers"][0].b == 18.0
    assert np.array_equal(gradient["layers"][1].w, np.full((2, 2), 6.0))
    assert gradient["layers"][1].b == 0.0
    assert gradient["scale"] == (16.0,)
    assert grad(lambda p, x: x, 0)({}, 1.0) == {}


def test_an_input_used_twice_accumulates() -> None:
    assert grad(lambda x: x * x + x)(3.0) == 7.0
    assert grad(lambda x, y: x * y)(3.0, 3.0) == 3.0
    shared = A.copy()
    first, second = grad(lambda x, y: np.sum(x * y), (0, 1))(shared, shared)
    assert np.array_equal(first, A)
    assert np.array_equal(second, A)


IDENTITIES: dict[str, Any] = {
    "sums": lambda x, y: np.sum(x) + np.sum(y),
    "the same sum": lambda x, y: np.sum(x + y),
    "a product": np.dot,
    "reshaped": lambda x, y: np.sum(np.reshape(x, (3, 1)).T + y),
    "one alone": lambda x, y: np.sum(x),
    "an entry": lambda x, y: x[0] * y[1],
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_gradients_are_the_callers_own_and_arguments_stay_as_they_are(name: str) -> None:
    x, y = A.copy(), A + 1.0
    gradients = grad(IDENTITIES[name], (0, 1))(x, y)
    assert np.array_equal(x, A)
    assert np.array_equal(y, A + 1.0)
    for g in gradients:
        assert g.flags.writeable
        assert not np.shares_memory(g, x)
        assert not np.shares_memory(g, y)
    assert not np.shares_memory(*gradients)


def test_what_vjp_jvp_and_jacobian_return_is_the_callers_own() -> None:
    seed = np.ones(3)
    _, pull = vjp(lambda x: x, A)
    assert not np.shares_memory(pull(seed)[0], seed)
    assert not np.shares_memory(jvp(lambda x: np.reshape(x, (3, 1)), (A,), (seed,))[1], seed)
    for function in (np.sum, lambda x: x[1], lambda x: np.dot(A, x)):
        row = jacobian(function)(A.copy())
        row += 1.0
    assert np.array_equal(A, [1.0, 2.0, 3.0])


def test_jacobians_have_the_output_s_axes_first() -> None:
    point = np.array([2.0, 0.0])
    wide = jacobian(lambda x: np.stack([x[0] * x[1], np.sin(x[1]), x[0] ** 2]))(point)
    assert np.array_equal(wide, [[0.0, 2.0], [0.0, 1.0], [4.0, 0.0]])
    tall = jacobian(lambda x: np.stack([x, x**2, x**3]))(2.0)
    assert np.array_equal(tall, [1.0, 4.0, 12.0])
    outer = jacobian(lambda x: np.outer(x, x))(point)
    assert outer.shape == (2, 2, 2)
    assert np.array_equal(outer[0], [[4.0, 0.0], [0.0, 2.0]])
    assert np.array_equal(jacobian(lambda x: np.ones(2))(point), np.zeros((2, 2)))
    assert np.array_equal(jacobian(np.sum)(point), [1.0, 1.0])


def test_a_jacobian_of_structures_has_one_block_for_each_pair() -> None:
    blocks = jacobian(lambda p: {"s": p["a"] * np.sum(p["b"]), "v": p["a"] * p["b"]})({"a": 2.0, "b": A})
    assert blocks["s"]["a"] == 6.0
    assert np.array_equal(blocks["s"]["b"], np.full(3, 2.0))
    assert np.array_equal(blocks["v"]["a"], A)
    assert np.array_equal(blocks["v"]["b"], 2.0 * np.eye(3))


def test_hessians_known_by_hand() -> None:
    assert np.array_equal(
        hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0])), [[10.0, 6.0], [6.0, 0.0]]
    )
    assert hessian(lambda x: x**3)(2.0) == 12.0
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert np.array_equal(hessian(lambda w: w @ square @ w)(np.ones(2)), square + square.T)
    assert np.array_equal(hessian(lambda x: np.sum(x) ** 2)(np.ones((2, 2))), np.full((2, 2, 2, 2), 2.0))
    nested = hessian(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 3.0})
    assert nested == {"a": {"a": 0.0, "b": 1.0}, "b": {"a": 1.0, "b": 0.0}}


def test_derivatives_of_derivatives() -> None:
    assert grad(grad(lambda x: x**3))(2.0) == 12.0
    assert grad(grad(grad(lambda x: x**4)))(2.0) == 48.0
    third = grad(grad(grad(np.sin)))(0.5)
    assert third == pytest.approx(-math.cos(0.5), rel=1e-15)


def test_perturbations_of_nested_derivatives_are_not_confused() -> None:
    """Siskind & Pearlmutter 2005: d/dx [x · d/dy (x + y)] = 1."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1] == 1.0
    assert grad(lambda x: x * jvp(lambda y: x * y, (2.0,), (1.0,))[1])(3.0) == 6.0
    assert jvp(lambda x: x * grad(lambda y: x * y)(2.0), (3.0,), (1.0,))[1] == 6.0


def test_vjp_and_jvp() -> None:
    value, pull = vjp(lambda x, y: x * y, A, 2.0)
    assert np.array_equal(value, 2 * A)
    by_x, by_y = pull(np.array([1.0, 0.0, -1.0]))
    assert np.array_equal(by_x, [2.0, 0.0, -2.0])
    assert by_y == -2.0
    value, moved = jvp(lambda x, y: {"product": x * y, "constant": 1.0}, (A, 2.0), (np.ones(3), 1.0))
    assert np.array_equal(moved["product"], A + 2.0)
    assert moved["constant"] == 0.0


def test_seeds_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the output has shape \(3,\), and its cotangent \(4,\)"):
        vjp(lambda x: x * x, A)[1](np.ones(4))
    with pytest.raises(ValueError, match=r"the output\['y'\] has shape \(3,\), and its cotangent \(\)"):
        vjp(lambda x: {"y": x * x}, A)[1]({"y": 1.0})
    with pytest.raises(ValueError, match=r"a primal has shape \(3,\), and its tangent \(4,\)"):
        jvp(lambda x: x * x, (A,), (np.ones(4),))
    with pytest.raises(ValueError, match="1 primals and 2 tangents"):
        jvp(lambda x: x * x, (A,), (A, A))


def test_depth_costs_no_recursion() -> None:
    def chain(x: Any) -> Any:
        for _ in range(100_000):
            x = x * 1.0000001
        return x

    assert grad(chain)(1.0) == pytest.approx(chain(1.0), rel=1e-12)


def test_a_deep_program_is_transformed_without_recursion() -> None:
    def chain(x: Any) -> Any:
        for _ in range(5_000):
            x = x * x
        return x

    program, _ = trace(chain, [1.0])
    assert evaluate(reverse(program, [1.0]), [1.0, 1.0])[0] == math.inf
    assert evaluate(forward(program, [1.0]), [1.0, 0.0]) == [0.0]


def test_a_wrapped_function_keeps_its_name() -> None:
    assert grad(times).__name__ == "times"
