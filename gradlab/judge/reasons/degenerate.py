"""What is special about a point, so that a wrong derivative may look right there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

MOST_TOLD = 3
LUCKY = {
    1.0: "its powers are all 1, and its logarithm is 0",
    -1.0: "its even powers are all 1, and its odd ones -1",
    2.0: "its square, its double and itself plus 2 are all 4",
    4.0: "its root and its half are both 2",
    0.5: "it is 1 less itself, and its double is 1",
}
"""Numbers at which different formulas have the same value."""
CLOSE = 1e-12


def why_hidden(
    inputs: Mapping[str, Any],
    wrt: Sequence[str],
    reference: np.ndarray,
    shows: Callable[[str], bool] = lambda name: True,
) -> str:
    """Why a wrong derivative may agree at this point, in a sentence; "" where the point is a general one.

    inputs: the point. wrt: the arguments that are derived by. reference: the derivative there. shows:
    whether the error shows when the argument of this name alone has another value.

    >>> why_hidden({"x": 1.0}, ("x",), np.array([[2.0]]))
    'x = 1 there: its powers are all 1, and its logarithm is 0'
    >>> why_hidden({"W": np.ones((2, 2))}, ("W",), np.array([[1.0, 2.0, 3.0, 4.0]]))
    "all elements of W are equal there, so that exchanged ones don't show"
    """
    found = [said for names, said in _reasons(inputs, wrt, reference) if all(map(shows, names))]
    return "; ".join(found[:MOST_TOLD])


def cannot_tell(inputs: Mapping[str, Any], wrt: Sequence[str], reference: np.ndarray) -> str:
    """The same as a note on a point that a claim is judged at alone; "" where it is a general one.

    >>> cannot_tell({"W": np.eye(2)}, ("W",), np.array([[1.0, 2.0, 3.0, 4.0]]))
    'the claim is judged at this point alone, which may hide an error: W is symmetric there, as its transpose is'
    """
    why = why_hidden(inputs, wrt, reference)
    return f"the claim is judged at this point alone, which may hide an error: {why}" if why else ""


def _reasons(
    inputs: Mapping[str, Any], wrt: Sequence[str], reference: np.ndarray
) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is special, with the arguments it is about; first of the derivative, which is about none."""
    known = reference[np.isfinite(reference)]
    if known.size and not np.any(known):
        many = "in all its components there" if known.size > 1 else "there"
        yield (), f"the derivative is 0 {many}, so that a wrong factor doesn't show"
    elif known.size and np.max(np.abs(known)) < CLOSE:
        size = f"{np.max(np.abs(known)):.1g}"
        yield (), f"the derivative is as good as 0 there (at most {size}): something is saturated"
    arrays = {name: np.asarray(inputs[name], dtype=np.float64) for name in inputs if _is_number(inputs[name])}
    for name in wrt:
        for said in _of_one(name, arrays[name]):
            yield (name,), said
    names = [*wrt, *(name for name in arrays if name not in wrt)]
    for i, first in enumerate(wrt):
        for second in names[i + 1 :]:
            for said in _of_two(first, second, arrays[first], arrays[second]):
                yield ((first, second) if second in wrt else (first,)), said


def _is_number(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "iuf" and np.size(value) > 0


def _of_one(name: str, x: np.ndarray) -> Iterator[str]:
    """What is special about one argument's value."""
    if not np.any(x):
        yield f"{name} is {'0' if x.ndim == 0 else 'zero'} there, so that terms with it as a factor don't show"
    elif x.size == 1:
        yield from _of_number(name, x.item())
    elif np.ptp(x) == 0:
        yield f"all elements of {name} are equal there, so that exchanged ones don't show"
    elif x.ndim == 2 and x.shape[0] == x.shape[1] and np.array_equal(x, x.T):
        yield f"{name} is symmetric there, as its transpose is"
    elif x.ndim == 2 and x.shape[0] == x.shape[1] and np.array_equal(x, -x.T):
        yield f"{name} is antisymmetric there: its transpose is its negative"
    elif np.all((x == 0) | (np.abs(x) == 1)):
        yield f"the elements of {name} are all 0, 1 or -1 there, so that their powers don't show"
    elif np.all(x == x.ravel()[0], where=x != 0):
        yield f"all elements of {name} but zeros are equal there, so that exchanged ones don't show"


def _of_number(name: str, x: float) -> Iterator[str]:
    if x in LUCKY:
        yield f"{name} = {x:g} there: {LUCKY[x]}"
    quarters = x / (math.pi / 4)
    if round(quarters) and abs(quarters - round(quarters)) < CLOSE * abs(quarters):
        what = "its sine and cosine are of one size" if round(quarters) % 2 else "its sine or cosine is 0"
        yield f"{name} is a multiple of π/{4 if round(quarters) % 2 else 2} there: {what}"


def _of_two(first: str, second: str, a: np.ndarray, b: np.ndarray) -> Iterator[str]:
    """Two arguments that can't be told apart, or cancel."""
    if a.shape != b.shape or not np.any(a) or not np.any(b):
        return
    if np.array_equal(a, b):
        yield f"{first} = {second} there, so that one taken for the other doesn't show"
    elif np.array_equal(a, -b):
        yield f"{first} = -{second} there, so that their sum vanishes"
    elif a.ndim == 0 and a + b == 1:
        yield f"{first} + {second} = 1 there, so that one factor may stand for another"
