"""Single changes that bring a quantity of the problem to a place: as a factor, as a term, or instead of what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import numpy as np

from gradlab.judge.repair.forms import ONE, below, joined, scaled, size
from gradlab.judge.repair.here import GONE, NODE, Change, Here, is_negation
from gradlab.judge.repair.quantities import LARGEST, Match, Quantity, Table, constant, simple
from gradlab.judge.repair.wording import bracketed, instead, missing
from gradlab.notation.tree import Name, Node, Number, Product, Sum, walk

STRANGE, LONGEST_STRANGE = 2.5, 4
"""What it costs to bring a quantity that was made up, if it has more nodes than that."""


def missing_factor(here: Here, table: Table) -> Iterator[Change]:
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
            yield here.change(1.2 + _of_number(near, table), scaled(node, near), f"{told} was missing")
        return
    for match in table.matches(ratio, here.place.value):
        q, number = match.quantity, match.number
        if (node == ONE and not match.below) or (match.below and q.tree == node):
            continue  # it stands in place of 1, or is too much
        arrays = here.is_array and _is_array(match)
        whole = below(node, q.tree) if match.below else joined(node, q.tree, arrays)
        new = scaled(whole, number)
        yield here.change(
            1.2
            + NODE * q.size
            + _of_number(number, table)
            + _of_dividing(match, table)
            + _of_quotient(q.tree),
            new,
            f"{missing(match)} was missing",
        )


def missing_term(here: Here, table: Table) -> Iterator[Change]:
    """A term that is missing."""
    if is_negation(here.place.parent) or here.place.value is None:
        return
    if isinstance(here.place.parent, Sum):
        return
    known_alone = isinstance(here.place.parent, Product) and not isinstance(here.node, Sum)
    if np.all(here.v != 0) and constant(here.u / here.v) is not None:
        return  # a factor is missing
    for match in table.matches(here.u - here.v, here.place.value, below=False):
        new = scaled(match.quantity.tree, abs(match.number))
        sign: Literal["+", "-"] = "-" if match.number < 0 else "+"
        before = here.node.terms if isinstance(here.node, Sum) else (("+", here.node),)
        whole = Sum((*before, (sign, new)))
        if (isinstance(new, Sum) and len(new.terms) == 1) or (known_alone and whole not in table.known):
            continue
        cost = 1.9 + NODE * match.quantity.size + _of_number(abs(match.number), table)
        told = f"{'−' if sign == '-' else '+'} {bracketed(new)} was missing"
        yield here.change(cost, whole, told)


def other_quantity(here: Here, table: Table) -> Iterator[Change]:
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
        yield here.change(1.5 + GONE * own + _of_number(number, table), new, instead(new, node))
        return
    for match in table.matches(here.u, here.place.value):
        q = match.quantity
        if q.tree in (node, ONE) or own > LARGEST:
            continue
        new = scaled(below(ONE, q.tree) if match.below else q.tree, match.number)
        same_kind = isinstance(node, Name) and isinstance(q.tree, Name)
        cost = 1.3 if same_kind else 1.6
        cost += (
            NODE * q.size
            + GONE * own
            + _of_number(match.number, table)
            + 0.2 * match.below
            + _of_dividing(match, table)
            + _of_quotient(q.tree)
            + STRANGE * (q.size > LONGEST_STRANGE and q.tree not in table.known)
        )
        yield here.change(cost, new, instead(new, node))


def _is_array(match: Match) -> bool:
    return match.quantity.value[0].ndim > 0


def _of_number(number: Fraction, table: Table) -> float:
    """What a number in front costs: less if it is one that a rule brings down, or that stands in the problem."""
    if number in {1, -1}:
        return 0.0 if number == 1 else 0.6
    return 0.5 if abs(number) in (2, Fraction(1, 2)) or abs(number) in table.numbers else 0.9


def _of_dividing(match: Match, table: Table) -> float:
    """It is seldom meant by what the problem never divides by."""
    return 0.0 if not match.below else 0.3 if match.quantity.tree in table.divisors else 5.0


def _of_quotient(tree: Node) -> float:
    """What is divided, where the line has no such quotient, is seldom what was meant."""
    quotients = [
        node for node in walk(tree) if isinstance(node, Product) and any(by == "/" for by, _ in node.factors)
    ]
    return 4.0 * any(not isinstance(q.factors[0][1], Number) for q in quotients)
