"""A claim that is right only under a condition: the condition is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.cases import Case
from gradlab.harness import Settings, check_case
from gradlab.homework import cases_in_document

GENERATOR = np.random.default_rng(7)
A = GENERATOR.normal(size=(3, 3))
W = np.array([1.0, -2.0, 0.5])


def cross_entropy(z: Any, t: Any) -> Any:
    return -np.sum(t * (z - np.log(np.sum(np.exp(z)))))


def cross_entropies(z: Any, t: Any) -> Any:
    return -np.sum(t * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))))


def softmaxes_less_labels(z: Any, t: Any) -> Any:
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True) - t


def softmax_less_labels(z: Any, t: Any) -> Any:
    e = np.exp(z)
    return e / np.sum(e) - t


WRONG: list[tuple[Any, dict[str, Any], Any, str]] = [
    (lambda w, A: w @ A @ w, {"w": W, "A": A}, lambda w, A: 2 * w @ A, "right only where A is symmetric"),
    (cross_entropy, {"z": W, "t": np.array([0.3, 0.2, 0.9])}, softmax_less_labels, "elements of t sum to 1"),
    (
        cross_entropies,
        {"z": A, "t": np.array([[0.3, 0.2, 0.9], [0.1, 0.5, 0.2], [0.6, 0.3, 0.4]])},
        softmaxes_less_labels,
        "right only where the rows of t sum to 1",
    ),
    (lambda w: np.sqrt(w @ w), {"w": W}, lambda w: w, "right only where w has length 1"),
    ("abs(x)^3", {"x": -1.5}, {"x": "3x^2"}, "right only where x > 0"),
]


@pytest.mark.parametrize(("function", "at", "hand", "said"), WRONG)
def test_what_a_wrong_claim_takes_for_granted_is_named(
    function: Any, at: dict[str, Any], hand: Any, said: str
) -> None:
    result = gradlab.check(function, at, wrt=next(iter(at)), hand=hand)
    assert result.verdict.kind == "disagree"
    assert said in " ".join(mistake.sentence for mistake in result.records[0].mistakes)


def test_it_is_named_of_a_derivation_too(tmp_path: Path) -> None:
    document = tmp_path / "hw.md"
    document.write_text(
        "```gradlab\nshapes: A: 2×2, w: 2\nL = wᵀ A w\n∂L/∂w = 2 A w\n```\n", encoding="utf-8"
    )
    (case,) = cases_in_document(document)
    assert isinstance(case, Case)
    record = check_case(case, Settings(timed=False))
    assert "right only where A is symmetric" in record.reason
    assert not any("line before" in mistake.sentence for mistake in record.mistakes)  # there is none


def test_where_the_condition_holds_the_claim_is_right() -> None:
    result = gradlab.check(WRONG[0][0], {"w": W, "A": A + A.T}, wrt="w", hand=WRONG[0][2])
    assert result.ok


def test_no_condition_is_named_that_does_not_help() -> None:
    result = gradlab.check(WRONG[0][0], {"w": W, "A": A}, wrt="w", hand=lambda w, A: 3 * w @ A)
    assert not any("right only" in mistake.sentence for mistake in result.records[0].mistakes)


@pytest.mark.parametrize(
    ("function", "x", "hand", "noted"),
    [("abs(x)^3", 1.5, "3x^2", True), ("x^3", 1.5, "3x^2", False), ("sqrt(x)", 1.5, "1/(2sqrt(x))", False)],
)
def test_a_right_claim_of_one_sign_alone_is_noted(function: str, x: float, hand: str, noted: bool) -> None:
    (record,) = gradlab.check(function, {"x": x}, hand={"x": hand}).records
    assert record.verdict == "agree"
    assert (
        any("the claim is right for x > 0 alone: at x = -1.5 it is wrong" in n for n in record.notes) == noted
    )


def test_what_a_right_claim_takes_for_granted_of_the_data_is_noted() -> None:
    at = {"z": A, "t": np.array([[1.0, 0.0, 0.0], [0.0, 0.25, 0.75], [0.5, 0.5, 0.0]])}
    (record,) = gradlab.check(cross_entropies, at, wrt="z", hand=softmaxes_less_labels).records
    assert record.verdict == "agree"
    assert "the claim is right where the rows of t sum to 1, as here, and not elsewhere" in record.notes


@pytest.mark.parametrize(
    ("labels", "kind"), [([0.3, 0.7], "agree"), ([0.25, 0.75], "agree"), ([0.1, 0.2], "disagree")]
)
def test_decimals_that_add_up_to_1_do_so_in_binary_too(labels: list[float], kind: str) -> None:
    """p − y is right where the labels add up to 1; 0.3 and 0.7 as floats don't quite."""

    def loss(z: Any, y: Any) -> Any:
        return -np.sum(y * np.log(np.exp(z) / np.sum(np.exp(z))))

    def by_hand(z: Any, y: Any) -> Any:
        return np.exp(z) / np.sum(np.exp(z)) - y

    at = {"z": np.array([0.4, -0.9]), "y": np.array(labels)}
    assert gradlab.check(loss, at, wrt="z", hand=by_hand).verdict.kind == kind


def test_decimals_among_the_data_excuse_no_error_that_could_be_seen() -> None:
    at = {"w": 0.7, "x": 0.3}
    result = gradlab.check(
        lambda w, x: np.sin(w * x), at, wrt="w", hand=lambda w, x: x * np.cos(w * x) * (1 + 1e-15)
    )
    assert result.verdict.kind == "disagree"
