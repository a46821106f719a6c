"""The identity matrix, `I`, whose size nothing says but what it is added to or compared with.

Until that is known it is the identity of size 0, of the shape FREE.
"""

from __future__ import annotations

from gradlab.notation.arrays import FREE
from gradlab.notation.scope import Shape
from gradlab.notation.tree import Apply, Node, Number, walk
from gradlab.notation.unfold import rebuilt

FUNCTION = "eye"
UNSIZED = Apply(FUNCTION, (Number(0),))


def of_size(size: int) -> Node:
    """The identity matrix of this size."""
    return Apply(FUNCTION, (Number(size),))


def sized(node: Node, shape: Shape | None, wanted: Shape | None) -> Node:
    """A tree of shape FREE as one of the wanted shape; any other as it is.

    >>> sized(UNSIZED, FREE, (3, 3)) == of_size(3)
    True
    """
    if shape != FREE or not wanted or wanted == FREE:
        return node
    return _sized(node, wanted[0])


def _sized(node: Node, size: int) -> Node:
    if node == UNSIZED:
        return of_size(size)
    return rebuilt(node, lambda part: _sized(part, size))


def is_unsized(node: Node) -> bool:
    """Whether there is an identity matrix in a tree whose size is not known."""
    return any(part == UNSIZED for part in walk(node))
