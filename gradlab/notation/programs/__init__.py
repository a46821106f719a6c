"""A program written as mathematics, and the local derivatives of its primitives: `write_program`, `write_vjp`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from gradlab.engine.forward import tangent_of
from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Equation, Program
from gradlab.engine.reverse import INACTIVE, backpropagate
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import Tape, Tracer, as_input
from gradlab.notation.error import FormulaError
from gradlab.notation.names import canonical_name, printed
from gradlab.notation.programs.constants import write_constant
from gradlab.notation.programs.equations import (
    count_uses,
    fresh_names,
    is_trivial,
    write_constants,
    write_equations,
)
from gradlab.notation.tree import MOST_DEPTH, Condition, Name, Node
from gradlab.notation.write import sigma_beside, write

_MOST_PARTS = MOST_DEPTH // 2
"""Nodes of a formula from which on it gets a line of its own: what it is used in stays below MOST_DEPTH."""

_LONGEST = 48
"""Characters of a name, so that a number can be put after it."""


@dataclass(frozen=True)
class Written:
    """A program as lines of mathematics.

    An output that has no line (it is used nowhere else and has no name) stands in `outputs` alone.
    """

    names: Mapping[int, str]
    """Slot to canonical name: those that were given, v1, v2, … for others with a line, c1, … for arrays among
    the program's constants that are too large to be written out."""
    formulas: Mapping[int, Node]
    """Slot to what it is computed by, in names of others, in the program's order."""
    outputs: tuple[Node, ...]
    """Each output: a Name where it has a line."""

    @property
    def sigma(self) -> str:
        """How the logistic function is written beside these names."""
        return sigma_beside(set(self.names.values()))

    def lines(self) -> tuple[str, ...]:
        """Each formula with the name of what it computes: `v1 = w·x + b`."""
        lines, sigma = [], self.sigma
        for slot, formula in self.formulas.items():
            text = write(formula, sigma=sigma)
            lines.append(
                f"{printed(self.names[slot])} = {f'({text})' if isinstance(formula, Condition) else text}"
            )
        return tuple(lines)


def write_program(
    program: Program,
    names: Mapping[int, str],
    *,
    every: bool = False,
    known_as: Mapping[int, str] | None = None,
    taken: Collection[str] = (),
) -> Written:
    """A program as lines of mathematics, in time linear in its size.

    names: of all inputs, and of any other slots, in any spelling. A slot has a line if it is named, if it is used more
    than once (and is more than a sign or a subscript of another) or where a formula would become too long; with `every`,
    the result of each equation has one. Of two slots given one name the later gets a number.
    known_as: names, in canonical form, for slots that get a line though they are not named; taken: names that no other
    slot may get.

    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda w, x: (w * x - 1.0) ** 2 / 2, [2.0, 5.0])
    >>> written = write_program(program, {0: "w", 1: "x", program.outputs[0]: "L"})
    >>> written.lines()
    ('L = (w·x − 1)^2/2',)
    >>> write_program(program, {0: "w", 1: "x"}, every=True).lines()
    ('v1 = w·x', 'v2 = v1 − 1', 'v3 = v2^2', 'v4 = v3/2')
    """
    given, aliases = _distinct(names), {} if known_as is None else known_as
    taken = {*given.values(), *aliases.values(), *taken}
    uses = count_uses(program, given, every)
    known, formulas = dict(given), dict[int, Node]()
    trees = write_constants(program, known, uses, taken)
    formulas |= {slot: tree for slot, tree in trees.items() if slot in given}
    trees |= {slot: Name(name) for slot, name in known.items()}
    fresh = fresh_names("v", taken)

    def keep(slot: int, tree: Node, parts: int) -> Node | None:
        long = parts > _MOST_PARTS and slot not in program.outputs
        if not (every or slot in given or (uses[slot] > 1 and not is_trivial(tree)) or long):
            return None
        formulas[slot] = tree
        if slot not in known:
            known[slot] = aliases[slot] if slot in aliases else next(fresh)
        return Name(known[slot])

    write_equations(program, trees, uses, keep)
    return Written(known, formulas, tuple(trees[slot] for slot in program.outputs))


def _distinct(names: Mapping[int, str]) -> dict[int, str]:
    """Names in their canonical form, each once; what is no name in a formula gets another."""
    given: dict[int, str] = {}
    taken: set[str] = set()
    for slot, name in names.items():
        try:
            canonical = canonical_name(name)[:_LONGEST]
        except FormulaError:
            canonical = "v"
        numbered = count(2)
        one = canonical
        while one in taken:
            one = canonical_name(f"{canonical}_{next(numbered)}")
        taken.add(one)
        given[slot] = one
    return given


