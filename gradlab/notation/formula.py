"""Formulas: `parse_formula("ln(x1) + x1*x2 - sin(x2)", {"x1", "x2"})`, chains of equations, definitions.

The text is never evaluated as code. It is made tokens (`tokens` or `latex`, `words`, `operators`, `bars`),
parsed by one grammar (`grammar`), and built into a bounded tree (`build`, `tree`); what can be read in two
ways is refused with both readings (`ambiguity`), and what had to be assumed is told in the formula's notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.notation import arrays
from gradlab.notation.bounds import needed
from gradlab.notation.definitions import parse_definition, undeclared
from gradlab.notation.error import FormulaError
from gradlab.notation.evaluate import Environment, evaluate
from gradlab.notation.given import parse_assignments, parse_claim
from gradlab.notation.grammar import Start
from gradlab.notation.names import canonical_name
from gradlab.notation.reading import Declared, located, read_pieces
from gradlab.notation.scope import Definition, Scope, Shape
from gradlab.notation.tree import Node
from gradlab.notation.words import Names
from gradlab.notation.write import sigma_beside, write

__all__ = [
    "Definition",
    "Formula",
    "FormulaError",
    "Scope",
    "canonical_name",
    "parse_assignments",
    "parse_chain",
    "parse_claim",
    "parse_definition",
    "parse_formula",
    "undeclared",
]


@dataclass(frozen=True)
class Formula:
    """A formula that was read: a function of its names.

    >>> f = parse_formula("x_1^2 + wx", {"x_1", "w", "x"})
    >>> f.read_as(), f.notes
    ('x1^2 + w·x', ('wx is read as w·x.',))
    >>> float(f(x1=3.0, w=2.0, x=0.5))
    10.0
    """

    text: str
    """As typed."""
    tree: Node
    names: frozenset[str]
    """The names whose values it needs, in their canonical form: those of its definitions too."""
    notes: tuple[str, ...] = ()
    """What was assumed in reading it, as sentences."""
    declared: frozenset[str] = frozenset()
    """All names that were declared, in their canonical form."""
    shape: Shape = ()
    """Of its value: () a number, (n,) a column, (1, n) a row; () too where no shapes are declared."""
    start: int = 0
    """Where its text begins in the text that it was read from."""
    definitions: tuple[Definition, ...] = ()
    """What was defined before it."""
    shapes: tuple[tuple[str, Shape | None], ...] = ()
    """Of the declared names, where shapes are declared."""
    result: Shape | None = None
    """The shape that values are given in, where it is another than `shape`."""
    unfit: str = ""
    """Why it has no value: its shapes don't fit."""

    @property
    def sigma(self) -> str:
        """How the logistic function is written beside its names."""
        return sigma_beside(self.declared)

    def read_as(self) -> str:
        """How the formula was understood: text that reads as the same formula, nothing left implicit."""
        return " ".join(self.text.split()) if self.unfit else write(self.tree, sigma=self.sigma)

    def __call__(self, /, **values: Any) -> Any:
        """The value at numbers, arrays (elementwise), complex numbers or tracers, given by name.

        Any spelling of a name will do, and names that do not occur are ignored. Outside its domain the
        result is NaN or an infinity, without a warning. Raises TypeError where a name is missing,
        ValueError where an index leaves its array or a sum has too many terms, and ShapeError where `unfit`.
        """
        if self.unfit:
            raise arrays.ShapeError(self.unfit)
        operands = {canonical_name(name): _operand(value) for name, value in values.items()}
        missing = sorted(self.names - operands.keys())
        if missing and self.definitions:
            known = {d.name: d for d in self.definitions if d.name not in operands}
            missing = sorted(needed(self.tree, known) - operands.keys())
        if missing:
            raise TypeError(f"the formula '{self.text}' needs a value for {', '.join(missing)}")
        definitions = {definition.name: definition for definition in self.definitions}
        with np.errstate(all="ignore"):
            value = evaluate(self.tree, Environment(operands, definitions, dict(self.shapes)))
            return value if self.result is None else np.reshape(value, self.result)

    def shaped(self, shape: Shape) -> Formula:
        """The same formula with values of this shape, where it is the same but for axes of length 1 that it
        leaves out: a claim about a variable of shape (n, 1) or (1,). Otherwise the formula as it is.
        """
        fits = arrays.canonical(shape) == self.shape and shape != self.shape
        return replace(self, result=shape) if fits else self


