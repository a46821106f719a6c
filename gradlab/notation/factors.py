"""Products: which one is meant between numbers, columns, rows and matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from gradlab.notation import arrays
from gradlab.notation.arrays import ShapeError, described
from gradlab.notation.error import excerpt
from gradlab.notation.piece import Piece
from gradlab.notation.reader import Reader
from gradlab.notation.scope import Definition, Shape
from gradlab.notation.tree import Apply, Hadamard, MatMul, Node, Product, Sum
from gradlab.notation.words import Token

_DOTS = dict.fromkeys("·⋅∙", "·") | dict.fromkeys("*∗", "*") | {"×": "×"}


def multiplied(reader: Reader, left: Piece, sign: Token | None, right: Piece) -> tuple[Node, Shape | None]:
    """The product or quotient of two pieces, and its shape."""
    ends = (left.start, right.end)

    def typed() -> str:
        return excerpt(reader.text[ends[0] : ends[1]])

    if sign is not None and sign.type == "DIVIDE":
        shape = reader.shaped(*ends, arrays.spread, left.shape, right.shape, "/")
        if right.shape:
            reader.notes.append(f"'{typed()}' is taken element by element.")
        return product(left.node, [("/", right.node)]), shape
    way, shape = reader.shaped(*ends, arrays.times, left.shape, right.shape, _spelled(sign))
    if way == "product":
        factors: list[tuple[Literal["*", "/"], Node]] = [("*", right.node)]
        if sign is not None and right.form == "run" and isinstance(right.node, Product):
            factors = list(right.node.factors)
        return product(left.node, factors), shape
    if way == "elementwise" and sign is not None and sign.type != "HADAMARD":
        reader.notes.append(f"'{typed()}' is taken element by element, as NumPy does.")
    if way == "dot":
        reader.notes.append(f"'{typed()}' is read as the dot product of two columns.")
    return _signed(left.node, lambda first: _joined(way, first, right.node)), shape


def _joined(way: str, first: Node, second: Node) -> Node:
    if way == "dot":
        return Apply("dot", (first, second))
    return MatMul(first, second) if way == "matrix" else Hadamard(first, second)


def product(left: Node, factors: Sequence[tuple[Literal["*", "/"], Node]]) -> Node:
    """left · factors."""

    def joined(first: Node) -> Node:
        before = first.factors if isinstance(first, Product) else (("*", first),)
        return Product((*before, *factors))

    return _signed(left, joined)


def _signed(left: Node, joined: Callable[[Node], Node]) -> Node:
    """A product with a sign of the first factor drawn out: (−a)·b is −(a·b), also in floats."""
    if isinstance(left, Sum) and len(left.terms) == 1:
        ((sign, inner),) = left.terms
        return Sum(((sign, _signed(inner, joined)),))
    return joined(left)


def _spelled(sign: Token | None) -> str:
    if sign is None:
        return ""
    return {"MATMUL": "@", "HADAMARD": "⊙"}.get(sign.type) or _DOTS.get(sign.value, "*")


def called(definition: Definition, shapes: Sequence[Shape | None]) -> Shape | None:
    """The shape of a defined function's value. Raises ShapeError where it does not take such arguments."""
    if definition.elementwise:
        return arrays.spread_all(shapes, definition.name)
    for wanted, given, name in zip(definition.shapes, shapes, definition.parameters, strict=True):
        if wanted is not None and given is not None and arrays.canonical(wanted) != given:
            raise ShapeError(
                f"the argument {name} of {definition.name} is {described(arrays.canonical(wanted))}, "
                f"and here stands {described(given)}"
            )
    return definition.shape
