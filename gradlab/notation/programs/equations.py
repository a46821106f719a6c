"""A program's equations as trees, each in names of others or in one piece with what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

import numpy as np

from gradlab.engine.primitive import Exact
from gradlab.engine.program import Equation, Program
from gradlab.notation.programs.constants import write_constant
from gradlab.notation.programs.primitives import write_doubled, write_operation, write_outer, write_stack
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    Apply,
    Condition,
    Constant,
    Name,
    Node,
    Number,
    Product,
    Setting,
    Subscript,
    Sum,
    Transpose,
)

_DOUBLED = {"add", "multiply"}
"""x + x is 2·x, and x·x is x^2."""

_THROUGH = {"negative", "reshape", "transpose", "broadcast_to"}
"""What never has a line of its own while its operand has a name."""


def write_equations(
    program: Program,
    trees: dict[int, Node],
    uses: Mapping[int, int],
    keep: Callable[[int, Node, int], Node | None],
) -> None:
    """Fill in the tree of each slot that is used: its name where `keep` gives it a line, else its formula."""
    parts: dict[int, int] = {}
    inlined: dict[int, Equation] = {}
    for equation in program.equations:
        slot = equation.result
        if uses[slot]:
            tree = _write_equation(program, equation, trees, inlined)
            size = 1 + sum(parts.get(i, 1) for i in equation.operands)
            name = keep(slot, tree, size)
            trees[slot] = tree if name is None else name
            if name is None:
                parts[slot], inlined[slot] = size, equation


def _write_equation(
    program: Program, equation: Equation, trees: Mapping[int, Node], inlined: Mapping[int, Equation]
) -> Node:
    primitive, operands, parameters, result = equation
    shapes = program.shapes
    if primitive.name in _DOUBLED and operands[0] == operands[1]:
        return write_doubled(primitive, trees[operands[0]], shapes[operands[0]])
    if primitive.name == "multiply" and (vectors := _outer(operands, shapes, inlined)) is not None:
        return write_outer(trees[vectors[0]], trees[vectors[1]])
    if (sources := stacked(equation, shapes, inlined)) is not None:
        return write_stack([trees[i] for i in sources], shapes[sources[0]], parameters["axis"])
    if primitive.name == "broadcast_to" or (primitive.is_elementwise and shapes[result]):
        operands = _narrowed(operands, shapes, inlined, shapes[result] if primitive.is_elementwise else None)
    return write_operation(primitive, [trees[i] for i in operands], [shapes[i] for i in operands], parameters)


def _outer(
    operands: tuple[int, ...], shapes: Sequence[Shape], inlined: Mapping[int, Equation]
) -> tuple[int, int] | None:
    """The two vectors of a column times a row, where the column is one only for this."""
    for column, row in (operands, operands[::-1]):
        made = inlined.get(column)
        if made is not None and made.primitive.name == "reshape" and len(shapes[row]) == 1:
            (vector,) = made.operands
            if shapes[column] == (*shapes[vector], 1) and len(shapes[vector]) == 1:
                return vector, row
    return None


def stacked(equation: Equation, shapes: Sequence[Shape], steps: Mapping[int, Equation]) -> list[int] | None:
    """The slots of what np.stack joins: it is recorded as reshapes and a join. None where an equation is no such join.

    steps: the equations, by their results, that are for one other alone.
    """
    if equation.primitive.name != "concatenate":
        return None
    axis, sources = equation.parameters["axis"], []
    for operand in equation.operands:
        step = steps.get(operand)
        if step is None or step.primitive.name != "reshape":
            return None
        (source,) = step.operands
        if shapes[operand] != (*shapes[source][:axis], 1, *shapes[source][axis:]):
            return None
        sources.append(source)
    return sources


def _narrowed(
    operands: tuple[int, ...], shapes: Sequence[Shape], inlined: Mapping[int, Equation], result: Shape | None
) -> tuple[int, ...]:
    """The operands, without what only repeats them to a shape (None: any) that NumPy makes of them by itself."""
    narrow = list(operands)
    for place in range(len(narrow)):
        while (made := inlined.get(narrow[place])) is not None:
            if not _repeats(made, shapes):
                break
            source = made.operands[0]
            others = [shapes[i] for i in (*narrow[:place], source, *narrow[place + 1 :])]
            if result is not None and np.broadcast_shapes(*others) != result:
                break
            narrow[place] = source
    return tuple(narrow)


def _repeats(equation: Equation, shapes: Sequence[Shape]) -> bool:
    """Whether an equation does to its operand what NumPy does to one that meets a larger array."""
    if equation.primitive.name == "broadcast_to":
        return True
    before, after = shapes[equation.operands[0]], shapes[equation.result]
    return equation.primitive.name == "reshape" and after == (1,) * (len(after) - len(before)) + before


def count_uses(program: Program, given: Mapping[int, str], every: bool) -> Counter[int]:
    """How often each slot is written, 0 for what no output needs.

    x·x is x^2 and has x once; where −x is written twice, so is x.
    """
    uses = Counter(program.outputs)
    for primitive, operands, _, result in reversed(program.equations):
        if every and not uses[result]:
            uses[result] = 1
        if primitive.name in _THROUGH and result not in given:
            uses[operands[0]] += uses[result]
        elif uses[result]:
            uses.update(set(operands) if primitive.name in _DOUBLED else operands)
    return uses


def write_constants(
    program: Program, known: dict[int, str], uses: Mapping[int, int], taken: set[str]
) -> dict[int, Node]:
    """The trees of the constants that can be written out. Large arrays get names, added to `known`; one that stands
    in two slots has one.
    """
    fresh = fresh_names("c", taken)
    trees: dict[int, Node] = {}
    arrays = {id(value): known[slot] for slot, value in program.constants.items() if slot in known}
    for slot, value in program.constants.items():
        if not uses[slot]:
            continue
        # π that is a variable's name can't be the number as well.
        tree = write_constant(float(value) if isinstance(value, Exact) and "pi" in taken else value)
        if tree is not None:
            trees[slot] = tree
        elif slot not in known:
            if id(value) not in arrays:
                arrays[id(value)] = next(fresh)
            known[slot] = arrays[id(value)]
    return trees


def fresh_names(letter: str, taken: set[str]) -> Iterator[str]:
    """v1, v2, … without those that are taken."""
    return (name for name in (f"{letter}{k}" for k in count(1)) if name not in taken)


def is_trivial(tree: Node) -> bool:
    """Whether it is as short as a name for it would be: −x, Wᵀ, x[0]."""
    match tree:
        case Sum((("-", body),)) | Transpose(body) | Subscript(body):
            return _is_leaf(body)
        case Apply("reshape", (Subscript(body), Setting())):
            return _is_leaf(body)
        case Apply("reshape" | "broadcast_to" | "transpose", (body, Setting())):
            return _is_leaf(body)
        case Apply("ones" | "zeros") | Apply("diag", (Apply("ones"),)):
            return True
        case Condition(_, left, right):
            return _is_leaf(left) and _is_leaf(right)
    return _is_leaf(tree)


def _is_leaf(tree: Node) -> bool:
    return isinstance(tree, Name) or _is_number(tree)


def _is_number(tree: Node) -> bool:
    """A number as it is written: −1/3."""
    match tree:
        case Number() | Constant():
            return True
        case Sum((("-", body),)):
            return _is_number(body)
        case Product((("*", Number()), ("/", Number()))):
            return True
    return False
