"""What the timing tells, and of what; no time itself is tested."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.harness import Settings, case_of, check_case
from gradlab.record import Duration, Timing
from gradlab.study import timing as study


def timing_of(f: Any, hand: Any = None, **options: Any) -> Timing | None:
    (only,) = gradlab.check(f, dict(x=0.3), hand=hand, points=0, **options).records
    return only.timing


def by_method(timing: Timing | None) -> dict[str, Duration]:
    assert timing is not None
    return {d.method: d for d in timing.durations}


def test_every_method_that_can_be_evaluated_is_timed() -> None:
    timing = timing_of(np.sin, hand=np.cos)
    assert timing is not None
    assert timing.rounds == study.ROUNDS
    assert timing.function > 0
    assert set(by_method(timing)) == {
        "reverse",
        "forward",
        "symbolic",
        "finite_difference",
        "complex_step",
        "claimed",
    }
    for duration in timing.durations:
        assert duration.evaluate is not None
        assert duration.evaluate > 0
        assert duration.evaluate_ratio is not None
        assert duration.quartiles is not None
        assert duration.quartiles[0] <= duration.evaluate_ratio <= duration.quartiles[1]
        assert duration.derive is not None
        assert duration.derive_ratio == pytest.approx(duration.derive / timing.function)


def test_only_the_methods_asked_are_timed() -> None:
    assert set(by_method(timing_of(np.sin, methods=["reverse", "symbolic"]))) == {"reverse", "symbolic"}


def test_a_claim_in_numbers_is_not_timed() -> None:
    assert "claimed" not in by_method(timing_of("x^2", hand=dict(x="0.6")))


def test_nothing_to_time_is_no_timing() -> None:
    assert timing_of(np.sin, methods=["precise"]) is None


def test_timing_can_be_left_out() -> None:
    case = case_of("x^2", dict(x=1))
    assert check_case(case, Settings(points=0, timed=False)).timing is None


def test_what_fails_when_it_is_timed_is_told_in_place_of_its_time() -> None:
    def fails() -> None:
        raise ZeroDivisionError("no value here")

    timing = study.timing(lambda: 1, {"a": lambda: 2, "b": fails}, {"a": 0.5})
    durations = by_method(timing)
    assert (durations["b"].evaluate, durations["b"].note) == (None, "ZeroDivisionError: no value here")
    assert durations["a"].derive == 0.5
    assert durations["a"].evaluate is not None


def test_rounds_are_interleaved() -> None:
    order: list[str] = []
    study.timing(lambda: order.append("f"), {"a": lambda: order.append("a")}, {})
    changes = [one for one, before in zip(order[1:], order, strict=False) if one != before]
    assert len(changes) >= 2 * study.ROUNDS - 1
