"""What a wrong claim says at every point, and what would be right: at 50 digits, so that chance is ruled out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.trace import trace
from gradlab.judge.mistakes.scene import Column
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import WrongShape, claim_as_written
from gradlab.numbers.precise import Precise

DIGITS = 50
MOST_COLUMNS = 12
"""Elements of the arguments that a slip is tried on."""
MOST_OPERATIONS = 5_000
"""Of the function: all of this is done at 50 digits."""
GENERIC = 3
"""Points drawn besides: at the given ones the data stay the same, and 1 looks like 2 − 1."""
LARGE = 1_000
FEW = 3
"""Points at which a function of more operations is looked at."""
MOST_GIVEN = 2
EXPLAINED = 1e-10
"""How much of the error a slip may leave unexplained: the constants of a claim may be rounded in its code."""
ROUNDED = 1e-15
"""Relative to the claim itself, likewise."""


@dataclass(frozen=True)
class Evidence:
    """A wrong claim, by the columns that it is wrong about, at every point."""

    problem: Problem
    program: Program
    """The function."""
    columns: tuple[Column, ...]
    weights: Any
    """Of the function's outputs, where it has several: the claim is asked for a sum of them."""
    points: tuple[tuple[Any, ...], ...]
    """The program's inputs at each point."""
    claimed: tuple[list[Any], ...]
    """By point and column, in 50 digits."""
    right: tuple[list[Any], ...]
    written: Program
    """The claim's own program, as it was written; an output for each of `places`."""
    places: tuple[tuple[int, int], ...]
    """Of each column: the output that holds it, and which element of it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The arguments that are asked about."""
        return tuple(dict.fromkeys(column.name for column in self.columns))

    def input_names(self, program: Program) -> dict[int, str]:
        """The names of a program's input slots."""
        return dict(zip(program.inputs, self.problem.traced, strict=True))

    def explains(self, found: Sequence[Sequence[Any]]) -> bool:
        """Whether these values, by point and column, are what was claimed."""
        return _close(found, self.claimed, self.right)

    def repairs(self, found: Sequence[Sequence[Any]]) -> bool:
        """Whether these values are the right ones."""
        return _close(found, self.right, self.claimed)

    def at(self, program: Program) -> list[list[Any]]:
        """A program's outputs at every point, in 50 digits. Raises ArithmeticError and the like."""
        return [numbers_at(program, point) for point in self.points]


def _close(
    found: Sequence[Sequence[Any]], goal: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]
) -> bool:
    if not found:
        return False
    for f, g, o in zip(found, goal, other, strict=True):
        off = max(abs(a - b) for a, b in zip(g, o, strict=True))
        allowed = EXPLAINED * off + ROUNDED * max(map(abs, g))
        if not all(abs(a - b) <= allowed for a, b in zip(f, g, strict=True)):
            return False
    return True


def numbers_at(program: Program, point: Sequence[Any]) -> list[Any]:
    """The outputs at a point in 50 digits, flattened."""
    numbers = Precise(DIGITS)
    outputs = evaluate(program, [numbers.constant(x) for x in point], numbers)
    return [numbers.number(v) for y in outputs for v in np.ravel(np.asarray(y, dtype=object)).tolist()]


