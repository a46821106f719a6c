"""Primes behind what is no function: y′ with y = x², and (x² sin x)′, where only one symbol can be meant.

Of y = k x² it can't be told whether y′ is by k or by x, and it is refused.
"""

from __future__ import annotations

from gradlab.notation.bounds import needed
from gradlab.notation.error import FormulaError
from gradlab.notation.names import printed
from gradlab.notation.tree import Name
from gradlab.notation.words import Names, Token

MOST_ORDER = 8
_CLOSES = {"RPAR", "RBRACE", "RBRACKET"}
_OPENS = {"LPAR", "LBRACE", "LBRACKET"}


def derive(text: str, tokens: list[Token], order: int, place: int, symbols: Names, notes: list[str]) -> bool:
    """Replace the last symbol or bracket among the tokens by its derivative, if a prime is clear there.

    Where it is not clear by what it is derived it raises `FormulaError`; False where no symbol or bracket ends.
    """
    start = _begin(tokens)
    if start is None:
        return False
    inside = tokens[start:]
    names = {token.value for token in inside if token.type == "NAME"}
    quantity = len(inside) == 1
    if quantity and names.isdisjoint(symbols.definitions):
        return False
    if order > MOST_ORDER:
        raise FormulaError(f"Derivatives are read up to order {MOST_ORDER}.", text, place + 1)
    leaves = (
        frozenset(names).union(
            *(needed(Name(name), symbols.definitions) for name in names & symbols.definitions.keys())
        )
        - symbols.definitions.keys()
    )
    typed = text[inside[0].start : inside[-1].end]
    if len(leaves) != 1 or symbols.is_array(next(iter(leaves))):
        if symbols.undeclared:
            return True  # only the symbols are sought
        told = ", ".join(sorted(map(printed, leaves))) or "no symbol"
        message = (
            f"The prime after '{typed}' is not clear, for it is made of {told}: write d/dx[…] or ∂/∂x[…], with what is "
            "derived by."
        )
        raise FormulaError(message, text, place + 1)
    (by,) = leaves
    begin, end = inside[0].start, inside[-1].end
    opening, shut = Token("LPAR", "", begin, begin), Token("RPAR", "", end, end)
    tokens[start:] = [
        opening,
        *[Token("DERIVATIVE", by, begin, begin), opening] * order,
        *inside,
        *[shut] * order,
        shut._replace(value="derivative"),
    ]
    notes.append(f"{typed}{'′' * order} is read as the derivative by {printed(by)}.")
    return True


def _begin(tokens: list[Token]) -> int | None:
    """Where the symbol or bracket that the last token ends begins; None where it ends something else."""
    if not tokens:
        return None
    if tokens[-1].type == "NAME":
        return len(tokens) - 1
    depth = 0
    for place in range(len(tokens) - 1, -1, -1):
        depth += (tokens[place].type in _CLOSES) - (tokens[place].type in _OPENS)
        if depth == 0:
            called = place > 0 and tokens[place - 1].type in {"FUNCTION", "PRIME", "POWER", "SUPERSCRIPT"}
            bracket = tokens[place].type in {"LPAR", "LBRACKET"} and tokens[place].value in {"(", "["}
            return place if bracket and not called else None
    return None
