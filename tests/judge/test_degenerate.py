"""A point at which a wrong derivative looks right: found out by points beside it, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab.judge.reasons.degenerate import cannot_tell, why_hidden

rng = np.random.default_rng(5)
S = rng.normal(size=(3, 3))
V = rng.normal(size=3)


class Row(NamedTuple):
    f: Callable[..., Any] | str
    at: dict[str, Any]
    hand: Any
    why: str
    wrt: Any = None


def energy(W: Any) -> Any:
    return np.sum(W * np.exp(0.3 * W))


def slope(W: Any) -> Any:
    return (1 + 0.3 * W) * np.exp(0.3 * W)


HIDDEN = {
    "equal elements": Row(
        energy,
        dict(W=np.full(4, 0.7)),
        lambda W: slope(W)[::-1],
        "all elements of W are equal there, so that exchanged ones don't show",
    ),
    "zeros": Row(
        energy, dict(W=np.zeros(3)), lambda W: np.exp(0.3 * W), "W is zero there, so that terms with it"
    ),
    "a symmetric matrix": Row(
        energy, dict(W=S + S.T), lambda W: slope(W).T, "W is symmetric there, as its transpose is"
    ),
    "an identity": Row(
        lambda W: np.trace(W @ W @ W), dict(W=np.eye(3)), lambda W: 3 * W @ W, "W is symmetric there"
    ),
    "a power at 1": Row(lambda x: x**3, dict(x=1.0), lambda x: 3 * x**5, "x = 1 there: its powers are all 1"),
    "a power at -1": Row("x^4", dict(x=-1), dict(x="4x"), "x = -1 there: its even powers are all 1"),
    "a square at 2": Row("x^3", dict(x=2), dict(x="3 (x + 2)"), "x = 2 there: its square, its double"),
    "a root at 4": Row("x^1.5", dict(x=4), dict(x="3x/4"), "x = 4 there: its root and its half"),
    "1 - x at a half": Row("x^2/2", dict(x=0.5), dict(x="1 - x"), "x = 0.5 there: it is 1 less itself"),
    "a flat point": Row(
        "cos(x) x^2", dict(x=0), dict(x="3 x cos(x)"), "the derivative is 0 there, so that a wrong factor"
    ),
    "equal arguments": Row(
        lambda x, y: x**2 * y,
        dict(x=3.3, y=3.3),
        lambda x, y: (2 * x * y, y * y),
        "x = y there, so that one taken",
    ),
    "opposite arguments": Row(
        lambda x, y: (x + y) ** 2 + x,
        dict(x=0.7, y=-0.7),
        lambda x, y: (1.0, x + y),
        "x = -y there, so that their sum vanishes",
    ),
    "arguments that make 1": Row(
        lambda p, q: p**2 * q,
        dict(p=0.25, q=0.75),
        lambda p, q: (2 * p * (1 - p), p * p),
        r"p \+ q = 1 there, so that one factor",
    ),
    "ones, zeros and minus ones": Row(
        lambda x: np.sum(x**3),
        dict(x=np.array([1.0, 0.0, -1.0])),
        lambda x: 3 * x**4,
        "the elements of x are all 0, 1 or -1 there",
    ),
}


@pytest.mark.parametrize("row", HIDDEN.values(), ids=HIDDEN)
def test_what_a_point_hides_is_found_beside_it_and_why_is_said(row: Row) -> None:
    assert gradlab.check(row.f, row.at, hand=row.hand, wrt=row.wrt, points=0).ok
    result = gradlab.check(row.f, row.at, hand=row.hand, wrt=row.wrt)
    assert result.verdict.kind == "disagree"
    told = result.verdict.reason
    assert re.search(rf"at the given point alone it agrees \(.*{row.why}.*\)", told), told


@pytest.mark.parametrize("row", HIDDEN.values(), ids=HIDDEN)
def test_a_claim_that_agrees_at_such_a_point_alone_gets_a_note(row: Row) -> None:
    result = gradlab.check(row.f, row.at, hand=row.hand, wrt=row.wrt, points=0)
    assert result.ok
    notes = " ".join(result.records[0].notes)
    assert re.search(
        f"judged at this point alone, which may hide an error: .*{row.why}|the derivative is 0 at every point",
        notes,
    ), notes


def test_numbers_are_held_at_one_point_alone() -> None:
    right = gradlab.check(energy, dict(W=np.ones((2, 2))), hand=dict(W=slope(np.ones((2, 2)))))
    assert "which may hide an error: all elements of W are equal" in " ".join(right.records[0].notes)
    general = gradlab.check(energy, dict(W=S), hand=dict(W=slope(S)))
    assert "hide" not in " ".join(general.records[0].notes)


@pytest.mark.parametrize("points", [0, 5])
def test_a_general_point_gets_no_note(points: int) -> None:
    result = gradlab.check(energy, dict(W=S), hand=lambda W: slope(W), points=points)
    assert result.ok
    assert result.records[0].notes == ()


def test_where_points_are_drawn_a_special_point_needs_no_note() -> None:
    result = gradlab.check(energy, dict(W=np.ones(3)), hand=lambda W: slope(W))
    assert result.ok
    assert result.records[0].notes == ()


def test_a_saturated_function_shows_no_factor_and_that_is_said() -> None:
    result = gradlab.check(lambda x: np.heaviside(x, 0.5) + 0 * x, dict(x=3.0), hand=lambda x: 0 * x)
    assert "the derivative is 0 at every point looked at" in " ".join(result.records[0].notes)


def test_a_general_point_that_hides_an_error_by_chance_is_given_no_reason() -> None:
    right = gradlab.check("x^2", dict(x=1.7), hand=dict(x="3.4 + 0 x"))
    assert right.verdict.kind == "disagree"
    assert right.verdict.reason.endswith("at the given point alone it agrees")


def test_of_what_is_special_only_what_hides_the_error_is_told() -> None:
    at = dict(a=1.0, b=0.0, x=1.7)
    result = gradlab.check(
        lambda a, b, x: a**3 * x + np.exp(b), at, hand=lambda a, b, x: (3 * a * x, np.exp(b), a**3)
    )
    assert result.verdict.kind == "disagree"
    assert result.verdict.reason.endswith(
        "it agrees (a = 1 there: its powers are all 1, and its logarithm is 0)"
    )


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_special_about_random_numbers(seed: int) -> None:
    generator = np.random.default_rng(seed)
    inputs = {
        "x": float(generator.normal()),
        "w": generator.normal(size=4),
        "W": generator.normal(size=(3, 3)),
    }
    assert why_hidden(inputs, ("x", "w", "W"), generator.normal(size=(1, 14))) == ""
    assert cannot_tell(inputs, ("x", "w", "W"), generator.normal(size=(1, 14))) == ""


def test_what_is_not_a_number_is_passed_over() -> None:
    inputs = {"x": 1.3, "mode": "sum", "n": 3, "scale": None}
    assert why_hidden(inputs, ("x",), np.array([[1.0]])) == ""
    assert "multiple of π/2" in why_hidden({"x": np.pi}, ("x",), np.array([[1.0]]))
    assert "as good as 0" in why_hidden({"x": 40.3}, ("x",), np.array([[1e-17]]))
