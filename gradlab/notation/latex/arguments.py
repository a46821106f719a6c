r"""What a command, ^ or _ applies to: what is in braces, or one lexeme, as TeX has it."""

from __future__ import annotations

from gradlab.notation import names
from gradlab.notation.error import FormulaError
from gradlab.notation.latex.commands import ACCENTS, STYLES
from gradlab.notation.latex.lexemes import Source

Span = tuple[int, int]
"""Lexemes [start, stop)."""


def argument(source: Source, place: int, stop: int, after: str, last: bool = True) -> tuple[Span, int]:
    """The argument that begins at `place`: what is in its braces, or one lexeme; and the place after it.

    `last` says that no other argument follows: a digit must then not touch another, for TeX would take one
    of the two only. A command stands for itself and its own arguments.
    """
    if place >= stop:
        raise FormulaError(
            f"{after} needs what it stands for: write {after}{{…}}.", source.text, source.start(place) + 1
        )
    lexeme = source.lexemes[place]
    if lexeme.kind == "open":
        close = source.partner[place]
        first = place + 1
        while first < close and source.is_macro(first, ",", "!", ";", ":", " "):
            first += 1
        if close == first:
            source.refuse(f"Nothing stands between the braces after {after}.", place)
        return (first, close), close + 1
    if (
        lexeme.kind in {"begin", "end"}
        or source.is_char(place, "&^_")
        or source.is_macro(place, "\\", "right")
    ):
        source.refuse(f"{after} needs what it stands for: write {after}{{…}}.", place)
    if lexeme.kind == "macro":
        end = place + 1
        if _arity(lexeme.text) and after not in {"^", "_"}:
            typed = source.typed(place, end)
            source.refuse(
                f"{typed} after {after} has arguments of its own: write {after}{{{typed}{{…}}}}.", place
            )
        for remaining in range(_arity(lexeme.text), 0, -1):
            _, end = argument(source, end, stop, f"\\{lexeme.text}", last=remaining == 1)
        return (place, end), end
    if last and names.is_digit(lexeme.text) and place + 1 < stop:
        following = source.lexemes[place + 1]
        if following.start == lexeme.end and source.is_char(place + 1, "0123456789."):
            end = place + 1
            while end < stop and source.is_char(end, "0123456789."):
                end += 1
            whole, rest = source.typed(place, end), source.typed(place + 1, end)
            glue = "" if after.endswith("}") else after
            source.refuse(
                f"'{after}{whole}' could mean two things: write {glue}{{{whole}}}, "
                f"or {glue}{{{lexeme.text}}} \\cdot {rest}, which is what TeX prints.",
                place,
            )
    if after in {"^", "_"} and lexeme.text in "+-−":
        source.refuse(
            f"TeX takes the '{lexeme.text}' alone as what stands after '{after}': write {after}{{{lexeme.text}…}}.",
            place,
        )
    return (place, place + 1), place + 1


def _arity(command: str) -> int:
    if command in STYLES or command in ACCENTS or command == "sqrt":
        return 1
    return 2 if command in {"frac", "tfrac", "dfrac", "cfrac"} else 0
