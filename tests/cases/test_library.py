"""The case library: each case says what it declares, and could not say so if it were wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gradlab.cases import VERDICTS, Case, Claim, Point
from gradlab.harness import Settings, check_case
from gradlab.judge.behaviour import pose
from gradlab.judge.expected import against_expected
from gradlab.library import library, select

CASES = library()
QUICK = Settings(points=2, timed=False)
WITNESSES = Settings(methods=("reverse", "symbolic", "precise"), points=0, timed=False)

LECTURES = [
    "logistic-regularised",
    "tanh-2-2-1",
    "ln-product-sine",
    "sum-times",
    "sum-times-max",
    "product-plus-sine",
    "negative-log-sigmoid",
    "log-loss-l2",
    "cube",
    "three-x-squared",
    "sine-of-exp-chain",
    "scalar-mlp",
    "caffe-sigmoid",
    "jacobian-x-x2",
    "dot",
    "quadratic-form",
    "quadratic-form-symmetric-claim",
    "linear",
    "linear-jacobian",
    "linear-layer-code",
    "pointwise-tanh",
    "pointwise-sigmoid",
    "pointwise-relu",
    "relu",
    "relu-at-0",
    "squared-error",
    "euclidean-half",
    "mlp-squared-error",
    "mlp-4-3-3-2-relu",
    "window-classifier",
    "matrix-sum",
    "row-sum",
    "expand",
    "merge",
    "branch",
    "shared-parameter",
    "batch-mean",
    "data-gradient",
    "rnn-cell",
    "logistic-training",
    "deep-chain",
    "branching-program",
    "logistic-map",
    "speelpenning",
    "rosenbrock",
    "softmax-cross-entropy",
]


def named(cases: list[Case]) -> pytest.MarkDecorator:
    """A test for each case, called by its name."""
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


@named(CASES)
def test_passes_as_declared(case: Case) -> None:
    record = check_case(case, QUICK)
    assert record.passed, f"{record.verdict}: {record.reason}"
    if case.verdict == "agree":
        assert len(record.points) == len(case.points) + QUICK.points, "each random point is inside the domain"


@named(CASES)
def test_has_a_source_a_claim_and_a_kebab_case_name(case: Case) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name)
    assert case.source
    assert len(case.claims) == 1, "the harness judges one claim a case"
    assert case.tags
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", tag) for tag in case.tags)
    assert case.verdict in VERDICTS
    assert bool(case.because) == (case.verdict != "agree"), "what is not meant to agree says why"


@named(CASES)
def test_its_text_is_the_code_alone(case: Case) -> None:
    for text in (case.text, case.claims[0].text):
        assert text.startswith("def ")
        assert "noqa" not in text
        assert max(map(len, text.splitlines())) <= 110


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []


@pytest.mark.parametrize("name", LECTURES)
def test_the_lectures_example_is_there(name: str) -> None:
    assert [case.name for case in select([name])] == [name]


@named([case for case in CASES if case.expected])
def test_printed_numbers_hold(case: Case) -> None:
    assert against_expected(case, pose(case, case.points[0], 50)) is None


@named([case for case in CASES if case.expected])
def test_each_printed_number_is_held_against_the_function(case: Case) -> None:
    problem = pose(case, case.points[0], 50)
    for name in case.expected:
        for i, text in enumerate(printed_numbers(case.expected[name])):
            spoiled = with_number(case.expected[name], i, three_off(text))
            found = against_expected(replace(case, expected={**case.expected, name: spoiled}), problem)
            assert found is not None, f"{name}: {text}"
            assert found.kind == "disagree", f"{name}: {text}"


@named([case for case in CASES if case.verdict == "agree"])
@pytest.mark.parametrize("off_by", [1e-7, -2], ids=["a ten-millionth", "its sign"])
def test_a_claim_that_is_off_is_refused(case: Case, off_by: float) -> None:
    def wrong(**inputs: Any) -> dict[str, Any]:
        return {name: part * (1 + off_by) for name, part in case.claims[0](inputs, case.wrt).items()}

    record = check_case(replace(case, claims=(Claim(wrong),)), WITNESSES)
    assert record.verdict == "disagree"
    assert "the claim gives" in record.reason


@named([case for case in CASES if case.verdict == "disagree"])
def test_what_is_meant_to_disagree_does_so_by_its_claim_alone(case: Case) -> None:
    assert "the claim gives" in check_case(case, WITNESSES).reason
    assert check_case(replace(case, claims=()), WITNESSES).verdict == "agree"


@named(select(["relu-at-0"]))
def test_relu_is_undefined_at_0_by_either_convention(case: Case) -> None:
    for value in (0.0, 1.0):
        claim = Claim({"x": value})
        record = check_case(replace(case, claims=(claim,)), WITNESSES)
        assert record.verdict == "undefined"
        assert "subgradient" in record.reason


@named(select(["quadratic-form-symmetric"]))
def test_the_symmetric_claim_is_refused_as_soon_as_the_matrix_is_not(case: Case) -> None:
    A = case.points[0].inputs["A"].copy()
    A[0, 1] += 1e-6
    skewed = Point({**case.points[0].inputs, "A": A})
    assert check_case(case, WITNESSES).verdict == "agree"
    assert check_case(replace(case, points=(skewed,)), WITNESSES).verdict == "disagree"


def printed_numbers(printed: Any) -> Iterator[str]:
    """The numbers of a nested tuple, in order."""
    if isinstance(printed, str):
        yield printed
    else:
        for part in printed:
            yield from printed_numbers(part)


def with_number(printed: Any, place: int, text: str) -> Any:
    """The same numbers, flat, with one of them replaced."""
    numbers = list(printed_numbers(printed))
    numbers[place] = text
    return numbers


def three_off(text: str) -> str:
    """A printed number plus three units in its last digit: one may be rounded away, and one cut off.

    >>> three_off("0.604"), three_off("-12")
    ('0.607', '-9')
    """
    number = Decimal(text)
    return str(number + 3 * Decimal(1).scaleb(int(number.as_tuple().exponent)))