def _operand(value: Any) -> Any:
    """Numbers as NumPy's floats, which overflow to an infinity where Python's raise."""
    if isinstance(value, (bool, int, list, tuple)) or type(value) is float:
        return np.asarray(value, dtype=float)[()]
    if type(value) is complex:
        return np.complex128(value)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "iub":
        return value.astype(float)
    return value


def parse_formula(text: str, names: Declared, *, where: str = "", latex: bool | None = None) -> Formula:
    """Read a formula over the declared names, in any spelling of them.

    names: the declared names; with their shapes, juxtaposition is the product of matrices where shapes ask
    for it; a Scope adds definitions. `where` stands before the sentence of an error ("--hand x1"). latex:
    whether the text is LaTeX; by default it is where it holds a backslash. Raises `FormulaError` with the
    place if the text can't be read, has an undeclared name, shapes that don't fit, or two readings.

    >>> parse_formula("1/(1 + e^{-z})", ["z"]).read_as()
    '1/(1 + exp(−z))'
    >>> parse_formula("W x", {"W": (2, 3), "x": (3,)}).shape
    (2,)
    >>> parse_formula("1/2x", ["x"])
    Traceback (most recent call last):
    gradlab.notation.error.FormulaError: '1/2x' could mean two things: write (1/2)*x or 1/(2x).
        1/2x
           ^
    """
    (formula,) = located(where, lambda: _read(text, Names.declare(names), latex, "formula"))
    return formula


def parse_chain(
    text: str,
    scope: Declared,
    *,
    where: str = "",
    latex: bool | None = None,
    indices: Sequence[str] = (),
    unfit: bool = False,
) -> tuple[Formula, ...]:
    """Read the members of a chain of equations. Raises `FormulaError`, as `parse_formula` does.

    indices: letters for which the equation holds whatever they are (∂L/∂z_i = p_i − y_i); its members are then
    arrays over them. unfit: whether members after the first may have shapes that don't fit; they have no value.

    >>> first, last = parse_chain("d/dx[x^2] = 2x", {"x": ()})
    >>> first.read_as(), last.text, last.start, float(first(x=3.0))
    ('(∂/∂x[x^2])', '2x', 12, 6.0)
    """
    return located(where, lambda: _read(text, Names.declare(scope), latex, "chain", indices, unfit))


def _read(
    text: str,
    symbols: Names,
    latex: bool | None,
    start: Start,
    indices: Sequence[str] = (),
    unfit: bool = False,
) -> tuple[Formula, ...]:
    notes: list[str] = []
    pieces, tokens = read_pieces(text, symbols, latex, start, notes, indices, unfit)
    ends = [token for token in tokens if token.type == "EQUALS"] if start == "chain" else []
    starts = [0, *(token.end for token in ends)]
    stops = [*(token.start for token in ends), len(text)]
    formulas = []
    for piece, first, stop in zip(pieces, starts, stops, strict=True):
        part = text[first:stop]
        place = first + len(part) - len(part.lstrip()) if start == "chain" else 0
        formulas.append(
            Formula(
                part.strip() if start == "chain" else text,
                piece.node,
                needed((pieces[0] if piece.unfit else piece).node, symbols.definitions),
                tuple(dict.fromkeys(notes)),
                frozenset(symbols.declared) | frozenset(symbols.functions),
                piece.shape or (),
                place,
                tuple(symbols.definitions.values()),
                tuple(symbols.shapes.items()),
                unfit=piece.unfit,
            )
        )
    return tuple(formulas)
