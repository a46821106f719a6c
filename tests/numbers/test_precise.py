"""50 digits: exact constants, a context of one's own, and programs evaluated in it."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from gradlab.engine import evaluate, trace
from gradlab.engine.program import run
from gradlab.engine.reverse import reverse
from gradlab.engine.rules.elementary import DEGREE, LN2, LN10, PI, RADIAN
from gradlab.numbers.precise import Precise

FIFTY = Precise(50)


def test_a_float_enters_with_its_exact_binary_value() -> None:
    assert FIFTY.text(FIFTY.constant(0.1), 50) == "0.1000000000000000055511151231257827021181583404541"
    assert FIFTY.constant(np.float64(0.1)) == FIFTY.constant(0.1)


@pytest.mark.parametrize("value", [3, np.int64(3), 3.0, np.array(3.0)])
def test_numbers_of_every_kind(value: Any) -> None:
    assert FIFTY.constant(value) == 3
    assert FIFTY.constant(value) / 7 == FIFTY.context.mpf(3) / 7


def test_arrays_keep_their_shape_and_truth_values_stay() -> None:
    numbers = FIFTY.constant(np.array([[0.5, 1.5]]))
    assert numbers.shape == (1, 2)
    assert numbers.dtype == object
    truths = np.array([True, False])
    assert FIFTY.constant(truths) is truths
    assert FIFTY.constant(True) is True
    assert FIFTY.constant(np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize(
    ("constant", "text"),
    [
        (LN2, "0.69314718055994530941723212145817656807550013436026"),
        (PI, "3.1415926535897932384626433832795028841971693993751"),
    ],
)
def test_constants_of_mathematics_have_all_their_digits(constant: float, text: str) -> None:
    assert FIFTY.text(FIFTY.constant(constant), 50)[:48] == text[:48]
    assert float(constant) == float(text)


def test_constants_of_mathematics_are_consistent() -> None:
    degree, radian, ten = map(FIFTY.constant, (DEGREE, RADIAN, LN10))
    assert abs(degree * radian - 1) < 1e-49
    assert abs(FIFTY.context.exp(ten) - 10) < 1e-48


def test_contexts_do_not_meet() -> None:
    before = mpmath.mp.dps
    hundred = Precise(100)
    assert len(hundred.text(hundred.constant(1.0) / 3, 100)) == 102
    assert FIFTY.context.dps == 50
    assert mpmath.mp.dps == before
    third = FIFTY.constant(1.0) / 3
    assert abs(hundred.number(third) - hundred.constant(1.0) / 3) > 1e-52


def test_text_has_as_many_digits_as_are_asked_for() -> None:
    assert FIFTY.text(FIFTY.constant(2.0) / 3, 5) == "0.66667"
    assert FIFTY.text(FIFTY.constant(0.5), 30) == "0.5"


def softplus_by_hand(x: Any) -> Any:
    return np.log(1 + np.exp(x)) / 3.0 + 0.1 * x**0.3


def test_a_gradient_program_is_right_to_the_last_digits_asked_for() -> None:
    """Constants that its rules calculate (1/3, 0.3 − 1, 0.1·…) are not rounded to float64 on the way."""
    program, _ = trace(softplus_by_hand, [2.0])
    got = evaluate(reverse(program, [2.0]), [FIFTY.constant(2.0), FIFTY.constant(1.0)], FIFTY)[0]
    m = FIFTY.context
    x, tenth, p = m.mpf(2), m.mpf(0.1), m.mpf(0.3)
    assert abs(got - (1 / (1 + m.exp(-x)) / 3 + tenth * p * x ** (p - 1))) < 1e-48


def test_every_slot_can_be_seen() -> None:
    program, _ = trace(lambda x: np.sin(x) * 2.0, [0.5])
    values = run(program, [FIFTY.constant(0.5)], FIFTY)
    assert values[program.outputs[0]] == 2 * FIFTY.context.sin(0.5)


def test_conditions_and_selections() -> None:
    program, _ = trace(
        lambda x: np.sum(np.where((x > 1.0) & (x < 3.0), x, np.maximum(-x, 0.25))),
        [np.array([0.5, 2.0, 4.0])],
    )
    assert evaluate(program, [FIFTY.constant(np.array([0.5, 2.0, 4.0]))], FIFTY)[0] == 2.5


def test_what_has_no_rule_is_named() -> None:
    program, _ = trace(lambda x: np.argmax(x) * 1.0, [np.array([0.5, 2.0])])
    with pytest.raises(LookupError, match="argmax has no rule in this number system"):
        evaluate(program, [FIFTY.constant(np.array([0.5, 2.0]))], FIFTY)
