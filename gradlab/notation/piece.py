"""A part of a formula while it is being read: its node, its place, and how it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradlab.notation.scope import Shape
from gradlab.notation.tree import Node

Form = Literal[
    "number",
    "constant",
    "name",
    "group",
    "bars",
    "power",
    "superscript",
    "sign",
    "run",
    "product",
    "sum",
    "call",
    "powered call",
    "open",
    "derivative",
    "atom",
]
"""A *run* is a product without signs; a *call* has brackets around its arguments, *open* ones have none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """text[start:end] was read as `node`, which is `depth` levels deep."""

    node: Node
    form: Form
    start: int
    end: int
    depth: int
    parts: tuple[Piece, ...] = ()
    """Of a run its factors, of a product the last one, of a power base and exponent, of an application the
    arguments, …"""
    shape: Shape | None = ()
    """None where no shapes are declared."""
    unfit: str = ""
    """Why it has no value: its shapes don't fit."""

    @property
    def last_open(self) -> Piece | None:
        """The open application that the piece ends with, if it does."""
        piece = self
        while piece.form in {"run", "product", "sign", "derivative"}:
            piece = piece.parts[-1]
        return piece if piece.form == "open" else None

    @property
    def last_factor(self) -> Piece:
        """The factor that a product ends with, or the piece itself."""
        piece = self
        while piece.form in {"run", "product", "sign"}:
            piece = piece.parts[-1]
        return piece

    @property
    def led_by_function(self) -> bool:
        """Whether the piece begins with a function."""
        piece = self
        while piece.form in {"run", "power", "superscript"}:
            piece = piece.parts[0]
        return piece.form in {"call", "powered call", "open"}

    @property
    def bracketed(self) -> bool:
        """Whether a factor, or the base of one, stands in brackets or bars."""
        return self.parenthesised or self.led_by_function

    @property
    def parenthesised(self) -> bool:
        """Whether the piece begins with a bracket or a bar."""
        base = self.parts[0] if self.form in {"power", "superscript"} else self
        return base.form in {"group", "bars"}

    @property
    def unsigned(self) -> Piece:
        """The piece without its signs."""
        piece = self
        while piece.form == "sign":
            piece = piece.parts[0]
        return piece
