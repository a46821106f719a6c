"""Single changes of a line after which it is right, found by what would have to stand at each of its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from gradlab.judge.repair.forms import ONE, below, divided, joined, negated, scaled, size, times, without
from gradlab.judge.repair.places import INVERSES, Path, Place, put
from gradlab.judge.repair.quantities import LARGEST, Match, Quantity, Table, constant, simple
from gradlab.judge.repair.sheets import Sheets, flat, is_close
from gradlab.judge.repair.wording import bracketed, instead, missing, shortened
from gradlab.notation.tree import Apply, Hadamard, MatMul, Name, Node, Number, Power, Product, Sum, walk
from gradlab.notation.write import write

PARTNERS = (
    ("sin", "cos", "tan"),
    ("sinh", "cosh"),
    ("tan", "cot", "sec"),
    ("sec", "csc"),
    ("exp", "ln", "log"),
    ("ln", "log10", "log2"),
    ("tanh", "sigmoid", "softplus", "relu"),
    ("arcsin", "arccos", "arctan"),
)
"""Functions that are taken for one another."""
EXPONENTS = (2, 3, -1, Fraction(1, 2), -2)
_NODE = 0.3
"""What each node costs that has to be written."""
_GONE = 0.15
"""And each that has to go."""
_DEEP = 0.02
"""Of changes that are alike the one further out."""


@dataclass(frozen=True)
class Edit:
    """The line with one change."""

    cost: float
    tree: Node
    change: str


@dataclass(frozen=True)
class _Change:
    cost: float
    path: Path
    new: Node
    told: str


@dataclass(frozen=True, eq=False)
class _Here:
    """A place of which it is known what has to stand there."""

    place: Place
    sheets: Sheets
    v: np.ndarray
    u: np.ndarray
    whole: int
    """The size of the line."""

    @property
    def node(self) -> Node:
        return self.place.node

    @property
    def is_array(self) -> bool:
        """Whether it is an array at each point."""
        return len(self.sheets.goal) > 1 and self.place.value is not None and self.place.value[0].ndim > 0

    @property
    def is_part(self) -> bool:
        """Whether what is missing beside it is told of the product that it is in, or of the term with its sign."""
        parent = self.place.parent
        return isinstance(parent, (Product, Hadamard, MatMul)) or is_negation(parent)

    def is_right(self, new: Node) -> bool:
        """Whether the line is right with this in its place."""
        value = self.sheets.value(new)
        return value is not None and _same(flat(value), self.u)

    def change(self, cost: float, new: Node, told: str) -> _Change:
        return _Change(cost, self.place.path, new, told)


def solved(tree: Node, places: Sequence[Place], table: Table, sheets: Sheets) -> Iterator[Edit]:
    """The changes at places of which it is known what has to stand there."""
    whole = size(tree)
    for place in places:
        if place.need is not None and place.value is not None:
            here = _Here(place, sheets, flat(place.value), flat(place.need), whole)
            for kind in (
                _sign,
                _too_much,
                _number,
                _function,
                _exponent,
                _factor,
                _term,
                _replaced,
                _argument,
            ):
                for found in kind(here, table):
                    cost = found.cost + _DEEP * len(place.path)
                    yield Edit(cost, put(tree, found.path, found.new), found.told)


def is_negation(node: Node | None) -> bool:
    """Whether it is −x."""
    return isinstance(node, Sum) and len(node.terms) == 1


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return is_close([a], [b])


def _sign(here: _Here, table: Table) -> Iterator[_Change]:
    node = here.node
    if not _same(-here.v, here.u):
        return
    if isinstance(node, Sum) and sorted(sign for sign, _ in node.terms) == ["+", "-"]:
        turned = Sum(tuple(("+" if sign == "-" else "-", term) for sign, term in node.terms))
        if turned.terms[0][0] == "-":
            turned = Sum(turned.terms[::-1])
        yield here.change(0.9, turned, f"{write(turned)} in place of {write(node)}")
    elif here.place.path and isinstance(here.place.parent, Sum):
        terms = list(here.place.parent.terms)
        sign, term = terms[here.place.path[-1]]
        terms[here.place.path[-1]] = ("+" if sign == "-" else "-", term)
        new: Node = Sum(tuple(terms))
        if len(terms) == 1 and terms[0][0] == "+":
            new = term
        yield _Change(1.0, here.place.path[:-1], new, f"the sign of {shortened(node)} was wrong")
    elif not here.is_part and not isinstance(node, (Number, Sum)):
        yield here.change(1.05, negated(node), f"the sign of {shortened(node)} was wrong")
    elif isinstance(node, Sum) and len(node.terms) > 1:
        turned = Sum(tuple(("+" if sign == "-" else "-", term) for sign, term in node.terms))
        which = f"the signs of {shortened(node)}" if here.place.path else "all signs"
        yield here.change(1.1, turned, f"{which} were wrong")


def _too_much(here: _Here, table: Table) -> Iterator[_Change]:
    """A factor that has to be 1, or a term that has to be 0."""
    parent, path = here.place.parent, here.place.path
    cost = 1.2 + _GONE * size(here.node)
    above = 1.0 if isinstance(parent, (Product, Hadamard)) else 0.0 if isinstance(parent, Sum) else None
    if above is None or parent is None or is_negation(parent):
        return
    scale = np.max(np.abs(here.v)) if above == 0.0 else 1.0
    if not np.all(np.abs(here.u - above) <= 1e-7 * scale):
        return
    by = parent.factors[path[-1]][0] if isinstance(parent, Product) else "*"
    what = "the term" if isinstance(parent, Sum) else "the division by" if by == "/" else "the factor"
    yield _Change(cost, path[:-1], without(parent, path[-1]), f"{what} {shortened(here.node)} was too much")


def _number(here: _Here, table: Table) -> Iterator[_Change]:
    """Another number in place of a number."""
    number = constant(here.u)
    if not isinstance(here.node, Number) or number is None:
        return
    near = simple(number)
    if near is not None:
        if near == 1 and isinstance(here.place.parent, Product):
            return  # the factor is too much
        new = scaled(ONE, near)
        cost = 1.0 if _is_near(near, Fraction(here.node.value)) else 1.5
        cost += 0.5 * (near < 0) + 0.8 * (near.denominator > 1 and not isinstance(here.place.parent, Power))
    elif abs(float(f"{number:.6g}") - number) <= 1e-9 * abs(number):
        short, cost = float(f"{number:.6g}"), 2.5
        new = Number(short) if short >= 0 else negated(Number(-short))
    else:
        return
    yield here.change(cost, new, instead(new, here.node))


def _is_near(one: Fraction, other: Fraction) -> bool:
    """Whether one is a number that is easily written for the other."""
    return abs(abs(one) - abs(other)) <= 1 or one in (2 * other, other / 2)


def _function(here: _Here, table: Table) -> Iterator[_Change]:
    """Another function of the same."""
    node = here.node
    if not isinstance(node, Apply) or len(node.arguments) != 1:
        return
    for group in PARTNERS:
        for other in group if node.function in group else ():
            new = Apply(other, node.arguments)
            if other != node.function and here.is_right(new):
                yield here.change(1.2, new, instead(new, node))


def _exponent(here: _Here, table: Table) -> Iterator[_Change]:
    """A power of it, or another power."""
    node = here.node
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        n = Fraction(node.exponent.value)
        for other in (n + 1, n - 1, -n, n + 2, n - 2):
            if other == 0:
                continue
            new = node.base if other == 1 else Power(node.base, scaled(ONE, other))
            if here.is_right(new):
                yield here.change(1.0, new, instead(new, node))
    elif (not isinstance(node, (Number, Sum)) and not here.is_part) or isinstance(node, (Name, Apply)):
        for exponent in EXPONENTS:
            new = Power(node, scaled(ONE, Fraction(exponent)))
            if here.is_right(new) and exponent == -1 and isinstance(here.place.parent, Product):
                yield from _other_side(here, here.place.parent)
            elif here.is_right(new):
                yield here.change(1.4, new, instead(new, node))


def _other_side(here: _Here, parent: Product) -> Iterator[_Change]:
    """A factor that has to be below the line, or the other way."""
    path = here.place.path
    by = parent.factors[path[-1]][0]
    told = f"{'÷' if by == '*' else '×'} {bracketed(here.node)} in place of {'×' if by == '*' else '÷'}"
    rest = without(parent, path[-1])
    new = divided(rest, here.node) if by == "*" else times(rest, here.node)
    yield _Change(1.3, path[:-1], new, f"{told} {bracketed(here.node)}")


def _factor(here: _Here, table: Table) -> Iterator[_Change]:
    """A factor that is missing."""
    zero = (here.v == 0) & (here.u == 0)
    if here.is_part or np.any((here.v == 0) & ~zero) or np.all(zero) or here.place.value is None:
        return
    node = here.node
    ratio = np.where(zero, np.nan, here.u / np.where(here.v == 0, 1.0, here.v))
    alone = constant(ratio[~zero])
    near = simple(alone) if alone is not None else None
    if near is not None:
        if near != -1 and not isinstance(node, Number):
            told = missing(Match(near, Quantity(ONE, 1, [])))
            yield here.change(1.2 + _of_number(near), scaled(node, near), f"{told} was missing")
        return
    for match in table.matches(ratio, here.place.value):
        q, number = match.quantity, match.number
        if (node == ONE and not match.below) or (match.below and q.tree == node):
            continue  # it stands in place of 1, or is too much
        arrays = here.is_array and _is_array(match)
        whole = below(node, q.tree) if match.below else joined(node, q.tree, arrays)
        new = scaled(whole, number)
        yield here.change(
            1.2 + _NODE * q.size + _of_number(number) + 0.3 * match.below + _of_quotient(q.tree),
            new,
            f"{missing(match)} was missing",
        )


def _term(here: _Here, table: Table) -> Iterator[_Change]:
    """A term that is missing."""
    if is_negation(here.place.parent) or here.place.value is None:
        return
    if isinstance(here.place.parent, Sum) or (
        isinstance(here.place.parent, Product) and not isinstance(here.node, Sum)
    ):
        return
    if np.all(here.v != 0) and constant(here.u / here.v) is not None:
        return  # a factor is missing
    for match in table.matches(here.u - here.v, here.place.value, below=False):
        new = scaled(match.quantity.tree, abs(match.number))
        sign: Literal["+", "-"] = "-" if match.number < 0 else "+"
        before = here.node.terms if isinstance(here.node, Sum) else (("+", here.node),)
        if isinstance(new, Sum) and len(new.terms) == 1:
            continue
        cost = 1.9 + _NODE * match.quantity.size + _of_number(abs(match.number))
        told = f"{'−' if sign == '-' else '+'} {bracketed(new)} was missing"
        yield here.change(cost, Sum((*before, (sign, new))), told)


def _replaced(here: _Here, table: Table) -> Iterator[_Change]:
    """A quantity in place of another."""
    node = here.node
    if not here.place.path or here.place.value is None:
        return
    own = size(node)
    if 2 * own > here.whole:
        return  # it would be written anew
    alone = constant(here.u)
    number = simple(alone) if alone is not None else None
    if number is not None and not isinstance(node, Number):
        new = scaled(ONE, number)
        yield here.change(1.5 + _GONE * own + _of_number(number), new, instead(new, node))
        return
    for match in table.matches(here.u, here.place.value):
        q = match.quantity
        if q.tree in (node, ONE) or own > LARGEST:
            continue
        new = scaled(below(ONE, q.tree) if match.below else q.tree, match.number)
        same_kind = isinstance(node, Name) and isinstance(q.tree, Name)
        cost = 1.3 if same_kind else 1.6
        cost += (
            _NODE * q.size + _GONE * own + _of_number(match.number) + 0.5 * match.below + _of_quotient(q.tree)
        )
        yield here.change(cost, new, instead(new, node))


def _argument(here: _Here, table: Table) -> Iterator[_Change]:
    """Another argument of a function: a factor or a sign more in it, or another quantity."""
    node = here.node
    if not isinstance(node, Apply) or len(node.arguments) != 1 or here.is_array or node.function in INVERSES:
        return
    (argument,) = node.arguments
    tried = [(1.2, negated(argument))]
    tried += [(1.4, scaled(argument, Fraction(n))) for n in (2, 3, Fraction(1, 2))]
    for q in table.quantities[:40]:
        if q.tree not in (ONE, argument) and q.size <= 6:
            tried.append((1.5 + _NODE * q.size, times(argument, q.tree)))
            tried.append((1.6 + _NODE * (q.size + size(argument)), q.tree))
    for cost, inner in tried:
        new = Apply(node.function, (inner,))
        if here.is_right(new):
            yield here.change(cost, new, instead(new, node))


def _is_array(match: Match) -> bool:
    return match.quantity.value[0].ndim > 0


def _of_number(number: Fraction) -> float:
    return 0.0 if number == 1 else 0.6 if number == -1 else 0.5 if abs(number) in (2, Fraction(1, 2)) else 0.9


def _of_quotient(tree: Node) -> float:
    """What is divided, where the line has no such quotient, is seldom what was meant."""
    quotients = [
        node for node in walk(tree) if isinstance(node, Product) and any(by == "/" for by, _ in node.factors)
    ]
    return 4.0 * any(not isinstance(q.factors[0][1], Number) for q in quotients)
