"""How a wrong derivative is laid out: transposed, permuted, exchanged, summed. Told by its values, at every point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from gradlab.cases import Claim
from gradlab.engine.program import Program
from gradlab.engine.trace import at_line
from gradlab.judge.compare import Reference
from gradlab.judge.mistakes.findings import CONSTANTS
from gradlab.methods import Problem

if TYPE_CHECKING:
    from gradlab.judge.panel import Testimony
    from gradlab.judge.point import Judged

CLOSE = 1e-9
"""Relative: at 50 digits what is laid out otherwise is the same to the last digit of a float64."""
MOST_ENTRIES = 4096
MOST_AXES = 4
KEY_DIGITS = 9
FEWEST_VALUES = 4
"""That a sum is seen in: of two whole numbers a third may be the sum by chance."""
MOST_DENOMINATOR = 12
"""Of a factor that is told as a fraction, unless it is 1 over a length."""


def explain(claims: Sequence[Claim], judged: Sequence[Judged]) -> list[Judged]:
    """The same, with what each wrong claim is of the derivative told in its reasons."""
    found = list(judged)
    for number in range(len(claims)):
        told = [(i, at.testimony_on(number, claims)) for i, at in enumerate(found) if not at.kinks]
        heard = [(i, t) for i, t in told if t is not None and t.estimate is not None]
        wrong = [(i, t) for i, t in heard if t.verdict.kind == "disagree"]
        if not wrong:
            continue
        problem = found[wrong[0][0]].problem
        seen = _alike([_seen(t, found[i]) for i, t in heard])
        arguments = [Argument(name, np.shape(problem.inputs[name])) for name in problem.wrt]
        sentence = recognise(seen, arguments, _lengths(problem)) or outer_broadcasts(problem.program)
        for i, testimony in wrong if sentence else ():
            claimed, old = found[i].claims, testimony.verdict.reason
            if claimed.reason.startswith(old):
                longer = replace(claimed, reason=f"{claimed.reason}; {sentence}")
                found[i] = replace(found[i], claims=longer)
            testimony.verdict = replace(testimony.verdict, reason=f"{old}; {sentence}")
    return found


def floats(found: Sequence[Reference]) -> np.ndarray:
    """References in float64; nan where there is none."""
    return np.array([np.nan if r.exact is None else float(r.exact.value) for r in found])


def reference_at(at: Judged) -> np.ndarray:
    """The derivative at a point as a float64 matrix; nan where it is not known."""
    return floats(at.reference).reshape(at.problem.rows, -1)


def _seen(testimony: Testimony, at: Judged) -> Seen:
    assert testimony.estimate is not None
    claimed = np.array(testimony.estimate.value, dtype=np.float64)
    if testimony.exact is not None:
        exact = np.array([float(e.value) for e in testimony.exact]).reshape(claimed.shape)
        claimed = np.where(np.isnan(claimed), claimed, exact)
    return Seen(claimed, reference_at(at))


def _alike(seen: Sequence[Seen]) -> list[Seen]:
    """Those where as much is claimed as at the first: a claim in numbers is not held at further points."""
    return [one for one in seen if np.array_equal(np.isnan(one.claimed), np.isnan(seen[0].claimed))]


def _lengths(problem: Problem) -> dict[int, str]:
    """What a number may be the length of, among the inputs or else within the function; 1 and 2 may be anything."""
    lengths: dict[int, list[str]] = {}
    for name, value in problem.inputs.items():
        shape = np.shape(value) if isinstance(value, np.ndarray) else ()
        kinds = (
            ("the length of",) if len(shape) == 1 else ("the number of rows of", "the number of columns of")
        )
        for length, what in zip(shape, kinds, strict=False):
            lengths.setdefault(length, []).append(f"{what} {name}")
        if len(shape) > 1:
            lengths.setdefault(int(np.prod(shape)), []).append(f"the number of elements of {name}")
    for length in (n for shape in (problem.program.shapes if problem.program else ()) for n in shape):
        lengths.setdefault(length, ["a length within the function"])
    return {length: ", and ".join(what[:2]) for length, what in lengths.items() if length > 2}


@dataclass(frozen=True)
class Seen:
    """A claim and the derivative at one point, as matrices with a row for each output; nan is not known."""

    claimed: np.ndarray
    reference: np.ndarray


@dataclass(frozen=True)
class Argument:
    """An argument that is derived by."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many columns of the derivative it has."""
        return int(np.prod(self.shape))


