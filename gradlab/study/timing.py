"""Timing: to derive once, to evaluate many times; as ratios to evaluating f, in one interleaved run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.record import Duration, Timing

ROUNDS = 5
SHORTEST = 100e-6
"""Seconds that one timed batch should last, so that the clock's own grain does not matter."""


def timing(
    function: Callable[[], Any],
    evaluations: Mapping[str, Callable[[], Any]],
    derivations: Mapping[str, float],
) -> Timing:
    """Time f and every method in turn, round by round, so that drift hits all alike.

    evaluations: one bare evaluation for each method. derivations: seconds each took to derive.
    """
    todo, failed = {"": function}, {}
    batches = {"": _batch(function)}
    for name, run in evaluations.items():
        try:
            batches[name] = _batch(run)
            todo[name] = run
        except (Exception, SystemExit) as error:  # at this point it has no value to time
            failed[name] = f"{type(error).__name__}: {error}"
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            for name, run in todo.items():
                seconds[name].append(_time(run, batches[name]))
    base = statistics.median(seconds[""])
    durations = []
    for name in evaluations:
        if name in failed:
            durations.append(
                Duration(
                    method=name,
                    derive=derivations.get(name),
                    evaluate=None,
                    derive_ratio=None,
                    evaluate_ratio=None,
                    quartiles=None,
                    note=failed[name],
                )
            )
            continue
        ratios = [t / f for t, f in zip(seconds[name], seconds[""], strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        derive = derivations.get(name)
        durations.append(
            Duration(
                method=name,
                derive=derive,
                evaluate=statistics.median(seconds[name]),
                derive_ratio=None if derive is None else derive / base,
                evaluate_ratio=middle,
                quartiles=(low, high),
            )
        )
    return Timing(function=base, rounds=ROUNDS, durations=tuple(durations))


def _batch(run: Callable[[], Any]) -> int:
    """How many evaluations make a batch long enough; also warms up."""
    with np.errstate(all="ignore"):
        count = 1
        while (spent := _time(run, count) * count) < SHORTEST:
            count = max(2 * count, int(1.1 * count * SHORTEST / max(spent, 1e-7)))
    return count


def _time(run: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - start) / count
