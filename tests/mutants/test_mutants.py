"""A check that cannot fail is no check: every planted wrong rule must be caught, by the check named."""

from __future__ import annotations

from dataclasses import replace

import pytest

import gradlab.engine
from gradlab.engine.primitive import PRIMITIVES, Value
from gradlab.engine.rules import spreading
from gradlab.engine.trace import shape_of
from tests.conformance import checks
from tests.conformance.trials import differentiable
from tests.mutants.plants import Mutant, mutants, with_rule, wrong_values

assert gradlab.engine  # it fills the table

WITH_DERIVATIVE = [name for name, primitive in PRIMITIVES.items() if differentiable(primitive)]


def missed(planted: list[Mutant]) -> list[str]:
    """The plants that their check lets pass, or reports without naming the primitive."""
    unnoticed = []
    for slip, check, primitive in planted:
        try:
            check(primitive)
        except AssertionError as failure:
            if not str(failure).startswith(f"{primitive.name}: "):
                unnoticed.append(f"{slip}: no breadcrumb")
        else:
            unnoticed.append(f"{slip}: {check.__name__} lets it pass")
    return unnoticed


@pytest.mark.parametrize("name", WITH_DERIVATIVE)
def test_every_planted_wrong_rule_is_caught(name: str) -> None:
    planted = list(mutants(PRIMITIVES[name]))
    assert len(planted) >= 5
    assert missed(planted) == []


@pytest.mark.parametrize(
    "name", [name for name, p in PRIMITIVES.items() if p.is_elementwise and not differentiable(p)]
)
def test_every_planted_wrong_condition_is_caught(name: str) -> None:
    assert missed(list(wrong_values(PRIMITIVES[name]))) == []


BROADCASTING = [
    name for name in WITH_DERIVATIVE if sum(p not in (None, 0) for p in PRIMITIVES[name].partials or ()) > 1
]


@pytest.mark.parametrize("name", [*BROADCASTING, "broadcast_to", "matmul"])
def test_a_forgotten_unbroadcast_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "unbroadcast", lambda cotangent, shape: cotangent)
    with pytest.raises(AssertionError, match=f"^{name}: "):
        checks.check_reverse(PRIMITIVES[name])


@pytest.mark.parametrize(
    "name", ["add", "multiply", "divide", "arctan2", "maximum", "broadcast_to", "matmul"]
)
def test_an_unbroadcast_that_takes_one_part_in_place_of_the_sum_is_caught(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = spreading.unbroadcast

    def first_of_each(cotangent: Value, shape: tuple[int, ...]) -> Value:
        summed = right(cotangent, shape)
        have, want = shape_of(cotangent), shape_of(summed)
        if have == want:
            return summed
        start = len(have) - len(want)
        kept = tuple(slice(0, 1) if n == 1 else slice(None) for n in want)
        return cotangent[(0,) * start + kept]

    monkeypatch.setattr(spreading, "unbroadcast", first_of_each)
    with pytest.raises(AssertionError, match=f"^{name}: vjp by operand"):
        checks.check_reverse(PRIMITIVES[name])


@pytest.mark.parametrize("name", ["absolute", "hypot"])
def test_a_false_claim_to_be_analytic_is_caught(name: str) -> None:
    with pytest.raises(AssertionError, match=f"^{name}: .*complex.step"):
        checks.check_complex_step(replace(PRIMITIVES[name], analytic=True))


@pytest.mark.parametrize("name", ["subtract", "divide", "power", "arctan2"])
def test_a_false_claim_to_be_commutative_is_caught(name: str) -> None:
    with pytest.raises(AssertionError, match=f"^{name}: the value changes with the order"):
        checks.check_commutative(replace(PRIMITIVES[name], commutative=True))


def test_a_domain_that_leaves_out_too_much_is_caught() -> None:
    with pytest.raises(AssertionError, match=r"^log: .* is outside the domain, and the value is"):
        checks.check_domain(replace(PRIMITIVES["log"], domain=lambda x: x > 1))


@pytest.mark.parametrize("name", ["add", "exp", "sum", "matmul"])
def test_a_wrong_count_of_operations_is_caught(name: str) -> None:
    right = PRIMITIVES[name].operations
    with pytest.raises(AssertionError, match=f"^{name}: .* operations"):
        checks.check_operations(
            replace(PRIMITIVES[name], operations=lambda y, *x, **p: right(y, *x, **p) + 1)
        )


def test_an_entry_without_anything_to_try_it_on_fails() -> None:
    with pytest.raises(AssertionError, match="give its entry examples"):
        checks.check_values(replace(PRIMITIVES["matmul"], name="untried", examples=()))


@pytest.mark.parametrize("system", ["symbolic", "precise"])
def test_an_entry_without_a_rule_in_a_number_system_fails(system: str) -> None:
    with pytest.raises(AssertionError, match="exp: check_values could not run: LookupError"):
        checks.check_values(with_rule(PRIMITIVES["exp"], system, None))
