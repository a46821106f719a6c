"""Timing: to derive once, to evaluate many times; as ratios to evaluating f, in one interleaved run.

f is timed twice in each round: against itself it shows how well any ratio is known.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gradlab.engine.trace import trace
from gradlab.methods import Derivation, Problem, Unsupported
from gradlab.methods.claimed import traced_claim
from gradlab.record import Duration, Timing, replace
from gradlab.study.timing.clock import (
    SLOWEST,
    Run,
    Turn,
    peak_memory,
    quartiles_of,
    ratios,
    seconds_of,
    take_turns,
    turn_of,
    undisturbed,
)

BOUND = 5
"""Operations of a gradient to those of f in reverse mode, at most."""
BEYOND_BOUND = (
    "more than 5 times the operations of f, the bound for reverse mode (Baur & Strassen 1983; "
    "Griewank & Walther 2008, ch. 4)"
)
REFERENCE = "finite_difference"
"""The method that needs no derivation: against it the others pay for theirs, or don't."""
LEAST_MEMORY = 10_000
"""Bytes that f uses, below which a ratio to them says nothing."""


@dataclass(frozen=True)
class Contender:
    """A method to be timed."""

    prepare: Callable[[], Run]
    """Gives what evaluates one gradient: compiles, allocates, and whatever else is done once."""
    derive: float | None = None
    """Seconds it took to derive."""
    traced: bool = False
    """Whether it derives the trace of f, so that tracing belongs to its first gradient."""
    calls: int = 0
    """How often one gradient calls f."""
    operations: int | None = None
    """Of one gradient."""


@dataclass(frozen=True)
class _Begun:
    """A contender that has given its first gradient."""

    turn: Turn
    first: float | None
    """Seconds until then."""
    memory: int | None


def time_methods(
    problem: Problem, derivations: Mapping[str, Derivation], seconds: Mapping[str, float]
) -> Timing | None:
    """Every method that has something to time, at a point; None where none has. problem: with the claim that was
    derived, if any. seconds: each took to derive.
    """
    contenders = {
        name: _contender(name, derivation, problem, seconds.get(name))
        for name, derivation in derivations.items()
        if derivation.evaluate is not None
    }
    if not contenders:
        return None
    try:
        operations = problem.straight.operations()
    except Unsupported:
        operations = None

    def traced(*values: Any) -> Any:
        return problem.call({**problem.inputs, **dict(zip(problem.traced, values, strict=True))})

    return timing(
        lambda: problem.call(problem.inputs),
        contenders,
        operations=operations,
        trace_once=lambda: trace(traced, problem.traced_inputs),
    )


def timing(
    function: Run,
    contenders: Mapping[str, Contender],
    *,
    operations: int | None = None,
    trace_once: Run = lambda: None,
) -> Timing:
    """Time f and every method in turn. operations: those of f.

    >>> timing(lambda: 3.0**2, {"hand": Contender(lambda: lambda: 2 * 3.0)}).durations[0].method
    'hand'
    """
    with undisturbed():
        own = turn_of(function)
        again = Turn(function, own.count, own.expected)
        memory = _memory_of(own)
        tracing = _seconds_of_tracing(trace_once) if any(c.traced for c in contenders.values()) else 0.0
        begun: dict[str, _Begun] = {}
        failed: dict[str, str] = {}
        deadline = time.perf_counter() + SLOWEST
        for name, contender in contenders.items():
            try:
                begun[name] = _begin(contender, own.expected, tracing, deadline)
            except (Exception, SystemExit) as error:  # at this point it has no value to time
                failed[name] = (
                    str(error) if isinstance(error, _TooSlow) else f"{type(error).__name__}: {error}"
                )
        rounds = take_turns([own, *(one.turn for one in begun.values()), again])
    noise = quartiles_of(ratios(own, again))
    base = statistics.median(own.seconds + again.seconds)
    durations = {name: _untimed(name, contender, base, operations) for name, contender in contenders.items()}
    for name, why in failed.items():
        durations[name] = replace(durations[name], note=why)
    for name, one in begun.items():
        durations[name] = _timed(durations[name], one, ratios(one.turn, own, again), base)
        durations[name] = replace(
            durations[name],
            pays_after=_pays_after(one, begun.get(REFERENCE)),
            memory_ratio=_ratio_of_memory(one.memory, memory),
        )
    return Timing(
        function=base,
        rounds=rounds,
        durations=tuple(durations.values()),
        noise=(noise[1] - noise[0]) / 2 if noise is not None else None,
        memory=memory,
    )


