"""Does the function behave: one finite number (or array), the same twice, its inputs left alone?"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.cases import Case, InputError, Point, caller
from gradlab.engine.program import Program, run
from gradlab.engine.rounding import Sensitivity
from gradlab.engine.trace import TraceError, at_line, is_notation, is_ours, shown_path, trace
from gradlab.methods import Problem, real_inputs
from gradlab.methods.claimed import Impure, Misbehaviour, as_array, changed, copies

MANTISSA = 24
"""Bits of a float32."""
LATER_CALLS = 10
LATER_SECONDS = 0.1
"""A function is called again so many times, or for so long, to see whether it gives the same."""


def pose(case: Case, point: Point, digits: int) -> Problem:
    """Run a case's function at a point, twice, and trace it. Raises Misbehaviour."""
    function = caller(case.function, list(point.inputs))
    inputs = {
        name: np.float64(value) if type(value) is float else value for name, value in point.inputs.items()
    }
    first, second = _run_twice(function, inputs)
    value = _as_numbers(case, first)
    names = real_inputs(inputs)
    program, untraceable = _trace(function, inputs, names)
    if not np.all(np.isfinite(value)):
        raise Misbehaviour(_not_finite(program, inputs, names, value))
    if program is not None:
        program, untraceable = _held_against(program, inputs, names, value)
    return Problem(
        call=_in_arrays(function) if _needs_arrays(first, second) else function,
        inputs=inputs,
        wrt=case.wrt,
        rows=value.size,
        value=value,
        program=program,
        untraceable=untraceable,
        traced=names,
        digits=digits,
    )


def look_again(problem: Problem) -> str:
    """Call the function again at the point, after it was called elsewhere; a note on its precision.

    Raises Misbehaviour where it gives another value than at first.
    """
    end = time.perf_counter() + LATER_SECONDS
    for _ in range(LATER_CALLS):
        array = as_array(_run(problem.call, problem.inputs)[0], "the function")
        later = np.ravel(array).astype(np.float64) if array.dtype.kind in "biuf" else array
        if later.tobytes() != problem.value.tobytes():
            raise Impure(
                f"the function is not deterministic: it gives {_short(problem.value)} at first, and {_short(later)} when "
                "it is called again after other points; let it keep nothing between its calls"
            )
        if time.perf_counter() > end:
            break
    narrow = array.dtype.kind == "f" and array.dtype.itemsize < 8
    single = all(getattr(problem.inputs[n], "dtype", np.dtype(np.float64)).itemsize == 8 for n in problem.wrt)
    if narrow and single:
        return (
            f"the function computes in {array.dtype}: it gives about {np.finfo(array.dtype).precision} digits"
        )
    return ""


def notes_on(problems: Sequence[Problem]) -> list[str]:
    """What the function's values at several points show of it: that it is rounded, or does not change."""
    if len(problems) < 3:
        return []
    values = np.concatenate([p.value for p in problems])
    distinct = np.unique(values)
    if len(distinct) == len(np.unique(problems[0].value)) and all(
        p.program is None or not p.program.equations for p in problems
    ):
        return [
            f"the function gives the same value at all {len(problems)} points: does it keep its first result?"
        ]
    inputs = np.concatenate([p.flat() for p in problems])
    if _is_single(values) and not _is_single(inputs) and len(distinct) > 2:
        return [
            "the function's values have no more digits than float32 has: it computes in float32, or rounds"
        ]
    return []


def _is_single(values: np.ndarray) -> bool:
    """Whether numbers are float32 numbers, and some of them use its last bits."""
    mantissa = np.frexp(values)[0] * 2.0**MANTISSA
    fine = mantissa * 2.0**-8
    return bool(np.all(mantissa == np.round(mantissa)) and np.any(fine != np.round(fine)))


