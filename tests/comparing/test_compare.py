"""What is worse, what is better, and what is only otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab import record as r
from gradlab.comparing import compare
from gradlab.record.comparison import CaseChange, Comparison
from gradlab.record.sweep import Depth, Form, Sweep
from tests.report import classes, samples

KINDS: tuple[r.Kind, ...] = ("agree", "disagree", "inconclusive", "undefined", "unsupported", "error")


def case(verdict: r.Kind = "agree", **fields: Any) -> r.CaseRecord:
    return r.CaseRecord(
        **{"name": "f", "verdict": verdict, "passed": verdict == "agree", "function": "x^2", **fields}
    )


def compared(old: r.CaseRecord, new: r.CaseRecord, *, timed: bool = False) -> Comparison:
    return compare(classes.run(old), classes.run(new), timed=timed)


def changed(old: r.CaseRecord, new: r.CaseRecord, *, timed: bool = False) -> CaseChange:
    (change,) = compared(old, new, timed=timed).cases
    return change


def point(
    *digits: float | None, x: float = 1.0, method: str = "reverse", verdict: r.Kind = "agree"
) -> r.Point:
    estimate = r.Estimate(method=method, verdict=verdict, values=(1.0,) * len(digits), digits=digits)
    return r.Point(
        given=True,
        inputs=(r.Input(name="x", shape=(), values=(x,), differentiated=True),),
        value=(1.0,),
        components=tuple(f"x[{n}]" for n in range(len(digits))),
        reference=("1",) * len(digits),
        verdict=verdict,
        estimates=(estimate,),
    )


def sizes(**operations: int | None) -> tuple[r.Size, ...]:
    names = {"f": "f", "tree": "f as a tree", "derived": "f′ shared", "program": "gradient program"}
    return tuple(r.Size(form=names[key], operations=count, ratio=None) for key, count in operations.items())


def timing(quartiles: tuple[float, float] | None, noise: float | None = 0.01) -> r.Timing:
    ratio = None if quartiles is None else sum(quartiles) / 2
    duration = r.Duration(
        method="reverse",
        derive=None,
        evaluate=None,
        derive_ratio=None,
        evaluate_ratio=ratio,
        quartiles=quartiles,
    )
    return r.Timing(function=1e-6, rounds=9, durations=(duration,), noise=noise)


def test_a_run_is_as_it_is(sample: r.Record) -> None:
    found = compare(sample, sample, timed=True)
    assert (found.course, found.cases, found.settings, found.same) == ("same", (), (), len(sample.cases))


@pytest.mark.parametrize("old", KINDS)
@pytest.mark.parametrize("new", KINDS)
def test_passing_is_better_than_not_and_undecided_than_wrong(old: r.Kind, new: r.Kind) -> None:
    def rank(kind: r.Kind) -> int:
        return 2 if kind == "agree" else 0 if kind in {"disagree", "error"} else 1

    expected = "worse" if rank(new) < rank(old) else "better" if rank(new) > rank(old) else "other"
    assert compared(case(old), case(new)).course == ("same" if old == new else expected)


def test_a_declared_disagreement_that_agrees_now_is_worse() -> None:
    kept = case("disagree", expected="disagree", passed=True)
    change = changed(kept, case("agree", expected="disagree", passed=False))
    assert change.course == "worse"
    assert change.old is not None and change.old.verdict == "disagree"


def test_a_case_that_passed_and_is_gone_is_worse_and_one_that_failed_is_not() -> None:
    other = case(name="g")
    for gone, course in ((case("agree"), "worse"), (case("disagree"), "other")):
        found = compare(classes.run(gone, other), classes.run(other))
        assert found.course == course
        assert found.cases[0].new is None
        assert found.same == 1


@pytest.mark.parametrize("verdict", KINDS)
def test_a_new_case_is_neither_worse_nor_better(verdict: r.Kind) -> None:
    found = compare(classes.run(case(name="g")), classes.run(case(name="g"), case(verdict)))
    assert found.course == "other"
    assert found.cases[0].old is None


def test_cases_are_matched_by_student_problem_and_name_and_then_by_order() -> None:
    old = (case(student="ann"), case(student="bob"), case(student="bob", verdict="error", passed=False))
    found = compare(classes.run(*old), classes.run(old[1], old[0], old[2]))
    assert (found.course, found.same) == ("same", 3)
    swapped = compare(classes.run(*old), classes.run(old[0], old[2], old[1]))
    assert [change.course for change in swapped.cases] == ["worse", "better"]


@pytest.mark.parametrize(
    ("old", "new", "course"),
    [
        ((14.0, 9.0), (14.0, 8.0), "worse"),
        ((14.0, 9.0), (10.0, 9.0), "same"),
        ((14.0, 9.0), (14.0, 8.1), "same"),
        ((3.0,), (9.5,), "better"),
        ((17.0,), (15.0,), "same"),
        ((17.0,), (13.9,), "worse"),
        ((-5.0,), (0.5,), "same"),
        ((None, 9.0), (2.0, 9.0), "worse"),
        ((None,), (2.0,), "same"),
        ((2.0,), (None,), "same"),
    ],
)
def test_one_digit_less_where_there_are_fewest_is_worse(
    old: tuple[float | None, ...], new: tuple[float | None, ...], course: str
) -> None:
    assert compared(case(points=(point(*old),)), case(points=(point(*new),))).course == course


def test_digits_are_compared_at_the_points_that_both_runs_have() -> None:
    old = case(points=(point(14.0), point(12.0, x=2.0)))
    new = case(points=(point(14.0), point(3.0, x=7.0)))
    change = changed(old, new)
    assert (change.course, change.digits, change.edited) == ("other", (), ("points",))


def test_digits_of_a_method_that_was_not_asked_and_of_what_disagrees_say_nothing() -> None:
    old, wrong = case(points=(point(14.0),)), case(points=(point(1.0, verdict="disagree"),))
    assert compared(old, case(points=(point(3.0, method="forward"),))).course == "same"
    assert compared(old, wrong).course == compared(wrong, old).course == "same"


@pytest.mark.parametrize(
    ("old", "new", "course"),
    [
        (sizes(f=5, program=12), sizes(f=5, program=13), "worse"),
        (sizes(f=5, program=12), sizes(f=5, program=11), "better"),
        (sizes(f=5, program=12), sizes(f=6, program=20), "other"),
        (sizes(f=5, tree=5), sizes(f=5, tree=50), "other"),
        (sizes(f=5, derived=12), sizes(f=5, derived=None), "same"),
        (sizes(f=5, derived=12, program=9), sizes(f=5, derived=10, program=10), "worse"),
    ],
)
def test_more_operations_of_a_derivative_of_the_same_function_are_worse(
    old: tuple[r.Size, ...], new: tuple[r.Size, ...], course: str
) -> None:
    assert compared(case(swell=old), case(swell=new)).course == course


def test_operations_of_another_function_are_another_question() -> None:
    old, new = sizes(f=5, program=12), sizes(f=5, program=13)
    change = changed(case(swell=old), case(swell=new, function="x^3"))
    assert (change.course, change.edited) == ("other", ("function",))
    assert [count.course for count in change.operations] == ["other"]


def test_a_sweep_is_compared_form_by_form_at_every_size() -> None:
    def swept(operations: int, digits: float) -> r.CaseRecord:
        forms = (Form(form="f", operations=4), Form(form="f′ expanded", operations=operations, digits=digits))
        depths = tuple(Depth(size=n, verdict="agree", forms=forms) for n in (3, 4))
        return case(sweep=Sweep(depths=depths))

    change = changed(swept(20, 12.0), swept(25, 9.0))
    assert [(c.form, c.size, c.course) for c in change.operations] == [
        (("f′ expanded"), n, "worse") for n in (3, 4)
    ]
    assert [(c.method, c.size, c.old, c.new) for c in change.digits] == [
        ("f′ expanded", n, 12, 9) for n in (3, 4)
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (timing((2.0, 2.2)), timing((5.0, 5.5)), 1),
        (timing((2.0, 2.2)), timing((2.3, 2.4)), 0),  # apart, but by no more than they are long
        (timing((2.0, 2.01)), timing((2.3, 2.31)), 0),  # as the same code differs in two processes
        (timing((2.0, 2.01)), timing((2.6, 2.61)), 1),
        (timing((2.0, 2.2)), timing((5.0, 5.5), noise=0.9), 0),
        (timing((2.0, 2.2), noise=0.9), timing((5.0, 5.5)), 0),
        (timing((2.0, 2.2)), timing((5.0, 5.5), noise=None), 0),
        (timing((2.0, 2.2)), timing(None), 0),
        (timing((2.0, 2.2)), None, 0),
        (timing((5.0, 5.5)), timing((2.0, 2.2)), 1),
    ],
)
def test_a_time_is_told_if_it_differs_beyond_the_noise(
    old: r.Timing, new: r.Timing | None, told: int
) -> None:
    found = compared(case(timing=old), case(timing=new))
    assert sum(len(change.timing) for change in found.cases) == told
    assert found.course == ("other" if told else "same")


def test_a_slower_gradient_is_worse_only_if_times_count() -> None:
    fast, slow = case(timing=timing((2.0, 2.2))), case(timing=timing((5.0, 5.5)))
    assert compared(fast, slow, timed=True).course == "worse"
    assert compared(slow, fast, timed=True).course == "better"


def test_reasons_mistakes_and_claims_that_differ_are_told() -> None:
    def wrong(reason: str, *kinds: str) -> r.CaseRecord:
        mistakes = tuple(r.Mistake(kind=kind, sentence=f"{kind}.") for kind in kinds)
        return case("disagree", reason=reason, mistakes=mistakes, claims=(reason,))

    change = changed(wrong("a", "sign", "factor"), wrong("b", "factor", "transposed"))
    assert (change.course, change.mistakes_gone, change.mistakes_new) == ("other", ("sign",), ("transposed",))
    assert change.edited == ("claims",)


def test_a_run_that_was_cut_off_or_is_empty_is_worse_than_a_whole_one() -> None:
    whole = classes.run(case("disagree"))
    assert compare(whole, r.replace(whole, interrupted=True)).course == "worse"
    assert compare(whole, r.replace(whole, cases=())).course == "worse"
    assert compare(r.replace(whole, interrupted=True), whole).course == "same"


def test_settings_and_versions_that_differ_are_told() -> None:
    old = samples.lectures()
    new = r.replace(old, seed=3, timeout=2.5, versions={**old.versions, "numpy": "3.0", "jax": "1"})
    found = compare(old, new)
    assert {(s.name, s.old, s.new) for s in found.settings} == {
        ("seed", "0", "3"),
        ("timeout", "", "2.5 s"),
        ("numpy", "2.4.6", "3.0"),
        ("jax", "", "1"),
    }
    assert found.course == "same"


def test_what_is_worse_comes_first() -> None:
    old = classes.run(case(name="a"), case("error", name="b"), case(name="c"), case(name="d"))
    new = classes.run(case(name="a", reason="!"), case(name="b"), case("error", name="c"), case(name="d"))
    found = compare(old, new)
    assert [(change.name, change.course) for change in found.cases] == [
        ("c", "worse"),
        ("b", "better"),
        ("a", "other"),
    ]


@given(st.lists(st.sampled_from(KINDS), max_size=4), st.lists(st.sampled_from(KINDS), max_size=4))
def test_back_again_turns_better_and_worse_around(old: list[r.Kind], new: list[r.Kind]) -> None:
    runs = [classes.run(*(case(kind, name=str(n)) for n, kind in enumerate(kinds))) for kinds in (old, new)]
    there, back = compare(*runs), compare(*reversed(runs))
    kept = [c for c in there.cases if c.old is not None and c.new is not None]
    turned = {c.name: c.course for c in back.cases}
    opposite = {"worse": "better", "better": "worse", "other": "other"}
    assert all(turned[c.name] == opposite[c.course] for c in kept)
    assert there.same + len(kept) == min(len(old), len(new))


@given(st.floats(0.01, 100), st.floats(0, 1), st.floats(0, 2))
def test_a_time_never_differs_from_itself(low: float, length: float, noise: float) -> None:
    one = timing((low, low + length), noise)
    assert compared(case(timing=one), case(timing=one), timed=True).course == "same"
