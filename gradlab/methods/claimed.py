"""The claim: a derivative that someone derived by hand, evaluated as it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab.cases import InputError, caller, is_real
from gradlab.engine.program import Program, evaluate
from gradlab.engine.rounding import Sensitivity
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import trace
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

TITLE = "your derivation"
MOST_NOISE_COMPONENTS = 64


def derive(problem: Problem) -> Derivation:
    """The claim as a function: traced, if it can be, so that it too is judged at 50 digits."""
    claim = problem.claim
    if claim is None:
        raise Unsupported("there is no claim")

    def bare(at: Problem) -> Callable[[], Any]:
        inputs = at.inputs
        parts = (
            [claim.given]
            if callable(claim.given)
            else [part for part in claim.given.values() if callable(part)]
        )
        calls = [caller(part, list(inputs)) for part in parts]
        return lambda: [call(inputs) for call in calls]

    def exact(at: Problem, digits: int) -> list[Any]:
        program, places = traced_claim(at)
        numbers = Precise(digits)
        parts = evaluate(program, [numbers.constant(x) for x in at.traced_inputs], numbers)
        whole: list[Any] = [None] * (at.rows * at.columns)
        for columns, part in zip(places, parts, strict=True):
            values = np.reshape(np.asarray(part, dtype=object), (at.rows, -1))
            for i in range(at.rows):
                for k, j in enumerate(columns):
                    whole[i * at.columns + j] = numbers.number(values[i, k])
        return whole

    return Derivation(estimate, exact, evaluate=bare if not claim.is_number else None)


def parts_of(problem: Problem, inputs: Any) -> list[tuple[list[int], Any]]:
    """The claim's parts, each with its columns of the derivative; shapes are checked.

    Raises InputError for names that are not derived by, and for wrong shapes.
    """
    claim = problem.claim
    assert claim is not None
    own = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}
    given = claim(own, problem.wrt)
    for name, value in inputs.items():
        if isinstance(value, np.ndarray) and value.tobytes() != own[name].tobytes():
            raise InputError(
                f"the hand derivative changes its input {name}: let it work on a copy ({name} = {name}.copy())"
            )
    unknown = [name for name in given if name not in problem.wrt]
    if unknown:
        raise InputError(
            f"the hand derivative gives {', '.join(map(repr, unknown))}; derived by are {', '.join(problem.wrt)}"
        )
    if not given:
        raise InputError("the hand derivative is empty")
    if callable(claim.given) and len(given) < len(problem.wrt):
        missing = [name for name in problem.wrt if name not in given]
        raise InputError(f"the hand derivative gives nothing for {', '.join(missing)}")
    parts = []
    start = 0
    output = () if problem.rows == 1 else (problem.rows,)
    for name in problem.wrt:
        shape = np.shape(problem.inputs[name])
        size = int(np.prod(shape))
        if name in given:
            part = given[name]
            if part is None or isinstance(part, (str, bytes)):
                raise InputError(f"the hand derivative by {name} is {type(part).__name__}, not numbers")
            if shape and problem.rows == 1 and name in claim.typed and np.ndim(part) == 0:
                part = part + np.zeros(shape)  # one formula for every element
            have = np.shape(part) if not hasattr(part, "shape") else tuple(part.shape)
            if not _fits(have, problem.rows, shape):
                raise InputError(wrong_shape(name, have, output + shape))
            parts.append((list(range(start, start + size)), part))
        start += size
    return parts


def wrong_shape(name: str, have: tuple[int, ...], want: tuple[int, ...]) -> str:
    """What is wrong with a shape, by its usual name."""
    sentence = f"the hand derivative by {name} has shape {have}, and {name} needs {want}"
    if have == want[::-1] and have != want:
        return f"{sentence}: it is transposed; write its .T"
    if int(np.prod(have)) == int(np.prod(want)):
        return f"{sentence}: the same count, laid out otherwise; reshape it"
    if want and have[-len(want) :] == want:
        return f"{sentence}: what is broadcast gets the sum over what it was broadcast to; sum over the first axes"
    return f"{sentence}: a gradient has the shape of what it is taken by"


def _fits(have: tuple[int, ...], rows: int, shape: tuple[int, ...]) -> bool:
    """Whether a shape will do: that of the argument; before it, for several outputs, theirs in whatever shape."""
    if rows == 1:
        return have == shape or (_squeezed(have) == _squeezed(shape) and len(have) != len(shape))
    lead = len(have) - len(shape)
    return have == (rows, int(np.prod(shape))) or (
        lead >= 0 and have[lead:] == shape and int(np.prod(have[:lead])) == rows
    )


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def estimate(problem: Problem) -> Estimate:
    """The claim in float64. Columns it says nothing of are nan, and not `known`."""
    value = np.full((problem.rows, problem.columns), np.nan)
    known = np.zeros(problem.columns, dtype=bool)
    with np.errstate(all="ignore"):
        for columns, part in parts_of(problem, problem.inputs):
            array = np.asarray(part)
            if array.dtype.kind not in "biuf":
                raise InputError(f"the hand derivative holds {array.dtype} values, not real numbers")
            value[:, columns] = np.reshape(array.astype(np.float64), (problem.rows, -1))
            known[columns] = True
    return Estimate(value, known=known)


def traced_claim(problem: Problem) -> tuple[Program, list[list[int]]]:
    """The claim's own program over the same inputs, and the columns of each of its outputs.

    Raises Unsupported where it can't be traced, or is numbers.
    """
    if problem.claim is None or problem.claim.is_number:
        raise Unsupported("the claim is numbers, so it is judged at this point and in its own digits")
    places: list[list[int]] = []
    names = [name for name in problem.inputs if is_real(problem.inputs[name])]

    def parts(*values: Any) -> list[Any]:
        found = parts_of(problem, {**problem.inputs, **dict(zip(names, values, strict=True))})
        places[:] = [columns for columns, _ in found]
        return [part if not isinstance(part, (list, tuple)) else np.asarray(part) for _, part in found]

    try:
        with np.errstate(all="ignore"):
            program, _ = trace(parts, [problem.inputs[name] for name in names])
    except InputError:
        raise
    except Exception as error:
        raise Unsupported(f"the claim can't be traced: {error}") from None
    return simplify(program, branches=False), places


def noise_of_claim(problem: Problem) -> np.ndarray:
    """What the rounding of the claim's own decimal constants may do, by component; for many, the largest of a sample."""
    program, places = traced_claim(problem)
    noise = np.zeros((problem.rows, problem.columns))
    sensitivity = Sensitivity(program, problem.traced_inputs)
    step = max(1, problem.columns // MOST_NOISE_COMPONENTS)
    for output, columns in enumerate(places):
        for i in range(problem.rows):
            for k, j in list(enumerate(columns))[::step]:
                noise[i, j] = sensitivity.of_constants(output, i * len(columns) + k)
    return noise if step == 1 else np.full_like(noise, noise.max())
