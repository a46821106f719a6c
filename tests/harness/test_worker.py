"""What hangs is given up, what crashes is told, and what is printed goes elsewhere."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.methods import Derivation, Problem, forward, symbolic
from gradlab.worker import Begin, Crashed, InternalError, Job, run_each

BUDGET = 0.3
"""Seconds. A step that ends at all takes a hundredth of it."""


def forever(*anything: Any) -> Any:
    while True:
        pass


def in_steps(*steps: tuple[str, Callable[[], Any]]) -> Job:
    """A job that does what it can, and lists what it left out."""

    def job(begin: Begin, skip: dict[str, str]) -> list[Any]:
        said: list[Any] = []
        for name, work in steps:
            if name in skip:
                said.append(skip[name])
            else:
                begin(name)
                said.append(work())
        return said

    return job


def results(*jobs: Job, budget: float | None = BUDGET) -> list[Any]:
    return list(run_each(jobs, budget))


def test_jobs_give_their_results_in_order() -> None:
    jobs = [in_steps(("a", partial(int, n))) for n in range(5)]
    assert results(*jobs) == results(*jobs, budget=None) == [[n] for n in range(5)]
    assert results() == []


def test_a_step_that_hangs_is_given_up_and_the_others_are_done() -> None:
    job = in_steps(("a", lambda: 1), ("b", forever), ("c", lambda: 3))
    assert results(in_steps(("z", lambda: 0)), job, in_steps(("y", lambda: 9))) == [
        [0],
        [1, "gave up after 0.3 s", 3],
        [9],
    ]


def test_a_job_that_hangs_though_its_step_is_skipped_is_given_up() -> None:
    def stubborn(begin: Begin, skip: dict[str, str]) -> None:
        begin("a")
        forever()

    crashed, after = results(stubborn, in_steps(("y", lambda: 9)))
    assert isinstance(crashed, Crashed)
    assert str(crashed) == "a does not end, not even when skipped"
    assert after == [9]


DEATHS: dict[str, tuple[Callable[[], Any], str]] = {
    "a segmentation fault": (
        lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "Python was ended by signal 11 in b",
    ),
    "an exit at once": (lambda: os._exit(3), "Python ended with exit code 3 in b"),
}


@pytest.mark.parametrize(("death", "told"), DEATHS.values(), ids=DEATHS)
def test_a_process_that_dies_is_told_and_the_next_job_done(death: Callable[[], Any], told: str) -> None:
    crashed, after = results(in_steps(("a", lambda: 1), ("b", death)), in_steps(("y", lambda: 9)))
    assert isinstance(crashed, Crashed)
    assert str(crashed) == told
    assert after == [9]


def test_what_a_job_raises_comes_back_with_its_traceback() -> None:
    failed, after = results(in_steps(("a", lambda: 1 / 0)), in_steps(("y", lambda: 9)))
    assert isinstance(failed, InternalError)
    assert "ZeroDivisionError" in str(failed)
    assert "test_worker.py" in str(failed)
    assert after == [9]


def test_a_job_that_runs_out_of_memory_is_told_and_the_next_job_done() -> None:
    def eat() -> None:
        raise MemoryError

    crashed, after = results(in_steps(("a", lambda: 1), ("b", eat)), in_steps(("y", lambda: 9)))
    assert isinstance(crashed, Crashed)
    assert str(crashed) == "no memory is left for b"
    assert after == [9]


def test_what_a_job_prints_does_not_reach_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    def talk() -> None:
        print("from Python")  # noqa: T201
        sys.stdout.flush()
        os.write(1, b"from below\n")

    assert results(in_steps(("a", talk))) == [[None]]
    out, err = capfd.readouterr()
    assert out == ""
    assert "from Python" in err
    assert "from below" in err


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    left = tmp_path / "pid"

    def note() -> Any:
        left.write_text(str(os.getpid()))
        return forever()

    results(in_steps(("a", note)))
    with pytest.raises(ProcessLookupError):
        os.kill(int(left.read_text()), 0)


def test_results_not_asked_for_are_not_waited_for() -> None:
    running = run_each([in_steps(("a", lambda: 1)), in_steps(("b", forever))], 60)
    assert next(running) == [1]
    running.close()  # type: ignore[attr-defined]


# The harness over it


def test_a_function_that_hangs_is_an_error() -> None:
    result = gradlab.check(forever, dict(x=1.0), timeout=BUDGET)
    assert (result.verdict.kind, result.verdict.reason) == ("error", "the function: gave up after 0.3 s")


@pytest.mark.parametrize("method", [symbolic, forward], ids=["symbolic", "forward"])
def test_a_method_that_hangs_is_unsupported_and_the_rest_is_reported(
    monkeypatch: pytest.MonkeyPatch, method: Any
) -> None:
    monkeypatch.setattr(method, "derive", forever)
    result = gradlab.check(np.sin, dict(x=1.0), hand=np.cos, points=1, timeout=BUDGET)
    assert result.ok
    for point in result.records[0].points:
        told = {e.method: (e.verdict, e.reason) for e in point.estimates}
        assert told.pop(method.__name__.split(".")[-1]) == ("unsupported", "gave up after 0.3 s")
        assert {verdict for verdict, _ in told.values()} == {"agree"}


def test_a_hand_derivative_that_hangs_leaves_it_undecided() -> None:
    result = gradlab.check(np.sin, dict(x=1.0), hand=forever, points=1, timeout=BUDGET)
    assert (result.verdict.kind, result.verdict.reason) == ("inconclusive", "gave up after 0.3 s")


@pytest.mark.parametrize("budget", [BUDGET, None])
def test_a_derivation_that_is_not_made_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, budget: float | None
) -> None:
    def derive(problem: Problem) -> Derivation:
        raise MemoryError("too large")

    monkeypatch.setattr(symbolic, "derive", derive)
    result = gradlab.check(np.sin, dict(x=1.0), points=0, timeout=budget)
    told = {e.method: e.reason for e in result.records[0].points[0].estimates if e.verdict == "error"}
    assert told == {"symbolic": "SymPy raises MemoryError: too large"}


@pytest.mark.parametrize(("death", "told"), DEATHS.values(), ids=DEATHS)
def test_a_function_that_ends_python_is_an_error(death: Callable[[], Any], told: str) -> None:
    result = gradlab.check(lambda x: death(), dict(x=1.0), timeout=BUDGET)
    assert (result.verdict.kind, result.verdict.reason) == ("error", told.removesuffix("b") + "the function")


def test_a_failure_of_our_own_shows_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*anything: Any) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("gradlab.examination.judge_point", fails)
    result = gradlab.check(np.sin, dict(x=1.0), timeout=BUDGET)
    assert result.verdict.kind == "error"
    assert "please report it" in result.verdict.reason
    assert "RuntimeError: a bug of ours" in capsys.readouterr().err
    with pytest.raises(RuntimeError, match="a bug of ours"):
        gradlab.check(np.sin, dict(x=1.0))
