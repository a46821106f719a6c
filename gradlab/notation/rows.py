"""What is written in rows: vectors, matrices, and cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from gradlab.notation import arrays
from gradlab.notation.piece import Piece
from gradlab.notation.reader import Reader
from gradlab.notation.tree import Cases, Condition, Matrix, Relation
from gradlab.notation.words import Token


class Row(NamedTuple):
    """A case: its value, and when it holds; without a relation, otherwise."""

    value: Piece
    relation: str = ""
    left: Piece | None = None
    right: Piece | None = None

    @property
    def pieces(self) -> list[Piece]:
        """The value and both sides of the condition."""
        return [piece for piece in (self.value, self.left, self.right) if piece is not None]

    @property
    def condition(self) -> Condition | None:
        """When it holds; None for otherwise."""
        if self.left is None or self.right is None:
            return None
        return Condition(cast("Relation", self.relation), self.left.node, self.right.node)


def vector(reader: Reader, brackets: Sequence[Token | Piece]) -> Piece:
    """[a, b], and the rows of a matrix in [[a, b], [c, d]]."""
    parts = [part for part in brackets if isinstance(part, Piece)]
    ends = (brackets[0].start, brackets[-1].end)
    if reader.symbols.values and isinstance(brackets[0], Token) and brackets[0].type == "LPAR":
        comma = next(part for part in brackets if isinstance(part, Token) and part.type == "COMMA")
        reader.refuse("A list is written in square brackets: name=[1, 2].", comma.start)
    columns = [part.node for part in parts if isinstance(part.node, Matrix)]
    listed = all(len(row) == 1 for column in columns for row in column.rows)
    if len(columns) == len(parts) and listed and len({len(column.rows) for column in columns}) == 1:
        node = Matrix(tuple(tuple(row[0] for row in column.rows) for column in columns))
        known = None not in [part.shape for part in parts]
        shape = (len(node.rows), len(node.rows[0])) if known else None
        return reader.piece(node, "atom", ends, max(part.depth for part in parts), *parts, shape=shape)
    return _stacked(reader, [[part] for part in parts], ends)


def matrix(reader: Reader, begin: Token, lines: Sequence[Token | list[Piece]]) -> Piece:
    """Rows of elements; a single column is a vector."""
    rows = [line for line in lines if isinstance(line, list)]
    if any(len(row) != len(rows[0]) for row in rows):
        reader.refuse("The rows of this matrix have different lengths.", begin.start)
    return _stacked(reader, rows, (begin.start, cast("Token", lines[-1]).end))


def _stacked(reader: Reader, rows: list[list[Piece]], ends: tuple[int, int]) -> Piece:
    parts = [part for row in rows for part in row]
    for part in parts:
        if part.shape:
            what = f"here stands {arrays.described(part.shape)}"
            reader.refuse(f"The elements of a vector or a matrix are numbers, and {what}.", part.start)
    if len(parts) == 1:  # of one element it is that element
        return reader.piece(parts[0].node, "group", ends, parts[0].depth, *parts, shape=parts[0].shape)
    node = Matrix(tuple(tuple(part.node for part in row) for row in rows))
    known = None not in [part.shape for part in parts]
    shape = arrays.canonical((len(rows), len(rows[0]))) if known else None
    return reader.piece(node, "atom", ends, max(part.depth for part in parts) + 1, *parts, shape=shape)


def cases(reader: Reader, begin: Token, lines: Sequence[Token | Row]) -> Piece:
    """The value of the first row whose condition holds."""
    rows = [line for line in lines if isinstance(line, Row)]
    for row in rows[:-1]:
        if row.condition is None:
            reader.refuse("'otherwise' comes last.", row.value.start)
    ends = (begin.start, cast("Token", lines[-1]).end)
    pieces = [piece for row in rows for piece in row.pieces]
    shape = reader.shaped(*ends, arrays.spread_all, [piece.shape for piece in pieces], "cases")
    held = tuple((row.value.node, row.condition) for row in rows if row.condition is not None)
    if not held:
        reader.refuse("Cases need a condition: a value, then when it holds.", begin.start)
    node = Cases(held, rows[-1].value.node if rows[-1].condition is None else None)
    return reader.piece(node, "atom", ends, max(piece.depth for piece in pieces) + 1, *pieces, shape=shape)
