"""Equations that hold for every index: `p_i = e^{z_i}/∑_j e^{z_j}`, `∂L/∂W_{ij} = δ_i x_j`.

The index that no sum binds runs over an array, and both sides are made arrays over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gradlab.notation import arrays
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.names import printed
from gradlab.notation.piece import Piece
from gradlab.notation.tree import Derivative, Element, Matrix, Name, Node, Number, walk
from gradlab.notation.unfold import rebuilt
from gradlab.notation.words import Names

MOST_ELEMENTS = 400
"""Of an array that is written out so."""

_SUBSCRIPTED = re.compile(
    r"(?P<stem>[^\W\d_]+(?:\^\([0-9]+\))?(?:_(?:hat|bar|tilde))?)_(?P<letters>[a-z]{1,2})"
)


def free_indices(names: Sequence[str], symbols: Names) -> tuple[str, ...]:
    """The letters that stand as subscripts of arrays in these names, and are nothing declared.

    >>> free_indices(["z_i", "b", "W_jk"], Names.declare({"z": (3,), "W": (2, 3), "b": ()}))
    ('i', 'j', 'k')
    """
    found: dict[str, None] = {}
    for name in names:
        match = _SUBSCRIPTED.fullmatch(name)
        if match is None or not symbols.is_array(match["stem"]):
            continue
        axes = len(arrays.canonical(symbols.shapes[match["stem"]]) or ())
        if len(match["letters"]) == axes and not any(map(symbols.is_symbol, match["letters"])):
            found |= dict.fromkeys(match["letters"])
    return tuple(found)


def subscripted(name: str) -> tuple[str, tuple[str, ...]]:
    """(p, (i,)) of the name p_i; (name, ()) of one without letters below.

    >>> subscripted("p_i"), subscripted("x_out")
    (('p', ('i',)), ('x_out', ()))
    """
    match = _SUBSCRIPTED.fullmatch(name)
    return (match["stem"], tuple(match["letters"])) if match else (name, ())


def spread_over(indices: Sequence[str], pieces: Sequence[Piece], text: str, symbols: Names) -> list[Piece]:
    """The members of an equation as arrays over the indices. Raises `FormulaError`.

    `∂L/∂z_i` over all i is the gradient ∂L/∂z.
    """
    sizes = [_length(index, pieces, text, symbols) for index in indices]
    if (
        len(indices) > 2
        or (len(sizes) == 2 and sizes[0] * sizes[1] > MOST_ELEMENTS)
        or sizes[0] > MOST_ELEMENTS
    ):
        message = (
            f"An equation holds for one index or two, and at most {MOST_ELEMENTS} elements are written out."
        )
        raise FormulaError(message, text, pieces[0].start + 1)
    spread = []
    for piece in pieces:
        if piece.unfit:
            spread.append(piece)
            continue
        if piece.shape:
            what = f"'{excerpt(text[piece.start : piece.end])}' is {arrays.described(piece.shape)}"
            message = f"An equation for each {printed(indices[0])} is one of numbers, and {what}."
            raise FormulaError(message, text, piece.start + 1)
        node = _spread(piece.node, indices, sizes, symbols)
        spread.append(replace(piece, node=node, shape=arrays.canonical(tuple(sizes))))
    return spread


def _spread(node: Node, indices: Sequence[str], sizes: Sequence[int], symbols: Names) -> Node:
    match node:
        case Derivative(body, by, at) if at == tuple(map(Name, indices)) and _is_of(by, sizes, symbols):
            if not any(_uses(body, index) for index in indices):
                return Derivative(body, by)
    outer, inner = indices[0], indices[1:]
    rows = [_put(node, outer, place) for place in range(1, sizes[0] + 1)]
    if not inner:
        return Matrix(tuple((row,) for row in rows))
    return Matrix(
        tuple(tuple(_put(row, inner[0], place) for place in range(1, sizes[1] + 1)) for row in rows)
    )


def _is_of(name: str, sizes: Sequence[int], symbols: Names) -> bool:
    return (symbols.shapes.get(name) or ()) == tuple(sizes)


def _uses(node: Node, index: str) -> bool:
    return any(part == Name(index) for part in walk(node))


def _put(node: Node, index: str, place: int) -> Node:
    """The node with a number for the index."""
    if node == Name(index):
        return Number(place)
    return rebuilt(node, lambda part: _put(part, index, place))


def _length(index: str, pieces: Sequence[Piece], text: str, symbols: Names) -> int:
    """How far an index goes, by the arrays that have it."""
    lengths: dict[int, str] = {}
    for node in (node for piece in pieces for node in walk(piece.node)):
        match node:
            case Element(array, places) | Derivative(_, array, places):
                shape = symbols.shapes.get(array) or ()
                shape = (arrays.canonical(shape) or ()) if len(places) == 1 else shape
                for size, place in zip(shape, places, strict=False):
                    if place == Name(index):
                        lengths.setdefault(size, array)
    if len(lengths) == 1:
        return next(iter(lengths))
    if not lengths:
        message = f"How far {printed(index)} goes can't be told here: no array has it as its index."
    else:
        (one, first), (other, second), *_ = lengths.items()
        message = (
            f"{printed(index)} is the index of {printed(first)}, which has {one} elements, and of {printed(second)}, "
            f"which has {other}."
        )
    raise FormulaError(message, text, pieces[0].start + 1)
