"""Does the function behave: one finite number (or array), the same twice, its inputs left alone?"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlab.cases import Case, InputError, Point, caller
from gradlab.engine.program import Program, run
from gradlab.engine.rounding import Sensitivity
from gradlab.engine.trace import TraceError, at_line, shown_path, trace
from gradlab.methods import Problem, real_inputs


class Misbehaviour(Exception):
    """The function can't be differentiated because of what it does; the message says what."""


def pose(case: Case, point: Point, digits: int) -> Problem:
    """Run a case's function at a point, twice, and trace it. Raises Misbehaviour."""
    function = caller(case.function, list(point.inputs))
    inputs = {
        name: np.float64(value) if type(value) is float else value for name, value in point.inputs.items()
    }
    result = _run_twice(function, inputs)
    value = _as_numbers(case, result)
    names = real_inputs(inputs)
    program, untraceable = _trace(function, inputs, names)
    if not np.all(np.isfinite(value)):
        raise Misbehaviour(_not_finite(program, inputs, names, value))
    if program is not None:
        program, untraceable = _held_against(program, inputs, names, value)
    return Problem(
        call=function,
        inputs=inputs,
        wrt=case.wrt,
        rows=value.size,
        value=value,
        program=program,
        untraceable=untraceable,
        traced=names,
        digits=digits,
    )


def _copies(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}


def _run_twice(function: Any, inputs: Mapping[str, Any]) -> Any:
    """The function's result, if it is the same twice and the inputs are left as they were."""
    results = []
    for _ in range(2):
        own = _copies(inputs)
        try:
            with np.errstate(all="ignore"):
                results.append(function(own))
        except (InputError, KeyboardInterrupt):
            raise
        except BaseException as error:  # sys.exit too
            hint = (
                "; what is a count or an index stays an integer if wrt names the others"
                if "integer" in str(error)
                else ""
            )
            raise Misbehaviour(
                f"the function raises {type(error).__name__}{_line_of(error)}{f': {error}' if str(error) else ''}{hint}"
            ) from None
        changed = [
            name
            for name, value in inputs.items()
            if isinstance(value, np.ndarray) and value.tobytes() != own[name].tobytes()
        ]
        if changed:
            raise Misbehaviour(
                f"the function changes its input {', '.join(changed)}: let it work on a copy ({changed[0]} = {changed[0]}.copy())"
            )
    first, second = results
    if _bits(first) != _bits(second):
        raise Misbehaviour(
            f"the function is not deterministic: two calls at the same point give {_short(first)} and "
            f"{_short(second)}; fix its random seed, or pass the random numbers in"
        )
    return first


def _bits(result: Any) -> bytes | None:
    """What of a result two calls must have in common; None where it is no array."""
    try:
        array = np.asarray(result)
    except ValueError:
        return None
    return None if array.dtype.hasobject else array.tobytes()


def _line_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "gradlab" not in frame.filename.replace("\\", "/").split("/")[-2:-1]]
    return f" at {shown_path(own[-1].filename)}:{own[-1].lineno}" if len(own) > 1 else ""


def _short(value: Any) -> str:
    return f"{np.asarray(value).tolist()!r:.40}"


def _as_numbers(case: Case, result: Any) -> np.ndarray:
    """The function's result, flattened."""
    if result is None:
        raise Misbehaviour("the function returns None: is its `return` missing?")
    if isinstance(result, (str, bytes)):
        raise Misbehaviour(f"the function returns the text {result!r:.40}, and a number is needed")
    try:
        array = np.asarray(result)
    except ValueError:
        raise Misbehaviour("the function returns a ragged list, and numbers are needed") from None
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