@dataclass(frozen=True)
class _Block:
    """The columns of one argument, at every point: arrays of shape (rows, *shape), or shape for a gradient."""

    argument: Argument
    claimed: list[np.ndarray]
    reference: list[np.ndarray]

    @property
    def name(self) -> str:
        return self.argument.name

    @property
    def is_asked(self) -> bool:
        return not all(np.all(np.isnan(c)) for c in self.claimed)

    @property
    def is_wrong(self) -> bool:
        return self.is_asked and not _equal(self.claimed, self.reference)


def recognise(
    seen: Sequence[Seen], arguments: Sequence[Argument], lengths: Mapping[int, str] | None = None
) -> str | None:
    """What a wrong claim is of the derivative, by its layout; None where no one reading holds at every point.

    seen: the claim and the derivative at each point it was judged at. arguments: what is derived by, in
    the order of the columns. lengths: what a number may be the length of, for a factor of 1/20.

    >>> right = np.array([[1.0, 2.0, 3.0, 4.0]])
    >>> recognise([Seen(right[:, [0, 2, 1, 3]], right)], [Argument("W", (2, 2))])
    'the claim by W is the transpose of the derivative: return its .T'
    """
    if not seen or seen[0].reference.size > MOST_ENTRIES or not all(map(_is_known, seen)):
        return None
    blocks = _blocks(seen, arguments)
    wrong = [block for block in blocks if block.is_wrong]
    if not wrong:
        return None
    exchanged = dict(_exchanged(blocks))
    factor = _factor(wrong, lengths or {}) if sum(b.reference[0].size for b in wrong) > 1 else ""
    told = []
    for block in wrong:
        readings = [r for r in (*exchanged.get(block.name, ()), _order(block), _aggregate(block)) if r]
        if factor and not readings:
            return factor
        if not factor and len(readings) == 1:
            told += readings
    return "; ".join(dict.fromkeys(told)) or None


def _is_known(one: Seen) -> bool:
    asked = ~np.isnan(one.claimed)
    return bool(np.all(np.isfinite(one.reference)) and np.all(np.isfinite(one.claimed[asked])))


def _blocks(seen: Sequence[Seen], arguments: Sequence[Argument]) -> list[_Block]:
    blocks, start = [], 0
    rows = len(seen[0].reference)
    for argument in arguments:
        shape = ((rows,) if rows > 1 else ()) + argument.shape
        columns = slice(start, start + argument.size)
        blocks.append(
            _Block(
                argument,
                [one.claimed[:, columns].reshape(shape) for one in seen],
                [one.reference[:, columns].reshape(shape) for one in seen],
            )
        )
        start += argument.size
    return blocks


