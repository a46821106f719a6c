"""The places of a line, and what would have to stand at each for the line to be right.

A sum, a product, a power or a function that can be inverted tells of each of its parts what it would have to be, if
all others are right: from the goal at the root down, in one pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np

from gradlab.judge.repair.forms import ONE, negated
from gradlab.judge.repair.sheets import Sheets, Value
from gradlab.notation.tree import (
    Apply,
    Big,
    Cases,
    Condition,
    Derivative,
    Element,
    Hadamard,
    Node,
    Power,
    Product,
    Sum,
    Transpose,
    children,
)
from gradlab.notation.unfold import rebuilt

Path = tuple[int, ...]
Factors = tuple[tuple[Literal["*", "/"], Node], ...]
Terms = tuple[tuple[Literal["+", "-"], Node], ...]
MOST_PLACES = 200


def _logit(y: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(y / (1 - y)))


INVERSES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp": np.log,
    "ln": np.exp,
    "log": np.exp,
    "expm1": np.log1p,
    "log1p": np.expm1,
    "sqrt": lambda y: np.where(y >= 0, y * y, np.nan),
    "cbrt": lambda y: y**3,
    "tanh": np.arctanh,
    "sinh": np.arcsinh,
    "arcsinh": np.sinh,
    "arctan": lambda y: np.where(np.abs(y) < math.pi / 2, np.tan(y), np.nan),
    "sigmoid": _logit,
}
"""Of functions of which it is known what stands in them."""


@dataclass(frozen=True)
class Place:
    """A node of the line, where it stands, what it is and what it would have to be."""

    path: Path
    node: Node
    parent: Node | None
    value: Value | None
    """None inside of a sum over an index, where it has many."""
    need: Value | None
    """None where that can't be told."""

    @property
    def is_matrix(self) -> bool:
        """Whether it is a matrix at each point."""
        return self.value is not None and np.ndim(self.value[0]) == 2


def places_of(tree: Node, sheets: Sheets) -> list[Place]:
    """Every place, the root first."""
    found: list[Place] = []
    goal = sheets.goal
    value = sheets.value(tree)
    fits = value is not None and np.shape(value[0]) == np.shape(goal[0])
    pending: list[tuple[Path, Node, Node | None, Value | None, bool]] = [
        ((), tree, None, goal if fits else None, True)
    ]
    while pending and len(found) < MOST_PLACES:
        path, node, parent, need, free = pending.pop(0)
        value = sheets.value(node) if free else None
        found.append(Place(path, node, parent, value, need if value is not None else None))
        if isinstance(node, (Element, Derivative, Cases, Condition)):
            continue
        parts = children(node)
        needs = _needs(node, need, sheets) if need is not None else [None] * len(parts)
        inside = free and not isinstance(node, Big)
        pending += [
            ((*path, k), part, node, one, inside)
            for k, (part, one) in enumerate(zip(parts, needs, strict=True))
        ]
    return found


def put(tree: Node, path: Path, new: Node) -> Node:
    """The tree with another node at a place: a product in a product and a sign in a sum without new brackets.

    >>> from gradlab.notation.tree import Name, Power
    >>> put(Power(Name("x"), Name("n")), (1,), Name("m"))
    Power(base=Name(name='x'), exponent=Name(name='m'))
    """
    if not path:
        return new
    place, before = path[0], children(tree)[path[0]]
    part = put(before, path[1:], new)
    match tree:
        case Product(factors):
            return _in_product(factors, place, part, type(before) is type(part))
        case Sum(terms):
            return _in_sum(terms, place, part, type(before) is type(part))
    places = count()
    return rebuilt(tree, lambda own: part if next(places) == place else own)


def _in_product(factors: Factors, place: int, part: Node, alike: bool) -> Node:
    before, by, after = factors[:place], factors[place][0], factors[place + 1 :]
    match part:
        case Sum(((sign, inner),)) if not alike:
            whole = _in_product(factors, place, inner, alike)
            return negated(whole) if sign == "-" else whole
        case Product(more) if not alike and by == "*":
            bare = more[0][1] == ONE and len(before) + len(after) > 0 and (before or after[0][0] == "*")
            if bare and not before:
                return Product((*after, *more[1:]))
            return Product((*before, *(more[1:] if bare else more), *after))
    return Product((*before, (by, part), *after))


def _in_sum(terms: Terms, place: int, part: Node, alike: bool) -> Node:
    before, sign, after = terms[:place], terms[place][0], terms[place + 1 :]
    match part:
        case Sum(((own, inner),)) if not alike:
            signed: Terms = (("+" if own == sign else "-", inner),)
            return inner if len(terms) == 1 and own == sign else Sum((*before, *signed, *after))
        case Sum(more) if not alike and sign == "+":
            return Sum((*before, *more, *after))
    return Sum((*before, (sign, part), *after))


def _needs(node: Node, need: Value, sheets: Sheets) -> list[Value | None]:
    """What each part of a node would have to be."""
    parts = children(node)
    values = [sheets.value(part) for part in parts]
    if any(value is None for value in values):
        return [None] * len(parts)
    known = [value for value in values if value is not None]
    with np.errstate(all="ignore"):
        found = [
            list(one)
            for one in zip(*(_at(node, *sheet) for sheet in zip(need, *known, strict=True)), strict=True)
        ]
    return (
        [_fitting(one, value) for one, value in zip(found, known, strict=True)]
        if found
        else [None] * len(parts)
    )


def _at(node: Node, need: np.ndarray, *parts: np.ndarray) -> Iterator[np.ndarray]:
    """The same on one sheet."""
    nothing = np.full(np.shape(need), np.nan)
    match node:
        case Sum(terms):
            signs = [1.0 if sign == "+" else -1.0 for sign, _ in terms]
            for k, sign in enumerate(signs):
                rest = [s * part for j, (s, part) in enumerate(zip(signs, parts, strict=True)) if j != k]
                yield sign * (need - sum(rest, start=np.zeros(())))
        case Product(factors):
            for k, (by, _) in enumerate(factors):
                others = np.ones(())
                for j, (way, _) in enumerate(factors):
                    if j != k:
                        others = others * parts[j] if way == "*" else others / parts[j]
                yield need / others if by == "*" else others / need
        case Hadamard():
            yield need / parts[1]
            yield need / parts[0]
        case Power():
            base, exponent = parts
            yield np.where(base > 0, np.abs(need) ** (1 / exponent), nothing) * np.where(
                need > 0, 1.0, np.nan
            )
            yield np.log(need) / np.log(base)
        case Apply(name, (_,)) if name in INVERSES:
            yield INVERSES[name](np.asarray(need))
        case Transpose():
            yield np.transpose(need)
        case _:
            for _ in parts:
                yield nothing


def _fitting(need: Value, value: Value) -> Value | None:
    """A need of the shape that the part has: of a number beside arrays all elements have to ask for the same."""
    fitted = []
    for one, present in zip(need, value, strict=True):
        if not np.all(np.isfinite(one)):
            return None
        if np.shape(one) != np.shape(present):
            if np.ndim(present) or not np.allclose(one, np.ravel(one)[0], rtol=1e-9, atol=0):
                return None
            one = np.ravel(one)[0]
        fitted.append(np.asarray(one))
    return fitted
