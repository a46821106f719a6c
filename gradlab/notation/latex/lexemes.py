r"""LaTeX text as lexemes: characters, commands, braces and environments, each with its place.

pylatexenc cuts the text; no macro is ever expanded. What opens and closes is paired here, with a stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, NoReturn

from gradlab.notation.error import FormulaError, column_of, excerpt
from gradlab.notation.latex.commands import DEFINING

MOST_NESTED = 60
"""How deep braces and environments may be nested."""

Kind = Literal["char", "macro", "open", "close", "begin", "end", "math"]

_KINDS: dict[str, Kind] = {
    "char": "char",
    "macro": "macro",
    "brace_open": "open",
    "brace_close": "close",
    "begin_environment": "begin",
    "end_environment": "end",
    "mathmode_inline": "math",
    "mathmode_display": "math",
}
_BREAK_LENGTH = re.compile(r"\[\s*-?[0-9.]+\s*(?:pt|ex|em|mm|cm|in)\s*\]")
"""The space after a row: \\\\[2pt]."""
_MATHEMATICS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}


class Lexeme(NamedTuple):
    """text[start:end]; `text` is the character, or the name of the command or environment."""

    kind: Kind
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A LaTeX text, cut and paired. A *span* is a range of its lexemes."""

    text: str
    lexemes: tuple[Lexeme, ...]
    partner: dict[int, int]
    """The index of an opening brace or a \\begin to that of its closing brace or \\end."""

    def refuse(self, message: str, place: int) -> NoReturn:
        """Raise `FormulaError` at the lexeme of this index (the end of the text if there is none)."""
        raise FormulaError(message, self.text, self.start(place) + 1)

    def start(self, place: int) -> int:
        """Where the lexeme begins in the text."""
        return self.lexemes[place].start if place < len(self.lexemes) else len(self.text.rstrip())

    def is_char(self, place: int, characters: str) -> bool:
        """Whether the lexeme is one of these characters."""
        if place >= len(self.lexemes):
            return False
        lexeme = self.lexemes[place]
        return lexeme.kind == "char" and lexeme.text in characters

    def is_macro(self, place: int, *names: str) -> bool:
        """Whether the lexeme is one of these commands."""
        if place >= len(self.lexemes):
            return False
        lexeme = self.lexemes[place]
        return lexeme.kind == "macro" and lexeme.text in names

    def typed(self, start: int, stop: int) -> str:
        """The span as typed, for a sentence."""
        if start >= stop:
            return ""
        return excerpt(self.text[self.lexemes[start].start : self.lexemes[stop - 1].end])


def cut(text: str) -> Source:
    """Raises `FormulaError` where braces or environments don't pair, or the text ends within a command."""
    lexemes = _without_dollars(text, _cut(text))
    return Source(text, lexemes, _pair(text, lexemes))


def _cut(text: str) -> list[Lexeme]:
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerEndOfStream, LatexWalkerParseError
    from pylatexenc.macrospec import LatexContextDb

    walker = LatexWalker(text, latex_context=LatexContextDb(), tolerant_parsing=False)
    lexemes: list[Lexeme] = []
    place = 0
    while True:
        try:
            token = walker.get_token(place)
        except LatexWalkerEndOfStream:
            break
        except LatexWalkerParseError:
            begin = text.index("\\", place)
            message = "An environment has its name in braces: \\begin{aligned} … \\end{aligned}."
            raise FormulaError(message, text, begin + 1) from None
        start, place = token.pos, token.pos + token.len
        if token.tok == "comment" or (token.tok == "char" and token.arg.isspace()):
            continue
        name = token.arg
        end = start + 1 + len(name) if token.tok == "macro" else place
        if token.tok == "macro" and name in DEFINING:
            message = f"\\{name} belongs to the commands that define or load; they are not read in formulas."
            raise FormulaError(message, text, start + 1)
        if name == "\\" and (space := _BREAK_LENGTH.match(text, place)):
            place = space.end()
        lexemes.append(Lexeme(_KINDS[token.tok], name, start, end))
    rest = text[place:]
    if rest.strip():
        lone = place + len(rest) - len(rest.lstrip())
        raise FormulaError("The text ends within a command.", text, lone + 1)
    return lexemes


def _without_dollars(text: str, lexemes: list[Lexeme]) -> tuple[Lexeme, ...]:
    r"""Drops the $…$, $$…$$, \(…\) or \[…\] around the whole; none can stand within."""
    if (
        len(lexemes) > 1
        and lexemes[0].kind == "math"
        and _MATHEMATICS.get(lexemes[0].text) == lexemes[-1].text
    ):
        lexemes = lexemes[1:-1]
    for lexeme in lexemes:
        if lexeme.kind == "math":
            message = f"'{lexeme.text}' stands within the formula: a formula is what is between two of them."
            raise FormulaError(message, text, lexeme.start + 1)
    return tuple(lexemes)


def _pair(text: str, lexemes: tuple[Lexeme, ...]) -> dict[int, int]:
    partner: dict[int, int] = {}
    opened: list[int] = []
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind in {"open", "begin"}:
            if len(opened) == MOST_NESTED:
                message = f"Braces are nested more than {MOST_NESTED} deep here."
                raise FormulaError(message, text, lexeme.start + 1)
            opened.append(index)
        elif lexeme.kind in {"close", "end"}:
            written = excerpt(text[lexeme.start : lexeme.end])
            if not opened:
                opener = "'{'" if lexeme.kind == "close" else f"\\begin{{{excerpt(lexeme.text)}}}"
                message = f"This {written} closes nothing: no {opener} is open."
                raise FormulaError(message, text, lexeme.start + 1)
            first = lexemes[opened[-1]]
            same = (first.kind, lexeme.kind) == ("open", "close")
            if not same and (first.kind, first.text, lexeme.kind) != ("begin", lexeme.text, "end"):
                before = excerpt(text[first.start : first.end])
                column = column_of(text, first.start)
                message = f"This {written} does not close the {before} of column {column}."
                raise FormulaError(message, text, lexeme.start + 1)
            partner[opened.pop()] = index
    if opened:
        first = lexemes[opened[-1]]
        closer = "a '}'" if first.kind == "open" else f"\\end{{{excerpt(first.text)}}}"
        before, column = excerpt(text[first.start : first.end]), column_of(text, first.start)
        message = f"The text ends too early: {closer} is missing for the {before} of column {column}."
        raise FormulaError(message, text, len(text.rstrip()) + 1)
    return partner