def gather(problems: Sequence[Problem], wrong: Sequence[str]) -> Evidence | None:
    """All of that; None where the claim or the function can't be traced, or no point tells them apart."""
    usable = [p for p in problems if p.program is not None and p.claim is not None]
    if not usable:
        return None
    first = usable[0]
    program = replace(first.needs_program(), branches=(), locations=())
    try:
        written, places = claim_as_written(_with_formula(first))
    except (Unsupported, WrongShape):  # what is wrong with a shape is told elsewhere
        return None
    size = program.operations()
    if size > MOST_OPERATIONS:
        return None
    weights: Any = 1.0
    shape = program.shapes[program.outputs[0]]
    if shape:
        weights = np.cos(1.0 + np.arange(int(np.prod(shape)))).reshape(shape)
    gradient = reverse(program, first.traced_inputs, wrt=first.wrt_places)
    kept = _points(usable)[: FEW if size > LARGE else None]
    columns = _columns(first, program, wrong, places)
    found = []
    for point in kept:
        try:
            right = _right(gradient, point, weights)
            said = _said(first, written, places, point, weights)
        except (ArithmeticError, ValueError, TypeError, LookupError):
            continue
        claimed = [said.get(c.number) for c in columns]
        correct = [right[c.number] for c in columns]
        if None not in claimed and all(map(_is_finite, (*claimed, *correct))):
            found.append((point, claimed, correct))
    off = [
        k
        for k, (_, a, b) in enumerate(found)
        if any(abs(x - y) > ROUNDED * abs(y) for x, y in zip(a, b, strict=True))
    ]
    if not off:
        return None
    order = [off[0], *(k for k in range(len(found)) if k != off[0])]
    found = [found[k] for k in order]
    errors = [abs(a - b) for a, b in zip(found[0][1], found[0][2], strict=True)]
    chosen = _sampled(columns, errors, max(1, min(MOST_COLUMNS, MOST_OPERATIONS // (size + 1))))
    return Evidence(
        problem=first,
        program=program,
        columns=tuple(columns[k] for k in chosen),
        weights=weights,
        points=tuple(tuple(point) for point, _, _ in found),
        claimed=tuple([a[k] for k in chosen] for _, a, _ in found),
        right=tuple([b[k] for k in chosen] for _, _, b in found),
        written=written,
        places=tuple(_place(places, columns[k].number) for k in chosen),
    )


def _with_formula(problem: Problem) -> Problem:
    """The problem with a claim that is traced even if it is a number, as that of x is 1."""
    claim = problem.claim
    if claim is None or callable(claim.given) or not claim.is_number:
        return problem

    def constant(part: Any) -> Any:
        return part if callable(part) else lambda **inputs: part

    return replace(problem, claim=replace(claim, given={n: constant(p) for n, p in claim.given.items()}))


def _is_finite(value: Any) -> bool:
    return bool(abs(value) < math.inf)


def _points(problems: Sequence[Problem]) -> list[list[Any]]:
    """Generic points in which all inputs move, the data too; and those that are on the first one's branch."""
    signature = problems[0].straight.signature()
    kept = [p.traced_inputs for p in problems if p is problems[0] or p.straight.signature() == signature]
    generator = np.random.default_rng(0)
    beside = [[_beside(x, generator) for x in problems[0].traced_inputs] for _ in range(GENERIC)]
    return [*beside[:2], kept[0], *beside[2:], *kept[1:MOST_GIVEN]]


def _beside(value: Any, generator: np.random.Generator) -> Any:
    share = generator.uniform(0.02, 0.2, np.shape(value)) * generator.choice([-1.0, 1.0], np.shape(value))
    moved = np.where(np.asarray(value) == 0, share, np.asarray(value) * (1 + share))
    return float(moved) if moved.ndim == 0 else moved


def _columns(
    problem: Problem, program: Program, wrong: Sequence[str], places: Sequence[Sequence[int]]
) -> list[Column]:
    found, number = [], 0
    claimed = {column for columns in places for column in columns}
    for name, place in zip(problem.wrt, problem.wrt_places, strict=True):
        for index, element in enumerate(np.ndindex(np.shape(problem.inputs[name]))):
            if name in wrong and number in claimed:
                found.append(Column(name, program.inputs[place], element, number, index))
            number += 1
    return found


def _sampled(columns: Sequence[Column], errors: Sequence[Any], count: int) -> list[int]:
    """So many columns, and of every argument one at least: first the one that is most off."""
    ordered = sorted(range(len(columns)), key=lambda k: -errors[k])
    names = list(dict.fromkeys(columns[k].name for k in ordered))
    queues = [[k for k in ordered if columns[k].name == name] for name in names]
    # beside the worst of an argument others at random, for where little is off much may be told
    generator = np.random.default_rng(0)
    queues = [[own[0], *generator.permutation(own[1:]).tolist()] for own in queues]
    rounds = [own[k] for k in range(max(map(len, queues))) for own in queues if k < len(own)]
    return rounds[: max(count, len(names))]


def _place(places: Sequence[Sequence[int]], number: int) -> tuple[int, int]:
    return next((k, list(columns).index(number)) for k, columns in enumerate(places) if number in columns)


def _right(gradient: Program, point: Sequence[Any], weights: Any) -> list[Any]:
    return numbers_at(gradient, [*point, weights])


def _said(
    problem: Problem, written: Program, places: Sequence[Sequence[int]], point: Sequence[Any], weights: Any
) -> dict[int, Any]:
    """What is claimed of each column, of the weighted sum of outputs."""
    numbers = Precise(DIGITS)
    parts = evaluate(written, [numbers.constant(x) for x in point], numbers)
    found: dict[int, Any] = {}
    rows = [float(w) for w in np.ravel(np.asarray(weights))]
    for columns, part in zip(places, parts, strict=True):
        values = np.reshape(np.asarray(part, dtype=object), (problem.rows, -1))
        for k, column in enumerate(columns):
            total = numbers.number(0)
            for row, weight in enumerate(rows):
                total += numbers.number(values[row, k]) * weight
            found[column] = total
    return found


def line_before(before: Callable[..., Any], problem: Problem) -> Program | None:
    """The program of the line before, over the problem's traced inputs; None where it can't be traced."""

    def value(*values: Any) -> Any:
        return before(**{**problem.inputs, **dict(zip(problem.traced, values, strict=True))})

    try:
        with np.errstate(all="ignore"):
            program, _ = trace(value, problem.traced_inputs)
    except Exception:  # a formula that has no value here
        return None
    return program


def follows(evidence: Evidence, line: Program) -> bool:
    """Whether the line before is right about the columns, so that the slip is in what comes after."""
    try:
        rows = evidence.at(line)
        return evidence.repairs([[row[c.index] for c in evidence.columns] for row in rows])
    except (ArithmeticError, ValueError, TypeError, LookupError, IndexError):
        return False
