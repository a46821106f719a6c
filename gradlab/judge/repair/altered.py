"""Single changes of what stands at a place: its sign, its number, its exponent, its function, its argument, or none of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from gradlab.judge.repair.forms import (
    ONE,
    divided,
    negated,
    scaled,
    size,
    squared,
    times,
    turned_round,
    without,
)
from gradlab.judge.repair.here import GONE, NODE, Change, Here, is_negation, same
from gradlab.judge.repair.places import INVERSES
from gradlab.judge.repair.quantities import Match, Quantity, Table, constant, local_derivative, simple
from gradlab.judge.repair.wording import bracketed, instead, missing, shortened
from gradlab.notation.tree import Apply, Hadamard, Name, Node, Number, Power, Prime, Product, Sum

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


def other_sign(here: Here, table: Table) -> Iterator[Change]:
    """Another sign: of a term, or of a − b by turning it round."""
    node = here.node
    if not same(-here.v, here.u):
        return
    if isinstance(node, Sum) and sorted(sign for sign, _ in node.terms) == ["+", "-"]:
        turned = turned_round(node)
        yield here.change(_of_turning(node, turned, table), turned, instead(turned, node))
    if here.place.path and isinstance(here.place.parent, Sum):
        terms = list(here.place.parent.terms)
        sign, term = terms[here.place.path[-1]]
        terms[here.place.path[-1]] = ("+" if sign == "-" else "-", term)
        new: Node = Sum(tuple(terms))
        if len(terms) == 1 and terms[0][0] == "+":
            new = term
        yield Change(1.0, here.place.path[:-1], new, f"the sign of {shortened(node)} was wrong")
    elif not here.is_part and not isinstance(node, (Number, Sum)):
        yield here.change(1.05, negated(node), f"the sign of {shortened(node)} was wrong")
    elif isinstance(node, Sum) and len(node.terms) > 1:
        turned = Sum(tuple(("+" if sign == "-" else "-", term) for sign, term in node.terms))
        which = f"the signs of {shortened(node)}" if here.place.path else "all signs"
        yield here.change(1.1, turned, f"{which} were wrong")


def _of_turning(node: Sum, turned: Sum, table: Table) -> float:
    """b − a in place of a − b is what one expects where the problem has it, or where it is 1 − q; else the sign of the
    whole term is.
    """
    known, is_known = turned in table.known, node in table.known
    if known == is_known:
        return 0.9 if turned.terms[0] == ("+", ONE) else 1.03
    return 0.9 if known else 1.2


def too_much(here: Here, table: Table) -> Iterator[Change]:
    """A factor that has to be 1, or a term that has to be 0."""
    parent, path = here.place.parent, here.place.path
    cost = 1.2 + GONE * size(here.node)
    above = 1.0 if isinstance(parent, (Product, Hadamard)) else 0.0 if isinstance(parent, Sum) else None
    if above is None or parent is None or is_negation(parent):
        return
    scale = np.max(np.abs(here.v)) if above == 0.0 else 1.0
    if not np.all(np.abs(here.u - above) <= 1e-7 * scale):
        return
    by = parent.factors[path[-1]][0] if isinstance(parent, Product) else "*"
    what = "the term" if isinstance(parent, Sum) else "the division by" if by == "/" else "the factor"
    yield Change(cost, path[:-1], without(parent, path[-1]), f"{what} {shortened(here.node)} was too much")


def other_number(here: Here, table: Table) -> Iterator[Change]:
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
    is_numerator = here.node == ONE and isinstance(here.place.parent, Product)
    if is_numerator and near is not None and near > 0:
        told = f"{missing(Match(near, Quantity(ONE, 1, [])))} was missing"
        yield here.change(cost, new, told)
    else:
        yield here.change(cost, new, instead(new, here.node))


def _is_near(one: Fraction, other: Fraction) -> bool:
    """Whether one is a number that is easily written for the other."""
    return abs(abs(one) - abs(other)) <= 1 or one in (2 * other, other / 2)


def other_function(here: Here, table: Table) -> Iterator[Change]:
    """Another function of the same, or its derivative."""
    node = here.node
    if not isinstance(node, Apply):
        return
    slope = local_derivative(node)
    if slope is not None and here.is_right(slope):
        yield here.change(1.3, slope, instead(slope, node))
    if len(node.arguments) != 1:
        return
    for group in PARTNERS:
        for other in group if node.function in group else ():
            new = Apply(other, node.arguments)
            if other != node.function and here.is_right(new):
                yield here.change(1.2, new, instead(new, node))


def other_exponent(here: Here, table: Table) -> Iterator[Change]:
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
            if here.place.is_matrix and exponent != 2:
                continue
            new = (
                squared(node, here.place.is_matrix)
                if exponent == 2
                else Power(node, scaled(ONE, Fraction(exponent)))
            )
            if here.is_right(new) and exponent == -1 and isinstance(here.place.parent, Product):
                yield from _other_side(here, here.place.parent)
            elif here.is_right(new):
                yield here.change(1.4 if exponent == 2 else 1.9, new, instead(new, node))


def _other_side(here: Here, parent: Product) -> Iterator[Change]:
    """A factor that has to be below the line, or the other way."""
    path = here.place.path
    by = parent.factors[path[-1]][0]
    told = f"{'÷' if by == '*' else '×'} {bracketed(here.node)} in place of {'×' if by == '*' else '÷'}"
    rest = without(parent, path[-1])
    new = divided(rest, here.node) if by == "*" else times(rest, here.node)
    yield Change(1.3, path[:-1], new, f"{told} {bracketed(here.node)}")


def other_argument(here: Here, table: Table) -> Iterator[Change]:
    """Another argument of a function: a factor or a sign more in it, or another quantity."""
    node = here.node
    if not isinstance(node, Apply) or len(node.arguments) != 1 or here.is_array or node.function in INVERSES:
        return
    (argument,) = node.arguments
    tried = [(1.2, negated(argument))]
    tried += [(1.4, scaled(argument, Fraction(n))) for n in (2, 3, Fraction(1, 2))]
    for q in table.quantities[:40]:
        if q.tree not in (ONE, argument) and not isinstance(q.tree, Prime) and q.size <= 6:
            tried.append((1.5 + NODE * q.size, times(argument, q.tree)))
            tried.append((1.6 + NODE * (q.size + size(argument)), q.tree))
    for cost, inner in tried:
        new = Apply(node.function, (inner,))
        if here.is_right(new):
            yield here.change(cost, new, instead(new, node))
