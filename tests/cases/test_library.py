"""The case library: each case says what it declares, and could not say so if it were wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from gradlab.cases import VERDICTS, Case, Claim, Point, call
from gradlab.examination import examine
from gradlab.harness import Settings, check_case
from gradlab.judge.behaviour import pose
from gradlab.judge.derivation import judge_chain
from gradlab.judge.expected import against_expected
from gradlab.library import library, select

CASES = library()
BY_NAME = {case.name: case for case in CASES}
QUICK = Settings(points=2, timed=False)
UNASKED = dict.fromkeys(("naming the mistake", "counterexample"), "not asked here")
WITNESSES = Settings(methods=("reverse", "symbolic", "precise"), points=0, timed=False)

LECTURES = {
    "logistic-regularised": ["logistic-regularised"],
    "tanh-2-2-1": ["tanh-2-2-1"],
    "ln-product-sine": ["ln-product-sine"],
    "sum-times": ["sum-times"],
    "sum-times-max": ["sum-times-max"],
    "product-plus-sine": ["product-plus-sine"],
    "negative-log-sigmoid": ["negative-log-sigmoid"],
    "log-loss-l2": ["log-loss-l2"],
    "cube": ["cube"],
    "three-x-squared": ["three-x-squared"],
    "sine-of-exp-chain": ["sine-of-exp-chain", "sine-of-exp-chain-in-degrees"],
    "scalar-mlp": ["scalar-mlp", "scalar-mlp-two-derivatives"],
    "caffe-sigmoid": ["caffe-sigmoid"],
    "jacobian-x-x2": ["jacobian-x-x2"],
    "dot": ["dot"],
    "quadratic-form": ["quadratic-form", "quadratic-form-symmetric", "quadratic-form-symmetric-claim"],
    "linear": ["linear", "linear-jacobian"],
    "pointwise": ["pointwise-tanh", "pointwise-sigmoid", "pointwise-relu"],
    "relu": ["relu", "relu-at-0", "relu-at-0-in-gt"],
    "squared-error": ["squared-error"],
    "euclidean-half": ["euclidean-half"],
    "mlp-squared-error": ["mlp-squared-error"],
    "mlp-4-3-3-2-relu": ["mlp-4-3-3-2-relu"],
    "window-classifier": ["window-classifier"],
    "matrix-sum": ["matrix-sum"],
    "row-sum": ["row-sum"],
    "expand": ["expand"],
    "merge": ["merge"],
    "branch": ["branch"],
    "shared-parameter": ["shared-parameter"],
    "batch-mean": ["batch-mean"],
    "data-gradient": ["data-gradient"],
    "rnn-cell": ["rnn-cell", "rnn-cell-in-rows", "rnn-cell-seed"],
    "logistic-training": ["logistic-training"],
    "linear-layer-code": ["linear-layer-code", "linear-layer-code-update"],
    "deep-chain": ["deep-chain"],
    "branching-program": ["branching-program"],
}
"""The worked examples of the five lectures, and the cases that each became."""
FAMILIES = [
    "logistic-map",
    "deep-chain",
    "speelpenning",
    "nested-exp",
    "rosenbrock",
    "softmax-cross-entropy",
]
LETTERS = re.compile(r"\b(VU|UM|GT|MIT|SU)\b")


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
    assert case.claims
    assert case.tags
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", tag) for tag in case.tags)
    assert case.verdict in VERDICTS
    assert bool(case.because) == (case.verdict != "agree"), "what is not meant to agree says why"


@named(CASES)
def test_its_text_is_code_or_a_typed_derivation(case: Case) -> None:
    assert case.text.startswith("def ")
    for text in (case.text, *(claim.text for claim in case.claims)):
        assert text.startswith(("def ", "∂/∂"))
        assert "noqa" not in text
        if text.startswith("def "):
            assert max(map(len, text.splitlines())) <= 110


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []


@pytest.mark.parametrize("row", LECTURES)
def test_the_lectures_example_is_there(row: str) -> None:
    cases = [BY_NAME[name] for name in LECTURES[row]]
    assert all(LETTERS.search(case.source) for case in cases)
    assert any(case.verdict == "agree" for case in cases), "what is right is there, too"


@pytest.mark.parametrize("name", FAMILIES)
def test_the_family_is_there(name: str) -> None:
    assert BY_NAME[name].family is not None


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


@pytest.mark.parametrize(
    ("case", "number"),
    [
        pytest.param(case, k, id=f"{case.name}, claim {k + 1}")
        for case in CASES
        if case.verdict == "agree"
        for k in range(len(case.claims))
    ],
)
def test_a_claim_that_is_off_is_refused(case: Case, number: int) -> None:
    wrong = replace(case, claims=(off(case.claims[number], case),), chains=())
    with np.errstate(all="ignore"):
        record = examine(wrong, WITNESSES, lambda step: None, UNASKED)
    assert record.verdict == "disagree"
    assert "the claim gives" in record.reason


@named([case for case in CASES if case.chains])
def test_a_line_that_is_off_is_refused(case: Case) -> None:
    problem = pose(case, case.points[0], 50)
    for chain in case.chains:
        assert judge_chain(chain, [problem]).verdict.ok
        for k in range(1, len(chain.steps)):
            wrong = replace(chain.steps[k], formula=moved(chain.steps[k].formula))
            steps = (*chain.steps[:k], wrong, *chain.steps[k + 1 :])
            assert k in judge_chain(replace(chain, steps=steps), [problem]).wrong_lines


@named([case for case in CASES if case.mistake])
def test_a_declared_mistake_is_found_and_no_other_would_do(case: Case) -> None:
    record = check_case(replace(case, mistake=""), WITNESSES)
    assert case.mistake in {mistake.kind for mistake in record.mistakes}
    assert not check_case(replace(case, mistake="no such slip"), WITNESSES).passed


@pytest.mark.parametrize("row", LECTURES)
def test_where_a_lecture_is_wrong_the_reason_is_found(row: str) -> None:
    for case in (BY_NAME[name] for name in LECTURES[row]):
        assert bool(case.mistake) == (case.verdict == "disagree")


@named(select(["rnn-cell-seed", "linear-layer-code-update"]))
def test_a_row_for_a_column_is_told_to_be_the_transpose(case: Case) -> None:
    record = check_case(case, WITNESSES)
    assert record.passed
    assert record.verdict == "error"
    assert "it is the transpose of the right gradient" in record.reason


def test_the_network_of_tanh_2_2_1_in_eight_decimals() -> None:
    case = BY_NAME["tanh-2-2-1"]
    inputs = case.points[0].inputs
    assert case.quantities is not None
    np.testing.assert_allclose(case.quantities(**inputs)["x1_bar"], [-0.11866129, 0.17108013], atol=5e-9)
    (by_W1,) = case.claims[0](inputs, case.wrt)["W1"]
    np.testing.assert_allclose(by_W1, [-0.11298343, -0.05445939], atol=5e-9)


@named([case for case in CASES if case.verdict == "disagree"])
def test_what_is_meant_to_disagree_does_so_by_its_claim_alone(case: Case) -> None:
    assert "the claim gives" in check_case(case, WITNESSES).reason
    assert check_case(replace(case, claims=()), WITNESSES).verdict == "agree"


@named(select(["relu-at-0", "relu-at-0-in-gt"]))
def test_relu_is_undefined_at_0_by_either_convention(case: Case) -> None:
    reason = check_case(case, WITNESSES).reason
    assert "the slope is 0 from the left and 1 from the right" in reason
    assert "subgradient" in reason
    beyond = check_case(replace(case, claims=(Claim({"x": 2.0}),)), WITNESSES)
    assert not beyond.passed, "which 2 is not"


@named(select(["quadratic-form-symmetric"]))
def test_the_symmetric_claim_is_refused_as_soon_as_the_matrix_is_not(case: Case) -> None:
    A = case.points[0].inputs["A"].copy()
    A[0, 1] += 1e-6
    skewed = Point({**case.points[0].inputs, "A": A})
    assert check_case(case, WITNESSES).verdict == "agree"
    assert check_case(replace(case, points=(skewed,)), WITNESSES).verdict == "disagree"


def off(claim: Claim, case: Case) -> Claim:
    """The claim, a ten-millionth too large in all that it gives."""

    def of(part: Any) -> Any:
        return lambda **inputs: (1 + 1e-7) * (call(part, inputs) if callable(part) else part)

    if callable(claim.given):
        return Claim(lambda **inputs: {n: (1 + 1e-7) * part for n, part in claim(inputs, case.wrt).items()})
    return replace(claim, given={name: of(part) for name, part in claim.given.items()})


def moved(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A line of a derivation with a ten-millionth added."""
    return lambda **inputs: formula(**inputs) + 1e-7


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
