"""What is declared, as LaTeX asks for it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from gradlab.notation import names
from gradlab.notation.error import FormulaError
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.words import Names


@dataclass(frozen=True)
class Known:
    """The declared symbols and functions."""

    symbols: Names

    @property
    def declared(self) -> dict[str, str]:
        """Canonical name to the name as declared."""
        return self.symbols.declared

    @property
    def open(self) -> bool:
        """Whether undeclared symbols may stand where it is clear what they are."""
        return self.symbols.undeclared

    def is_array(self, canonical: str) -> bool:
        """Whether a name has elements."""
        return self.symbols.is_array(canonical)

    def rank(self, canonical: str) -> int:
        """How many indices an element of it has."""
        return len(self.symbols.shapes.get(canonical) or ())

    def is_function(self, canonical: str) -> bool:
        """Whether a name is that of a function."""
        return canonical in self.symbols.functions or canonical in FUNCTIONS

    def function(self, canonical: str) -> tuple[str, list[str]]:
        """The function's own name, and what is assumed by it."""
        if canonical in self.symbols.functions:
            return canonical, []
        function = FUNCTIONS[canonical]
        return function.name, [function.note] if canonical in function.noted else []

    def shadowed(self, canonical: str) -> list[str]:
        """What a declared symbol hides."""
        if canonical == "e":
            return ["e is the declared symbol here, not Euler's number: write \\exp(…) for the exponential."]
        if canonical == "pi":
            return ["π is the declared symbol here, not the number 3.14159…."]
        if canonical == "sigma":
            return [
                "σ is the declared symbol here, not the logistic function: write \\operatorname{sigmoid}(…) for that."
            ]
        if canonical in FUNCTIONS:
            return [f"{canonical} is the declared symbol here, not the function."]
        return []

    def listed(self) -> str:
        """The declared names, for a sentence."""
        return self.symbols.listed()

    def closest(self, canonical: str) -> str:
        """A declared name that may have been meant, as a sentence."""
        known = {**{name: name for name in FUNCTIONS}, **self.declared}
        matches = [name for name in self.declared if name.lower() == canonical.lower()]
        matches = matches or difflib.get_close_matches(canonical, known, n=1, cutoff=0.75)
        return f" Did you mean {known[matches[0]]}?" if matches else ""


def joined(stem: str, suffix: str) -> str:
    """A name with its subscript: `x` and `1` are x1, `W` and `out` are W_out."""
    whole = f"{stem}_{suffix}"
    return canonical_or_none(whole) or whole


def canonical_or_none(name: str) -> str | None:
    """The canonical form of a name; None for what is no name."""
    try:
        return names.canonical_name(name)
    except FormulaError:
        return None
