"""A formula as a tree of immutable nodes, evaluated and written out again.

Sums and products hold all their terms, so that depth comes from brackets, powers and functions alone;
`MOST_DEPTH` bounds it, and recursion over a tree is safe.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradlab.notation.functions import CONSTANTS, FUNCTIONS
from gradlab.notation.names import printed

MOST_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was typed, never negative: an int if it was typed as one (below 2**53)."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Constant:
    """`e` or `pi`."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A declared symbol, by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs, from left to right. A negation is a sum of one term."""

    terms: tuple[tuple[Literal["+", "-"], Node], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors and divisors, from left to right; the first is a factor."""

    factors: tuple[tuple[Literal["*", "/"], Node], ...]


@dataclass(frozen=True, slots=True)
class Power:
    """base to the exponent; the base is never the constant e (that is `exp`)."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of the table in `functions`, by its canonical name, and its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Constant | Name | Sum | Product | Power | Apply


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, from left to right."""
    match node:
        case Sum(terms):
            return tuple(term for _, term in terms)
        case Product(factors):
            return tuple(factor for _, factor in factors)
        case Power(base, exponent):
            return (base, exponent)
        case Apply(_, arguments):
            return arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))


def evaluate(node: Node, values: Mapping[str, Any]) -> Any:
    """The value, by Python's operators and NumPy's functions alone.

    Numbers stay Python numbers until they meet an operand, so that `x^2` is `x**2`; a power of two
    numbers is a float, so that 9^9^9 is an infinity at once.
    """
    match node:
        case Number(value):
            return value
        case Constant(name):
            return CONSTANTS[name]
        case Name(name):
            return values[name]
        case Sum(((sign, first), *rest)):
            total = evaluate(first, values)
            if sign == "-":
                total = -total
            for sign, term in rest:
                total = _combine(operator.add if sign == "+" else operator.sub, total, evaluate(term, values))
            return total
        case Product(((_, first), *rest)):
            total = evaluate(first, values)
            for by, factor in rest:
                combine = operator.mul if by == "*" else operator.truediv
                total = _combine(combine, total, evaluate(factor, values))
            return total
        case Power(base, exponent):
            return _combine(operator.pow, evaluate(base, values), evaluate(exponent, values))
        case Apply(function, arguments):
            operands = [evaluate(argument, values) for argument in arguments]
            result = FUNCTIONS[function].evaluate(*operands)
            return float(result) if all(map(_is_literal, operands)) else result
    raise TypeError(f"not a node of a formula: {node!r}")


def _is_literal(operand: Any) -> bool:
    return type(operand) is int or type(operand) is float


def _combine(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if _is_literal(left) and _is_literal(right):
        return float(operation(np.float64(left), right))
    return operation(left, right)


def write(node: Node, *, sigma: str = "σ") -> str:
    """The tree as text that reads as the same tree, with every product and every call explicit."""
    return _write(node, sigma)[0]


_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def _write(node: Node, sigma: str) -> tuple[str, int]:
    """The text and how tightly it binds."""

    def within(part: Node, least: int) -> str:
        text, binding = _write(part, sigma)
        return text if binding >= least else f"({text})"

    match node:
        case Number(value):
            return repr(value), _ATOM
        case Constant(name) | Name(name):
            return printed(name), _ATOM
        case Sum(((sign, first), *rest)):
            text = ("−" if sign == "-" else "") + within(first, _PRODUCT)
            for sign, term in rest:
                text += (" − " if sign == "-" else " + ") + within(term, _PRODUCT)
            return text, _SUM
        case Product(factors):
            text = within(factors[0][1], _POWER)
            # 1/2·x would be read from left to right, but not by everyone: (1/2)·x.
            divisions = [place for place, (by, _) in enumerate(factors[:-1]) if by == "/"]
            for place, (by, factor) in enumerate(factors[1:], start=1):
                text += ("/" if by == "/" else "·") + within(factor, _POWER)
                if divisions and place == divisions[-1]:
                    text = f"({text})"
            return text, _PRODUCT
        case Power(base, exponent):
            return f"{within(base, _ATOM)}^{within(exponent, _ATOM)}", _POWER
        case Apply(function, arguments):
            name = sigma if function == "sigmoid" else function
            return f"{name}({', '.join(within(argument, _SUM) for argument in arguments)})", _ATOM
    raise TypeError(f"not a node of a formula: {node!r}")
