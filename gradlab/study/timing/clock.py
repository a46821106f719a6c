"""The clock: what is timed takes turns, round by round, so that drift hits all alike.

The order is turned round from one round to the next. Rounds are added while times scatter and there is time.
The garbage collector is off, for what it does belongs to nobody's turn.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Run = Callable[[], Any]

FEW, ENOUGH, MOST = 3, 7, 41
"""Rounds: so many where they fit into SLOWEST, so many before quartiles are trusted, and no more."""
SECONDS = 0.03
"""For all rounds beyond the first few."""
SLOWEST = 1.0
"""Seconds that the first few rounds may take."""
NARROW = 0.05
"""Quartiles that lie this close to the median, relatively, need no more rounds."""
SHORTEST = 100e-6
"""Seconds that one timed batch should last, so that the clock's own grain does not matter."""


@dataclass
class Turn:
    """What takes a turn in each round, and the seconds of one run in each."""

    run: Run
    count: int
    """Runs a batch."""
    expected: float
    """Seconds a run, from finding out how many are a batch."""
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds a run."""
        return statistics.median(self.seconds)


@contextmanager
def silenced() -> Iterator[None]:
    """Without what the function prints: it is called hundreds and thousands of times."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the garbage collector, without what the function prints, and without warnings of floating point."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        with np.errstate(all="ignore"), silenced():
            yield
    finally:
        if collecting:
            gc.enable()


def seconds_of(run: Run) -> float:
    """Seconds of a single run."""
    return _batch(run, 1)


def turn_of(run: Run) -> Turn:
    """A turn whose batches are long enough; finding out how long that is also warms up."""
    count = 1
    while (spent := _batch(run, count)) < SHORTEST:
        count = max(2 * count, int(1.1 * count * SHORTEST / max(spent, 1e-7)))
    return Turn(run, count, spent / count)


def take_turns(turns: Sequence[Turn]) -> int:
    """Time all, in rounds; says how many there were."""
    start = time.perf_counter()
    number = 0
    while number < MOST:
        for turn in turns if number % 2 == 0 else reversed(turns):
            turn.seconds.append(_batch(turn.run, turn.count) / turn.count)
        number += 1
        expected = (time.perf_counter() - start) * (number + 1) / number
        if expected > (SECONDS if number >= FEW else SLOWEST):
            break
        if number >= ENOUGH and all(_is_narrow(turn.seconds) for turn in turns):
            break
    return number


def peak_memory(run: Run) -> int:
    """Bytes in use at most, at any one time, during a run, besides those in use before it."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        run()
        _, peak = tracemalloc.get_traced_memory()
        return max(0, peak - before)
    finally:
        if not tracing:
            tracemalloc.stop()


def ratios(turn: Turn, *bases: Turn) -> list[float]:
    """A turn's time by the mean of the bases', round by round."""
    return [
        own / statistics.fmean(beside)
        for own, *beside in zip(turn.seconds, *(base.seconds for base in bases), strict=True)
    ]


def quartiles_of(values: Sequence[float]) -> tuple[float, float] | None:
    """The quartiles; None of too few values.

    >>> quartiles_of([1.0, 2.0, 3.0, 4.0, 5.0]), quartiles_of([1.0, 2.0])
    ((2.0, 4.0), None)
    """
    if len(values) < FEW:
        return None
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def _is_narrow(seconds: Sequence[float]) -> bool:
    low, high = quartiles_of(seconds) or (0.0, np.inf)
    return high - low <= 2 * NARROW * statistics.median(seconds)


def _batch(run: Run, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        run()
    return time.perf_counter() - start
