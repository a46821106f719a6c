"""Printed numbers are held at the printed precision, and cases that are meant to disagree do so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradlab import InputError, case
from gradlab.cases import Case, Declared
from gradlab.harness import Settings, check_case, check_cases
from gradlab.judge.expected import unit_of_last_digit
from gradlab.record import CaseRecord

QUICK = Settings(points=0, timed=False)


def declared(**options: Any) -> Declared:
    options = {"at": dict(x=np.array([1.0, 2.0])), "source": "a slide", **options}

    @case(**options)
    def f(x: Any) -> Any:
        return np.sum(np.sin(x))

    return f


def record_of(found: Declared | Case) -> CaseRecord:
    return check_case(found.case if isinstance(found, Declared) else found, QUICK)


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (dict(value="1.75"), ""),
        (dict(value="1.7508"), ""),
        (dict(value="1.7507"), ""),  # 1.75077: a slide that cuts
        (dict(value="1.7510"), "value is 1.750768412, and a slide prints 1.7510"),
        (dict(value="2"), ""),
        (dict(value="1.75077e0"), ""),
        (dict(x=["0.540", "-0.416"]), ""),
        (dict(x=["0.540", "−0.416"]), ""),
        (dict(x=["0.540", "-0.418"]), "∂/∂x is -0.4161468365, and a slide prints -0.418"),
        (dict(x=["0.540", "0.416"]), "∂/∂x is -0.4161468365, and a slide prints 0.416"),
        (dict(value="1.75", x=["0.54", "-0.43"]), "∂/∂x is -0.4161468365, and a slide prints -0.43"),
    ],
)
def test_a_printed_number_is_as_good_as_its_last_digit(expected: dict[str, Any], reason: str) -> None:
    found = record_of(declared(expected=expected))
    assert (found.verdict, found.reason) == ("disagree" if reason else "agree", reason)
    assert found.passed == (not reason)


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (dict(x=["0.540"]), "expected 'x' has 1 numbers, and there are 2"),
        (dict(y="1"), "expected gives 'y', which is neither 'value', an argument, nor among what `shows`"),
        (dict(value="about 2"), "expected 'value' holds 'about 2', which is not a decimal number"),
        (dict(value="nan"), "expected 'value' holds 'nan', which is not a decimal number"),
    ],
)
def test_an_expectation_that_means_nothing_is_an_error(expected: dict[str, Any], reason: str) -> None:
    found = record_of(declared(expected=expected))
    assert found.verdict == "error"
    assert found.reason.startswith(reason)


def test_what_shows_gives_is_held_too() -> None:
    f = declared(expected=dict(middle="1.50"))

    @f.shows
    def steps(x: Any) -> dict[str, Any]:
        return dict(middle=np.mean(x))

    assert record_of(f).passed
    f = declared(expected=dict(middle="1.60"))
    f.shows(steps)
    assert record_of(f).reason == "middle is 1.5, and a slide prints 1.60"


def test_what_shows_raises_is_told() -> None:
    f = declared(expected=dict(middle="1.50"))
    f.shows(lambda x: {"middle": 1 / 0})
    found = record_of(f)
    assert (found.verdict, found.reason) == (
        "error",
        "what `shows` declares raises ZeroDivisionError: division by zero",
    )


def test_a_printed_derivative_of_a_black_box_is_left_open() -> None:
    @case(at=dict(x=1.0), expected=dict(x="1"))
    def f(x: Any) -> Any:
        return float(x) * 1.0

    f.hand(lambda x: 1.0)
    found = record_of(f)
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("the printed derivative can't be held against it: ")


@pytest.mark.parametrize(
    ("text", "unit"), [("0.604", 1e-3), ("-12", 1.0), ("1.5e-3", 1e-4), ("3.", 1.0), ("2E3", 1e3)]
)
def test_unit_of_the_last_digit(text: str, unit: float) -> None:
    assert unit_of_last_digit(text) == pytest.approx(unit)


def cube(x: Any) -> Any:
    return x**3


def with_claim(factor: float, verdict: str) -> Case:
    f = case(at=dict(x=2.0), verdict=verdict, because="the lecture says so")(cube)
    f.hand(lambda x: factor * x**2)
    return f.case


@pytest.mark.parametrize(
    ("factor", "meant", "verdict", "passed", "overall"),
    [
        (3.0, "agree", "agree", True, "agree"),
        (2.0, "agree", "disagree", False, "disagree"),
        (2.0, "disagree", "disagree", True, "agree"),
        (3.0, "disagree", "agree", False, "disagree"),
        (3.0, "undefined", "agree", False, "disagree"),
        (2.0, "undefined", "disagree", False, "disagree"),
    ],
)
def test_a_case_passes_by_the_verdict_it_declares(
    factor: float, meant: str, verdict: str, passed: bool, overall: str
) -> None:
    record = check_cases([with_claim(factor, meant)], QUICK)
    (found,) = record.cases
    assert (found.verdict, found.passed, record.verdict) == (verdict, passed, overall)
    assert any(meant in note and "the lecture says so" in note for note in found.notes)


def test_a_case_that_wrongly_agrees_is_named() -> None:
    record = check_cases([with_claim(3.0, "disagree")], QUICK)
    assert record.reason == "cube: it is declared to disagree, and agrees"


def test_a_case_may_be_declared_undefined() -> None:
    f = case(at=dict(x=0.0), verdict="undefined")(np.abs)
    assert record_of(f).passed


def test_nothing_checked_is_no_pass() -> None:
    record = check_cases([], QUICK)
    assert (record.verdict, record.reason) == ("inconclusive", "nothing was checked")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (dict(at=dict(x=1.0), verdict="fine"), "verdict='fine' is not one of agree, disagree"),
        (dict(at=dict(x=1.0), wrt="y"), "can't derive by 'y': the arguments are x"),
        (dict(at=dict(x=1.0), wrt=()), "nothing to derive by: wrt is empty"),
        (dict(at={}), "a point is needed"),
        (dict(at=[]), "a point is needed"),
        (dict(at=dict(y=1.0)), "the point gives no value for x; the arguments are x"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=f"^cube: .*{reason}"):
        case(**options)(cube)
