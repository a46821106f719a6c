"""A derivative that is laid out wrongly: recognised by its values, at every point, and named only if nothing else fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab import InputError
from gradlab.cases import Claim
from gradlab.harness import Settings, check_case
from gradlab.judge.reasons.layout import Argument, Seen, recognise
from gradlab.judge.reasons.misshapen import describe_shape

rng = np.random.default_rng(20)
V = rng.normal(size=4)
R = rng.normal(size=(2, 3))
S = rng.normal(size=(3, 3))
T = rng.normal(size=(2, 3, 2))
X = rng.normal(size=(7, 3))
y = rng.normal(size=7)
jacobian = {"quantity": "jacobian"}


class Row(NamedTuple):
    f: Callable[..., Any]
    at: dict[str, Any]
    hand: Any
    said: str
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


def energy(W: Any) -> Any:
    return np.sum(W * np.exp(0.3 * W))


def slope(W: Any) -> Any:
    return (1 + 0.3 * W) * np.exp(0.3 * W)


def taken(*order: int) -> Callable[[Any], Any]:
    """The derivative with its entries in another order."""
    return lambda W: np.take(slope(W), np.reshape(order, W.shape))


def two_layers(U: Any, W: Any) -> Any:
    return np.sum(np.tanh(W @ np.tanh(U @ S)))


by_both = gradlab.grad(two_layers, (0, 1))


def three(a: Any, b: Any, c: Any) -> Any:
    return a**2 * np.exp(b) * np.sin(c)


def softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def ring(x: Any) -> Any:
    return np.sin(x) * np.roll(x, 1)


ring_jacobian = gradlab.jacobian(ring)


OTHERWISE = {
    "a matrix transposed": Row(energy, dict(W=S), lambda W: slope(W).T, "by W is the transpose of the deriv"),
    "each of two transposed": Row(
        two_layers,
        dict(U=S, W=S + 1),
        lambda U, W: tuple(g.T for g in by_both(U, W)),
        "by U is the transpose of the derivative: return its .T; the claim by W is the transpose",
    ),
    "the second of two transposed": Row(
        two_layers,
        dict(U=S, W=S + 1),
        lambda U, W: dict(U=by_both(U, W)[0], W=by_both(U, W)[1].T),
        "; the claim by W is the transpose of the derivative: return its .T$",
    ),
    "three axes in another order": Row(
        energy, dict(W=T), lambda W: slope(W).transpose(2, 1, 0), r"np.transpose of it by \(2, 1, 0\)$"
    ),
    "transposed, and reshaped to fit": Row(
        energy, dict(W=R), lambda W: slope(W).T.reshape(2, 3), "where it is reshaped, write .T$"
    ),
    "filled in column by column": Row(
        energy,
        dict(W=R),
        lambda W: np.reshape(np.ravel(slope(W)), (2, 3), order="F"),
        r"is filled in column by column \(order='F'\)",
    ),
    "a vector reversed": Row(
        energy, dict(W=V), lambda W: slope(W)[::-1], "is the derivative in reverse order$"
    ),
    "rows reversed": Row(energy, dict(W=R), lambda W: slope(W)[::-1], "in reverse order of its rows$"),
    "columns reversed": Row(
        energy, dict(W=R), lambda W: slope(W)[:, ::-1], "in reverse order of its columns$"
    ),
    "an index off by one": Row(
        energy, dict(W=V), lambda W: np.roll(slope(W), 1), "shifted one place later: is an index off by one"
    ),
    "two entries exchanged": Row(
        energy, dict(W=V), taken(2, 1, 0, 3), r"the entries \[0\] and \[2\] of the claim by W are exchanged$"
    ),
    "two entries of a matrix exchanged": Row(
        energy, dict(W=R), taken(0, 5, 2, 3, 4, 1), r"the entries \[0, 1\] and \[1, 2\] of the claim by W"
    ),
    "two columns exchanged": Row(
        energy, dict(W=S), taken(1, 0, 2, 4, 3, 5, 7, 6, 8), "the columns 0 and 1 of the claim by W are exch"
    ),
    "two rows exchanged": Row(
        energy,
        dict(W=S),
        taken(0, 1, 2, 6, 7, 8, 3, 4, 5),
        "the rows 1 and 2 of the claim by W are exchanged",
    ),
    "any other order": Row(
        energy, dict(W=V), taken(1, 3, 0, 2), "has the entries of the derivative in another order$"
    ),
    "a square Jacobian transposed": Row(
        ring, dict(x=V), lambda x: ring_jacobian(x).T, "Jacobian's transpose: rows are outputs", jacobian
    ),
    "a Jacobian's outputs reversed": Row(
        ring, dict(x=V), lambda x: ring_jacobian(x)[::-1], "in reverse order of the outputs$", jacobian
    ),
    "softmax's diagonal alone": Row(
        softmax,
        dict(x=V),
        lambda x: np.diag(softmax(x) * (1 - softmax(x))),
        r"the Jacobian's diagonal alone: ∂y\[i\]/∂x\[j\] for i ≠ j is missing$",
        jacobian,
    ),
    "two matrices exchanged": Row(
        two_layers,
        dict(U=S, W=S + 1),
        lambda U, W: by_both(U, W)[::-1],
        "the derivatives by U and W are exchanged$",
    ),
    "two numbers exchanged": Row(
        three,
        dict(a=1.5, b=0.3, c=0.8),
        lambda a, b, c: (three(a, b, c), 2 * three(a, b, c) / a, a**2 * np.exp(b) * np.cos(c)),
        "the derivatives by a and b are exchanged$",
    ),
    "one matrix's for the other's": Row(
        two_layers,
        dict(U=S, W=S + 1),
        lambda U, W: (by_both(U, W)[1],) * 2,
        "what is given by U is the derivative by W$",
    ),
    "a sum for a mean": Row(
        lambda w, X, y: np.mean((X @ w - y) ** 2),
        dict(w=V[:3], X=X, y=y),
        lambda w, X, y: 2 * X.T @ (X @ w - y),
        r"by w is 7 times the derivative: 7 is the number of rows of X, and the length of y; a sum for a mean\?",
        {"wrt": "w"},
    ),
    "a mean for a sum, of what the function holds itself": Row(
        lambda w: np.sum((X @ w - y) ** 2),
        dict(w=V[:3]),
        lambda w: 2 / 7 * X.T @ (X @ w - y),
        "is 1/7 times the derivative: 7 is a length within the function; a mean for a sum",
    ),
    "a factor that is no length": Row(
        energy, dict(W=R), lambda W: 1.5 * slope(W), "every component by W is 3/2 times the derivative$"
    ),
    "a factor that has a name": Row(
        energy, dict(W=R), lambda W: np.sqrt(2) * slope(W), "every component by W is √2 times the derivative$"
    ),
    "a sign": Row(energy, dict(W=R), lambda W: -slope(W), "every component by W is of the wrong sign$"),
    "the sum in each entry": Row(
        energy,
        dict(W=V),
        lambda W: np.sum(slope(W)) * np.ones(4),
        "each entry of the claim by W is the sum of the derivative over all entries: leave that out",
    ),
    "the mean over rows in each": Row(
        energy, dict(W=R), lambda W: np.mean(slope(W), axis=0) * np.ones((2, 3)), "the mean of .* over axis 0"
    ),
    "a residual broadcast to a square": Row(
        lambda w: np.mean((X @ w - y) ** 2),
        dict(w=V[:3].reshape(3, 1)),
        lambda w: 2 / 7 * X.T @ (X @ w - y.reshape(7, 1)),
        r"the function makes \(7, 7\) of the shapes \(7, 1\) and \(7,\) in subtract \(at \S+\): is that meant\?$",
    ),
    "a black box": Row(
        lambda x: np.array([float(x[0]) * float(x[1]), float(x[0]) ** 3]),
        dict(x=np.array([1.5, 0.7])),
        lambda x: np.array([[x[1], 3 * x[0] ** 2], [x[0], 0.0]]),
        "the Jacobian's transpose",
        jacobian,
    ),
}


@pytest.mark.parametrize("row", OTHERWISE.values(), ids=OTHERWISE)
def test_a_wrong_layout_is_named(row: Row) -> None:
    result = gradlab.check(row.f, row.at, hand=row.hand, **row.options)
    assert result.verdict.kind == "disagree"
    reason = re.split(r"\. |(?<=\?) ", result.verdict.reason)[0]  # what the mistake may be called comes after
    assert re.search(row.said, reason), result.verdict.reason


def test_after_a_question_the_next_sentence_begins() -> None:
    row = OTHERWISE["a sum for a mean"]
    reason = gradlab.check(row.f, row.at, hand=row.hand, **row.options).verdict.reason
    assert "a sum for a mean? The constant 7 stays when" in reason


UNNAMED = {
    "another function": Row(energy, dict(W=S), lambda W: slope(W) + W, "as much"),
    "one wrong entry": Row(
        energy, dict(W=V), lambda W: slope(W) * np.array([1, 1, 1, 2.0]), "2 times as much"
    ),
    "exchanged or of the wrong sign": Row(
        lambda x, y: x - y, dict(x=1.5, y=0.3), lambda x, y: (-1.0, 1.0), "the sign is wrong"
    ),
    "transposed at a symmetric point, another function beside it": Row(
        energy, dict(W=S + S.T), lambda W: slope(W).T + (W - W.T), "as much"
    ),
    "a pairwise difference that is meant, and right": Row(
        lambda x: np.sum((x.reshape(4, 1) - x) ** 3 * (x + 1)), dict(x=V), None, ""
    ),
}


@pytest.mark.parametrize("row", UNNAMED.values(), ids=UNNAMED)
def test_nothing_is_named_where_no_one_reading_fits(row: Row) -> None:
    result = gradlab.check(row.f, row.at, hand=row.hand, **row.options)
    assert row.said in result.verdict.reason
    assert not re.search("claim by|derivatives by|component|entries|entry|meant", result.verdict.reason)


def test_each_of_several_claims_has_its_own_reason() -> None:
    @gradlab.case(at=dict(W=S))
    def energies(W: Any) -> Any:
        return energy(W)

    energies.hand(slope)
    energies.hand(lambda W: slope(W).T)
    energies.hand(lambda W: slope(W)[::-1])
    numbers = [Claim({"W": slope(S)}), Claim({"W": slope(S)[:, ::-1]})]
    made = replace(energies.case, claims=(numbers[0], *energies.case.claims, numbers[1]))
    record = check_case(made, Settings(timed=False))
    reasons = [e.reason for e in record.points[0].estimates if e.method == "claimed"]
    for reason, said in zip(reasons, ("^$", "^$", "transpose", "of its rows", "of its columns"), strict=True):
        assert re.search(said, reason), reason
    beside = [e.reason for e in record.points[1].estimates if e.method == "claimed"]
    for reason, said in zip(beside, ("^$", "transpose", "of its rows"), strict=True):
        assert re.search(said, reason), reason


def test_a_reading_must_hold_at_every_point() -> None:
    first, second = rng.normal(size=(2, 1, 9))
    turned = np.arange(9).reshape(3, 3).T.ravel()
    argument = [Argument("W", (3, 3))]
    transposed = Seen(first[:, turned], first)
    assert "transpose" in (recognise([transposed], argument) or "")
    assert "transpose" in (recognise([transposed, Seen(second[:, turned], second)], argument) or "")
    assert recognise([transposed, Seen(second * 1.1, second)], argument) is None
    assert recognise([transposed, Seen(second, second)], argument) is None


def test_equal_entries_leave_the_order_open() -> None:
    right = np.array([[1.0, 2.0, 1.0, 2.0]])
    claimed = np.array([[2.0, 1.0, 2.0, 1.0]])  # reversed, or shifted to either side
    said = recognise([Seen(claimed, right)], [Argument("w", (4,))])
    assert said == "the claim by w has the entries of the derivative in another order"


@pytest.mark.parametrize("seed", range(20))
def test_random_numbers_are_no_layout_of_others(seed: int) -> None:
    generator = np.random.default_rng(seed)
    seen = [Seen(generator.normal(size=(2, 6)), generator.normal(size=(2, 6))) for _ in range(3)]
    assert recognise(seen, [Argument("a", (2, 2)), Argument("b", (2,))]) is None


def test_what_is_not_known_is_not_read() -> None:
    right = np.array([[1.0, np.nan, 3.0, 4.0]])
    assert recognise([Seen(np.array([[1.0, 3.0, 2.0, 4.0]]), right)], [Argument("W", (2, 2))]) is None


MISSHAPEN = {
    "transposed": Row(
        energy,
        dict(W=R),
        lambda W: slope(W).T,
        r"\(3, 2\), and W needs \(2, 3\): it is the transpose of the right gradient: return its \.T$",
    ),
    "transposed and wrong": Row(
        energy, dict(W=R), lambda W: W.T, r"it is transposed, and its \.T would still be wrong$"
    ),
    "a row for a column": Row(
        energy,
        dict(W=y.reshape(7, 1)),
        lambda W: slope(W).T,
        r"\(1, 7\), and W needs \(7, 1\): it is the transpose of the right gradient: return its \.T$",
    ),
    "flattened": Row(
        energy, dict(W=R), lambda W: np.ravel(slope(W)), r"in the right order: return its \.reshape\(2, 3\)$"
    ),
    "flattened and wrong": Row(
        energy, dict(W=R), lambda W: np.ravel(W), "reshaped it would fit, and still be wrong in any order$"
    ),
    "flattened column by column": Row(
        energy,
        dict(W=R),
        lambda W: np.ravel(slope(W).T),
        r"column by column: return its \.reshape\(\(2, 3\), order='F'\)$",
    ),
    "flattened and reversed": Row(
        energy,
        dict(W=R),
        lambda W: np.ravel(slope(W))[::-1],
        r"the right entries in another order; lay them out as \(2, 3\)$",
    ),
    "axes in another order": Row(
        energy,
        dict(W=rng.normal(size=(2, 3, 4))),
        lambda W: slope(W).transpose(2, 0, 1),
        r"return np\.transpose of it by \(1, 2, 0\)$",
    ),
    "not summed over the batch": Row(
        lambda b: np.sum((X + b) ** 2),
        dict(b=V[:3]),
        lambda b: 2 * (X + b),
        r"\(7, 3\), and b needs \(3,\): it is not reduced yet .* return its \.sum\(axis=0\)$",
    ),
    "not averaged over the batch": Row(
        lambda b: np.sum((X + b) ** 2) / 7,
        dict(b=V[:3]),
        lambda b: 2 * (X + b),
        r"return its \.mean\(axis=0\)$",
    ),
    "not summed, with the axis kept": Row(
        lambda b: np.sum((X + b) ** 2),
        dict(b=V[:3].reshape(1, 3)),
        lambda b: 2 * (X + b),
        r"return its \.sum\(axis=0\)\.reshape\(1, 3\)$",
    ),
    "not summed, and wrong": Row(
        lambda b: np.sum((X + b) ** 2),
        dict(b=V[:3]),
        lambda b: X + b,
        "summed over its first axes it would still be wrong$",
    ),
    "summed": Row(
        energy,
        dict(W=R),
        lambda W: np.sum(slope(W)),
        "the right one summed over all entries: leave out that sum$",
    ),
    "summed over rows": Row(
        energy,
        dict(W=R),
        lambda W: np.sum(slope(W), axis=0),
        "the right one summed over axis 0: leave out that sum$",
    ),
    "averaged": Row(
        energy, dict(W=R), lambda W: np.mean(slope(W)), "the mean of the right one over all entries"
    ),
    "one number for all": Row(
        lambda W: np.sum(3 * W),
        dict(W=R),
        lambda W: 3.0,
        r"every entry has this value: return np\.full\(\(2, 3\), …\)$",
    ),
    "a Jacobian transposed": Row(
        lambda x: R @ np.sin(x),
        dict(x=V[:3]),
        lambda x: (R * np.cos(x)).T,
        "the transpose of the right Jacobian: return its .T$",
        jacobian,
    ),
    "a Jacobian's diagonal": Row(
        lambda x: np.sin(x),
        dict(x=V),
        lambda x: np.cos(x),
        r"it is the Jacobian's diagonal: return np\.diag of it$",
        jacobian,
    ),
    "a Jacobian with its outputs last": Row(
        lambda W: S @ np.sin(W) @ V,
        dict(W=rng.normal(size=(3, 4))),
        lambda W: np.transpose(gradlab.jacobian(lambda W: S @ np.sin(W) @ V)(W), (1, 2, 0)),
        r"the right Jacobian with its axes in another order: return np\.transpose of it by \(2, 0, 1\)$",
        jacobian,
    ),
    "a gradient on a diagonal": Row(
        energy,
        dict(W=V),
        lambda W: np.diag(slope(W)),
        "the right gradient on a diagonal: return np.diag of it$",
    ),
    "numbers": Row(
        energy, dict(W=R), dict(W=slope(R).T), "it is the transpose of the right gradient: return its .T$"
    ),
    "another shape and wrong": Row(
        energy, dict(W=R), lambda W: np.ones(4), "a gradient has the shape of what it is taken by$"
    ),
}


@pytest.mark.parametrize("row", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_wrong_shape_is_refused_with_what_it_is_by_its_values(row: Row) -> None:
    with pytest.raises(InputError) as caught:
        gradlab.check(row.f, row.at, hand=row.hand, **row.options)
    assert re.search(row.said, str(caught.value)), str(caught.value)


@pytest.mark.parametrize("seed", range(10))
def test_what_the_sentence_says_to_return_is_right(seed: int) -> None:
    generator = np.random.default_rng(seed)
    right = generator.normal(size=(3, 4))
    for given in (right.T, right.ravel(), right.ravel(order="F"), right.reshape(2, 6)):
        told = describe_shape("it", given, right, right.shape)
        fix = re.search(r"return its \.(\S.*)$", told)
        assert fix, told
        again = {
            "T": lambda g: g.T,
            "reshape(3, 4)": lambda g: g.reshape(3, 4),
            "reshape((3, 4), order='F')": lambda g: g.reshape((3, 4), order="F"),
        }[fix[1]](given)
        np.testing.assert_array_equal(again, right)


def test_a_gradient_that_is_zero_shows_no_layout() -> None:
    told = describe_shape("it", np.zeros((3, 2)), np.zeros((2, 3)), (2, 3))
    assert told == "it: it is transposed, and its .T would still be wrong"
