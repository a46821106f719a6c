"""Sums, products and quotients of trees as they are written on paper: flat, signs pulled out, numbers first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from gradlab.notation.scope import Shape
from gradlab.notation.tree import Apply, Constant, Hadamard, Node, Number, Power, Product, Sum

_Terms = tuple[tuple[Literal["+", "-"], Node], ...]

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
    """left + right; what is negative comes last: y − x, not −x + y. Like terms are one: 2·x + x is 3·x."""
    terms, more = _terms(left), _terms(right)
    if len(terms) == len(more) == 1 and terms[0][0] == "-" and more[0][0] == "+":
        terms, more = more, terms
    return _collected(terms, more)


def subtracted(left: Node, right: Node) -> Node:
    """left − right."""
    match right:
        case Sum((("-", body),)):
            return added(left, body)
    return _collected(_terms(left), (("-", right),))


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


def _collected(terms: _Terms, more: _Terms) -> Node:
    """All terms, with one for those that are multiples of the same; but for what cancels, which stays to be seen."""
    found = list(terms)
    for sign, term in more:
        count, body = _multiple(sign, term)
        for place, one in enumerate(found):
            present, same = _multiple(*one)
            if same != body or not (count.is_finite() and present.is_finite()):
                continue
            total = count + present
            if total and len(total.as_tuple().digits) <= _MOST_DIGITS:
                found[place] = ("-" if total < 0 else "+", multiplied(_number(abs(total)), body))
                break
        else:
            found.append((sign, term))
    return found[0][1] if len(found) == 1 and found[0][0] == "+" else Sum(tuple(found))


def _multiple(sign: str, term: Node) -> tuple[Decimal, Node]:
    """−2·x as −2 and x; a number by itself is a multiple of nothing but itself."""
    count, body = Decimal(1), term
    match term:
        case Product((("*", Number(value)), *rest)) if rest:
            count = Decimal(repr(value))
            by, first = rest[0]
            body = first if len(rest) == 1 and by == "*" else Product(tuple(rest))
            if by == "/":
                body = Product((("*", Number(1)), *rest))
    return (-count if sign == "-" else count), body


def _number(value: Decimal) -> Number:
    return Number(int(value) if value == value.to_integral_value() else float(value))


def _terms(node: Node) -> _Terms:
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
    kept = []
    for factor in above:
        # x/x^2 is 1/x; but what is alone below stays, with what it asks of x. π asks nothing.
        if counts[factor] > (0 if isinstance(factor, Constant) else 1):
            counts[factor] -= 1
        else:
            kept.append(factor)
    above, counts = kept or [Number(1)], +counts
    powers = _numbers_first([base if n == 1 else Power(base, Number(n)) for base, n in counts.items()])
    factors, powers = _reduced(_numbers_first(above), powers)
    if len(powers) > 1:
        powers = [Product(tuple(("*", factor) for factor in powers))]
    if len(factors) == 1 and not powers:
        return factors[0]
    return Product((*(("*", factor) for factor in factors), *(("/", factor) for factor in powers)))


def _reduced(above: list[Node], below: list[Node]) -> tuple[list[Node], list[Node]]:
    """2·x/4 is x/2."""
    match above, below:
        case [Number(top), *factors], [Number(bottom), *powers] if (
            _LEAST < top < _MOST and _LEAST < bottom < _MOST
        ):
            over, under = Decimal(repr(top)), Decimal(repr(bottom))
            if over % under == 0:
                return [*([] if over == under and factors else [_number(over / under)]), *factors], powers
            if under % over == 0:
                return factors or [Number(1)], [_number(under / over), *powers]
    return above, below


def _numbers_first(factors: list[Node]) -> list[Node]:
    """The numbers multiplied, as they stand written, and then the rest."""
    numbers = [factor for factor in factors if isinstance(factor, Number)]
    rest = [factor for factor in factors if not isinstance(factor, Number)]
    if len(numbers) > 1:
        product = math.prod((Decimal(repr(number.value)) for number in numbers), start=Decimal(1))
        if len(product.normalize().as_tuple().digits) <= _MOST_DIGITS and _LEAST < product < _MOST:
            numbers = [_number(product)]
    return ([] if numbers == [Number(1)] and rest else numbers) + rest
