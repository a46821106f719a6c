"""A claim that is right in degrees is told to be, and a number only as far as it is printed."""

from __future__ import annotations

import pytest

import gradlab
from gradlab.judge.mistakes.degrees import KIND


def kinds_and_reason(f: str, at: dict[str, float], hand: dict[str, str]) -> tuple[set[str], str]:
    record = gradlab.check(f, at=at, hand=hand).records[0]
    assert record.verdict == "disagree"
    return {mistake.kind for mistake in record.mistakes}, record.reason


@pytest.mark.parametrize(
    ("f", "x", "claim"),
    [
        ("2/sin(e^(-x))", -4.499, "0.00"),
        ("2/sin(e^(-x))", -4.499, "0.004"),
        ("sin(x)", 1.0, "0.017"),
        ("sin(x)", 1.0, "0.0175"),
        ("cos(x) tan(x)", 40.0, "0.0134"),  # π/180 · cos 40° = 0.01337
    ],
)
def test_a_number_that_is_right_in_degrees_is_told_to_be(f: str, x: float, claim: str) -> None:
    kinds, reason = kinds_and_reason(f, {"x": x}, {"x": claim})
    assert kinds == {KIND}
    assert "It is right in degrees, to the decimals given" in reason


@pytest.mark.parametrize(
    ("f", "x", "claim"),
    [
        ("2/sin(e^(-x))", -4.499, "0.01"),  # in degrees it is 0.004
        ("sin(x)", 1.0, "0.018"),
        ("sin(x)", 1.0, "0.0"),  # so coarse a number is met by chance
        ("e^x", 1.0, "0.00"),  # it has no angle
    ],
)
def test_a_number_is_not_told_to_be_in_degrees_where_it_is_not(f: str, x: float, claim: str) -> None:
    kinds, _ = kinds_and_reason(f, {"x": x}, {"x": claim})
    assert KIND not in kinds


@pytest.mark.parametrize("by", ["x", "y"])
def test_a_formula_with_all_its_angles_in_degrees_is_told_to_be(by: str) -> None:
    claims = {
        "x": "-3·π/180·sin(3π x/180)·sin(π y/180)",
        "y": "cos(3π x/180)·cos(π y/180)·π/180",
    }
    kinds, reason = kinds_and_reason("cos(3x) sin(y)", {"x": 1.5, "y": 0.4}, {by: claims[by]})
    assert kinds == {KIND}
    assert "the angles of cos(3·x) and sin(y) are in radians here" in reason


def test_several_angles_are_told_in_a_list() -> None:
    _, reason = kinds_and_reason("sin(x) + cos(2x) + tan(3x)", {"x": 10.0}, {"x": "0.0751"})
    assert "the angles of sin(x), cos(2·x) and tan(3·x) are in radians here" in reason


def test_one_place_in_degrees_is_a_slip_of_the_table() -> None:
    kinds, reason = kinds_and_reason("2/sin(x)", {"x": 1.5}, {"x": "-2cos(π x/180)/sin(x)^2"})
    assert kinds == {KIND}
    assert "It is right in degrees" not in reason
