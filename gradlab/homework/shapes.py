"""The shape of a symbol that nothing says: the one that fits, where only one does.

Of `‖Xw − y‖²` with a 4×2 matrix X and a column y of 4, w can only be a column of 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TypeVar

from gradlab.notation.error import FormulaError
from gradlab.notation.names import printed
from gradlab.notation.scope import Scope, Shape

MOST_TRIES = 150
"""Readings of one definition."""

Read = TypeVar("Read")


def fitting(
    names: Sequence[str], scope: Scope, read: Callable[[Scope], Read]
) -> tuple[Read, Mapping[str, Shape]]:
    """What is read with the names as numbers or, if they can't be, as columns that fit in one way only.

    Raises `FormulaError` as with numbers where none fits, or several do.
    """
    numbers: dict[str, Shape] = dict.fromkeys(names, ())
    try:
        return read(_with(scope, numbers)), {}
    except FormulaError as error:
        if not (error.misfit or "needs no transpose" in error.message):
            raise
        refusal = error
    sizes = sorted({size for shape in scope.names.values() for size in shape if size > 1})
    columns: list[Shape] = [(), *((size,) for size in sizes)]
    found: list[tuple[Read, Mapping[str, Shape]]] = []
    if len(columns) ** len(names) > MOST_TRIES:
        raise refusal
    for chosen in _fewest_first(names, columns):
        if found and len(chosen) > len(found[0][1]):
            break  # a column more also fits, and need not be there
        try:
            found.append((read(_with(scope, {**numbers, **chosen})), chosen))
        except FormulaError:
            continue
    if len(found) != 1:
        raise refusal
    return found[0]


def _fewest_first(names: Sequence[str], columns: Sequence[Shape]) -> list[dict[str, Shape]]:
    """All choices of columns for some of the names."""
    choices = [
        {name: shape for name, shape in zip(names, shapes, strict=True) if shape}
        for shapes in product(columns, repeat=len(names))
    ]
    return sorted((one for one in choices if one), key=len)


def told(shapes: Mapping[str, Shape]) -> list[str]:
    """The notes on shapes that were found."""
    return [
        f"{printed(n)} is taken for a column of {shape[0]}: nothing else fits" for n, shape in shapes.items()
    ]


def _with(scope: Scope, shapes: Mapping[str, Shape]) -> Scope:
    unsaid = frozenset(name for name, shape in shapes.items() if not shape)
    return Scope({**scope.names, **shapes}, scope.definitions, unsaid)
