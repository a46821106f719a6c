"""Single changes of a line after which it is right, found by what would have to stand at each of its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradlab.judge.repair.altered import (
    other_argument,
    other_exponent,
    other_function,
    other_number,
    other_sign,
    too_much,
)
from gradlab.judge.repair.brought import missing_factor, missing_term, other_quantity
from gradlab.judge.repair.forms import size
from gradlab.judge.repair.here import Here
from gradlab.judge.repair.places import Place, put
from gradlab.judge.repair.quantities import Table
from gradlab.judge.repair.sheets import Sheets, flat
from gradlab.notation.tree import Node

_KINDS = (
    other_sign,
    too_much,
    other_number,
    other_function,
    other_exponent,
    missing_factor,
    missing_term,
    other_quantity,
    other_argument,
)
_DEEP = 0.02
"""Of changes that are alike the one further out."""


@dataclass(frozen=True)
class Edit:
    """The line with one change."""

    cost: float
    tree: Node
    change: str


def solved(tree: Node, places: Sequence[Place], table: Table, sheets: Sheets) -> Iterator[Edit]:
    """The changes at places of which it is known what has to stand there."""
    whole = size(tree)
    for place in places:
        if place.need is not None and place.value is not None:
            here = Here(place, sheets, flat(place.value), flat(place.need), whole)
            for kind in _KINDS:
                for found in kind(here, table):
                    cost = found.cost + _DEEP * len(place.path)
                    yield Edit(cost, put(tree, found.path, found.new), found.told)
