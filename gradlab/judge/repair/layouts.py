"""Single changes that have to be tried: transposes, the order of a product, and what is inside of a sum over an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

import numpy as np

from gradlab.judge.repair.edits import Edit
from gradlab.judge.repair.forms import (
    ONE,
    divided,
    joined,
    negated,
    size,
    squared,
    times,
    turned_round,
    without,
)
from gradlab.judge.repair.here import NODE
from gradlab.judge.repair.places import Place, put
from gradlab.judge.repair.quantities import Table
from gradlab.judge.repair.sheets import Sheets
from gradlab.judge.repair.wording import bracketed, instead, said
from gradlab.notation.tree import (
    Apply,
    Big,
    Element,
    Hadamard,
    MatMul,
    Name,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
    walk,
)

MOST_TRIED = 500
MOST_OF_NUMBERS = 100
"""In a line without arrays, where most is known without trying."""
_Tried = tuple[float, Node, str]


def tried(tree: Node, places: Sequence[Place], table: Table, sheets: Sheets) -> Iterator[Edit]:
    """The changes of arrays, and of places of which it can't be told what has to stand there, after which the line is
    right.
    """
    if all(place.need is not None for place in places) and len(sheets.goal) == 1:
        return
    most = MOST_TRIED if len(sheets.goal) > 1 else MOST_OF_NUMBERS
    for cost, whole, told in islice(_candidates(tree, places, table), most):
        if sheets.is_goal(sheets.value(whole)):
            yield Edit(cost, whole, told)


def _candidates(tree: Node, places: Sequence[Place], table: Table) -> Iterator[_Tried]:
    for place in places:
        for cost, new, told in _turned(place):
            yield cost, put(tree, place.path, new), told
        if place.need is None and isinstance(place.node, Sum) and _is_difference(place.node):
            turned = turned_round(place.node)
            yield 0.95, put(tree, place.path, turned), instead(turned, place.node)
    for place in places:
        if place.need is None:
            for cost, new, told in _inside(place):
                yield cost, put(tree, place.path, new), told
    for place in places:
        if place.need is None and _is_operand(place):
            for cost, new, told in _multiplied(place, table):
                yield cost, put(tree, place.path, new), told


def _is_difference(node: Sum) -> bool:
    return sorted(sign for sign, _ in node.terms) == ["+", "-"]


def _is_operand(place: Place) -> bool:
    return isinstance(place.parent, (MatMul, Big)) or (
        place.value is None and not isinstance(place.parent, (Element, Product, Power))
    )


def _turned(place: Place) -> Iterator[_Tried]:
    """Transposes and orders of products."""
    node = place.node
    if place.value is not None and np.ndim(place.value[0]) == 0 and not isinstance(node, MatMul):
        return
    yield from _symmetric(place)
    if isinstance(node, Transpose):
        yield 1.0, node.body, instead(node.body, node)
    elif place.value is not None and not isinstance(place.parent, Transpose):
        transposed = Transpose(node)
        yield 1.0 + 0.1 * (size(node) > 1), transposed, instead(transposed, node)
    if isinstance(node, (MatMul, Hadamard)):
        a, b = node.left, node.right
        forms: list[tuple[float, Node]] = [
            (1.0, MatMul(_transposed(b), _transposed(a))),
            (1.3, MatMul(b, a)),
            (1.4, MatMul(a, b)),
            (1.4, Hadamard(a, b)),
            (1.5, MatMul(a, _transposed(b))),
            (1.5, MatMul(_transposed(a), b)),
            (1.7, MatMul(b, _transposed(a))),
            (1.7, MatMul(_transposed(b), a)),
            (1.9, MatMul(_transposed(a), _transposed(b))),
        ]
        for cost, new in forms:
            if new != node:
                yield cost, new, instead(new, node)


def _symmetric(place: Place) -> Iterator[_Tried]:
    """A + Aᵀ in place of A, or of 2 A."""
    match place.node:
        case Product((("*", Number(2)), ("*", matrix))):
            pass
        case Name() as matrix:
            pass
        case _:
            return
    shape = np.shape(place.value[0]) if place.value is not None else ()
    if len(shape) == 2 and shape[0] == shape[1]:
        both = Sum((("+", matrix), ("+", Transpose(matrix))))
        for cost, new in ((1.5, both), (1.7, divided(both, Number(2)))):
            yield cost, new, instead(new, place.node)


def _transposed(node: Node) -> Node:
    return node.body if isinstance(node, Transpose) else Transpose(node)


def _inside(place: Place) -> Iterator[_Tried]:
    """Small changes of a place: a sign, a number, an exponent, a part that is too much."""
    node = place.node
    match node:
        case Sum(terms):
            for k, (sign, term) in enumerate(terms):
                turned: tuple[Literal["+", "-"], Node] = ("+" if sign == "-" else "-", term)
                if len(terms) > 1:
                    yield (
                        1.0,
                        Sum((*terms[:k], turned, *terms[k + 1 :])),
                        f"the sign of {said(term)} was wrong",
                    )
                    yield 1.3, without(node, k), f"the term {said(term)} was too much"
        case Product(factors):
            for k, (by, factor) in enumerate(factors):
                what = "the division by" if by == "/" else "the factor"
                yield 1.3, without(node, k), f"{what} {said(factor)} was too much"
        case Hadamard(left, right):
            yield 1.3, left, f"the factor {said(right)} was too much"
            yield 1.3, right, f"the factor {said(left)} was too much"
        case Name() | Apply() if isinstance(place.parent, Sum):
            square = squared(node, place.is_matrix)
            yield 1.2, square, instead(square, node)
        case Power(base, Number(n)):
            for other in (n + 1, n - 1):
                new = base if other == 1 else Power(base, Number(other)) if other > 0 else None
                if new is not None:
                    yield 1.0, new, instead(new, node)
        case Number(n):
            for other in (n + 1, n - 1, 2 * n):
                if other > 1 and not isinstance(place.parent, (Element, Big)):
                    yield 1.2, Number(other), instead(Number(other), node)
        case Element(array, indices) if len(indices) == 2:
            swapped = Element(array, indices[::-1])
            yield 1.0, swapped, instead(swapped, node)


def _multiplied(place: Place, table: Table) -> Iterator[_Tried]:
    """A factor more at a place."""
    node = place.node
    found: list[tuple[int, Node, bool]] = []
    if place.value is None:  # under an index: elements of arrays at it, too
        indices = sorted(
            {i for part in walk(node) if isinstance(part, Element) for i in part.indices}, key=repr
        )
        names = {q.tree.name for q in table.quantities if isinstance(q.tree, Name) and q.value[0].ndim == 1}
        found += [(2, Element(name, (index,)), False) for name in sorted(names) for index in indices]
        found += [(q.size, q.tree, False) for q in table.quantities[:40] if q.value[0].ndim == 0]
    else:
        shape = np.shape(place.value[0])
        found += [
            (q.size, q.tree, True) for q in table.quantities[:120] if shape and np.shape(q.value[0]) == shape
        ]
        found += [(q.size, q.tree, False) for q in table.quantities[:40] if np.shape(q.value[0]) == ()]
    for n, tree, arrays in sorted(found, key=lambda one: one[0]):
        if tree == ONE:
            yield 1.3, negated(node), f"the sign of {said(node)} was wrong"
            yield 1.4, times(Number(2), node), "× 2 was missing"
            yield 1.5, divided(node, Number(2)), "÷ 2 was missing"
        else:
            sign = "⊙" if arrays else "×"
            yield 1.3 + NODE * n, joined(node, tree, arrays), f"{sign} {bracketed(tree)} was missing"
