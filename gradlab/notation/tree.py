"""A formula as a tree of immutable nodes.

Sums and products hold all their terms, so that depth comes from brackets, powers and functions alone;
`MOST_DEPTH` bounds it, and recursion over a tree is safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MOST_DEPTH = 60

Relation = Literal["<", ">", "≤", "≥", "=", "≠"]


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
    """A declared symbol, a quantity or an index, by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs, from left to right. A negation is a sum of one term."""

    terms: tuple[tuple[Literal["+", "-"], Node], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors and divisors, from left to right; the first is a factor. Of arrays, one at most is multiplied."""

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


@dataclass(frozen=True, slots=True)
class Call:
    """A function that was defined beside the formula, and its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Prime:
    """σ′(z), f″(x): the derivative, of an order, of a function of one argument, at the argument."""

    function: str
    order: int
    argument: Node
    defined: bool = False
    """Whether the function was defined beside the formula, and is not one of the table."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """∂/∂by (body), still to be done; by one element of `by`, if `at` has its indices."""

    body: Node
    by: str
    at: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class MatMul:
    """The matrix product of two arrays; a vector is a column, and two columns give their dot product."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Hadamard:
    """The product, element by element, of two arrays of one shape."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Transpose:
    """bodyᵀ."""

    body: Node


@dataclass(frozen=True, slots=True)
class Norm:
    """‖body‖, of an order: 2, 1 or inf for a vector, F for a matrix."""

    body: Node
    order: Literal["2", "1", "inf", "F"] = "2"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an array, counted from 1."""

    array: str
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Subscript:
    """A part of an array as code has it, counted from 0: body[1:, 0]."""

    body: Node
    key: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What an operation is told besides its operands, as code has it: `axis=0`, `(2, 3)`, `True`."""

    text: str


@dataclass(frozen=True, slots=True)
class Big:
    """Σ or Π of the body, with the index from lower to upper."""

    operation: Literal["sum", "prod"]
    index: str
    lower: Node
    upper: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Condition:
    """left < right and the like."""

    relation: Relation
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Cases:
    """The value of the first row whose condition holds, else `otherwise`; NaN where there is none."""

    rows: tuple[tuple[Node, Condition], ...]
    otherwise: Node | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of numbers; a single column is a vector."""

    rows: tuple[tuple[Node, ...], ...]


Node = (
    Number
    | Constant
    | Name
    | Sum
    | Product
    | Power
    | Apply
    | Call
    | Prime
    | Derivative
    | MatMul
    | Hadamard
    | Transpose
    | Norm
    | Element
    | Subscript
    | Setting
    | Big
    | Condition
    | Cases
    | Matrix
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, from left to right."""
    match node:
        case Sum(terms):
            return tuple(term for _, term in terms)
        case Product(factors):
            return tuple(factor for _, factor in factors)
        case Power(base, exponent):
            return (base, exponent)
        case Apply(_, parts) | Call(_, parts) | Element(_, parts):
            return parts
        case Derivative(body, _, at):
            return (body, *at)
        case Prime(_, _, body) | Transpose(body) | Norm(body) | Subscript(body):
            return (body,)
        case MatMul(left, right) | Hadamard(left, right) | Condition(_, left, right):
            return (left, right)
        case Big(_, _, lower, upper, body):
            return (lower, upper, body)
        case Cases(rows, otherwise):
            parts = tuple(part for value, held in rows for part in (value, held.left, held.right))
            return parts if otherwise is None else (*parts, otherwise)
        case Matrix(rows):
            return tuple(part for row in rows for part in row)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))


def free_names(node: Node) -> frozenset[str]:
    """The names whose values a tree needs, definitions not unfolded: all but indices of sums.

    >>> sorted(free_names(Big("sum", "i", Number(1), Name("n"), Element("x", (Name("i"),)))))
    ['n', 'x']
    """
    found: set[str] = set()
    pending: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while pending:
        node, bound = pending.pop()
        match node:
            case Name(name):
                found |= {name} - bound
            case Element(array, _):
                found.add(array)
            case Derivative(_, by):
                found |= {by} - bound
        below = bound | {node.index} if isinstance(node, Big) else bound
        # The limits of a sum don't see its index.
        last = len(children(node)) - 1
        for place, part in enumerate(children(node)):
            inside = not isinstance(node, Big) or place == last
            pending.append((part, below if inside else bound))
    return frozenset(found)


def called(node: Node) -> frozenset[str]:
    """The functions, defined beside the formula, that a tree calls."""
    return frozenset(
        part.function
        for part in walk(node)
        if isinstance(part, Call) or (isinstance(part, Prime) and part.defined)
    )
