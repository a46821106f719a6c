"""Products: which one is meant between numbers, columns, rows and matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from gradlab.notation import arrays, identity
from gradlab.notation.arrays import ShapeError, described
from gradlab.notation.chaining import chained
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
    if found := chained(reader, left, _spelled(sign), right):
        return found
    way, shape = reader.shaped(*ends, arrays.times, left.shape, right.shape, _spelled(sign))
    if way == "identity" or arrays.FREE in {left.shape, right.shape}:
        left, right = _with_sizes(left, right, way)
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


def _with_sizes(left: Piece, right: Piece, way: str) -> tuple[Piece, Piece]:
    """An identity matrix among two factors, as large as the other factor asks for."""
    sizes = [one.shape if one.shape != arrays.FREE else None for one in (left, right)]
    if way == "identity":
        rows, columns = (None if size is None else arrays.size(size) for size in sizes)
        sizes = [None if rows is None else (rows[1],) * 2, None if columns is None else (columns[0],) * 2]
    first = identity.sized(left.node, left.shape, sizes[1])
    second = identity.sized(right.node, right.shape, sizes[0])
    return replace(left, node=first), replace(right, node=second)


def _joined(way: str, first: Node, second: Node) -> Node:
    if way == "dot":
        return Apply("dot", (first, second))
    return Hadamard(first, second) if way == "elementwise" else MatMul(first, second)


def product(left: Node, factors: Sequence[tuple[Literal["*", "/"], Node]]) -> Node:
    """left · factors."""

    def joined(first: Node) -> Node:
        before = first.factors if isinstance(first, Product) else (("*", first),)
        return Product((*before, *factors))

    return _signed(left, joined)


def is_longer(left: Node, whole: Node) -> bool:
    """Whether a product is the one at its left with more factors, and so no deeper: A B C of matrices is."""
    return all(isinstance(_unsigned(node), Product) for node in (left, whole))


def _unsigned(node: Node) -> Node:
    while isinstance(node, Sum) and len(node.terms) == 1:
        ((_, node),) = node.terms
    return node


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
