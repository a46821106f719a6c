"""What is declared when a formula is read: symbols with their shapes, quantities and functions.

A scope grows from one definition to the next, so that a definition can only use what stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gradlab.notation.names import canonical_name, printed
from gradlab.notation.tree import Node

Shape = tuple[int, ...]
"""() is a number, (n,) a column of n, (1, n) a row, (m, n) a matrix."""


@dataclass(frozen=True)
class Definition:
    """A quantity `z = w x + b`, or a function `σ(z) = 1/(1 + e^{-z})`."""

    name: str
    """Canonical."""
    parameters: tuple[str, ...]
    """Canonical; none for a quantity."""
    body: Node
    shape: Shape | None
    """Of its value; None where no shapes are declared."""
    text: str
    read_as: str
    notes: tuple[str, ...] = ()
    shapes: tuple[Shape | None, ...] = ()
    """Of the parameters."""
    elementwise: bool = False
    """A function that takes arrays of any shape element by element."""
    size: int = 1
    """Nodes, with what it is made of written out."""
    depth: int = 1
    """Levels, with the functions it calls written out."""
    arguments: tuple[str, ...] = ()
    """What a quantity was said to be a function of: w and b of L(w, b) = …, where nothing calls L."""

    @property
    def is_function(self) -> bool:
        """Whether it takes arguments."""
        return bool(self.parameters)


@dataclass(frozen=True)
class Scope:
    """The declared symbols with their shapes, and the definitions in order.

    >>> scope = Scope({"w": (), "x": (3,)})
    >>> scope.shape_of("x")
    (3,)
    """

    names: Mapping[str, Shape]
    """Symbols, in any spelling."""
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    """By canonical name."""
    unsaid: frozenset[str] = frozenset()
    """The symbols, canonical, that are numbers only because nothing says otherwise: they are not added to arrays."""

    def defining(self, definition: Definition) -> Scope:
        """The scope with one more definition."""
        return replace(self, definitions={**self.definitions, definition.name: definition})

    def shape_of(self, name: str) -> Shape | None:
        """The shape of a symbol or quantity, in any spelling. Raises KeyError for what is not declared."""
        canonical = canonical_name(name)
        if canonical in self.definitions:
            return self.definitions[canonical].shape
        return {canonical_name(key): shape for key, shape in self.names.items()}[canonical]


def as_equation(name: str, parameters: tuple[str, ...], body: str) -> str:
    """A definition written out: σ(z) = 1/(1 + exp(−z))."""
    brackets = f"({', '.join(map(printed, parameters))})" if parameters else ""
    return f"{printed(name)}{brackets} = {body}"
