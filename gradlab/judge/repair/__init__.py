"""A wrong line made right by the smallest change of the writer's own expression, in the writer's own notation.

At every place of the line it is calculated, from what the line has to be, what would have to stand there. If that is
a quantity of the problem beside what does stand there (a factor more, another sign, another exponent), the change is
a candidate. All this is float64 at points at which every input moves; what survives is judged like any line of a
derivation, at 50 digits, so that a repaired line is known to be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from gradlab.cases import Chain, Step, is_real
from gradlab.engine import jacobian
from gradlab.homework.placement import Held, typed_formula
from gradlab.judge.derivation import JudgedChain, judge_chain, line_name
from gradlab.judge.repair.edits import Edit, solved
from gradlab.judge.repair.everywhere import everywhere
from gradlab.judge.repair.layouts import tried
from gradlab.judge.repair.places import places_of
from gradlab.judge.repair.quantities import pairs, table_of
from gradlab.judge.repair.sheets import Sheets, moved_points, sheets_of
from gradlab.judge.repair.slopes import derivative
from gradlab.methods import Problem
from gradlab.notation.bounds import needed
from gradlab.notation.formula import Formula
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import canonical_name
from gradlab.notation.tree import Name, Node, walk
from gradlab.notation.write import write

__all__ = ["Right", "right_claim", "right_line"]

MOST_NODES = 400
"""Of a line that is repaired."""
MOST_JUDGED = 6
"""Survivors that are judged at 50 digits."""
MOST_POINTS = 2
"""Points of the case at which they are judged, besides those at which every input moves."""
LONGEST = 120
"""Characters of a derivative that is written anew."""
LONGEST_LIKE_IT = 240
"""And of one that is no longer than the line itself."""
_UNREADABLE = re.compile(r"[0-9]\.[0-9]{6}|\[|\b(?:reshape|ones|zeros|where|stack|einsum|broadcast_to)\(")
"""What nobody writes by hand: π/180 in decimals, elements one by one, what moves elements."""
PLAIN = 2.5
"""The cost of a change up to which it is told in any case."""
MUCH_SHORTER = 0.6
DEAR = 6.0
"""The cost of a change from which on a line is written anew if that is shorter."""
FAR = 6.0
"""The cost of a change from which on two quantities at once are tried too."""
_FAILURES = (ArithmeticError, ValueError, TypeError, LookupError, RuntimeError)


@dataclass(frozen=True)
class Right:
    """A line as it would be right."""

    tree: Node
    text: str
    latex: str
    change: str
    """What was changed, in words; "" where the line was written anew."""
    cost: float = 0.0
    """Of the change: how far it is from what one expects."""


@dataclass(frozen=True)
class _Wrong:
    """A line that is wrong, with what it has to be."""

    formula: Callable[..., Any]
    goal: Callable[..., Any]
    """By the inputs' names: the line before, if that is right, or what is derived."""
    by: str
    """What is derived by; "" for an identity."""
    lines: tuple[Callable[..., Any], ...] = ()
    """Other lines of the same derivation."""
    function: Callable[..., Any] | None = None
    """What is derived."""


def right_line(
    judged: JudgedChain, k: int, function: Callable[..., Any], problems: Sequence[Problem]
) -> Right | None:
    """Of a line of a derivation that does not follow from the one before, how it would.

    None where the line is right all the same, or numbers, or nothing was found. Where the line before is right and no
    single change makes this one so, it is what is derived, written anew, if that is short. function: what is derived.
    """
    steps = judged.chain.steps
    if not 0 < k < len(steps) - judged.chain.numbers or judged.findings[k].right == "agree":
        return None
    others = tuple(step.formula for place, step in enumerate(steps) if place != k)
    wrong = _Wrong(steps[k].formula, steps[k - 1].formula, judged.chain.by, others, function)
    found = _repaired(wrong, problems)
    if judged.findings[k - 1].right == "agree":
        return _nearer(found, wrong, problems)
    return found and replace(found, change=f"from {line_name(judged.chain, k - 1)}: {found.change}")


def right_claim(
    claim: Callable[..., Any], by: str, function: Callable[..., Any], problems: Sequence[Problem]
) -> Right | None:
    """Of a typed claim that is wrong, what would be right: by a single change, or written anew if that is short.

    >>> from gradlab.harness import case_of
    >>> from gradlab.judge.behaviour import pose
    >>> case = case_of("sin(3x)", {"x": 0.4}, hand={"x": "cos(3x)"})
    >>> problem = pose(case, case.points[0], 50)
    >>> right = right_claim(case.claims[0].given["x"], "x", case.function, [problem])
    >>> right.text, right.change
    ('3·cos(3·x)', '× 3 was missing')
    """

    def derived(**inputs: Any) -> Any:
        return jacobian(lambda value: function(**{**inputs, by: value}))(inputs[by])

    wrong = _Wrong(claim, derived, by, (), function)
    return _nearer(_repaired(wrong, problems), wrong, problems)


def _nearer(found: Right | None, wrong: _Wrong, problems: Sequence[Problem]) -> Right | None:
    """The line with one change, or what is derived written anew: where there is no such change, or a strange one that
    makes no shorter line, or one that is not plain and makes a much longer one.
    """
    if found is not None and found.cost < PLAIN:
        return found
    new = _anew(wrong, problems)
    if found is None or new is None:
        return found or new
    longest = len(found.text) if found.cost >= DEAR else len(found.text) * MUCH_SHORTER
    return new if len(new.text) <= longest else found


