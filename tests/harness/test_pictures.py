"""What a report's pictures are drawn from: kept where it is asked for, and no verdict depends on it."""

from __future__ import annotations

import html
import math
import re
from dataclasses import replace

import numpy as np
import pytest

import gradlab
from gradlab import record as rec
from gradlab.harness import Settings, case_of, check_case, check_cases
from gradlab.library import select

PLAIN = Settings(points=1, timed=False)
ALL, FAILED = replace(PLAIN, pictures="all"), replace(PLAIN, pictures="failed")


def test_without_being_asked_nothing_is_kept() -> None:
    checked = check_case(case_of("x1*sin(x2)", {"x1": 2.0, "x2": 0.5}), PLAIN)
    assert (checked.explanation, checked.step_sizes, checked.sweep, checked.undrawn) == (None, None, None, ())


def test_pictures_need_the_graph_and_the_v_curve_of_the_least_accurate_component() -> None:
    checked = check_case(case_of("x1 + sin(1000*x2)", {"x1": 2.0, "x2": 0.5}), ALL)
    assert checked.explanation is not None
    assert checked.explanation.nodes[checked.explanation.output].name == "f"
    assert checked.step_sizes is not None
    assert {curve.component for curve in checked.step_sizes.curves} == {"x2"}
    assert checked.undrawn == ()


def test_a_component_that_is_0_but_for_roundings_has_no_picture_beside_others() -> None:
    def likelihood(x: np.ndarray, mu: float, sigma: float) -> float:
        total: float = np.sum(((x - mu) / sigma) ** 2)
        return total

    at = {"x": np.array([0.1, 1.2, -0.7]), "mu": 0.2, "sigma": 1.3}
    checked = check_case(case_of(likelihood, at, wrt=["mu", "sigma"]), ALL)
    assert checked.step_sizes is not None
    assert {curve.component for curve in checked.step_sizes.curves} == {"sigma"}


@pytest.mark.parametrize(("claim", "kept"), [("2x", False), ("3x", True)])
def test_of_many_cases_only_those_that_fail_are_drawn(claim: str, kept: bool) -> None:
    checked = check_case(case_of("x^2", {"x": 3.0}, hand={"x": claim}), FAILED)
    assert (checked.explanation is not None) == kept == (checked.step_sizes is not None)


def test_a_family_is_swept_too() -> None:
    (family,) = select(["speelpenning"])
    (checked,) = check_cases([family], ALL).cases
    assert checked.sweep is not None
    assert [depth.size for depth in checked.sweep.depths] == [1, 2, 3, 4, 5]
    assert check_case(family, FAILED).sweep is None


def test_what_can_not_be_drawn_is_said_and_the_verdict_stays() -> None:
    called = case_of(lambda x: math.sin(float(x)), {"x": 0.3}, hand={"x": lambda x: math.cos(float(x))})
    checked = check_case(called, ALL)
    assert (checked.verdict, checked.explanation, checked.step_sizes) == ("agree", None, None)
    (sentence,) = checked.undrawn
    assert sentence.startswith("no computation graph and no V curve: float(v)")


@pytest.mark.parametrize("study", ["explanation", "step_sizes"])
def test_a_study_that_was_asked_for_by_itself_is_not_made_again(study: str) -> None:
    asked = replace(ALL, step_sizes=True) if study == "step_sizes" else ALL
    checked = check_case(case_of("x*y", {"x": np.ones(2), "y": 2.0}, quantity="jacobian"), asked)
    curves = checked.step_sizes
    assert curves is not None
    assert (len({curve.component for curve in curves.curves}) > 1) == (study == "step_sizes")


def test_a_result_finds_its_pictures_when_it_is_drawn() -> None:
    calls = []

    def f(x: float) -> float:
        calls.append(x)
        return x**2

    result = gradlab.check(f, at={"x": 3.0})
    assert result.records[0].explanation is None
    before = len(calls)
    page = result.to_html()
    assert len(calls) > before
    drawn = len(calls)
    assert page == result.to_html()
    assert len(calls) == drawn


def test_a_case_of_which_nothing_is_known_is_drawn_without_pictures() -> None:
    result = gradlab.check("ln(x)", at={"x": -1.0})
    assert result.verdict.kind == "error"
    assert "<svg" not in result.to_html()


def test_a_result_in_a_notebook_is_framed() -> None:
    result = gradlab.check("x^2", at={"x": 3.0})
    framed = result._repr_html_()
    assert framed.startswith("<iframe sandbox srcdoc=")
    assert re.findall("<[^ >]*", framed) == ["<iframe", "<pre", "</pre", "</iframe"]
    assert html.unescape(framed.partition("<pre>")[2].partition("</pre>")[0]) == str(result)


def test_an_explanation_is_that_of_the_function() -> None:
    checked = check_case(case_of("ln(x1) + x1*x2 - sin(x2)", {"x1": 2.0, "x2": 5.0}), ALL)
    assert checked.explanation is not None
    node = checked.explanation.nodes[checked.explanation.output]
    assert [rec.real(v) for v in node.values] == [pytest.approx(11.652071455223084)]
