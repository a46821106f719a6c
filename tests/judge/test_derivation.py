"""Derivations are judged line by line: the first wrong line, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import gradlab
from gradlab.cases import Case, Chain, Claim, Step
from gradlab.harness import Settings, case_of, check_case
from gradlab.notation.formula import parse_formula
from gradlab.record import CaseRecord

AT = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0, "lam": 0.1}
LOSS = "(σ(w x + b) - t)^2/2 + lam w^2/2"
RIGHT = "(σ(w x + b) - t) σ(w x + b) (1 - σ(w x + b)) x + lam w"
NO_SLOPE = "(σ(w x + b) - t) x + lam w"


def derived(*lines: str, by: str = "w", function: str = LOSS) -> Case:
    """The loss with a derivation; its last line is the claim."""
    made = case_of(function, AT, wrt=by or "w")
    steps = tuple(
        Step(parse_formula(line, list(AT)), line, "", f"hw.md:{number}")
        for number, line in enumerate(lines, 10)
    )
    claims = (Claim({by: steps[-1].formula}, typed=frozenset({by})),) if by else ()
    return replace(made, chains=(Chain(steps, by, f"∂L/∂{by}" if by else ""),), claims=claims)


def judged(case: Case) -> CaseRecord:
    return check_case(case, Settings(timed=False))


def found(record: CaseRecord) -> list[tuple[str, str]]:
    return [(line.verdict, line.right) for line in record.chains[0].lines]


OK, WRONG, FOLLOWS, AGAIN = (
    ("agree", "agree"),
    ("disagree", "disagree"),
    ("agree", "disagree"),
    ("disagree", "agree"),
)


@pytest.mark.parametrize(
    ("lines", "findings", "verdict"),
    [
        ([RIGHT, RIGHT], [OK, OK], "agree"),
        ([RIGHT, "lam w + " + RIGHT.removesuffix(" + lam w")], [OK, OK], "agree"),
        ([RIGHT, NO_SLOPE], [OK, WRONG], "disagree"),
        ([RIGHT, RIGHT, NO_SLOPE, "lam w + x (σ(w x + b) - t)"], [OK, OK, WRONG, FOLLOWS], "disagree"),
        ([RIGHT, NO_SLOPE, RIGHT], [OK, WRONG, AGAIN], "disagree"),
        ([RIGHT, NO_SLOPE, "2 x"], [OK, WRONG, WRONG], "disagree"),
        ([RIGHT, RIGHT, RIGHT + " + 1e-9 w"], [OK, OK, WRONG], "disagree"),
    ],
    ids=["right", "reordered", "wrong", "follows", "right by two wrongs", "wrong twice", "last copy slipped"],
)
def test_every_line_is_held_against_the_one_before(
    lines: list[str], findings: list[tuple[str, str]], verdict: str
) -> None:
    record = judged(derived(*lines))
    assert found(record) == findings
    assert record.verdict == record.chains[0].verdict == verdict


def test_the_first_wrong_line_is_named_with_its_place() -> None:
    record = judged(derived(RIGHT, RIGHT, NO_SLOPE, NO_SLOPE + " + 0"))
    assert record.reason.startswith("hw.md:12: ∂L/∂w, line 2 does not follow from line 1: at w = ")
    assert record.chains[0].lines[2].reason.startswith("does not follow from line 1")
    assert record.chains[0].lines[3].reason == "follows from line 2, which is wrong"


def test_a_right_answer_by_a_wrong_step_is_told() -> None:
    record = judged(derived(RIGHT, NO_SLOPE, RIGHT))
    assert "the last line is right all the same" in record.reason
    assert record.points[0].verdict == "agree"  # the claim itself


def test_a_wrong_last_line_after_right_ones_is_told() -> None:
    assert "all lines before it are right" in judged(derived(RIGHT, RIGHT, "2 " + RIGHT)).reason


def test_an_identity_needs_no_derivative() -> None:
    case = derived(
        "(w + b)^2", "w^2 + 2 w b + b^2", "w^2 + b^2", by="", function="(w + b)^2 + 0 x + 0 t + 0 lam"
    )
    assert found(judged(case)) == [OK, OK, WRONG]


def test_a_line_without_a_value_is_not_compared() -> None:
    record = judged(derived(RIGHT, "w/(x - x)", RIGHT))
    assert found(record) == [OK, ("inconclusive", "inconclusive"), ("inconclusive", "agree")]
    assert record.verdict == "inconclusive"
    assert "not finite" in record.reason


def test_rounded_decimals_are_excused_and_no_more() -> None:
    assert judged(derived(RIGHT, RIGHT.replace("lam w", "lam w (0.1 + 0.2)/0.3"))).verdict == "agree"
    assert (
        judged(derived(RIGHT, RIGHT.replace("lam w", "lam w (0.1 + 0.2)/0.30000000001"))).verdict
        == "disagree"
    )


def test_a_claim_may_be_a_whole_derivation() -> None:
    at = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0}
    hand = {"w": r"(\sigma(wx+b)-t)\frac{\partial}{\partial w}\sigma(wx+b) = (\sigma(wx+b)-t) x"}
    (record,) = gradlab.check(r"\frac12(\sigma(wx+b)-t)^2", at, wrt="w", hand=hand).records
    assert found(record) == [OK, OK, WRONG]
    assert record.mistakes[0].line == 2
    assert "σ′(w·x + b)" in record.mistakes[0].sentence


def test_a_transposed_line_is_said_to_be_one() -> None:
    at = {"W": [[1.0, 2.0, 0.5], [3.0, -4.0, 1.5]], "x": [0.5, -1.0, 0.2], "t": [1.0, 2.0]}
    right, turned = "2 (W x - t) x^T", "2 x (W x - t)^T"
    square = {**at, "W": [[1.0, 2.0], [3.0, -4.0]], "x": [0.5, -1.0]}
    (record,) = gradlab.check("‖W x - t‖^2", square, wrt="W", hand={"W": f"{right} = {turned}"}).records
    assert found(record) == [OK, OK, WRONG]
    assert "transposed" in record.mistakes[0].sentence or "transpose" in record.mistakes[0].sentence
    row = gradlab.check("‖W x - t‖^2", at, wrt="x", hand={"x": "2 W^T (W x - t) = (2 (W x - t)^T W)^T"})
    assert row.ok


def test_a_row_for_a_column_is_right_and_said() -> None:
    at = {"W": [[1.0, 2.0, 0.5], [3.0, -4.0, 1.5]], "x": [0.5, -1.0, 0.2], "t": [1.0, 2.0]}
    (record,) = gradlab.check(
        "‖W x - t‖^2", at, wrt="x", hand={"x": "2 (W x - t)^T W = 2 (W x - t)^T W"}
    ).records
    assert record.verdict == "agree"
    assert record.chains[0].lines[1].reason == "right up to a transpose: one is a row, the other a column"