def _equal(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> bool:
    return all(map(is_close, a, b))


def is_close(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether arrays are of one shape, and the same but for rounding; nan is the same as nothing."""
    if a.shape != b.shape:
        return False
    return bool(np.all(np.abs(a - b) <= CLOSE * np.maximum(np.abs(a), np.abs(b))))


# One argument's derivative given for another's


def _exchanged(blocks: Sequence[_Block]) -> Iterator[tuple[str, list[str]]]:
    """By argument, of which other arguments the derivative is given for it."""
    for block in blocks:
        if not block.is_wrong:
            continue
        found = []
        for other in blocks:
            if other is block or not _equal(block.claimed, other.reference):
                continue
            if _equal(other.claimed, block.reference):
                first, second = sorted((block.name, other.name), key=[b.name for b in blocks].index)
                found.append(f"the derivatives by {first} and {second} are exchanged")
            elif sum(np.size(r) for r in block.reference) > 1:
                found.append(f"what is given by {block.name} is the derivative by {other.name}")
        yield block.name, found


# One factor for all


def _factor(wrong: Sequence[_Block], lengths: Mapping[int, str]) -> str:
    """The one number by which all wrong components are too large, with what it may stand for."""
    claimed = np.concatenate([np.ravel(c) for b in wrong for c in b.claimed])
    reference = np.concatenate([np.ravel(r) for b in wrong for r in b.reference])
    known = reference != 0
    if np.count_nonzero(known) < 2 or np.any(claimed[~known]):
        return ""
    ratios = claimed[known] / reference[known]
    ratio = float(ratios[0])
    if not np.all(np.abs(ratios - ratio) <= CLOSE * abs(ratio)) or ratio == 0:
        return ""
    all_of_it = "every component is" if len(wrong) > 1 else f"every component by {wrong[0].name} is"
    if abs(ratio + 1) < CLOSE:
        return f"{all_of_it} of the wrong sign"
    constant = next((name for name, value in CONSTANTS.items() if abs(ratio - value) <= CLOSE * value), "")
    if constant:
        return f"{all_of_it} {constant} times the derivative"
    simple = Fraction(ratio).limit_denominator(10000)
    count = simple.denominator if simple.numerator == 1 else simple.numerator
    what = lengths.get(count, "") if 1 in (simple.numerator, simple.denominator) else ""
    if abs(ratio - simple) > CLOSE * abs(ratio) or (simple.denominator > MOST_DENOMINATOR and not what):
        return f"{all_of_it} {ratio:.10g} times the derivative"
    slip = "a mean for a sum" if simple < 1 else "a sum for a mean"
    return f"{all_of_it} {simple} times the derivative" + (f": {count} is {what}; {slip}?" if what else "")


# The same entries in another order


def _order(block: _Block) -> str:
    """How the entries are permuted, if they are."""
    claimed, reference = keys(block.claimed), keys(block.reference)
    if len(claimed) < 2 or Counter(claimed) != Counter(reference) or claimed == reference:
        return ""
    shape = block.reference[0].shape
    fitting: dict[tuple[int, ...], str] = {
        tuple(places.ravel().tolist()): said
        for places, said in reversed(list(_rearrangements(block)))
        if [reference[i] for i in places.ravel()] == claimed
    }
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    moved = [i for i in range(len(claimed)) if claimed[i] != reference[i]]
    if not fitting and len(moved) == 2:
        first, second = (", ".join(map(str, np.unravel_index(i, shape))) for i in moved)
        return f"the entries [{first}] and [{second}] of the claim by {block.name} are exchanged"
    return _slices_exchanged(block, shape) or (
        f"the claim by {block.name} has the entries of the derivative in another order"
    )


def keys(values: Sequence[np.ndarray]) -> list[tuple[str, ...]]:
    """Each entry by its values at all points."""
    columns = [[f"{v + 0.0:.{KEY_DIGITS - 1}e}" for v in array.ravel().tolist()] for array in values]
    return list(zip(*columns, strict=True))


def _rearrangements(block: _Block) -> Iterator[tuple[np.ndarray, str]]:
    """The rearrangements that have a name: where each entry comes from, and what to say."""
    shape, subject = block.reference[0].shape, f"the claim by {block.name}"
    places = np.arange(int(np.prod(shape))).reshape(shape)
    is_jacobian = len(shape) > len(block.argument.shape)
    rows = shape[0] if is_jacobian else 1
    if is_jacobian and rows == block.argument.size:
        matrix = places.reshape(rows, rows)
        yield matrix.T, f"{subject} is the Jacobian's transpose: rows are outputs, so return its .T"
    for axes in permutations(range(len(shape))) if 2 <= len(shape) <= MOST_AXES else ():
        turned = places.transpose(axes)
        if turned.shape == shape and axes != tuple(range(len(shape))):
            whole = "return its .T" if len(shape) == 2 else f"return np.transpose of it by {_inverse(axes)}"
            yield turned, f"{subject} is the transpose of the derivative: {whole}"
    if len(shape) > 1:
        by_column = places.ravel(order="F").reshape(shape)
        yield (
            by_column,
            f"{subject} holds the transpose of the derivative, reshaped: where it is reshaped, write .T",
        )
        filled = places.ravel().reshape(shape, order="F")
        yield (
            filled,
            f"{subject} is filled in column by column (order='F'), and the derivative's order is row by row",
        )
    for axis in range(len(shape)):
        along = _along(axis, len(shape), is_jacobian)
        if shape[axis] > 2 or len(shape) > 1:
            yield np.flip(places, axis), f"{subject} is the derivative in reverse order{along}"
        if shape[axis] > 2:
            for step, where in ((1, "later"), (-1, "earlier")):
                yield (
                    np.roll(places, step, axis),
                    f"{subject} is the derivative shifted one place {where}{along}: is an index off by one?",
                )
    if len(shape) > 1:
        yield np.flip(places), f"{subject} is the derivative in reverse order along all its axes"


def _inverse(axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argsort(axes))


def _along(axis: int, dimensions: int, is_jacobian: bool) -> str:
    if dimensions == 1:
        return ""
    if is_jacobian and axis == 0:
        return " of the outputs"
    if dimensions == 2:
        return " of its rows" if axis == 0 else " of its columns"
    return f" along axis {axis}"


def _slices_exchanged(block: _Block, shape: tuple[int, ...]) -> str:
    """Two rows or two columns exchanged."""
    if len(shape) != 2:
        return ""
    for axis, what in ((0, "rows"), (1, "columns")):
        same = np.all([np.all(c == r, axis=1 - axis) for c, r in _moved(block)], axis=0)
        other = np.flatnonzero(~same).tolist()
        if len(other) == 2:
            order = list(range(shape[axis]))
            order[other[0]], order[other[1]] = other[1], other[0]
            if _equal(block.claimed, [np.take(r, order, axis) for r in block.reference]):
                return f"the {what} {other[0]} and {other[1]} of the claim by {block.name} are exchanged"
    return ""


def _moved(block: _Block) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The claim with what is close to the derivative set equal to it."""
    for c, r in zip(block.claimed, block.reference, strict=True):
        yield np.where(np.abs(c - r) <= CLOSE * np.maximum(np.abs(c), np.abs(r)), r, c), r


# Sums, means, and what is left out


def _aggregate(block: _Block) -> str:
    """Each entry the sum or the mean over some axis, or a Jacobian of which there is only the diagonal."""
    name, shape = block.name, block.reference[0].shape
    if len(shape) == 2 and shape[0] == shape[1] and len(block.argument.shape) == 1:
        diagonals = [r * np.eye(shape[0]) for r in block.reference]
        if _equal(block.claimed, diagonals):
            return f"the claim by {name} has the Jacobian's diagonal alone: ∂y[i]/∂{name}[j] for i ≠ j is missing"
    if len(shape) > len(block.argument.shape) or block.argument.size * len(block.claimed) < FEWEST_VALUES:
        return ""
    for axis in (None, *range(len(shape))) if len(shape) > 1 else (None,):
        for what, reduce in (("sum", np.sum), ("mean", np.mean)):
            spread = [np.broadcast_to(reduce(r, axis=axis, keepdims=True), shape) for r in block.reference]
            if _equal(block.claimed, spread):
                over = "all entries" if axis is None else f"axis {axis}"
                return f"each entry of the claim by {name} is the {what} of the derivative over {over}: leave that out"
    return ""


# The function's own slip


def outer_broadcasts(program: Program | None) -> str:
    """Where the function makes an (n, n) of an (n, 1) and an (n,): mostly not meant. "" where it doesn't."""
    if program is None:
        return ""
    for equation, location in zip(program.equations, program.locations, strict=False):
        shapes = [program.shapes[slot] for slot in equation.operands]
        result = program.shapes[equation.result]
        if not equation.primitive.is_elementwise or len(shapes) != 2 or len(result) != 2:
            continue
        if result[0] == result[1] > 1 and result not in shapes and () not in shapes:
            return (
                f"the function makes {result} of the shapes {shapes[0]} and {shapes[1]} in {equation.primitive.name}"
                f"{at_line(location)}: is that meant?"
            )
    return ""
