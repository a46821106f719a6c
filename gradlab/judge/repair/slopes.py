"""Derivatives as trees: what the rule of one function brings, the derivative of a part, and the whole one written anew.

They are the engine's, written as mathematics; there is no table of derivatives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gradlab.engine.naming import trace_with_names
from gradlab.engine.program import without_idle
from gradlab.notation.evaluate import Environment, evaluate
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.names import canonical_name
from gradlab.notation.programs import Written, write_program
from gradlab.notation.programs.gradient import gradient_with_steps
from gradlab.notation.scope import Definition
from gradlab.notation.tree import Apply, Condition, Name, Node, Number, Power, Prime, Sum
from gradlab.notation.unfold import rebuilt

MOST_STEPS = 400
"""Operations of a function whose derivative is written anew."""
_ARGUMENT = "u"


def of_one_function(node: Node) -> Node | None:
    """What the rule of one function brings: cos(u) of sin(u); None for what is no function of one argument."""
    match node:
        case Apply(function, (argument,)):
            slope = _slope_of(function)
            return None if slope is None else replaced(slope, {_ARGUMENT: argument})
    return None


@lru_cache(maxsize=256)
def _slope_of(function: str) -> Node | None:
    """f′(u) as a tree of u."""
    if FUNCTIONS[function].shape is not None if function in FUNCTIONS else True:
        return None
    return derivative(FUNCTIONS[function].evaluate, {_ARGUMENT: 0.37}, _ARGUMENT)


def of_part(
    part: Node, by: str, inputs: Mapping[str, Any], definitions: Mapping[str, Definition]
) -> Node | None:
    """The derivative of a part of a formula by an argument, in the names of the formula; None where there is none."""

    def value(*values: Any) -> Any:
        given = dict(zip(map(canonical_name, inputs), values, strict=True))
        return evaluate(part, Environment(given, definitions))

    return derivative(value, inputs, by)


def derivative(function: Callable[..., Any], inputs: Mapping[str, Any], by: str) -> Node | None:
    """The derivative of a function of numbers or arrays, in order, as one tree; None where it can't be traced, or is
    zero, or not one number.

    >>> from gradlab.notation.write import write
    >>> write(derivative(np.tanh, {"x": 0.5}, "x"))
    '1 − tanh(x)^2'
    """
    try:
        with np.errstate(all="ignore"):
            program, _, names = trace_with_names(function, list(inputs.values()), names=list(inputs))
            program = without_idle(program)
            if (
                len(program.outputs) > 1
                or program.shapes[program.outputs[0]]
                or len(program.equations) > MOST_STEPS
            ):
                return None
            slot = program.inputs[list(inputs).index(by)]
            steps = [one for one in names if one not in program.inputs]
            own = [one for one in steps if one in {e.result for e in program.equations}]
            gradient, kept = gradient_with_steps(
                program, list(inputs.values()), program.outputs[0], [slot], own
            )
    except Exception:  # the user's code, called once more
        return None
    called = dict(zip(gradient.inputs, inputs, strict=True))
    for new, old in kept:
        called.setdefault(new, names[old])
    written = write_program(gradient, called)
    tree = as_by_hand(_inlined(written, set(map(canonical_name, called.values()))))
    return None if tree == Number(0) else tree


def as_by_hand(tree: Node) -> Node:
    """The tree without the engine's guards of single values, and with relu′ by its name.

    >>> from gradlab.notation.write import write
    >>> guarded = (Condition("=", Name("a"), Number(0)), Number(1), Name("a"))
    >>> write(as_by_hand(Apply("ln", (Apply("where", guarded),))))
    'ln(a)'
    """
    match tree:
        case Condition():
            return tree
        case Apply("where", (guard, _, other)) if _is_guard(guard):
            return as_by_hand(other)
        case Apply("where", (Condition(">", u, Number(0)), Number(1), Number(0))):
            return Prime("relu", 1, as_by_hand(u))
        case Power(Power(base, Number(m)), Number(n)):
            return as_by_hand(Power(base, Number(m * n)))
        case Sum(terms) if any(isinstance(term, Sum) and sign == "+" for sign, term in terms[:1]):
            first, rest = terms[0][1], terms[1:]
            return as_by_hand(Sum((*first.terms, *rest))) if isinstance(first, Sum) else tree
    return rebuilt(tree, as_by_hand)


def _is_guard(node: Node) -> bool:
    """Whether it holds at single values alone."""
    match node:
        case Condition(relation):
            return relation == "="
        case Apply("logical_and", parts):
            return any(map(_is_guard, parts))
    return False


def _inlined(written: Written, kept: set[str]) -> Node:
    """One tree, with the lines put in that have no name of the author's."""
    lines: dict[str, Node] = {}
    for slot, formula in written.formulas.items():
        name = written.names[slot]
        if name not in kept:
            lines[name] = replaced(formula, lines)
    return replaced(written.outputs[0], lines)


def replaced(tree: Node, values: Mapping[str, Node]) -> Node:
    """The tree with trees for names."""
    if isinstance(tree, Name) and tree.name in values:
        return values[tree.name]
    if isinstance(tree, Condition):
        return Condition(tree.relation, replaced(tree.left, values), replaced(tree.right, values))
    return rebuilt(tree, lambda part: replaced(part, values))
