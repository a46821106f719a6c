"""What may be missing in a line: the quantities of the problem, by their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradlab.cases import is_real
from gradlab.judge.repair.forms import ONE, divided, negated, size, times
from gradlab.judge.repair.sheets import CLOSE, Sheets, Value, spread
from gradlab.judge.repair.slopes import of_one_function, of_part
from gradlab.notation.tree import (
    Apply,
    Big,
    Cases,
    Condition,
    Constant,
    Derivative,
    Name,
    Node,
    Number,
    Power,
    Prime,
    Product,
    Sum,
    children,
    walk,
)

MOST = 240
"""Quantities that are tried."""
LARGEST = 24
"""Nodes of one."""
MOST_PAIRED = 40
LONGEST_NUMBER = 10
"""Characters."""
MOST_DENOMINATOR = 12


@dataclass(frozen=True)
class Quantity:
    """A tree that may be missing."""

    tree: Node
    size: int
    value: Value


@dataclass(frozen=True)
class Match:
    """A simple number times a quantity, or divided by it."""

    number: Fraction
    quantity: Quantity
    below: bool = False


class Table:
    """The quantities, with their values by the shape that they are spread over."""

    def __init__(
        self, quantities: Sequence[Quantity], known: Collection[Node], divisors: Collection[Node]
    ) -> None:
        self.quantities = quantities
        self.known = frozenset(known)
        """What the problem and the other lines are made of."""
        self.divisors = frozenset(divisors)
        """What is divided by somewhere."""
        self.numbers = frozenset(tree.value for tree in known if isinstance(tree, Number))
        self._spread: dict[tuple[tuple[int, ...], ...], tuple[list[int], np.ndarray]] = {}

    def over(self, value: Value) -> tuple[list[int], np.ndarray]:
        """(which quantities can stand beside a value, their elements by row)."""
        key = tuple(np.shape(one) for one in value)
        if key not in self._spread:
            rows = [(k, spread(q.value, value)) for k, q in enumerate(self.quantities)]
            kept = [(k, row) for k, row in rows if row is not None]
            self._spread[key] = ([k for k, _ in kept], np.array([row for _, row in kept]))
        return self._spread[key]

    def matches(self, wanted: np.ndarray, over: Value, *, below: bool = True) -> Iterator[Match]:
        """The quantities that are, but for a simple number, what is wanted; or one over it. NaN: it can be anything."""
        which, rows = self.over(over)
        known = ~np.isnan(wanted)
        wanted = wanted[known]
        zero = wanted == 0
        if not which or not np.all(np.isfinite(wanted)) or np.all(zero):
            return
        rows = rows[:, known]
        fits = np.all((rows == 0) == zero, axis=1)
        below = below and not np.any(zero)
        wanted, rows = wanted[~zero], rows[:, ~zero]
        with np.errstate(all="ignore"):
            for ways, table in ((False, wanted / rows), (True, wanted * rows))[: 1 + below]:
                first = table[:, :1]
                same = fits & np.all(np.abs(table - first) <= CLOSE * np.abs(first), axis=1)
                for row in np.flatnonzero(same & np.isfinite(first[:, 0])):
                    number = simple(float(first[row, 0]))
                    if number is not None:
                        yield Match(number, self.quantities[which[row]], ways)


def _divisors(trees: Collection[Node]) -> Iterator[Node]:
    for tree in trees:
        match tree:
            case Product(factors):
                for by, factor in factors:
                    if by == "/":
                        yield factor
                        yield from (part for _, part in factor.factors) if isinstance(factor, Product) else ()
            case Power(base, Sum((("-", _),))):
                yield base


def simple(value: float) -> Fraction | None:
    """A fraction that a hand would write; None for another number.

    >>> simple(-0.5), simple(0.123456)
    (Fraction(-1, 2), None)
    """
    if not abs(value) < 1e6:
        return None
    near = Fraction(value).limit_denominator(MOST_DENOMINATOR)
    return near if near and abs(value - float(near)) <= 1e-8 * abs(value) else None


def constant(value: np.ndarray) -> float | None:
    """The number that all elements are, if there is one."""
    first = float(value[0])
    return first if np.all(np.abs(value - first) <= CLOSE * abs(first)) else None


def table_of(
    line: Node,
    others: Sequence[Node],
    function: Sequence[Node],
    names: Sequence[Node],
    by: str,
    sheets: Sheets,
) -> Table:
    """The quantities of a problem: names, parts of lines and of the function, its local derivatives, and what is often
    made of such.
    """
    given = [part for tree in (*others, *function) for part in _parts(tree) if not _is_open(part)]
    parts = [*_parts(line), *given]
    local = [slope for part in parts if (slope := local_derivative(part)) is not None]
    inner = list(_inner(function, by, sheets))
    simple_ones = _smallest([*names, *parts, *_constants(parts), *local, *inner])
    made = [form for tree in simple_ones[:MOST_PAIRED] for form in _forms(tree)]
    known = [*given, *(part for slope in (*local, *inner) for part in _parts(slope))]
    divisors = list(_divisors([*known, *_parts(line)]))
    return Table(_distinct([*simple_ones[:MOST], *made], sheets), known, divisors)


def _is_open(tree: Node) -> bool:
    """Whether a derivative is still to be done in it: ∂L/∂w is what is looked for, and no part of an answer."""
    return any(isinstance(node, Derivative) for node in walk(tree))


def pairs(table: Table) -> Table:
    """Products and quotients of two of the small quantities."""
    small = [q for q in table.quantities if q.size <= 4 and q.tree != ONE][:MOST_PAIRED]
    found = []
    for k, a in enumerate(small):
        for b in small[k:]:
            if all(
                x.shape == y.shape or not x.shape or not y.shape
                for x, y in zip(a.value, b.value, strict=True)
            ):
                value = [np.asarray(x * y) for x, y in zip(a.value, b.value, strict=True)]
                found.append(
                    Quantity(times(a.tree, b.tree, _is_array(a) and _is_array(b)), a.size + b.size, value)
                )
            for above, under in ((a, b), (b, a)):
                if above is not under and all(
                    not np.any(y == 0) and (not y.shape or x.shape == y.shape)
                    for x, y in zip(above.value, under.value, strict=True)
                ):
                    value = [np.asarray(x / y) for x, y in zip(above.value, under.value, strict=True)]
                    found.append(Quantity(divided(above.tree, under.tree), a.size + b.size + 1, value))
    return Table(found, table.known, table.divisors)


def _is_array(quantity: Quantity) -> bool:
    return len(quantity.value) > 1 and bool(np.ndim(quantity.value[0]))


def _parts(tree: Node) -> Iterator[Node]:
    """The parts of a tree that have a value by themselves."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Condition):
            continue
        yield node
        if isinstance(node, Product):
            yield from (
                Product(node.factors[k:])
                for k in range(1, len(node.factors) - 1)
                if node.factors[k][0] == "*"
            )
            yield from (Product(node.factors[:k]) for k in range(2, len(node.factors)))
        if not isinstance(node, (Big, Derivative, Cases)):
            pending += children(node)


