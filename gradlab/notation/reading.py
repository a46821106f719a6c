"""From a text to pieces of a tree, by whichever notation it is written in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from gradlab.notation.bounds import needed, refuse_large
from gradlab.notation.build import build
from gradlab.notation.error import FormulaError
from gradlab.notation.grammar import Start, parse
from gradlab.notation.piece import Piece
from gradlab.notation.scope import Scope, Shape
from gradlab.notation.tokens import read_tokens
from gradlab.notation.tree import Constant, walk
from gradlab.notation.words import Names, Token

LONGEST = 10_000
"""Characters in a formula."""

Read = TypeVar("Read")
Declared = Collection[str] | Mapping[str, Shape] | Scope


def located(where: str, read: Callable[[], Read]) -> Read:
    """What is read; an error says where it was read."""
    try:
        return read()
    except FormulaError as error:
        if not where:
            raise
        raise FormulaError(error.message, error.text, error.column, where) from None


def is_latex(text: str, latex: bool | None) -> bool:
    """Whether a text is LaTeX: as it is said, or else where it holds a backslash."""
    return "\\" in text if latex is None else latex


def refuse_long(text: str) -> None:
    """Refuse a text that is too long for a formula."""
    if len(text) > LONGEST:
        message = f"A formula has at most {LONGEST} characters; this one has {len(text)}."
        raise FormulaError(message, text, LONGEST + 1)


def read_any_tokens(text: str, symbols: Names, latex: bool | None, notes: list[str]) -> list[Token]:
    """The tokens of a formula or a chain, typed or LaTeX. Raises `FormulaError`."""
    if not text.strip():
        raise FormulaError("The formula is empty.", text)
    refuse_long(text)
    if is_latex(text, latex):
        from gradlab.notation.latex import read_latex

        return read_latex(text, symbols, notes)
    return read_tokens(text, symbols, notes)


def read_pieces(
    text: str, symbols: Names, latex: bool | None, start: Start, notes: list[str]
) -> tuple[list[Piece], list[Token]]:
    """The members of a chain, or the one formula, as pieces; and the tokens. Raises `FormulaError`."""
    tokens = read_any_tokens(text, symbols, latex, notes)
    if start == "formula" and (sign := next((token for token in tokens if token.type == "EQUALS"), None)):
        message = "A formula is one expression, without '='; a claim is written as 'name: formula'."
        raise FormulaError(message, text, sign.start + 1)
    built = build(text, parse(text, tokens, start), symbols, notes)
    pieces = built if isinstance(built, list) else [built]
    for piece in pieces:
        if any(node == Constant("e") for node in walk(piece.node)):
            notes.append("e is Euler's number 2.71828….")
        refuse_large(text, piece, symbols.definitions)
        _refuse_unbound(text, tokens, piece, symbols)
    return pieces, tokens


def _refuse_unbound(text: str, tokens: list[Token], piece: Piece, symbols: Names) -> None:
    """Refuse a name that only stands as a limit of a sum, where a name may be what nothing declares."""
    unknown = (
        set() if symbols.undeclared else needed(piece.node, symbols.definitions) - symbols.declared.keys()
    )
    for token in tokens:
        if token.type == "NAME" and token.value in unknown:
            message = f"'{text[token.start : token.end]}' is not a declared name ({symbols.listed()})."
            raise FormulaError(message, text, token.start + 1)
