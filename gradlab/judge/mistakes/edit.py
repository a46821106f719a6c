"""A formula with one change, and how programs are changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradlab.engine.primitive import PRIMITIVES
from gradlab.engine.program import Equation, Program

SIGN = "the sign of {a} is wrong"


@dataclass(frozen=True)
class Edit:
    """A formula with one change."""

    kind: str
    there: str
    """How it is told if the formula before is changed into the claim …"""
    back: str
    """… and if the claim has to be changed into what is right. With {a}, {b} for slots printed."""
    program: Program
    slots: tuple[int, ...] = ()
    """What {a} and {b} are."""


def instead(program: Program, number: int, *new: Equation, shapes: Sequence[tuple[int, ...]] = ()) -> Program:
    """The program with equations in the place of one. shapes: of slots that are new."""
    equations = (*program.equations[:number], *new, *program.equations[number + 1 :])
    return replace(program, equations=equations, shapes=(*program.shapes, *shapes))


def other(program: Program, number: int, name: str, *operands: int) -> Program:
    """The program with another primitive in the place of an equation's."""
    return instead(
        program, number, Equation(PRIMITIVES[name], operands, {}, program.equations[number].result)
    )


def alias(program: Program, number: int, slot: int) -> Program | None:
    """The program with another slot in the place of an equation's result; None where the shapes forbid it."""
    equation = program.equations[number]
    shape = program.shapes[equation.result]
    if program.shapes[slot] == shape:
        return other(program, number, "positive", slot)
    if program.shapes[slot] == ():
        spread = Equation(PRIMITIVES["broadcast_to"], (slot,), {"shape": shape}, equation.result)
        return instead(program, number, spread)
    return None
