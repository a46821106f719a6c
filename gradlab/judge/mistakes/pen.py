"""Slips of the pen, searched: is the claim one change away from what is right, or from the line before?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run
from gradlab.engine.reverse import reverse
from gradlab.engine.simplify import simplify
from gradlab.judge.mistakes.edit import Edit
from gradlab.judge.mistakes.edits import edits
from gradlab.judge.mistakes.evidence import Evidence
from gradlab.judge.mistakes.places import Reading
from gradlab.judge.mistakes.printing import Printer
from gradlab.judge.mistakes.search import SCREEN, Candidate, float_inputs

MOST_STEPS = 20_000
"""Equations evaluated in the search of one formula."""
RANK = 1000
"""After the table: what a rule explains was not a slip of the pen."""
OF_A_COPY = frozenset(
    (
        "sign of a term",
        "copy slip in a constant",
        "factor 2",
        "factor ½",
        "wrong index",
        "wrong exponent",
        "another function",
        "transposed factor",
        "swapped factors",
    )
)
"""What happens in copying a formula; what is lost before, a rule explains."""
OF_A_DERIVATIVE = frozenset(
    (
        "sign of a term",
        "term missing",
        "factor missing",
        "copy slip in a constant",
        "wrong index",
        "transposed factor",
        "swapped factors",
    )
)
"""What happens in writing down a derivative that is another's to arrange."""
Places = Sequence[tuple[int, int]]


def repairs(evidence: Evidence) -> list[Candidate]:
    """The single changes that make the claim right, told as what went wrong in it."""
    goal = [float(v) for v in evidence.right[0]]
    told = []
    for program in (evidence.written, simplify(evidence.written, branches=False)):
        found = _one_change(evidence, program, evidence.places, goal, evidence.repairs, kinds=OF_A_COPY)
        told += [_told(evidence, program, edit, f"A slip of the pen: {edit.back}.", RANK) for edit in found]
        if told:
            break
    return told


def changes_of_gradient(evidence: Evidence) -> list[Candidate]:
    """The single changes that make the claim of the derivative, as reverse mode writes it."""
    problem = evidence.problem
    wrt = [problem.traced.index(name) for name in problem.wrt]
    seeded = reverse(evidence.program, list(evidence.points[0]), wrt=wrt)
    seed = seeded.inputs[-1]
    program = replace(
        seeded, inputs=seeded.inputs[:-1], constants={**seeded.constants, seed: evidence.weights}
    )
    places = [(problem.wrt.index(column.name), column.index) for column in evidence.columns]
    goal = [float(v) for v in evidence.claimed[0]]
    found = _one_change(evidence, program, places, goal, evidence.explains, kinds=OF_A_DERIVATIVE)
    return [_told(evidence, program, edit, f"In the derivative {edit.there}.", RANK + 1) for edit in found]


def changes_of_line(evidence: Evidence, before: Program) -> list[Candidate]:
    """The single changes that make the claim of the line before."""
    if len(evidence.names) > 1 or np.prod(before.shapes[before.outputs[0]]) <= max(
        column.index for column in evidence.columns
    ):
        return []
    places = [(0, column.index) for column in evidence.columns]
    goal = [float(v) for v in evidence.claimed[0]]
    found = _one_change(evidence, before, places, goal, evidence.explains)
    return [
        _told(evidence, before, edit, f"Compared with the line before, {edit.there}.", RANK - 1)
        for edit in found
    ]


def _one_change(
    evidence: Evidence,
    program: Program,
    places: Places,
    goal: Sequence[float],
    holds: Callable[[Sequence[Sequence[Value]]], bool],
    kinds: frozenset[str] | None = None,
) -> list[Edit]:
    """The edits after which the goal is met, at every point."""
    inputs = float_inputs(evidence.points[0])
    found = []
    with np.errstate(all="ignore"):
        try:
            values = run(program, inputs)
        except (ArithmeticError, ValueError, TypeError, LookupError):  # it has no value at this point
            return []
        present = _picked([values[i] for i in program.outputs], places)
        off = max(abs(a - b) for a, b in zip(present, goal, strict=True))
        most = MOST_STEPS // max(len(program.equations), 1)
        for edit in islice(edits(program, values, goal[0], places[0], kinds), most):
            try:
                outputs = run(edit.program, inputs)
                met = _picked([outputs[i] for i in edit.program.outputs], places)
            except (ArithmeticError, ValueError, TypeError, IndexError):
                continue
            near = all(abs(a - b) <= SCREEN * off + 1e-12 * abs(b) for a, b in zip(met, goal, strict=True))
            if near and _holds(evidence, edit.program, places, holds):
                found.append(edit)
    return found


def _picked(outputs: Sequence[Value], places: Places) -> list[float]:
    return [float(np.ravel(outputs[output])[element]) for output, element in places]


def _holds(
    evidence: Evidence, program: Program, places: Places, holds: Callable[[Sequence[Sequence[Value]]], bool]
) -> bool:
    sizes = [int(np.prod(program.shapes[i])) for i in program.outputs]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    try:
        rows = evidence.at(program)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return False
    return holds([[row[int(starts[output]) + element] for output, element in places] for row in rows])


def _told(evidence: Evidence, program: Program, edit: Edit, sentence: str, rank: int) -> Candidate:
    printer = Printer(Reading(program), evidence.input_names(program))
    names = dict(zip("ab", map(printer.slot, edit.slots), strict=False))
    return Candidate(rank, edit.kind, sentence.format(**names))
