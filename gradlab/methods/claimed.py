"""The claim: a derivative that someone derived by hand, evaluated as it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from gradlab.cases import InputError, caller, is_real
from gradlab.engine.program import Program, evaluate
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import trace
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers.precise import Precise

TITLE = "your derivation"
BESIDE = 2.0**-10
"""How far from the point the function is called to see whether the claim reads what that leaves behind."""


class Misbehaviour(Exception):
    """What was run can't be used because of what it does; the message says what."""


class Impure(Misbehaviour):
    """It does not give the same answer to the same question, or changes the question: wrong at any point."""


class WrongShape(InputError):
    """A part of the claim does not have the shape that is needed; it carries what was given."""

    def __init__(self, name: str, part: Any, want: tuple[int, ...]) -> None:
        have = _shape(part)
        super().__init__(wrong_shape(name, have, want))
        self.name = name
        self.part = part
        self.said = f"the hand derivative by {name} has shape {have}, and {name} needs {want}"

    def __reduce__(self) -> tuple[Any, ...]:  # it may come from a worker
        return InputError, (str(self),)


def copies(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that may be written into: arrays, lists, dictionaries and sets are copied."""
    return {name: _copy(value) for name, value in inputs.items()}


def _copy(value: Any) -> Any:
    if not isinstance(value, (np.ndarray, list, dict, set)):
        return value
    try:
        return deepcopy(value)
    except Exception:  # it holds what can't be copied: a lock, a module
        return value


def changed(inputs: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """The names of the inputs that differ from their copies, bit by bit."""
    return [name for name, value in inputs.items() if not _is_same(value, own[name])]


def _is_same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if isinstance(a, np.ndarray) and not a.dtype.hasobject:
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple, np.ndarray)):
        return len(a) == len(b) and all(map(_is_same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(_is_same(a[key], b[key]) for key in a)
    try:
        equality: Any = type(a).__eq__
        return bool(a == b) or equality is object.__eq__  # a copied object says nothing of itself
    except Exception:  # equal element by element
        return True


def as_array(result: Any, who: str) -> np.ndarray:
    """A result as an array of numbers; Decimal, Fraction and mpmath's numbers become float64.

    Raises Misbehaviour for what holds no numbers, with what to return instead.
    """
    try:
        array = np.asarray(result)
    except ValueError:
        raise Misbehaviour(f"{who} returns a ragged list, and numbers are needed") from None
    except Exception as error:
        detached = hasattr(result, "detach") or "detach" in str(error)
        instead = "its .detach().numpy()" if detached else f"it as a NumPy array ({error})"
        raise Misbehaviour(
            f"{who} returns {type(result).__name__}, which NumPy can't read: return {instead}"
        ) from None
    if np.ma.is_masked(result):
        raise Misbehaviour(
            f"{who} returns an array with masked entries, and each must be a number: fill them"
        )
    if not array.dtype.hasobject:
        return array
    elements = array.ravel().tolist()
    try:
        if any(isinstance(element, (str, bytes)) for element in elements):
            raise TypeError
        return np.array([float(element) for element in elements]).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        dense = ": return its .toarray()" if hasattr(result, "toarray") else ", and a number is needed"
        raise Misbehaviour(f"{who} returns {type(result).__name__} {result!r:.40}{dense}") from None


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

    Raises InputError for names that are not derived by, and for wrong shapes; Misbehaviour where the
    claim changes its inputs.
    """
    claim = problem.claim
    assert claim is not None
    own = copies(inputs)
    given = claim(own, problem.wrt)
    for name in changed(inputs, own):
        raise Misbehaviour(
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
            if part is None:
                raise InputError(f"the hand derivative by {name} is None: is its `return` missing?")
            if isinstance(part, (str, bytes)):
                raise InputError(f"the hand derivative by {name} is {type(part).__name__}, not numbers")
            if shape and problem.rows == 1 and name in claim.typed and np.ndim(part) == 0:
                part = part + np.zeros(shape)  # one formula for every element
            if not _fits(_shape(part), problem.rows, shape):
                raise WrongShape(name, part, output + shape)
            parts.append((list(range(start, start + size)), part))
        start += size
    return parts


def _shape(part: Any) -> tuple[int, ...]:
    return tuple(part.shape) if hasattr(part, "shape") else np.shape(part)


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
    """The claim in float64. Columns it says nothing of are nan, and not `known`; where it computes in
    fewer digits than float64 has, that is its error.

    Raises Misbehaviour where it gives other answers when it is called again.
    """
    _call(problem, problem.inputs)
    first = _values(problem)
    if problem.effort >= 1 and problem.claim is not None and not problem.claim.is_number:
        _refuse_another(
            first,
            _values(problem),
            "the hand derivative is not deterministic: two calls at the same point give {} and {}; "
            "fix its random seed, or pass the random numbers in",
        )
        x = problem.flat()
        _call(problem, problem.with_values(x + BESIDE * np.where(x == 0, 1.0, x)))
        _refuse_another(
            first,
            _values(problem),
            "the hand derivative reads what the function leaves behind: it gives {}, and {} once the function "
            "was called at another point; let it calculate from its own arguments",
        )
    return first


def _call(problem: Problem, inputs: Mapping[str, Any]) -> None:
    """Call the function for what it may leave behind; what it gives or raises is told elsewhere."""
    try:
        with np.errstate(all="ignore"):
            problem.call(copies(inputs))
    except Exception:
        return


def _refuse_another(first: Estimate, second: Estimate, sentence: str) -> None:
    """Raises Misbehaviour where two evaluations differ in a bit, with the first values that do."""
    a, b = first.value.ravel(), second.value.ravel()
    other = np.flatnonzero((a != b) & ~(np.isnan(a) & np.isnan(b)))
    if other.size:
        raise Misbehaviour(sentence.format(repr(a[other[0]].item()), repr(b[other[0]].item())))


def _values(problem: Problem) -> Estimate:
    """The claim, evaluated once."""
    value = np.full((problem.rows, problem.columns), np.nan)
    error = np.zeros(value.shape)
    known = np.zeros(problem.columns, dtype=bool)
    with np.errstate(all="ignore"):
        for columns, part in parts_of(problem, problem.inputs):
            array = as_array(part, "the hand derivative")
            if array.dtype.kind not in "biuf":
                raise InputError(f"the hand derivative holds {array.dtype} values, not real numbers")
            value[:, columns] = np.reshape(array.astype(np.float64), (problem.rows, -1))
            if array.dtype.kind == "f" and array.itemsize < 8:
                error[:, columns] = np.finfo(array.dtype).eps * np.abs(value[:, columns])
            known[columns] = True
    return Estimate(value, error if np.any(error) else None, known=known)


def traced_claim(problem: Problem) -> tuple[Program, list[list[int]]]:
    """The claim's own program over the same inputs, simplified, and the columns of each of its outputs.

    Raises Unsupported where it can't be traced, or is numbers.
    """
    program, places = claim_as_written(problem)
    return simplify(program, branches=False), places


def claim_as_written(problem: Problem, *, locate: bool = False) -> tuple[Program, list[list[int]]]:
    """The same, not simplified; with the line of each equation if they are to be located."""
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
            program, _ = trace(parts, [problem.inputs[name] for name in names], locate=locate)
    except InputError:
        raise
    except Exception as error:
        raise Unsupported(f"the claim can't be traced: {error}") from None
    return program, places
