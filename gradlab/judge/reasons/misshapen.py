"""A part of a claim that has a wrong shape: what it is, by its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import numpy as np

from gradlab.cases import InputError
from gradlab.judge.compare import Reference
from gradlab.judge.reasons.layout import MOST_AXES, floats, is_close, keys
from gradlab.methods import Problem
from gradlab.methods.claimed import Misbehaviour, WrongShape, as_array


def told_shape(error: WrongShape, problem: Problem, found: Sequence[Reference]) -> InputError:
    """What to raise for a part of a claim that has a wrong shape, now that the derivative is known."""
    start = sum(int(np.size(problem.inputs[name])) for name in problem.wrt[: problem.wrt.index(error.name)])
    shape = np.shape(problem.inputs[error.name])
    whole = floats(found).reshape(problem.rows, -1)
    right = whole[:, start : start + int(np.prod(shape))]
    try:
        given = as_array(error.part, "the hand derivative")
    except Misbehaviour:
        return error
    if given.dtype.kind not in "biuf" or not np.all(np.isfinite(right)):
        return error
    output = (problem.rows,) if problem.rows > 1 else ()
    return InputError(
        describe_shape(error.said, given.astype(np.float64), right.reshape(output + shape), shape)
    )


def describe_shape(said: str, given: np.ndarray, right: np.ndarray, shape: tuple[int, ...]) -> str:
    """The sentence about a part of a claim that has a wrong shape: what it is, by its values.

    said: what is wrong with the shape. right: the derivative in the shape that is needed. shape: the
    argument's own, which a Jacobian has last.

    >>> right = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> describe_shape("W needs (2, 3)", right.T, right, (2, 3))
    'W needs (2, 3): it is the transpose of the right gradient: return its .T'
    """
    if np.any(right):
        for candidate, what in _rewritten(given, right, shape):
            if is_close(candidate, right):
                return f"{said}: {what}"
        for reduced, what in _reduced(right):
            if is_close(np.squeeze(given), np.squeeze(reduced)):
                return f"{said}: {what}"
        if given.size == right.size and Counter(keys([given])) == Counter(keys([right])):
            return f"{said}: it has the right entries in another order; lay them out as {right.shape}"
    if given.shape == right.shape[::-1]:
        return f"{said}: it is transposed, and its .T would still be wrong"
    if given.size == right.size:
        return f"{said}: reshaped it would fit, and still be wrong in any order"
    if right.ndim and given.shape[-right.ndim :] == right.shape:
        return (
            f"{said}: what is broadcast gets the sum over what it was broadcast to, and summed over its first axes "
            "it would still be wrong"
        )
    return f"{said}: a gradient has the shape of what it is taken by"


def _rewritten(
    given: np.ndarray, right: np.ndarray, shape: tuple[int, ...]
) -> Iterator[tuple[np.ndarray, str]]:
    """The claim laid out in other ways that have the shape that is needed, and what it is then."""
    want = right.shape
    of = "Jacobian" if right.ndim > len(shape) else "gradient"
    yield given.T, f"it is the transpose of the right {of}: return its .T"
    if 2 < given.ndim <= MOST_AXES:
        for axes in permutations(range(given.ndim)):
            yield (
                given.transpose(axes),
                f"it is the right {of} with its axes in another order: return np.transpose of it by {axes}",
            )
    if given.size == right.size:
        yield given.reshape(want), f"it has the right entries in the right order: return its .reshape{want}"
        yield (
            given.reshape(want, order="F"),
            f"it has the right entries column by column: return its .reshape({want}, order='F')",
        )
        yield given.T.reshape(want), f"it has the right entries, transposed: return its .T.reshape{want}"
    if given.ndim == 1 and right.shape == 2 * given.shape:
        yield np.diag(given), "it is the Jacobian's diagonal: return np.diag of it"
    if right.ndim == 1 and given.shape == 2 * right.shape and _is_diagonal(given):
        yield np.diag(given), "it is the right gradient on a diagonal: return np.diag of it"
    for count in range(1, min(given.ndim, MOST_AXES) + 1):
        for axes in combinations(range(given.ndim), count):
            over = str(axes[0] if len(axes) == 1 else axes)
            for what, reduced in (("sum", given.sum(axis=axes)), ("mean", given.mean(axis=axes))):
                if reduced.size == right.size:
                    fix = f".{what}(axis={over})" + (f".reshape{want}" if reduced.shape != want else "")
                    yield (
                        reduced.reshape(want),
                        f"it is not reduced yet to what it is taken by: return its {fix}",
                    )
    if given.size == 1 and right.size > 1:
        yield np.full(want, given.item()), f"every entry has this value: return np.full({want}, …)"


def _is_diagonal(matrix: np.ndarray) -> bool:
    return not np.any(matrix - np.diag(np.diag(matrix)))


def _reduced(right: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    """What may have been summed away."""
    for count in range(1, min(right.ndim, MOST_AXES) + 1):
        for axes in combinations(range(right.ndim), count):
            over = "all entries" if count == right.ndim else f"axis {', '.join(map(str, axes))}"
            yield right.sum(axis=axes), f"it is the right one summed over {over}: leave out that sum"
            yield right.mean(axis=axes), f"it is the mean of the right one over {over}: leave out that mean"