class Operand(NamedTuple):
    """An operand or the result of one operation, as a local derivative is to be written."""

    tree: Node | str | None
    """Its name, or any tree that stands for it; None for a constant that is to be written out."""
    value: Value
    """A value it may have: a rule may look at shapes, and at what a constant is."""


def write_partial(primitive: Primitive, position: int, y: Operand, x: Sequence[Operand]) -> Node | None:
    """∂y/∂x[position] of an elementwise primitive; None where nothing is differentiable.

    y: the result; x: the operands.

    >>> from gradlab.engine.rules.elementary import tanh
    >>> x, y = Operand("x", 0.5), Operand("y", np.tanh(0.5))
    >>> write(write_partial(tanh, 0, y, [x]))
    '1 − y^2'
    """
    partial = None if primitive.partials is None else primitive.partials[position]
    if partial is None or isinstance(partial, int):
        return None if partial is None else write_constant(partial)
    return _rule(partial, [y, *x])


def write_vjp(
    primitive: Primitive,
    position: int,
    cotangent: Node | str,
    y: Operand,
    x: Sequence[Operand],
    parameters: Mapping[str, Any] | None = None,
) -> Node | None:
    """What flows to x[position], given the cotangent of y; None where nothing does.

    >>> from gradlab.engine.rules.linalg import matmul
    >>> W, x, y = Operand("W", np.ones((2, 3))), Operand("x", np.ones(3)), Operand("y", np.ones(2))
    >>> write(write_vjp(matmul, 1, "g", y, [W, x]))
    'Wᵀ @ g'
    """
    equation = Equation(primitive, tuple(range(1, len(x) + 1)), dict(parameters or {}), 0)

    def flow(seed: Value, *values: Value) -> Value | None:
        cotangents: list[Any] = [seed, *(INACTIVE for _ in x)]
        cotangents[1 + position] = None
        backpropagate([equation], values, cotangents)
        return cotangents[1 + position]

    return _rule(flow, [Operand(cotangent, np.ones(np.shape(y.value))), y, *x])


def write_jvp(
    primitive: Primitive,
    tangents: Sequence[Node | str | None],
    y: Operand,
    x: Sequence[Operand],
    parameters: Mapping[str, Any] | None = None,
) -> Node | None:
    """The tangent of y, given the tangents of x (None for those that do not move); None for zero.

    >>> from gradlab.engine.rules.elementary import sin
    >>> x, y = Operand("x", 0.5), Operand("y", np.sin(0.5))
    >>> write(write_jvp(sin, ["dx"], y, [x]))
    'dx·cos(x)'
    """
    places = [place for place, tangent in enumerate(tangents) if tangent is not None]
    moving = [Operand(tangents[place], np.ones(np.shape(x[place].value))) for place in places]

    def push(*values: Value) -> Value | None:
        along: list[Any] = [None] * len(x)
        for place, tangent in zip(places, values, strict=False):
            along[place] = tangent
        result, *operands = values[len(places) :]
        return tangent_of(primitive, along, result, operands, dict(parameters or {}))

    return _rule(push, [*moving, y, *x]) if places else None


def _rule(rule: Callable[..., Value | None], operands: Sequence[Operand]) -> Node | None:
    """What a rule calculates of its operands: it is run on tracers of them, and its program written in one piece."""
    tape = Tape()
    values = [one.value if one.tree is None else tape.input(_kept(one.value)) for one in operands]
    with np.errstate(all="ignore"):
        result = rule(*values)
    if result is None:
        return None
    inputs = [value for value in values if isinstance(value, Tracer)]
    program = simplify(tape.program(inputs, [result]), branches=False)
    uses = count_uses(program, {}, False)
    known: dict[int, str] = {}
    given = [Name(one.tree) if isinstance(one.tree, str) else one.tree for one in operands]
    trees = write_constants(program, known, uses, {node.name for node in given if isinstance(node, Name)})
    trees |= {slot: Name(name) for slot, name in known.items()}
    trees |= dict(zip(program.inputs, (node for node in given if node is not None), strict=True))
    write_equations(program, trees, uses, lambda *_: None)
    return trees[program.outputs[0]]


def _kept(value: Value) -> Value:
    """A condition stays one."""
    return value if np.asarray(value).dtype.kind == "b" else as_input(value)
