"""What is driven: each reader, with every scope, as a function of a text."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fuzz.texts import Maker
from gradlab.notation.scope import Scope
from tests.notation import fuzzing
from tests.report import hostile


@dataclass(frozen=True)
class Subject:
    """A reader under test."""

    name: str
    text: Callable[[Maker], str]
    """Makes a text for it."""
    check: Callable[[str], bool]
    """Raises where a property does not hold; else, whether the text was read."""
    weight: int
    """How much of the time it gets."""


def subjects(folder: Path) -> list[Subject]:
    """All of them; documents are written into the folder."""
    readers = {
        "formula": (fuzzing.check_formula, 2),
        "chain": (fuzzing.check_chain, 3),
        "definition": (fuzzing.check_definition, 2),
        "undeclared": (fuzzing.check_undeclared, 1),
    }
    made = [
        Subject(f"{name} ({over})", _text_over(over, name == "definition"), _in_scope(check, scope), weight)
        for name, (check, weight) in readers.items()
        for over, scope in fuzzing.SCOPES.items()
    ]
    made.append(Subject("assignments", Maker.values, fuzzing.check_assignments, 1))
    made.append(Subject("claim", Maker.values, fuzzing.check_claim, 1))
    made.extend(
        Subject(f"document.{kind}", _document_in(kind), _document(folder, kind), 10) for kind in ("md", "tex")
    )
    made.append(Subject("reports", Maker.soup, hostile.check_reports, 2))
    return made


def _text_over(scope: str, definition: bool) -> Callable[[Maker], str]:
    return lambda maker: maker.formula(scope, definition=definition)


def _in_scope(check: Callable[..., bool], scope: Scope) -> Callable[[str], bool]:
    def checked(text: str) -> bool:
        # As LaTeX or not is drawn from the text itself, so that a text says by itself what was done with it.
        latex = (None, None, None, True, False)[zlib.crc32(text.encode("utf-8", "surrogatepass")) % 5]
        return check(text, scope, latex)

    return checked


def _document_in(kind: str) -> Callable[[Maker], str]:
    return lambda maker: maker.document(kind)


def _document(folder: Path, kind: str) -> Callable[[str], bool]:
    return lambda text: fuzzing.check_document(text, folder, kind)
