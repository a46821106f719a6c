"""What the rules of the grammar need of who applies them to a text (`build` does)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol, TypeVar

from gradlab.notation.piece import Form, Piece
from gradlab.notation.scope import Shape
from gradlab.notation.tree import Node
from gradlab.notation.words import Names

Result = TypeVar("Result")


class Reader(Protocol):
    """One text that is being read."""

    text: str
    symbols: Names
    notes: list[str]
    indices: frozenset[str]
    """Of all sums in the text."""

    def piece(
        self,
        node: Node,
        form: Form,
        ends: tuple[int, int],
        depth: int,
        *parts: Piece,
        shape: Shape | None = (),
    ) -> Piece:
        """A piece over text[ends[0]:ends[1]], of bounded depth."""

    def shaped(self, start: int, end: int, shape: Callable[..., Result], *arguments: Any) -> Result:
        """What a rule of shapes gives, or a refusal of text[start:end]."""

    def refuse(self, message: str, start: int) -> NoReturn:
        """Refuse with a sentence."""

    def shape(self, name: str) -> Shape | None:
        """The shape of a symbol, a quantity or an index, as a formula works with it."""