def _moving(trees: Sequence[Node]) -> list[Node]:
    """Parts of the function whose derivative may be a factor, the small ones first."""
    parts: set[Node] = {
        part for tree in trees for part in _parts(tree) if not isinstance(part, (Name, Number, Constant))
    }
    ordered: list[Node] = sorted(parts, key=lambda part: (size(part), repr(part)))
    return ordered[:14]


def _constants(parts: Sequence[Node]) -> list[Node]:
    """The numbers that rules bring: ln a of aˣ, ln 10, π/180."""
    whole = {part.value for part in parts if isinstance(part, Number) and part.value in range(2, 11)}
    half_turn = divided(Constant("pi"), Number(180))
    return [*(Apply("ln", (Number(n),)) for n in sorted(whole | {2, 10})), Constant("pi"), half_turn]


def _inner(function: Sequence[Node], by: str, sheets: Sheets) -> Iterator[Node]:
    """The derivatives of the function's parts: the inner ones of the chain rule. Of numbers alone."""
    point = {n: v for n, v in sheets.inputs[0].items() if is_real(v)}
    if by not in point or any(np.ndim(value) for value in point.values()):
        return
    for part in dict.fromkeys([*_moving(function), *function]):
        slope = of_part(part, by, point, sheets.environments[0].definitions)
        if slope is not None:
            yield from _parts(slope) if part in function else [slope]


def _smallest(trees: Sequence[Node]) -> list[Node]:
    """Each once, the small ones first."""
    own = dict.fromkeys(tree for tree in trees if not isinstance(tree, Condition) and size(tree) <= LARGEST)
    return sorted(own, key=size)


def _distinct(trees: Sequence[Node], sheets: Sheets) -> list[Quantity]:
    """With their values; of those that are the same but for a number the smallest."""
    found: list[Quantity] = []
    seen: set[tuple[float, ...]] = set()
    for tree in sorted(trees, key=size):
        value = None if _is_rounded(tree) else sheets.value(tree)
        if value is None:
            continue
        elements = np.concatenate([np.ravel(one) for one in value])
        if not np.all(np.isfinite(elements)) or not np.any(elements):
            continue
        lead = elements[np.argmax(np.abs(elements))]
        alone = constant(elements)
        if alone is not None and tree != ONE and simple(alone) is not None:
            continue
        alike = elements / (lead if alone is None or tree == ONE else 1.0)
        key = (float(value[0].ndim), *np.round(alike, 9).tolist())
        if key in seen:
            continue
        seen.add(key)
        found.append(Quantity(tree, size(tree), value))
        if len(found) == MOST:
            break
    return found


def _is_rounded(tree: Node) -> bool:
    """Whether there is a number in it of which it is no longer seen what it is: 2π in decimals."""
    return any(isinstance(node, Number) and len(repr(node.value)) > LONGEST_NUMBER for node in walk(tree))


def _forms(tree: Node) -> Iterator[Node]:
    """What a rule often makes of a quantity: q², 1 − q, 1 + q, q (1 − q), 1 − q²."""
    if isinstance(tree, (Number, Constant)):
        return
    square = Power(tree, Number(2))
    rest = Sum((("+", ONE), ("-", tree)))
    yield square
    yield rest
    yield Sum((("+", ONE), ("+", tree)))
    yield times(tree, rest)
    yield Sum((("+", ONE), ("-", square)))


def local_derivative(node: Node) -> Node | None:
    """What the rule of one function or power brings: cos(u) of sin(u), 2·u of u²."""
    match node:
        case Apply("relu", (u,)) | Apply("max", (Number(0), u)) | Apply("max", (u, Number(0))):
            return Prime("relu", 1, u)
        case Apply():
            return of_one_function(node)
        case Power(base, Number(n)) if n not in (0, 1):
            lower = (
                base
                if n == 2
                else Power(base, Number(n - 1))
                if n > 1
                else Power(base, negated(Number(1 - n)))
            )
            return times(Number(n), lower)
    return None
