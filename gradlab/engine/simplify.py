"""Making a program smaller without changing what it computes.

One pass forward: constants folded, equal subexpressions shared, multiplications by one and additions
of zero never emitted, signs pulled out so that they cancel. One pass backward: what no output and
no branch needs is dropped. Constants are folded and factors gathered where float64 does so without
rounding, for the program may be evaluated at 50 digits; with `exact=False` everywhere.
"""

from __future__ import annotations

from typing import Any

from gradlab.engine.builder import Builder
from gradlab.engine.identities import IDENTITIES
from gradlab.engine.program import Equation, Program


def simplify(program: Program, *, branches: bool = True, exact: bool = True) -> Program:
    """The same program, smaller. Without `branches`, what only decides them is dropped too.

    Unless `exact`, constants are calculated in float64 even if that rounds (0.1·3): for float64 alone.
    """
    builder = Builder(IDENTITIES, exact=exact)
    place: dict[int, int] = {}
    for slot in program.inputs:
        place[slot] = builder.slot(program.shapes[slot])
    for slot, value in program.constants.items():
        place[slot] = builder.constant(value)
    for primitive, operands, parameters, result in program.equations:
        place[result] = builder.emit(
            primitive, tuple(place[i] for i in operands), parameters, program.shapes[result]
        )
    kept = tuple(b._replace(condition=place[b.condition]) for b in program.branches) if branches else ()
    outputs = tuple(place[i] for i in program.outputs)
    inputs = tuple(place[i] for i in program.inputs)
    return _without_dead_code(builder, inputs, outputs, kept)


def _without_dead_code(
    builder: Builder, inputs: tuple[int, ...], outputs: tuple[int, ...], branches: tuple[Any, ...]
) -> Program:
    """The program of what outputs and branches need, slots numbered anew in order."""
    needed = {*outputs, *(b.condition for b in branches)}
    for slot in sorted(builder.equations, reverse=True):
        if slot in needed:
            needed.update(builder.equations[slot].operands)
    slots = [s for s in range(len(builder.shapes)) if s in needed or s in inputs]
    place = {old: new for new, old in enumerate(slots)}
    return Program(
        inputs=tuple(place[i] for i in inputs),
        constants={place[s]: v for s, v in builder.constants.items() if s in needed},
        equations=tuple(
            Equation(e.primitive, tuple(place[i] for i in e.operands), e.parameters, place[s])
            for s, e in ((s, builder.equations[s]) for s in slots if s in builder.equations)
        ),
        outputs=tuple(place[i] for i in outputs),
        shapes=tuple(builder.shapes[s] for s in slots),
        branches=tuple(b._replace(condition=place[b.condition]) for b in branches),
    )
