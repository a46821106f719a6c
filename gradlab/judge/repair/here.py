"""A place of a line of which it is known what has to stand there, and what a change at it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradlab.judge.repair.places import Path, Place
from gradlab.judge.repair.sheets import Sheets, flat, is_close
from gradlab.notation.tree import Hadamard, MatMul, Node, Product, Sum

NODE = 0.3
"""What each node costs that has to be written."""
GONE = 0.15
"""And each that has to go."""


@dataclass(frozen=True)
class Change:
    """A node to put at a place of the line, what that costs, and what is told of it."""

    cost: float
    path: Path
    new: Node
    told: str


@dataclass(frozen=True, eq=False)
class Here:
    """A place of which it is known what has to stand there."""

    place: Place
    sheets: Sheets
    v: np.ndarray
    u: np.ndarray
    whole: int
    """The size of the line."""

    @property
    def node(self) -> Node:
        """What stands there."""
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
        return value is not None and same(flat(value), self.u)

    def change(self, cost: float, new: Node, told: str) -> Change:
        """Another node in just this place."""
        return Change(cost, self.place.path, new, told)


def is_negation(node: Node | None) -> bool:
    """Whether it is −x."""
    return isinstance(node, Sum) and len(node.terms) == 1


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether all elements are the same as far as float64 can tell."""
    return is_close([a], [b])
