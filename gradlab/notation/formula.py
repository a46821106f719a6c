"""Typed formulas: `parse_formula("ln(x1) + x1*x2 - sin(x2)", {"x1", "x2"})`.

The text is never evaluated as code. It is made tokens (`tokens`, `words`, `bars`), parsed by one grammar
(`grammar`), and built into a bounded tree (`build`, `tree`); what can be read in two ways is refused
with both readings (`ambiguity`), and what had to be assumed is told in the formula's notes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.notation.build import build
from gradlab.notation.error import FormulaError
from gradlab.notation.given import parse_assignments, parse_claim
from gradlab.notation.grammar import parse
from gradlab.notation.names import canonical_name
from gradlab.notation.tokens import read_tokens
from gradlab.notation.tree import Constant, Name, Node, evaluate, walk, write
from gradlab.notation.words import Names

__all__ = ["Formula", "FormulaError", "canonical_name", "parse_assignments", "parse_claim", "parse_formula"]

LONGEST = 10_000
"""Characters in a formula."""


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
    """The names that occur, in their canonical form."""
    notes: tuple[str, ...] = ()
    """What was assumed in reading it, as sentences."""
    declared: frozenset[str] = frozenset()
    """All names that were declared, in their canonical form."""

    def read_as(self) -> str:
        """How the formula was understood: text that reads as the same formula, nothing left implicit."""
        return write(self.tree, sigma="sigmoid" if "sigma" in self.declared else "σ")

    def __call__(self, /, **values: Any) -> Any:
        """The value at numbers, arrays (elementwise), complex numbers or tracers, given by name.

        Any spelling of a name will do, and names that do not occur are ignored. Outside its domain the
        result is NaN or an infinity, without a warning. Raises TypeError where a name is missing.
        """
        operands = {canonical_name(name): _operand(value) for name, value in values.items()}
        missing = sorted(self.names - operands.keys())
        if missing:
            raise TypeError(f"the formula '{self.text}' needs a value for {', '.join(missing)}")
        with np.errstate(all="ignore"):
            return evaluate(self.tree, operands)


def _operand(value: Any) -> Any:
    """Numbers as NumPy's floats, which overflow to an infinity where Python's raise."""
    if isinstance(value, (bool, int, list, tuple)) or type(value) is float:
        return np.asarray(value, dtype=float)[()]
    if type(value) is complex:
        return np.complex128(value)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "iub":
        return value.astype(float)
    return value


def parse_formula(text: str, names: Collection[str], *, where: str = "") -> Formula:
    """Read a formula over the declared names, in any spelling of them.

    `where` stands before the sentence of an error ("--hand x1"). Raises `FormulaError` with the place
    if the text can't be read, has an undeclared name, or could be read in two ways.

    >>> parse_formula("1/(1 + e^{-z})", ["z"]).read_as()
    '1/(1 + exp(−z))'
    >>> parse_formula("1/2x", ["x"])
    Traceback (most recent call last):
    gradlab.notation.error.FormulaError: '1/2x' could mean two things: write (1/2)*x or 1/(2x).
        1/2x
           ^
    """
    try:
        return _read(text, Names.declare(names))
    except FormulaError as error:
        if not where:
            raise
        raise FormulaError(error.message, error.text, error.column, where) from None


def _read(text: str, symbols: Names) -> Formula:
    if not text.strip():
        raise FormulaError("The formula is empty.", text)
    if len(text) > LONGEST:
        message = f"A formula has at most {LONGEST} characters; this one has {len(text)}."
        raise FormulaError(message, text, LONGEST + 1)
    notes: list[str] = []
    tokens = read_tokens(text, symbols, notes)
    tree: Node = build(text, parse(text, tokens, "formula")).node
    names = frozenset(node.name for node in walk(tree) if isinstance(node, Name))
    if any(node == Constant("e") for node in walk(tree)):
        notes.append("e is Euler's number 2.71828….")
    return Formula(text, tree, names, tuple(dict.fromkeys(notes)), frozenset(symbols.declared))