def _untimed(name: str, contender: Contender, base: float, operations: int | None) -> Duration:
    """What is known of a method without evaluating it. base: seconds of f."""
    known = contender.operations if operations else None
    return Duration(
        method=name,
        derive=contender.derive,
        evaluate=None,
        derive_ratio=None if contender.derive is None else contender.derive / base,
        evaluate_ratio=None,
        quartiles=None,
        operations=known,
        operations_ratio=known / operations if known is not None and operations else None,
        note=_note(name, contender, operations),
    )


def _timed(duration: Duration, one: _Begun, by_f: list[float], base: float) -> Duration:
    """The same with what the clock says. by_f: its times as ratios to those of f, round by round."""
    return replace(
        duration,
        evaluate=one.turn.median,
        evaluate_ratio=statistics.median(by_f),
        quartiles=quartiles_of(by_f),
        first=one.first,
        first_ratio=None if one.first is None else one.first / base,
        memory=one.memory,
    )


def _ratio_of_memory(own: int | None, of_f: int | None) -> float | None:
    """None where f uses next to none."""
    return own / of_f if own is not None and of_f is not None and of_f >= LEAST_MEMORY else None


def gradients_until_paid(first: float, each: float, other_first: float, other_each: float) -> int | None:
    """The number of gradients from which on a method has taken less time than another; None where that never
    comes. first: seconds to the first gradient; each: of every other.

    >>> gradients_until_paid(10.0, 1.0, 3.0, 3.0), gradients_until_paid(1.0, 1.0, 3.0, 3.0)
    (5, 1)
    >>> gradients_until_paid(10.0, 3.0, 3.0, 3.0)
    """
    if each >= other_each:
        return None
    return max(1, 2 + math.floor((first - other_first) / (other_each - each)))


def _pays_after(one: _Begun, reference: _Begun | None) -> int | None:
    """The same of times that scatter: None where the quartiles of both overlap."""
    if reference is None or one is reference or one.first is None or reference.first is None:
        return None
    mine, other = quartiles_of(one.turn.seconds), quartiles_of(reference.turn.seconds)
    if mine is not None and other is not None and mine[1] >= other[0]:
        return None
    return gradients_until_paid(one.first, one.turn.median, reference.first, reference.turn.median)


def _seconds_of_tracing(trace_once: Run) -> float:
    """Until it ends: a function whose results are copied is traced before that, and this is cut short there."""
    with suppress(Exception):
        return seconds_of(trace_once)
    return 0.0


class _TooSlow(Exception):
    """A method that is not timed, and why."""


def _begin(contender: Contender, once: float, tracing: float, deadline: float) -> _Begun:
    """Take the first gradient. once: seconds of f; tracing: of its trace. Raises _TooSlow, and what it raises."""
    if contender.calls * once > SLOWEST:
        raise _TooSlow(
            f"not timed: it calls f {contender.calls} times, which takes about {contender.calls * once:.2g} s"
        )
    if time.perf_counter() > deadline:
        raise _TooSlow("not timed: those before it took too long")
    start = time.perf_counter()
    run = contender.prepare()
    run()
    spent = time.perf_counter() - start
    first = None
    if contender.derive is not None:
        first = contender.derive + spent + (tracing if contender.traced else 0.0)
    turn = turn_of(run)
    return _Begun(turn, first, _memory_of(turn))


def _memory_of(turn: Turn) -> int | None:
    """Bytes, if looking for them takes no time to speak of."""
    return peak_memory(turn.run) if turn.expected < SLOWEST / 10 else None


def _contender(name: str, derivation: Derivation, problem: Problem, seconds: float | None) -> Contender:
    """A method at a point, with the operations of one gradient, where they can be counted."""
    evaluate, columns = derivation.evaluate, problem.columns
    assert evaluate is not None
    calls = {REFERENCE: 2 * columns, "complex_step": columns}.get(name, 0)
    operations: int | None = None
    try:
        if calls:
            operations = calls * problem.straight.operations()
        elif name == "claimed":
            program, places = traced_claim(problem)
            whole = sum(map(len, places)) == columns  # it may claim some parts of the gradient alone
            operations = program.operations() if whole else None
        elif derivation.sizes:
            operations = derivation.sizes[-1][1]  # the last form is the one that is evaluated
    except Unsupported:  # a black box, or a claim that can't be traced
        operations = None
    return Contender(lambda: evaluate(problem), seconds, derivation.same_branch, calls, operations)


def _note(name: str, contender: Contender, operations: int | None) -> str:
    """What is to be said of a method's operations."""
    if contender.operations is None or not operations:
        return ""
    if name == "complex_step":
        return "its operations are on complex numbers"
    if name == "reverse" and contender.operations > BOUND * operations:
        return BEYOND_BOUND
    return ""
