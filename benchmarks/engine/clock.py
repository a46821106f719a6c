"""Timing: everyone takes a turn in every round, so that what disturbs the machine disturbs all alike.

Garbage collection: everything built beforehand is frozen (moved out of the collector's sight), garbage
is collected before each turn, and during the turn the collector is on, as for a user; so each
contestant pays for the cycles that it makes itself, and for nobody else's.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median, quantiles
from timeit import Timer
from typing import Any

TURN = 3e-3
"""Seconds that one turn takes at least."""
BUDGET = 20.0
"""Seconds that all rounds of one workload may take; slow ones get fewer rounds, at least `FEWEST`."""
FEWEST = 7
RETRIES = 5


@dataclass
class Times:
    """Of one contestant: seconds a call, one entry a round."""

    seconds: list[float] = field(default_factory=list)
    cores: float = 1.0
    """Processor time by time elapsed: above 1 where other threads worked, too, below it where the
    machine was busy with something else."""

    @property
    def median(self) -> float:
        """Seconds a call."""
        return median(self.seconds)


def ratio(times: Times, yardstick: Times) -> tuple[float, float, float]:
    """The median and the quartiles, over the rounds, of one time by the other."""
    ratios = [a / b for a, b in zip(times.seconds, yardstick.seconds, strict=True)]
    if len(ratios) < 2:
        return ratios[0], ratios[0], ratios[0]
    low, middle, high = quantiles(ratios, n=4, method="inclusive")
    return middle, low, high


def timer(call: Callable[..., Any], arguments: Sequence[Any]) -> Timer:
    """Calls with each argument by itself, as in a user's own loop: nothing is packed or unpacked."""
    names = {f"a{i}": argument for i, argument in enumerate(arguments)}
    return Timer(f"call({', '.join(names)})", "gc.enable()", globals={"call": call, "gc": gc, **names})


def calls_a_turn(timer: Timer) -> int:
    """How many calls fill a turn: at least 4, so that most of the garbage is paid for where it is made."""
    calls = 4
    while (elapsed := timer.timeit(calls)) < TURN:
        calls = max(calls * 2, int(calls * TURN / max(elapsed, 1e-9))) if elapsed > TURN / 10 else calls * 10
    return calls


def build_time(build: Callable[[], Callable[..., Any]], arguments: Sequence[Any]) -> float:
    """Seconds from the function to the first gradient, less one gradient.

    The median of up to 9 times within a second.
    """
    taken: list[float] = []
    deadline = time.perf_counter() + 1.0
    while len(taken) < 9 and (not taken or time.perf_counter() < deadline):
        start = time.perf_counter()
        call = build()
        call(*arguments)
        first = time.perf_counter()
        call(*arguments)
        taken.append(first - start - (time.perf_counter() - first))
    return max(median(taken), 0.0)


def _turn(timer: Timer, calls: int) -> tuple[float, float]:
    """Seconds elapsed and seconds of processor time of one turn.

    It begins with some calls that are not timed, so that nobody inherits another's caches, and is taken
    again where the processor was given to somebody else in the meantime.
    """
    timer.timeit(max(calls // 4, 1))
    for _ in range(RETRIES):
        gc.collect()
        start = time.process_time()
        seconds = timer.timeit(calls)
        cpu = time.process_time() - start
        if cpu > 0.95 * seconds:
            break
    return seconds, cpu


def interleave(timers: Sequence[Timer], rounds: int) -> list[Times]:
    """The times of all, in rounds; who follows whom is drawn anew in each."""
    gc.collect()
    gc.freeze()
    try:
        calls = [calls_a_turn(t) for t in timers]
        start = time.perf_counter()
        for t, n in zip(timers, calls, strict=True):
            gc.collect()
            t.timeit(n)
        once = time.perf_counter() - start
        rounds = min(rounds, max(FEWEST, int(BUDGET / once)))
        times = [Times() for _ in timers]
        busy = [0.0] * len(timers)
        elapsed = [0.0] * len(timers)
        order = list(range(len(timers)))
        shuffle = Random(rounds).shuffle
        for _ in range(rounds):
            shuffle(order)
            for turn in order:
                seconds, cpu = _turn(timers[turn], calls[turn])
                busy[turn] += cpu
                elapsed[turn] += seconds
                times[turn].seconds.append(seconds / calls[turn])
        for measured, cpu, wall in zip(times, busy, elapsed, strict=True):
            measured.cores = cpu / wall
        return times
    finally:
        gc.unfreeze()
