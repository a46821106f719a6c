"""np.stack as one operation: the engine records it as reshapes and a join, which no author wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Equation, Program
from gradlab.engine.rules.shapes import index


def _give_back(i: int, g: Value, y: Value, *x: Value, axis: int) -> Value:
    return index(g, key=(slice(None),) * axis + (i,) if axis else i)


_STACK = Primitive(name="stack", impl=lambda *x, axis: np.stack(x, axis), vjp=_give_back, linear="jointly")
"""It is in no table: programs that are to be read have it, and no others."""


def with_stacks(program: Program, given: Collection[int]) -> Program:
    """The program with arrays of one shape joined along a new axis in one step.

    given: slots that the code has a name for, which stay. What is no longer used is left for others to drop.
    """
    made = {equation.result: equation for equation in program.equations}
    uses = Counter(program.outputs)
    for equation in program.equations:
        uses.update(equation.operands)
    equations = []
    for equation in program.equations:
        sources = []
        for slot in equation.operands if equation.primitive.name == "concatenate" else ():
            step, axis = made.get(slot), equation.parameters["axis"]
            if step is None or step.primitive.name != "reshape" or slot in given or uses[slot] > 1:
                break
            before, after = program.shapes[step.operands[0]], program.shapes[slot]
            if (*before[:axis], 1, *before[axis:]) != after:
                break
            sources.append(step.operands[0])
        if sources and len(sources) == len(equation.operands):
            axis = equation.parameters["axis"]
            equation = Equation(_STACK, tuple(sources), {"axis": axis}, equation.result)
        equations.append(equation)
    return replace(program, equations=tuple(equations))
