"""The chain rule along an edge in symbols: `∂f/∂x2 ⊙ (1 − x2^2)`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.notation.latex.write import latex_name, to_latex
from gradlab.notation.programs import Operand, write_jvp, write_partial, write_vjp
from gradlab.notation.programs.constants import write_constant
from gradlab.notation.tree import (
    Apply,
    Condition,
    Derivative,
    Hadamard,
    Name,
    Node,
    Number,
    Product,
    Setting,
    Sum,
)
from gradlab.notation.write import write
from gradlab.study.explain.graph import Graph
from gradlab.study.explain.parts import Part, local_value


@dataclass(frozen=True)
class Rule:
    """What an edge brings, in symbols."""

    text: str
    latex: str
    local: str = ""
    """The local derivative, where it is a factor."""
    factor: Value = None
    """Its value."""


def write_rule(graph: Graph, part: Part, of: str, *, backward: bool) -> Rule:
    """The rule of an edge: upstream × local, or, of a structural operation, what it does with the upstream.

    of: in reverse mode the output, in forward mode the element that is derived by, in canonical form.
    """
    primitive, operands, parameters, result = part.equation
    if backward:
        upstream = Derivative(Name(of), graph.names[result])
    else:
        upstream = Derivative(Name(graph.names[part.operand]), of)
    # 1/3 stays 1/3 where something is divided by 3, and ln 2 stays ln(2) where it is the base of a power.
    whole = primitive.operator == "/" or (primitive.name == "power" and part.position == 1)
    y, x = _operand(graph, result, whole), [_operand(graph, slot, whole) for slot in operands]
    if primitive.partials is not None:
        local = write_partial(primitive, part.position, y, x)
        if local is not None:
            return _factored(graph, part, of, upstream, local, backward=backward)
    if backward:
        tree = write_vjp(primitive, part.position, upstream, y, x, parameters)
    else:
        moving: list[Node | str | None] = [None] * len(operands)
        moving[part.position] = upstream
        tree = write_jvp(primitive, moving, y, x, parameters)
    if tree is None:
        tree = Number(0)
    elif primitive.name == "sum" and isinstance(tree, Apply) and tree.function == "reshape":
        tree = Apply("broadcast_to", tree.arguments)  # to one element, it is spread all the same
    text, first = write(tree, sigma=graph.sigma), write(upstream)
    if text.startswith(f"{first}·"):  # spaced as upstream · local is
        text = f"{first} · {text[len(first) + 1 :]}"
    return Rule(text, _latex(tree, of, graph.sigma))


def _operand(graph: Graph, slot: int, whole: bool) -> Operand:
    """A slot by its name, a number as such (if it is to stay whole, as a name that no rule calculates with)."""
    value = graph.values[slot]
    if slot in graph.names:
        return Operand(Name(graph.names[slot]), value)
    return Operand(write_constant(value) if whole and not np.ndim(value) else None, value)


def _factored(graph: Graph, part: Part, of: str, upstream: Node, local: Node, *, backward: bool) -> Rule:
    """upstream × local, elementwise; summed over the places that an operand was repeated to."""
    ends = part.operand, part.equation.result
    operand, result = (np.shape(graph.values[slot]) for slot in ends)
    factor = local_value(part, graph.values)
    if (operand or result) and not np.ndim(factor) and factor in (1.0, -1.0):
        tree: Node = upstream if factor == 1.0 else Sum((("-", upstream),))
        text, local_text, factor = write(tree), "", None
    else:
        both = bool(np.ndim(factor) and (result if backward else operand))
        tree = Hadamard(upstream, local) if both else Product((("*", upstream), ("*", local)))
        local_text = write(local, sigma=graph.sigma)
        loose = isinstance(local, (Sum, Condition)) or (both and isinstance(local, Product))
        bracketed = f"({local_text})" if loose else local_text
        text = f"{write(upstream)} {'⊙' if both else '·'} {bracketed}"
    if backward and operand != result:
        added = len(result) - len(operand)
        axes = [*range(added), *(added + i for i, n in enumerate(operand) if n != result[added + i])]
        where = f"axis={axes[0] if len(axes) == 1 else tuple(axes)}" if len(axes) < len(result) else ""
        where += ", keepdims=True" if where and not added else ""
        tree = Apply("sum", (tree, Setting(where)) if where else (tree,))
        text = f"sum({text}{', ' if where else ''}{where})"
    return Rule(text, _latex(tree, of, graph.sigma), local_text, factor)


def _latex(tree: Node, of: str, sigma: str) -> str:
    """The rule as LaTeX; what stands for an element, `W0[0, 1]`, is no name to LaTeX's writer."""
    stem, bracket, index = of.partition("[")
    return to_latex(tree, sigma=sigma).replace(latex_name(of), latex_name(stem) + bracket + index)
