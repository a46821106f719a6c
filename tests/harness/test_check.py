"""What `check` gives back, and what its settings do."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import msgspec
import numpy as np
import pytest

import gradlab
from gradlab import record as rec
from gradlab.harness import Settings, case_of, check_cases
from gradlab.library import library
from gradlab.methods import methods

RIGHT = gradlab.check("x^2", dict(x=3), hand=dict(x="2x"))
WRONG = gradlab.check("x^2", dict(x=3), hand=dict(x="3x"))


def without_times(record: rec.Record) -> Any:
    def cleaned(value: Any) -> Any:
        if isinstance(value, dict):
            times = ("seconds", "started", "timing", "command")
            return {k: cleaned(v) for k, v in value.items() if k not in times}
        return [cleaned(v) for v in value] if isinstance(value, (list, tuple)) else value

    return cleaned(msgspec.to_builtins(record))


def test_a_result_is_as_true_as_it_is_ok() -> None:
    assert gradlab.check("x^2", {"x": 1.0}, hand={"x": "2x"})
    assert not gradlab.check("x^2", {"x": 1.0}, hand={"x": "3x"})


def test_a_result_says_whether_all_is_well() -> None:
    assert (RIGHT.ok, RIGHT.verdict.kind, RIGHT.verdict.ok) == (True, "agree", True)
    assert (WRONG.ok, WRONG.verdict.kind, WRONG.verdict.ok) == (False, "disagree", False)
    RIGHT.raise_if_not_ok()
    with pytest.raises(
        AssertionError, match=r"^disagree: ∂/∂x: the claim gives 9, the derivative is 6: 3/2 times"
    ):
        WRONG.raise_if_not_ok()


@pytest.mark.parametrize("result", [RIGHT, WRONG], ids=["right", "wrong"])
def test_a_result_prints_as_the_report(result: gradlab.Result) -> None:
    for text in (str(result), repr(result)):
        assert "x^2" in text
        assert "finite" in text
        assert "\x1b" not in text
        assert max(map(len, text.splitlines())) <= 100
    assert ("✓" in str(result).splitlines()[-1]) == result.ok


def test_a_result_is_shown_as_html() -> None:
    html = WRONG.to_html()
    assert "<html" in html
    assert "3/2 times as much" in html


def test_a_result_holds_the_records() -> None:
    assert RIGHT.records == RIGHT.record.cases
    (only,) = RIGHT.records
    assert only.passed
    assert (only.name, only.function, only.read_as) == ("x^2", "x^2", "x^2")
    assert only.claims == ("∂/∂x = 2·x",)
    assert len(only.points) == 6
    assert [point.given for point in only.points] == [True] + 5 * [False]
    given = only.points[0]
    assert given.components == ("x",)
    assert given.reference == ("6.0",)
    assert given.value == (9.0,)
    assert [e.method for e in given.estimates] == list(methods())
    assert all(e.verdict == "agree" and (e.digits[0] or 0) > 5 for e in given.estimates)
    assert {size.form for size in only.swell} >= {"f", "f as a tree", "f′ as a tree", "gradient program"}
    assert only.timing is not None
    assert {d.method for d in only.timing.durations} >= {
        "reverse",
        "symbolic",
        "finite_difference",
        "claimed",
    }


def test_a_record_says_how_it_was_made() -> None:
    record = gradlab.check("x^2", dict(x=3), points=2, seed=7, timeout=30).record
    assert (record.points, record.seed, record.timeout, record.digits) == (2, 7, 30, 50)
    assert record.methods == tuple(methods())
    assert set(record.versions) >= {"python", "numpy", "sympy", "mpmath"}
    assert not record.interrupted


def f(x: Any, y: Any) -> Any:
    return np.exp(x) * y[0] - np.sin(y[1])


AT = dict(x=0.5, y=np.array([1.0, 2.0]))


def test_the_same_seed_gives_the_same_record_and_another_seed_another() -> None:
    first, again, other = (gradlab.check(f, AT, seed=seed).record for seed in (3, 3, 4))
    assert without_times(first) == without_times(again)
    assert without_times(first)["cases"][0]["points"][0] == without_times(other)["cases"][0]["points"][0]
    assert without_times(first)["cases"][0]["points"][1] != without_times(other)["cases"][0]["points"][1]


def test_a_process_of_its_own_changes_nothing() -> None:
    own, here = (without_times(gradlab.check(f, AT, timeout=limit).record) for limit in (60, None))
    assert own.pop("timeout") == 60
    assert here.pop("timeout") is None
    assert own == here


@pytest.mark.parametrize("points", [0, 1, 7])
def test_so_many_points_are_drawn(points: int) -> None:
    (only,) = gradlab.check(f, AT, points=points).records
    assert len(only.points) == points + 1
    drawn = [tuple(point.inputs) for point in only.points]
    assert len(set(drawn)) == points + 1


def test_points_are_drawn_by_what_is_derived_by_only() -> None:
    (only,) = gradlab.check(f, AT, wrt="x").records
    for point in only.points:
        assert [i.differentiated for i in point.inputs] == [True, False]
        assert point.inputs[1].values == (1.0, 2.0)
        assert point.components == ("x",)


def test_points_are_drawn_within_the_domain_and_where_that_fails_it_is_said() -> None:
    (only,) = gradlab.check("ln(x)", dict(x=1e-3)).records
    assert len(only.points) == 6

    def only_there(x: Any) -> Any:
        return np.sqrt(1e-300 - (x - 1.0) ** 2) + x

    (only,) = gradlab.check(only_there, dict(x=1.0), hand=lambda x: 1.0).records
    assert len(only.points) == 1


def test_a_smaller_choice_of_methods_asks_no_others() -> None:
    for chosen in (["reverse", "symbolic"], ("precise", "finite_difference")):
        (only,) = gradlab.check(f, AT, methods=chosen, hand=lambda x, y: (x, y)).records
        asked = {e.method for point in only.points for e in point.estimates}
        assert asked == {*chosen, "claimed"}


def test_nothing_is_printed_by_a_check() -> None:
    def talks(x: Any) -> Any:
        print("I was called")  # noqa: T201
        return x**2

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert gradlab.check(talks, dict(x=1.0)).ok
    assert out.getvalue() == ""
    assert "I was called" in err.getvalue()


def test_several_points_are_all_checked() -> None:
    (only,) = gradlab.check("x^2", [dict(x=1), dict(x=-2)], points=1).records
    assert [point.inputs[0].values for point in only.points[:2]] == [(1.0,), (-2.0,)]
    assert [point.given for point in only.points] == [True, True, False]


def test_a_formula_is_a_function_of_the_names_at_the_point() -> None:
    assert gradlab.check(
        "σ(w x + b)", dict(w=0.5, x=1.2, b=-0.3), wrt=["w"], hand=dict(w="σ(w x+b) (1-σ(w x+b)) x")
    ).ok


def test_a_claim_may_spell_a_name_otherwise() -> None:
    at = {"x_1": 3.0, "W_0": 2.0}
    for name in ("x_1", "x1"):
        hand = {name: "2 W_0 x_1"}
        assert gradlab.check(lambda x_1, W_0: x_1**2 * W_0, at, wrt=name, hand=hand).ok
        assert gradlab.check("W_0 x1^2", at, wrt=name, hand=hand).ok


def test_a_jacobian_has_a_row_for_each_output() -> None:
    (only,) = gradlab.check(
        lambda x: np.stack([x[0] * x[1], x[1]]), dict(x=np.ones(2)), quantity="jacobian"
    ).records
    assert only.points[0].components == ("y[0] by x[0]", "y[0] by x[1]", "y[1] by x[0]", "y[1] by x[1]")
    assert only.points[0].reference == ("1.0", "1.0", "0.0", "1.0")


def test_an_interrupted_run_keeps_what_is_done_and_is_no_pass() -> None:
    cases = [case for case in library() if case.name in ("cube", "sum-times", "dot")]

    def stop_after_two(done: rec.CaseRecord, seen: list[str] = []) -> None:  # noqa: B006 (it counts)
        seen.append(done.name)
        if len(seen) == 2:
            raise KeyboardInterrupt

    record = check_cases(cases, Settings(points=0, timed=False), on_case=stop_after_two)
    assert record.interrupted
    assert len(record.cases) == 2
    assert (record.verdict, record.reason) == ("inconclusive", "interrupted")


def test_a_disagreement_before_the_interruption_stands() -> None:
    def stop(done: rec.CaseRecord) -> None:
        raise KeyboardInterrupt

    record = check_cases([case_of("x^2", dict(x=1), hand=dict(x="x"))], Settings(points=0), on_case=stop)
    assert (record.verdict, record.interrupted) == ("disagree", True)
