"""From a text to pieces of a tree, by whichever notation it is written in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from gradlab.notation import identity
from gradlab.notation.arrays import FREE
from gradlab.notation.bounds import needed, refuse_infinite, refuse_large
from gradlab.notation.build import build
from gradlab.notation.error import FormulaError
from gradlab.notation.grammar import Start, parse
from gradlab.notation.indexed import spread_over
from gradlab.notation.names import printed
from gradlab.notation.piece import Piece
from gradlab.notation.scope import Scope, Shape
from gradlab.notation.tokens import read_tokens
from gradlab.notation.tree import Constant, Number, walk
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
    try:
        if is_latex(text, latex):
            from gradlab.notation.latex import read_latex

            return read_latex(text, symbols, notes)
        return read_tokens(text, symbols, notes)
    except FormulaError as error:
        if error.text == text:
            raise
        # A name that is none was refused by itself: it is shown where it stands.
        raise FormulaError(error.message, text, max(text.find(error.text), 0) + 1, error.where) from None


def read_pieces(
    text: str,
    symbols: Names,
    latex: bool | None,
    start: Start,
    notes: list[str],
    indices: Sequence[str] = (),
    unfit: bool = False,
) -> tuple[list[Piece], list[Token]]:
    """The members of a chain, or the one formula, as pieces; and the tokens. Raises `FormulaError`.

    indices: letters for each value of which the equation holds. unfit: whether a member other than the first may
    have shapes that don't fit, which is a mistake of its own and not unreadable.
    """
    symbols = symbols.binding(symbols.bound | frozenset(indices))
    tokens = read_any_tokens(text, symbols, latex, notes)
    if start == "formula" and (sign := next((token for token in tokens if token.type == "EQUALS"), None)):
        message = "A formula is one expression, without '='; a claim is written as 'name: formula'."
        raise FormulaError(message, text, sign.start + 1)
    tree = parse(text, tokens, start)
    try:
        built = build(text, tree, symbols, notes)
    except FormulaError as error:
        if not (unfit and error.misfit):
            raise
        built = _member_by_member(text, tokens, symbols, notes)
    pieces = built if isinstance(built, list) else [built]
    pieces = _with_identities(text, pieces)
    if indices:
        pieces = spread_over(indices, pieces, text, symbols)
        notes.append(f"This is read as said for each {' and '.join(map(printed, indices))}.")
    for piece in pieces:
        if any(node == Constant("e") for node in walk(piece.node)):
            notes.append("e is Euler's number 2.71828….")
        refuse_large(text, piece, symbols.definitions)
        refuse_infinite(text, piece)
        _refuse_unbound(text, tokens, piece, symbols)
    return pieces, tokens


def _member_by_member(text: str, tokens: list[Token], symbols: Names, notes: list[str]) -> list[Piece]:
    """The members of a chain, of which some have shapes that don't fit. Raises `FormulaError`."""
    ends = [place for place, token in enumerate(tokens) if token.type == "EQUALS"]
    pieces = []
    for first, last in zip([-1, *ends], [*ends, len(tokens)], strict=True):
        member = tokens[first + 1 : last]
        try:
            pieces.append(build(text, parse(text, member, "formula"), symbols, notes))
        except FormulaError as error:
            if not error.misfit or not pieces:
                raise
            ends_at = (member[0].start, member[-1].end)
            pieces.append(Piece(Number(0), "atom", *ends_at, 1, unfit=error.message.removesuffix(".")))
    return pieces


def _with_identities(text: str, pieces: list[Piece]) -> list[Piece]:
    """The members of a chain, with an identity matrix alone (∂y/∂b = I) of the size of the others."""
    squares = [p.shape for p in pieces if p.shape and p.shape != FREE and p.shape == p.shape[::-1]]
    wanted = next((shape for shape in squares if len(shape) == 2), None)
    found = []
    for piece in pieces:
        node = identity.sized(piece.node, piece.shape, wanted)
        if identity.is_unsized(node):
            message = "How large I is can't be told here: write it with its size, I_3."
            raise FormulaError(message, text, piece.start + 1)
        found.append(piece if node is piece.node else replace(piece, node=node, shape=wanted))
    return found


def _refuse_unbound(text: str, tokens: list[Token], piece: Piece, symbols: Names) -> None:
    """Refuse a name that only stands as a limit of a sum, where a name may be what nothing declares."""
    unknown = (
        set() if symbols.undeclared else needed(piece.node, symbols.definitions) - symbols.declared.keys()
    )
    for token in tokens:
        name = token.value.partition(":")[0]
        if token.type in {"NAME", "DERIVATIVE"} and name in unknown:
            typed = text[token.start : token.end] if token.type == "NAME" else printed(name)
            message = f"'{typed}' is not known here ({symbols.listed()})."
            raise FormulaError(message, text, token.start + 1)