def _run_twice(function: Any, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    """The function's results, if they are the same twice and the inputs are left as they were."""
    (first, bits), (second, other) = _run(function, inputs), _run(function, inputs)
    if bits != other:
        raise Impure(
            f"the function is not deterministic: two calls at the same point give {_short(first)} and "
            f"{_short(second)}; fix its random seed, or pass the random numbers in"
        )
    return first, second


def _run(function: Any, inputs: Mapping[str, Any]) -> tuple[Any, bytes | None]:
    """The function's result, and its bits as they are now: it may write over what it gave before."""
    own = copies(inputs)
    try:
        with np.errstate(all="ignore"):
            result = function(own)
    except (InputError, KeyboardInterrupt, Misbehaviour):
        raise
    except BaseException as error:  # sys.exit too
        hint = (
            "; what is a count or an index stays an integer if wrt names the others"
            if "integer" in str(error)
            else ""
        )
        raise Misbehaviour(
            f"the function raises {type(error).__name__}{raised_at(error)}{f': {error}' if str(error) else ''}{hint}"
        ) from None
    names = changed(inputs, own)
    if names:
        raise Impure(
            f"the function changes its input {', '.join(names)}: let it work on a copy ({names[0]} = {names[0]}.copy())"
        )
    return result, _bits(result)


def _bits(result: Any) -> bytes | None:
    """What of a result two calls must have in common; None where it is no array of numbers."""
    if result is None or isinstance(result, (str, bytes)):
        return None
    array = as_array(result, "the function")
    return repr(array.shape).encode() + array.tobytes()


def _needs_arrays(first: Any, second: Any) -> bool:
    """Whether results must be made arrays of numbers at once: objects, or an array that is written over."""
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.dtype.hasobject or np.may_share_memory(first, second)
    return np.asarray(first).dtype.hasobject


def _in_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda inputs: np.array(as_array(function(inputs), "the function"))


def raised_at(error: BaseException) -> str:
    """` at file:line` of the user's code that it passed through last; "" where there is none, as in a formula."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f
        for f in frames
        if not (is_ours(f.filename) or is_notation(f.filename) or f.filename.startswith("<"))
    ]
    return f" at {shown_path(own[-1].filename)}:{own[-1].lineno}" if own else ""


def _short(value: Any) -> str:
    array = np.asarray(value)
    return f"{(array.tolist() if array.size != 1 else array.item())!r:.40}"


def _as_numbers(case: Case, result: Any) -> np.ndarray:
    """The function's result, flattened."""
    if result is None:
        raise Misbehaviour("the function returns None: is its `return` missing?")
    if isinstance(result, (str, bytes)):
        raise Misbehaviour(f"the function returns the text {result!r:.40}, and a number is needed")
    array = as_array(result, "the function")
    if array.dtype.kind == "c":
        raise Misbehaviour(
            "the function returns a complex number; derivatives here are of real functions: take its real part, or a modulus"
        )
    if array.dtype.kind not in "biuf":
        raise Misbehaviour(
            f"the function returns {type(result).__name__} {result!r:.40}, and a number is needed"
        )
    if case.quantity == "gradient" and array.size != 1:
        raise Misbehaviour(
            f"the function returns an array of shape {array.shape}, and a gradient is of one number: "
            'sum it, or ask for the jacobian (quantity="jacobian", --jacobian)'
        )
    return np.ravel(array).astype(np.float64)


def _trace(function: Any, inputs: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Program | None, str]:
    """The function's program over its real inputs; or None, and why."""

    def traced(*values: Any) -> Any:
        return function({**inputs, **dict(zip(names, values, strict=True))})

    try:
        with np.errstate(all="ignore"):
            program, _ = trace(traced, [inputs[name] for name in names], locate=True)
    except TraceError as error:
        return None, str(error)
    except Exception as error:
        return None, f"it can't be traced: {type(error).__name__}: {error}"
    if len(program.outputs) != 1:
        return None, "it returns several arrays: stack them into one"
    return program, ""


def _held_against(
    program: Program, inputs: Mapping[str, Any], names: tuple[str, ...], value: np.ndarray
) -> tuple[Program | None, str]:
    """The program, if it computes what the function does; a function may treat tracers otherwise."""
    traced = [inputs[name] for name in names]
    with np.errstate(all="ignore"):
        result = np.ravel(np.asarray(run(program, traced)[program.outputs[0]], dtype=np.float64))
        if result.shape != value.shape:
            return None, "its trace gives another shape than it does itself"
        sensitivity = Sensitivity(program, traced)
        for i in range(value.size if value.size <= 100 else 0):
            allowed = 64 * sensitivity.of_operations(element=i) + 1e-13 * abs(value[i])
            narrow = any(getattr(x, "dtype", np.dtype(np.float64)).itemsize < 8 for x in traced)
            # nan, where a partial is infinite, allows all
            if not narrow and abs(result[i] - value[i]) > allowed:
                return (
                    None,
                    f"its trace gives {result[i]:.10g} where it gives {value[i]:.10g} itself: does it treat plain numbers otherwise?",
                )
    return program, ""


def _not_finite(
    program: Program | None, inputs: Mapping[str, Any], names: tuple[str, ...], value: np.ndarray
) -> str:
    """Where nan or inf first comes from."""
    what = "nan" if np.any(np.isnan(value)) else "inf"
    if program is not None:
        with np.errstate(all="ignore"):
            values = run(program, [inputs[name] for name in names])
        for equation, location in zip(program.equations, program.locations, strict=True):
            result = np.asarray(values[equation.result])
            operands = [np.asarray(values[i]) for i in equation.operands]
            if (
                result.dtype.kind == "f"
                and not np.all(np.isfinite(result))
                and all(np.all(np.isfinite(x)) for x in operands if x.dtype.kind == "f")
            ):
                bad = np.argmax(~np.isfinite(result.ravel()))
                culprits = (
                    ", ".join(f"{float(np.broadcast_to(x, result.shape).ravel()[bad]):.6g}" for x in operands)
                    if equation.primitive.is_elementwise
                    else "these values"
                )
                return (
                    f"the function is {what} here: {equation.primitive.name} of {culprits} is "
                    f"{result.ravel()[bad]}{at_line(location)}; choose a point inside its domain"
                )
    return f"the function is {what} here: choose a point inside its domain"
