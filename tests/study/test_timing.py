"""What the timing tells, and of what; no time itself is tested."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.harness import Settings, case_of, check_case
from gradlab.record import Duration, Timing
from gradlab.study import timing as study
from gradlab.study.timing import Contender, clock, timing


def timing_of(f: Any, hand: Any = None, at: Any = None, **options: Any) -> Timing | None:
    (only,) = gradlab.check(f, at or dict(x=0.3), hand=hand, points=0, **options).records
    return only.timing


def by_method(found: Timing | None) -> dict[str, Duration]:
    assert found is not None
    return {d.method: d for d in found.durations}


def test_every_method_that_can_be_evaluated_is_timed() -> None:
    found = timing_of(np.sin, hand=np.cos)
    assert found is not None
    assert clock.FEW <= found.rounds <= clock.MOST
    assert found.function > 0
    assert found.noise is not None
    assert set(by_method(found)) == {
        "reverse",
        "forward",
        "symbolic",
        "finite_difference",
        "complex_step",
        "claimed",
    }
    for duration in found.durations:
        assert duration.evaluate is not None
        assert duration.evaluate > 0
        assert duration.evaluate_ratio is not None
        assert duration.quartiles is not None
        assert duration.quartiles[0] <= duration.evaluate_ratio <= duration.quartiles[1]
        assert duration.derive is not None
        assert duration.derive_ratio == pytest.approx(duration.derive / found.function)
        assert duration.first is not None
        assert duration.first > duration.derive
        assert duration.first_ratio == pytest.approx(duration.first / found.function)
        assert duration.memory is not None


def test_only_the_methods_asked_are_timed() -> None:
    assert set(by_method(timing_of(np.sin, methods=["reverse", "symbolic"]))) == {"reverse", "symbolic"}


def test_a_claim_in_numbers_is_not_timed() -> None:
    assert "claimed" not in by_method(timing_of("x^2", hand=dict(x="0.6")))


def test_nothing_to_time_is_no_timing() -> None:
    assert timing_of(np.sin, methods=["precise"]) is None


def test_timing_can_be_left_out() -> None:
    case = case_of("x^2", dict(x=1))
    assert check_case(case, Settings(points=0, timed=False)).timing is None


def contender(run: Any, **known: Any) -> Contender:
    return Contender(lambda: run, **known)


def test_what_fails_when_it_is_timed_is_told_in_place_of_its_time() -> None:
    def fails() -> None:
        raise ZeroDivisionError("no value here")

    durations = by_method(timing(lambda: 1, {"a": contender(lambda: 2, derive=0.5), "b": contender(fails)}))
    assert (durations["b"].evaluate, durations["b"].note) == (None, "ZeroDivisionError: no value here")
    assert durations["a"].derive == 0.5
    assert durations["a"].evaluate is not None


def test_a_method_that_calls_a_slow_function_too_often_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "SLOWEST", 0.0)
    never = contender(lambda: pytest.fail("it was evaluated"), calls=2000)
    (duration,) = timing(lambda: sum(range(1000)), {"finite_difference": never}).durations
    assert duration.evaluate is None
    assert duration.note.startswith("not timed: it calls f 2000 times, which takes about ")


def test_rounds_are_interleaved_and_their_order_turns_round() -> None:
    order: list[str] = []
    turns = [clock.Turn(lambda name=name: order.append(name), 1, 0.0) for name in "abc"]  # type: ignore[misc]
    rounds = clock.take_turns(turns)
    assert order == [*"abc", *"cba"] * (rounds // 2) + [*"abc"] * (rounds % 2)
    assert all(len(turn.seconds) == rounds for turn in turns)


def test_the_garbage_collector_is_off_while_timing_and_on_again_after_it() -> None:
    seen: set[bool] = set()
    timing(lambda: seen.add(gc.isenabled()), {"a": contender(lambda: None)})
    assert seen == {False}
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        timing(lambda: 1 / 0, {})
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("first", "each", "gradients"),
    [
        (10.0, 1.0, 5),  # 10, 11, 12, 13, 14 against 3, 6, 9, 12, 15
        (3.45, 2.9, 6),  # 3.45 + 2.9 n < 3 + 3 n from n = 5 on
        (9.0, 2.0, 8),  # after seven both have taken 21
        (1.0, 1.0, 1),
        (2.9, 3.0, None),
        (100.0, 3.1, None),
    ],
)
def test_a_derivation_is_paid_for_when_all_its_gradients_took_less_time(
    first: float, each: float, gradients: int | None
) -> None:
    assert study.gradients_until_paid(first, each, 3.0, 3.0) == gradients
    if gradients is not None:

        def ahead(n: int) -> bool:
            return first + (n - 1) * each < 3.0 * n - 1e-9

        assert ahead(gradients)
        assert gradients == 1 or not ahead(gradients - 1)


def test_finite_differences_pay_for_nothing_and_without_them_nothing_is_compared() -> None:
    assert by_method(timing_of(np.sin))["finite_difference"].pays_after is None
    found = by_method(timing_of(np.sin, methods=["reverse", "forward"]))
    assert [d.pays_after for d in found.values()] == [None, None]


def test_operations_are_counted_apart_from_time() -> None:
    def f(x: Any) -> Any:  # n multiplications, n sines, n − 1 additions
        return np.sum(np.sin(x * x))

    def hand(x: Any) -> Any:  # a product, a cosine, a doubling and a product each
        return np.cos(x * x) * (2 * x)

    found = by_method(timing_of(f, hand=hand, at=dict(x=np.linspace(0.1, 1.0, 5))))
    ratios = {name: d.operations_ratio for name, d in found.items()}
    assert found["finite_difference"].operations == 2 * 5 * 14
    assert ratios["finite_difference"] == 10
    assert (found["complex_step"].operations, ratios["complex_step"]) == (5 * 14, 5)
    assert found["complex_step"].note == "its operations are on complex numbers"
    assert found["claimed"].operations == 20
    assert ratios["claimed"] == pytest.approx(20 / 14)
    assert ratios["reverse"] is not None
    assert 1 < ratios["reverse"] <= study.BOUND
    assert found["reverse"].note == ""


@pytest.mark.parametrize(("operations", "told"), [(50, False), (51, True)])
def test_reverse_mode_beyond_its_bound_is_told(operations: int, told: bool) -> None:
    reverse = contender(lambda: None, operations=operations)
    (duration,) = timing(lambda: None, {"reverse": reverse}, operations=10).durations
    assert duration.operations_ratio == operations / 10
    assert ("Griewank & Walther 2008" in duration.note) == told


def test_tracing_belongs_to_the_first_gradient_of_what_derives_the_trace() -> None:
    asked: list[int] = []
    timing(lambda: None, {"a": contender(lambda: None)}, trace_once=lambda: asked.append(1))
    assert asked == []
    timing(lambda: None, {"a": contender(lambda: None, traced=True)}, trace_once=lambda: asked.append(1))
    assert asked == [1]


def test_the_memory_is_that_of_one_evaluation_at_its_peak() -> None:
    def hoards() -> float:
        first = np.ones(100_000)
        second = first + 1
        return float(second.sum())

    assert 1.6e6 <= clock.peak_memory(hoards) < 1.7e6
    assert not tracemalloc.is_tracing()


def test_memory_is_a_ratio_only_where_f_uses_some() -> None:
    small = timing(lambda: 1.0, {"a": contender(lambda: np.ones(1000))})
    large = timing(lambda: np.ones(10_000), {"a": contender(lambda: np.ones(20_000))})
    assert small.durations[0].memory_ratio is None
    assert small.durations[0].memory is not None
    assert small.durations[0].memory >= 8000
    assert large.durations[0].memory_ratio == pytest.approx(2.0, rel=0.1)


def test_a_function_that_fails_in_the_end_ends_no_check() -> None:
    calls = [0]

    def tires(x: Any) -> Any:
        calls[0] += 1
        if calls[0] > 300:
            raise RuntimeError("tired")
        return x * x

    (only,) = gradlab.check(tires, dict(x=3.0), points=0).records
    assert only.verdict == "agree"
    assert only.timing is None


def test_what_a_function_prints_while_it_is_timed_is_not_heard(capsys: pytest.CaptureFixture[str]) -> None:
    found = timing(lambda: print("here I am"), {"hand": contender(lambda: 1.0)})  # noqa: T201
    assert found.function > 0
    assert capsys.readouterr().out == ""