def _repaired(wrong: _Wrong, problems: Sequence[Problem]) -> Right | None:
    """The line with the smallest change after which it is right; None where none was found.

    problems: the points that the case is judged at.
    """
    formula = typed_formula(wrong.formula)
    if formula is None or not problems or _is_long(formula.tree):
        return None
    try:
        for points in _points(wrong, formula, problems):
            found = _smallest(wrong, formula, points)
            if found is not None:
                return found
    except _FAILURES:  # a line is none the worse for not being repaired
        return None
    return None


def _anew(wrong: _Wrong, problems: Sequence[Problem]) -> Right | None:
    """What is derived, written by the engine, if it is short."""
    if wrong.function is None or not problems:
        return None
    problem = problems[0]
    inputs = {name: value for name, value in problem.inputs.items() if is_real(value)}
    function = wrong.function.formula if isinstance(wrong.function, Held) else wrong.function

    def value(*values: Any) -> Any:
        return function(**{**problem.inputs, **dict(zip(inputs, values, strict=True))})

    try:
        tree = derivative(value, inputs, wrong.by) if wrong.by in inputs else None
    except _FAILURES:  # it can't be written
        return None
    if tree is None:
        return None
    formula = typed_formula(wrong.formula)
    right = _right(tree, "", "σ" if formula is None else formula.sigma)
    longest = LONGEST if formula is None else max(LONGEST, min(len(write(formula.tree)), LONGEST_LIKE_IT))
    return right if len(right.text) <= longest and not _UNREADABLE.search(right.text) else None


def _is_long(tree: Node) -> bool:
    return sum(1 for _ in islice(walk(tree), MOST_NODES + 1)) > MOST_NODES


def _points(wrong: _Wrong, formula: Formula, problems: Sequence[Problem]) -> Iterator[list[Problem]]:
    """The points to try a line at: all inputs moved; and as the case has them, since that may be what is assumed of
    arrays.
    """
    first = problems[0]
    trees = [formula.tree, *(d.body for d in formula.definitions)]
    trees += [one.tree for one in map(typed_formula, (wrong.goal, wrong.function)) if one is not None]
    fixed = [wrong.formula.name] if isinstance(wrong.formula, Held) else []
    moved = [replace(first, inputs=point) for point in moved_points(first.inputs, trees, fixed)]
    yield [*moved, *problems[:MOST_POINTS]]
    if len(problems) > 2 and any(np.ndim(value) for value in first.inputs.values()):
        yield list(problems)


def _smallest(wrong: _Wrong, formula: Formula, points: Sequence[Problem]) -> Right | None:
    goal = wrong.goal.formula if isinstance(wrong.goal, Held) else wrong.goal
    sheets = sheets_of(formula, goal, [_completed(wrong, point.inputs) for point in points])
    if sheets is None:
        return None
    for edit in _edits(wrong, formula, sheets)[:MOST_JUDGED]:
        if _is_right(wrong, formula, edit.tree, points):
            return replace(_right(edit.tree, edit.change, formula.sigma), cost=edit.cost)
    return None


def _completed(wrong: _Wrong, point: Mapping[str, Any]) -> Mapping[str, Any]:
    """A point with the value of a quantity that is held to what it is made of."""
    if not isinstance(wrong.formula, Held):
        return point
    name = wrong.formula.name
    others = {n: v for n, v in point.items() if n != name}
    return {**others, name: wrong.formula.quantity(**others)}


def _edits(wrong: _Wrong, formula: Formula, sheets: Sheets) -> list[Edit]:
    """What seems to be right in float64, the smallest change first."""
    places = places_of(formula.tree, sheets)
    function = typed_formula(wrong.function)
    others = [one.tree for one in map(typed_formula, (*wrong.lines, wrong.goal)) if one is not None]
    definitions = {d.name: d for d in formula.definitions}
    bodies = [d.body for d in definitions.values() if not d.is_function]
    names: list[Node] = [Name(canonical_name(n)) for n, v in sheets.inputs[0].items() if is_real(v)]
    names += [Name(name) for name, d in definitions.items() if not d.is_function]
    whole = [function.tree] if function is not None else []
    table = table_of(formula.tree, others, [*whole, *bodies], names, wrong.by, sheets)
    found = [
        *solved(formula.tree, places, table, sheets),
        *tried(formula.tree, places, table, sheets),
    ]
    if min((edit.cost for edit in found), default=FAR) >= FAR:
        found += [
            *everywhere(formula.tree, table, sheets),
            *solved(formula.tree, places, pairs(table), sheets),
        ]
    best: dict[Node, Edit] = {}
    for edit in sorted(found, key=lambda edit: edit.cost):
        best.setdefault(edit.tree, edit)
    return list(best.values())


def _is_right(wrong: _Wrong, formula: Formula, tree: Node, points: Sequence[Problem]) -> bool:
    """Whether a line of a derivation would be judged to be right."""
    definitions = {d.name: d for d in formula.definitions}
    new: Callable[..., Any] = replace(formula, tree=tree, names=needed(tree, definitions))
    if isinstance(wrong.formula, Held):
        new = replace(wrong.formula, formula=new)
    steps = (Step(wrong.goal, ""), Step(new, ""))
    judged = judge_chain(Chain(steps, wrong.by), [points[0], points[1], *points[-MOST_POINTS:]])
    return judged.verdict.ok


def _right(tree: Node, change: str, sigma: str) -> Right:
    return Right(tree, write(tree, sigma=sigma), to_latex(tree, sigma=sigma), change)
