"""The chain rule with arrays: `∂L/∂y ∂y/∂W`, and gradients that stand before a matrix as rows.

Lectures disagree on whether the gradient of a number is a column (the shape convention, which is used here) or a
row (the numerator layout). Where names or shapes leave one reading only it is taken, and told in a note.
"""

from __future__ import annotations

from typing import NamedTuple

from gradlab.notation import arrays, identity
from gradlab.notation.error import excerpt
from gradlab.notation.piece import Piece
from gradlab.notation.reader import Reader
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    Apply,
    Derivative,
    Hadamard,
    MatMul,
    Name,
    Node,
    Number,
    Product,
    Sum,
    Transpose,
)

CHAINED = "∂∂"
"""What sums over the elements that the first of two derivatives is by, and the second is of; no word is read as it."""


class _Derived(NamedTuple):
    of: str
    by: str


def derived(node: Node) -> _Derived | None:
    """What a product of derivatives derives, and by what; None for anything else."""
    match node:
        case Derivative(Name(of), by, ()):
            return _Derived(of, by)
        case Derivative(_, by, ()):
            return _Derived("", by)
        case Apply("∂∂", (first, last, _)):
            one, other = derived(first), derived(last)
            return _Derived(one.of, other.by) if one and other else None
        case Product(((_, _), *_, ("*", last))) | Sum(((_, last),)):
            return derived(last)
    return None


def chained(reader: Reader, left: Piece, spelled: str, right: Piece) -> tuple[Node, Shape | None] | None:
    """The product of two factors of which one is a derivative, where columns and matrices alone don't give it."""
    if not left.shape or not right.shape or left.shape == arrays.FREE:
        return None
    one, other = derived(left.node), derived(right.node)
    if right.shape == arrays.FREE:
        if one is None or len(left.shape) > 1 or spelled not in {"", "·", "@"}:
            return None
        _note_row(reader, left)
        return MatMul(Transpose(left.node), identity.of_size(left.shape[0])), (1, left.shape[0])
    if spelled == "⊙":
        return _diagonal(reader, left, one, right, other)
    if spelled not in {"", "·", "@"} or (one is None and other is None):
        return None
    if one and other and one.by == other.of:
        return _contracted(reader, left, right)
    if one and other and one.of and one.of == other.by:
        found = _contracted(reader, right, left)
        if found:
            reader.notes.append(f"'{_typed(reader, left, right)}' is read in the denominator layout.")
        return found
    return _as_rows(reader, left, one, right, other)


def _contracted(reader: Reader, first: Piece, last: Piece) -> tuple[Node, Shape | None] | None:
    """∂L/∂y ∂y/∂x over the elements of y; None where it is a product of two matrices anyway."""
    link, of, to = derived(first.node), first.shape or (), last.shape or ()
    over = reader.shape(link.by) if link else None
    if not over or of[-len(over) :] != over or to[: len(over)] != over:
        return None
    if len(of) == len(to) == 2 and len(over) == 1:
        return MatMul(first.node, last.node), arrays.canonical((of[0], to[1]))
    node = Apply(CHAINED, (first.node, last.node, Number(len(over))))
    return node, arrays.canonical(of[: -len(over)] + to[len(over) :])


def _as_rows(
    reader: Reader, left: Piece, one: _Derived | None, right: Piece, other: _Derived | None
) -> tuple[Node, Shape | None] | None:
    """∂L/∂y W and x ∂L/∂z with gradients as rows, where as columns they can't be multiplied."""
    first, second = left.shape or (), right.shape or ()
    if one and len(first) == 1 and len(second) == 2 and first[0] == second[0] > 1:
        _note_row(reader, left)
        return MatMul(Transpose(left.node), right.node), arrays.canonical((1, second[1]))
    if other and not one and len(first) == len(second) == 1 and first != second:
        _note_row(reader, right)
        return MatMul(left.node, Transpose(right.node)), arrays.canonical((first[0], second[0]))
    return None


def _note_row(reader: Reader, piece: Piece) -> None:
    typed = excerpt(reader.text[piece.start : piece.end])
    reader.notes.append(f"'{typed}' is read as a row here (numerator layout): as a column it would not fit.")


def _diagonal(
    reader: Reader, left: Piece, one: _Derived | None, right: Piece, other: _Derived | None
) -> tuple[Node, Shape | None] | None:
    """∂L/∂h ⊙ ∂h/∂z, where the second is a matrix: its diagonal is what works element by element."""
    first, second = left.shape or (), right.shape or ()
    if other and len(first) == 1 and second == first * 2:
        _note_diagonal(reader, right)
        return Hadamard(left.node, _diag(right.node)), first
    if one and len(second) == 1 and first == second * 2:
        _note_diagonal(reader, left)
        return Hadamard(_diag(left.node), right.node), second
    return None


def _note_diagonal(reader: Reader, piece: Piece) -> None:
    typed = excerpt(reader.text[piece.start : piece.end])
    reader.notes.append(
        f"'{typed}' is read as the diagonal of that matrix, since ⊙ works element by element."
    )


def _diag(node: Node) -> Node:
    return Apply("diag", (node,))


def _typed(reader: Reader, left: Piece, right: Piece) -> str:
    return excerpt(reader.text[left.start : right.end])
