"""The points at which changes of a line are tried, and the values of trees there, in float64.

Of a line of numbers all points are taken at once, as arrays over the points: one sheet. Of a line with arrays every
point is a sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradlab.cases import is_real
from gradlab.notation.evaluate import Environment, evaluate
from gradlab.notation.formula import Formula
from gradlab.notation.names import canonical_name
from gradlab.notation.tree import Apply, Big, Name, Node, walk

Value = list[np.ndarray]
"""One array a sheet."""

GENERIC = 6
"""Points at which all inputs move: at the given ones the data stay the same, and 1 looks like 2 − 1."""
KINKED = frozenset({"relu", "max", "min", "abs"})
CLOSE = 1e-7
"""What survives in float64, relatively; what does is judged at many digits."""
_FAILURES = (ArithmeticError, ValueError, TypeError, LookupError)


@dataclass(frozen=True, eq=False)
class Sheets:
    """The points, and what the line has to be there."""

    environments: tuple[Environment, ...]
    goal: Value
    inputs: tuple[Mapping[str, Any], ...]
    """Those that were drawn, all inputs moved."""
    _known: dict[Node, Value | None] = field(default_factory=dict)

    def value(self, tree: Node) -> Value | None:
        """What a tree is at every point; None where it has no value, or not a finite one."""
        if tree not in self._known:
            self._known[tree] = self._evaluated(tree)
        return self._known[tree]

    def _evaluated(self, tree: Node) -> Value | None:
        found = []
        with np.errstate(all="ignore"):
            for environment in self.environments:
                try:
                    one = np.asarray(evaluate(tree, environment), dtype=np.float64)
                except _FAILURES:
                    return None
                if not np.all(np.isfinite(one)):
                    return None
                found.append(one)
        if len(found) == 1 and found[0].ndim < self.goal[0].ndim:
            found = [np.broadcast_to(found[0], self.goal[0].shape)]
        return found

    def is_goal(self, value: Value | None) -> bool:
        """Whether a value is what the line has to be, but for axes of length 1."""
        if value is None or any(a.size != b.size for a, b in zip(value, self.goal, strict=True)):
            return False
        layouts = {tuple(n for n in np.shape(one) if n != 1) for one in (value[0], self.goal[0])}
        return len(layouts) == 1 and is_close(value, self.goal)


def is_close(one: Value, other: Value) -> bool:
    """Whether two values are the same as far as float64 can tell."""
    a, b = flat(one), flat(other)
    if a.shape != b.shape:
        return False
    return bool(np.all(np.abs(a - b) <= CLOSE * np.maximum(np.abs(a), np.abs(b)) + 1e-12 * np.max(np.abs(b))))


def flat(value: Value) -> np.ndarray:
    """All elements at all points."""
    return np.concatenate([np.ravel(one) for one in value])


def spread(value: Value, over: Value) -> np.ndarray | None:
    """All elements of a value that is a number, or of the shape of another, for each element of that; else None."""
    try:
        return np.concatenate(
            [np.ravel(np.broadcast_to(a, np.shape(b))) for a, b in zip(value, over, strict=True)]
        )
    except ValueError:
        return None


def sheets_of(
    formula: Formula, goal: Callable[..., Any], points: Sequence[Mapping[str, Any]]
) -> Sheets | None:
    """The sheets of a line at the points where it and what it has to be have values; None where that is fewer than
    two.
    """
    kept: list[Mapping[str, Any]] = []
    goals: list[np.ndarray] = []
    with np.errstate(all="ignore"):
        for point in points:
            wanted = _at(goal, point)
            if wanted is not None and _at(formula, point) is not None:
                kept.append(point)
                goals.append(wanted)
    if len(kept) < 2:
        return None
    definitions = {definition.name: definition for definition in formula.definitions}
    shapes = dict(formula.shapes)

    def environment(point: Mapping[str, Any]) -> Environment:
        return Environment({canonical_name(n): _operand(v) for n, v in point.items()}, definitions, shapes)

    if not any(np.ndim(v) for point in kept for v in point.values() if is_real(v)):
        numbers = {n: np.array([p[n] for p in kept]) if is_real(v) else v for n, v in kept[0].items()}
        together = Sheets((environment(numbers),), [np.array(goals)], tuple(kept))
        found, first = (
            together.value(formula.tree),
            Sheets((environment(kept[0]),), goals[:1], ()).value(formula.tree),
        )
        numbers_alone = found and first and found[0].shape == (len(kept),) and np.ndim(first[0]) == 0
        if numbers_alone and found and first and bool(np.isclose(found[0][0], first[0], rtol=CLOSE)):
            return together  # nothing in it sums over the points
    return Sheets(tuple(map(environment, kept)), goals, tuple(kept))


def _at(function: Callable[..., Any], point: Mapping[str, Any]) -> np.ndarray | None:
    """The value at a point; None where there is none, or not a finite one."""
    try:
        value = np.asarray(function(**point), dtype=np.float64)
    except Exception:  # the user's code, at a point that nobody has asked about
        return None
    return value if np.all(np.isfinite(value)) else None


def _operand(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(np.float64)[()] if array.dtype.kind in "iubf" else value


def moved_points(
    inputs: Mapping[str, Any], trees: Sequence[Node], fixed: Sequence[str]
) -> list[dict[str, Any]]:
    """Points beside one, at which every number moves but those that are fixed, and limits of sums; where there are
    kinks, some with other signs.
    """
    limits = {
        part.name
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Big)
        for part in (node.lower, node.upper)
        if isinstance(part, Name)
    }
    generator = np.random.default_rng(0)
    has_kinks = any(
        isinstance(node, Apply) and node.function in KINKED for tree in trees for node in walk(tree)
    )
    points = []
    for k in range(2 * GENERIC if has_kinks else GENERIC):
        point = dict(inputs)
        for name, value in inputs.items():
            if is_real(value) and name not in fixed and canonical_name(name) not in limits:
                size = np.shape(value)
                share = generator.uniform(0.03, 0.25, size) * generator.choice([-1.0, 1.0], size)
                if has_kinks and k % 2:  # on their other side, too
                    share = share - generator.choice([0.0, 2.0], size)
                beside = np.where(np.asarray(value) == 0, share, np.asarray(value) * (1 + share))
                point[name] = float(beside) if beside.ndim == 0 else beside
        points.append(point)
    return points
