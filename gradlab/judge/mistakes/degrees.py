"""Angles in degrees: is a wrong claim right of the function whose sines are of degrees, its value and all?

The table's slips go wrong at one place of a function that is right. Here the function is another one throughout,
as on a calculator that is set to degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradlab.engine.primitive import PRIMITIVES
from gradlab.engine.program import Equation, Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.rules.elementary import DEGREE
from gradlab.judge.mistakes.evidence import MOST_OPERATIONS, Evidence, numbers_at
from gradlab.judge.mistakes.mistake import Mistake
from gradlab.judge.mistakes.places import Reading
from gradlab.judge.mistakes.printing import Printer, printed_name
from gradlab.judge.mistakes.search import Candidate, float_inputs
from gradlab.judge.mistakes.table import TABLE
from gradlab.methods import Problem

KIND = "degrees for radians"
OF_ANGLES = ("sin", "cos", "tan")
RESOLVED = 0.01
"""Of its error, what the printed decimals of a number leave open: else it may be met by chance."""


def of_degrees(evidence: Evidence) -> list[Candidate]:
    """Whether a formula is the derivative in degrees, at every point and at 50 digits."""
    program = in_degrees(evidence.program)
    if program is None:
        return []
    gradient = reverse(program, evidence.points[0], wrt=evidence.problem.wrt_places)
    try:
        rows = [numbers_at(gradient, [*point, evidence.weights]) for point in evidence.points]
    except (ArithmeticError, ValueError, TypeError, LookupError):  # it has no value there
        return []
    if not evidence.explains([[row[column.number] for column in evidence.columns] for row in rows]):
        return []
    told = f"It is right in degrees: {_angles(evidence.program, evidence.problem)} in radians here."
    return [Candidate(len(TABLE), KIND, told)]


def printed_in_degrees(problems: Sequence[Problem], wrong: Sequence[str]) -> Mistake | None:
    """Whether a claim in numbers, which holds at its own point alone, is the derivative in degrees to the
    decimals that are printed.
    """
    problem = problems[0] if problems else None
    if problem is None or problem.claim is None or not problem.claim.is_number or problem.program is None:
        return None
    straight = replace(problem.program, branches=(), locations=())
    program = in_degrees(straight)
    if program is None or problem.rows > 1 or straight.operations() > MOST_OPERATIONS:
        return None
    own, right = _gradient(program, problem), _gradient(straight, problem)
    given: Any = problem.claim.given
    for name in wrong:
        if name not in problem.claim.digits or np.ndim(problem.inputs[name]):
            return None
        half_unit = 0.5 * 10.0 ** -problem.claim.digits[name]
        off = abs(float(right[name]) - given[name])
        if not (abs(float(own[name]) - given[name]) <= half_unit <= RESOLVED * off):
            return None
    values = ", ".join(f"∂/∂{printed_name(name)} = {float(own[name]):.2g}" for name in wrong)
    told = f"It is right in degrees, to the decimals given: {_angles(straight, problem)} in radians here, and in degrees {values}."
    return Mistake(KIND, told, tuple(wrong))


def in_degrees(program: Program) -> Program | None:
    """The program with every angle taken for degrees; None where it has none.

    >>> from gradlab.engine.program import evaluate
    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x: np.sin(x), [30.0])
    >>> round(float(evaluate(in_degrees(program), [30.0])[0]), 12)
    0.5
    """
    degree = len(program.shapes)
    equations, shapes = [], [*program.shapes, ()]
    for equation in program.equations:
        if equation.primitive.name in OF_ANGLES:
            (operand,) = equation.operands
            equations.append(Equation(PRIMITIVES["multiply"], (operand, degree), {}, len(shapes)))
            equation = equation._replace(operands=(len(shapes),))
            shapes.append(program.shapes[operand])
        equations.append(equation)
    if len(equations) == len(program.equations):
        return None
    constants = {**program.constants, degree: DEGREE}
    return replace(program, constants=constants, equations=tuple(equations), shapes=tuple(shapes))


def _gradient(program: Program, problem: Problem) -> dict[str, Any]:
    """By argument, in float64."""
    gradient = reverse(program, problem.traced_inputs, wrt=problem.wrt_places)
    with np.errstate(all="ignore"):
        parts = evaluate(gradient, [*float_inputs(problem.traced_inputs), 1.0])
    return dict(zip(problem.wrt, parts, strict=True))


def _angles(program: Program, problem: Problem) -> str:
    """`the angle of sin(x) is`, or of several."""
    printer = Printer(Reading(program), dict(zip(program.inputs, problem.traced, strict=True)))
    found = (printer.slot(e.result) for e in program.equations if e.primitive.name in OF_ANGLES)
    *others, last = dict.fromkeys(found)
    return f"the angles of {', '.join(others)} and {last} are" if others else f"the angle of {last} is"
