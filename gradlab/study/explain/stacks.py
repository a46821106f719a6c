"""np.stack as one operation: the engine records it as reshapes and a join, which no author wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Equation, Program
from gradlab.engine.rules.shapes import index
from gradlab.notation.programs.equations import stacked


def _give_back(i: int, g: Value, y: Value, *x: Value, axis: int) -> Value:
    return index(g, key=(slice(None),) * axis + (i,) if axis else i)


_STACK = Primitive(name="stack", impl=lambda *x, axis: np.stack(x, axis), vjp=_give_back, linear="jointly")
"""It is in no table: programs that are to be read have it, and no others."""


def with_stacks(program: Program, given: Collection[int]) -> Program:
    """The program with arrays of one shape joined along a new axis in one step.

    given: slots that the code has a name for, which stay. What is no longer used is left for others to drop.
    """
    uses = Counter(program.outputs)
    for equation in program.equations:
        uses.update(equation.operands)
    only_for_this = {e.result: e for e in program.equations if e.result not in given and uses[e.result] == 1}
    equations = []
    for equation in program.equations:
        sources = stacked(equation, program.shapes, only_for_this)
        if sources is not None:
            axis = equation.parameters["axis"]
            equation = Equation(_STACK, tuple(sources), {"axis": axis}, equation.result)
        equations.append(equation)
    return replace(program, equations=tuple(equations))
