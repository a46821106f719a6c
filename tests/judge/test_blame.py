"""When witnesses differ, the one that is wrong is named, and a right claim is not blamed for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab import methods as witnesses
from gradlab.engine import primitive as table
from gradlab.engine.primitive import PRIMITIVES, UFUNCS
from gradlab.harness import Result
from gradlab.methods import Derivation, Estimate, Problem, complex_step, finite_difference, symbolic


def check(hand: Any = None, **options: Any) -> Result:
    return gradlab.check(f, dict(x=0.7), hand=hand, **options)


def f(x: Any) -> Any:
    return np.exp(2 * x) * np.sin(x)


def right(x: Any) -> Any:
    return np.exp(2 * x) * (2 * np.sin(x) + np.cos(x))


def kinds(result: Result) -> dict[str, str]:
    return {e.method: e.verdict for e in result.records[0].points[0].estimates}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a changed copy of a primitive in the table."""

    def change(ufunc: np.ufunc, **fields: Any) -> None:
        wrong = replace(UFUNCS[ufunc], **fields)
        monkeypatch.setitem(table.UFUNCS, ufunc, wrong)
        monkeypatch.setitem(table.PRIMITIVES, wrong.name, wrong)

    return change


PARTIALS = {
    "sign": lambda y, x: -np.cos(x),
    "factor": lambda y, x: 1.001 * np.cos(x),
    "1e-9": lambda y, x: (1 + 1e-9) * np.cos(x),
    "value for derivative": lambda y, x: y,
}


@pytest.mark.parametrize("partial", PARTIALS.values(), ids=PARTIALS)
@pytest.mark.parametrize("hand", [right, None], ids=["a right claim", "no claim"])
def test_a_wrong_rule_of_the_engine_is_the_outlier(
    plant: Callable[..., None], partial: Callable[..., Any], hand: Any
) -> None:
    plant(np.sin, partials=(partial,))
    result = check(hand)
    assert result.verdict.kind == "disagree"
    assert result.verdict.reason.startswith("reverse is the outlier")
    assert ("this is not the claim's fault" in result.verdict.reason) == (hand is not None)
    found = kinds(result)
    assert found["reverse"] == found["forward"] == "disagree"
    assert {found[name] for name in found if name not in ("reverse", "forward")} == {"agree"}


def test_a_rule_that_gives_nan_is_not_among_those_that_agree(plant: Callable[..., None]) -> None:
    plant(np.sin, partials=(lambda y, x: math.nan * x,))
    found = kinds(check(right))
    assert found["reverse"] == "error"
    assert found["claimed"] == "agree"


def test_sympys_wrong_rule_is_the_outlier(plant: Callable[..., None]) -> None:
    plant(np.sin, symbolic="cos")
    result = check(right)
    assert result.verdict.reason.startswith("symbolic is the outlier (this is not the claim's fault): ")
    assert [name for name, kind in kinds(result).items() if kind != "agree"] == ["symbolic"]


def test_a_wrong_rule_at_50_digits_is_the_outlier(plant: Callable[..., None]) -> None:
    """Then every witness at 50 digits that uses the rule differs from SymPy, and none is believed."""
    plant(np.sin, precise=lambda mp, x: mp.sin(x) * (1 + mp.mpf(10) ** -8))
    result = check(right)
    assert result.verdict.kind in ("disagree", "inconclusive")
    assert not result.ok


def wrong_by(factor: float, method: Any) -> Callable[[Problem], Derivation]:
    made = method.derive

    def derive(problem: Problem) -> Derivation:
        derivation: Derivation = made(problem)

        def estimate(at: Problem) -> Estimate:
            given = derivation.estimate(at)
            return replace(given, value=factor * given.value)

        return replace(derivation, estimate=estimate)

    return derive


@pytest.mark.parametrize("method", [finite_difference, complex_step], ids=lambda m: m.__name__.split(".")[-1])
@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.1])
def test_a_broken_method_in_float64_is_named_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch, method: Any, factor: float
) -> None:
    monkeypatch.setattr(method, "derive", wrong_by(factor, method))
    name = method.__name__.split(".")[-1]
    result = check(right)
    assert result.verdict.kind == "inconclusive"
    assert result.verdict.reason.startswith(f"{name} is the outlier: ∂/∂x: ")
    assert [m for m, kind in kinds(result).items() if kind != "agree"] == [name]


def test_a_wrong_claim_is_blamed_and_no_witness() -> None:
    result = check(lambda x: np.exp(2 * x) * (np.sin(x) + np.cos(x)))
    assert result.verdict.kind == "disagree"
    assert "the claim gives" in result.verdict.reason
    assert [m for m, kind in kinds(result).items() if kind != "agree"] == ["claimed"]


def test_two_witnesses_that_differ_leave_it_open(plant: Callable[..., None]) -> None:
    plant(np.sin, partials=(lambda y, x: -np.cos(x),))
    result = check(right, methods=["reverse", "symbolic"])
    assert result.verdict.kind == "inconclusive"
    assert (
        result.verdict.reason.endswith("no majority says which is right") or "differ" in result.verdict.reason
    )


def test_a_method_that_raises_is_told_and_the_rest_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def derive(problem: Problem) -> Derivation:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(symbolic, "derive", derive)
    result = check(right)
    (told,) = (e for e in result.records[0].points[0].estimates if e.method == "symbolic")
    assert (told.verdict, told.reason) == ("error", "SymPy raises RuntimeError: out of paper")
    assert kinds(result)["claimed"] == "agree"


def test_a_method_that_answers_zero_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, method in witnesses.methods().items():
        if name == "claimed":
            continue
        zero = Derivation(lambda at: Estimate(np.zeros((at.rows, at.columns))))
        with monkeypatch.context() as patch:
            patch.setattr(method, "derive", lambda problem, zero=zero: zero)
            found = kinds(check(right))
            assert found[name] == "disagree", name
            assert found["claimed"] == "agree", name


def test_the_planted_rules_are_gone() -> None:
    assert UFUNCS[np.sin] is PRIMITIVES["sin"]
    assert check(right).ok
