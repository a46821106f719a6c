"""How large a formula becomes when its definitions are written out: it is counted, not done."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.evaluate import MOST_TERMS, evaluate
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.piece import Piece
from gradlab.notation.scope import Definition
from gradlab.notation.tree import (
    MOST_DEPTH,
    Apply,
    Big,
    Call,
    Constant,
    Derivative,
    Name,
    Node,
    Number,
    Power,
    Prime,
    Product,
    Sum,
    called,
    children,
    free_names,
)
from gradlab.notation.write import write

MOST_NODES = 200_000
"""Nodes of a formula with its definitions written out. (A depth of ten layers that each use the last one
twice has some ten thousand.)"""

_NUMBERS = (Number, Constant, Sum, Product, Power, Apply)

_DERIVED = 4
"""A derivative costs as much as a few evaluations."""

Definitions = Mapping[str, Definition]


def needed(node: Node, definitions: Definitions) -> frozenset[str]:
    """The symbols whose values a tree needs, with its definitions unfolded."""
    found: set[str] = set()
    seen: set[str] = set()
    pending = [(node, frozenset[str]())]
    while pending:
        tree, parameters = pending.pop()
        for name in free_names(tree) - parameters:
            if name not in definitions:
                found.add(name)
            elif name not in seen:
                seen.add(name)
                pending.append((definitions[name].body, frozenset()))
        for name in called(tree) - seen:
            seen.add(name)
            pending.append((definitions[name].body, frozenset(definitions[name].parameters)))
    return frozenset(found)


def size_of(node: Node, definitions: Definitions) -> int:
    """How many nodes there are, with definitions, sums and derivatives written out.

    >>> size_of(Big("sum", "i", Number(1), Number(100), Name("x")), {})
    103
    """
    below = [size_of(part, definitions) for part in children(node)]
    match node:
        case Name(name) if name in definitions and not definitions[name].is_function:
            return definitions[name].size
        case Call(function, _) if function in definitions:
            return sum(below) + definitions[function].size
        case Prime(function, order, _, True) if function in definitions:
            return sum(below) + definitions[function].size * int(_DERIVED**order)
        case Derivative():
            return 1 + _DERIVED * sum(below)
        case Big(_, _, lower, upper, _):
            *limits, body = below
            first = lower.value if isinstance(lower, Number) else 1
            terms = upper.value - first + 1 if isinstance(upper, Number) else 1
            return 1 + sum(limits) + int(min(max(0, terms), MOST_TERMS + 1)) * body
    return 1 + sum(below)


def depth_of(node: Node, definitions: Definitions) -> int:
    """How many levels there are, with the functions that are called written out."""
    below = max((depth_of(part, definitions) for part in children(node)), default=0)
    if isinstance(node, (Call, Prime)) and node.function in definitions:
        return 1 + below + definitions[node.function].depth
    return 1 + below


def refuse_infinite(text: str, piece: Piece) -> None:
    """Refuse a formula with a number in it that is none: 1/0, ln 0, a product beyond the largest float."""
    with np.errstate(all="ignore"):
        _, found = _infinite(piece.node)
    if found is not None:
        message = f"'{excerpt(write(found), 40)}' is no finite real number that a float can hold."
        raise FormulaError(message, text, piece.start + 1)


def _infinite(node: Node) -> tuple[bool, Node | None]:
    """Whether the tree is made of numbers alone, and the first part of it that is infinite or undefined."""
    below = [_infinite(part) for part in children(node)]
    if found := next((part for _, part in below if part is not None), None):
        return False, found
    if isinstance(node, Product):
        divisors = [
            part
            for (by, part), (constant, _) in zip(node.factors, below, strict=True)
            if by == "/" and constant
        ]
        if zero := next((part for part in divisors if evaluate(part, {}) == 0), None):
            return False, Product((("*", Number(1)), ("/", zero)))
    if not isinstance(node, _NUMBERS) or not all(constant for constant, _ in below):
        return False, None
    if isinstance(node, Apply) and (
        node.function not in FUNCTIONS or FUNCTIONS[node.function].shape is not None
    ):
        return False, None
    return True, None if np.isfinite(evaluate(node, {})) else node


def refuse_large(text: str, piece: Piece, definitions: Definitions) -> None:
    """Refuse a formula that is too large or too deep when its definitions are written out."""
    size, depth = size_of(piece.node, definitions), depth_of(piece.node, definitions)
    if size > MOST_NODES:
        message = (
            f"With all its definitions and sums written out this would have {size:,} parts, "
            f"and at most {MOST_NODES:,} are read."
        )
        raise FormulaError(message, text, piece.start + 1)
    if depth > 2 * MOST_DEPTH:
        message = f"With the functions that it calls written out this is {depth} levels deep, and at most {2 * MOST_DEPTH} are read."
        raise FormulaError(message, text, piece.start + 1)
