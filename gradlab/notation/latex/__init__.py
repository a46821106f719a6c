r"""LaTeX to the terminals of the grammar that typed formulas use.

    lexemes        the text cut by pylatexenc, braces and environments paired
    reader         one span after the other: signs, numbers, layout
    arguments      what a command, ^ or _ applies to
    symbols        what is one symbol: letter, style, accent, scripts
    resolve        which declared name it is; calls  which function
    exponents      powers, transposes, layer indices
    brackets       brackets, bars, norms; quotients  fractions and roots
    derivatives    ∂/∂w, d/dx, ∇_w
    environments   rows, cases, matrices, sums
    applications   how far the argument of a function without brackets goes
    commands       the tables of commands
    write          a tree as LaTeX

In LaTeX each letter is a symbol of its own, blanks mean nothing, and an exponent is one thing. What prints
as one thing and would be read as another is refused, with both readings.
"""

from __future__ import annotations

from gradlab.notation import bars
from gradlab.notation.error import FormulaError
from gradlab.notation.latex import applications
from gradlab.notation.latex.lexemes import cut
from gradlab.notation.latex.reader import Context, Reader
from gradlab.notation.words import Names, Token

__all__ = ["LONGEST", "read_latex"]

LONGEST = 10_000
"""Characters in a formula."""


def read_latex(text: str, symbols: Names, notes: list[str]) -> list[Token]:
    r"""The tokens of a formula, chain or definition in LaTeX, with their places in the text as typed.

    What had to be assumed is added to `notes`. Raises `FormulaError` at the first command, symbol or
    bracket that has no meaning, or more than one.

    >>> [token.value for token in read_latex(r"\tfrac12 \mathbf{w}^2", Names.declare(["w"]), [])]
    ['', '', '1', '', '/', '', '2', '', 'fraction', 'w', '^', '{', '2', '{']
    """
    if len(text) > LONGEST:
        message = f"A formula has at most {LONGEST} characters; this one has {len(text)}."
        raise FormulaError(message, text, LONGEST + 1)
    source = cut(text)
    if not source.lexemes:
        raise FormulaError("The formula is empty.", text)
    reader = Reader(Context(source, symbols, notes), 0, len(source.lexemes), symbols.bound)
    tokens = reader.read()
    if not tokens:
        raise FormulaError("The formula is empty.", text)
    tokens = applications.give_arguments(source, tokens, notes)
    tokens = applications.close_arguments(source, tokens, notes)
    applications.check(source, tokens, notes)
    return bars.face(text, tokens)
