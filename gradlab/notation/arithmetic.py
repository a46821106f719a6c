"""Sums, products and quotients of trees as they are written on paper: flat, signs pulled out, numbers first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from gradlab.notation.scope import Shape
from gradlab.notation.tree import Apply, Hadamard, Node, Number, Power, Product, Sum

_MOST_DIGITS = 15
_LEAST, _MOST = 1e-5, 1e15
"""Of a product of numbers that is written as one."""


def negated(node: Node) -> Node:
    """−node, without a second sign."""
    match node:
        case Sum((("-", body),)):
            return body
    return Sum((("-", node),))


def added(left: Node, right: Node) -> Node:
    """left + right; what is negative comes last: y − x, not −x + y."""
    terms, more = _terms(left), _terms(right)
    if len(terms) == len(more) == 1 and terms[0][0] == "-" and more[0][0] == "+":
        terms, more = more, terms
    return Sum(terms + more)


def subtracted(left: Node, right: Node) -> Node:
    """left − right."""
    match right:
        case Sum((("-", body),)):
            return added(left, body)
    return Sum((*_terms(left), ("-", right)))


def multiplied(left: Node, right: Node) -> Node:
    """left · right, of which one at most is an array: numbers come first, and what divides comes last."""
    minus, left, right = unsigned(left, right)
    above, below = _fraction(left)
    more, less = _fraction(right)
    product = _quotient(above + more, below + less)
    return negated(product) if minus else product


def divided(left: Node, right: Node, shape: Shape = ()) -> Node:
    """left / right, which has the shape: what divides twice is a product below."""
    minus, left, right = unsigned(left, right)
    above, below = _fraction(left)
    if shape and below == [right]:
        below, right = [], powered(right, Number(2), shape)
    elif shape and below:
        above, below = [left], []
    quotient = _quotient(above, [*below, *(_fraction(right)[0] if not _fraction(right)[1] else [right])])
    return negated(quotient) if minus else quotient


def times(left: Node, right: Node, shapes: Sequence[Shape]) -> Node:
    """The product of numbers, of a number and an array, or of arrays element by element."""
    if not shapes[1]:
        left, right = (right, left) if shapes[0] else (left, right)
        return multiplied(left, right)
    if not shapes[0]:
        return multiplied(left, right)
    minus, left, right = unsigned(left, right)
    match right:
        case Product((("*", Number(1)), ("/", below))):
            product: Node = divided(left, below, shapes[1])
        case Hadamard(first, second):
            product = Hadamard(Hadamard(left, first), second)
        case _:
            product = Hadamard(left, right)
    return negated(product) if minus else product


def powered(base: Node, exponent: Node, shape: Shape) -> Node:
    """A power element by element; of a matrix x^2 would be x @ x to a reader."""
    if len(shape) < 2:
        return Power(base, exponent)
    return Apply("square", (base,)) if exponent == Number(2) else Apply("power", (base, exponent))


def unsigned(left: Node, right: Node) -> tuple[bool, Node, Node]:
    """Whether their product is negative, and both without a sign."""
    minus = False
    parts = []
    for node in (left, right):
        match node:
            case Sum((("-", body),)):
                minus = not minus
                parts.append(body)
            case _:
                parts.append(node)
    return minus, parts[0], parts[1]


def _terms(node: Node) -> tuple[tuple[Literal["+", "-"], Node], ...]:
    return node.terms if isinstance(node, Sum) else (("+", node),)


def _fraction(node: Node) -> tuple[list[Node], list[Node]]:
    """The factors above and below."""
    if not isinstance(node, Product):
        return [node], []
    above = [factor for by, factor in node.factors if by == "*"]
    below = [factor for by, factor in node.factors if by == "/"]
    return above, [
        part for factor in below for part in (_fraction(factor)[0] if _is_product(factor) else [factor])
    ]


def _is_product(node: Node) -> bool:
    return isinstance(node, Product) and all(by == "*" for by, _ in node.factors)


def _quotient(above: list[Node], below: list[Node]) -> Node:
    """The product of all above, divided by that of all below."""
    if below:
        above = [factor for factor in above if factor != Number(1)] or above[:1]
    counts = Counter[Node]()
    for factor in below:
        match factor:
            case Power(base, Number(int(exponent))):
                counts[base] += exponent
            case _:
                counts[factor] += 1
    powers = _numbers_first([base if n == 1 else Power(base, Number(n)) for base, n in counts.items()])
    if len(powers) > 1:
        powers = [Product(tuple(("*", factor) for factor in powers))]
    factors = _numbers_first(above)
    if len(factors) == 1 and not powers:
        return factors[0]
    return Product((*(("*", factor) for factor in factors), *(("/", factor) for factor in powers)))


def _numbers_first(factors: list[Node]) -> list[Node]:
    """The numbers multiplied, as they stand written, and then the rest."""
    numbers = [factor for factor in factors if isinstance(factor, Number)]
    rest = [factor for factor in factors if not isinstance(factor, Number)]
    if len(numbers) > 1:
        product = math.prod((Decimal(repr(number.value)) for number in numbers), start=Decimal(1))
        if len(product.normalize().as_tuple().digits) <= _MOST_DIGITS and _LEAST < product < _MOST:
            whole = product == product.to_integral_value()
            numbers = [Number(int(product) if whole else float(product))]
    return ([] if numbers == [Number(1)] and rest else numbers) + rest
