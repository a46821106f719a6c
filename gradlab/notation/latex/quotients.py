r"""Fractions and roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.notation.latex.arguments import Span, argument

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader


def fraction(reader: Reader) -> None:
    r"""\frac{a}{b}, \frac12, \frac1N."""
    source, first = reader.source, reader.place
    command = f"\\{source.lexemes[first].text}"
    above, after = argument(source, first + 1, reader.stop, command, last=False)
    below, reader.place = argument(source, after, reader.stop, f"{command}{{{source.typed(*above)}}}")
    plain = all(source.lexemes[place].text.isdecimal() for span in (above, below) for place in range(*span))
    if plain and reader.out and reader.out[-1].type == "NUMBER":
        number, whole = reader.out[-1].value, source.typed(first, reader.place)
        source.refuse(
            f"'{number}{whole}' could mean two things: write {number} + {whole} or {number} \\cdot {whole}.",
            first,
        )
    reader.put("LPAR", "", first)
    reader.grouped(above, "")
    reader.put("DIVIDE", "/", first)
    reader.grouped(below, "")
    reader.put("RPAR", "fraction", reader.place - 1)


def root(reader: Reader) -> None:
    r"""\sqrt{x}, \sqrt[3]{x}."""
    source, first = reader.source, reader.place
    degree: Span | None = None
    after = first + 1
    if after < reader.stop and source.is_char(after, "["):
        close = after
        while close < reader.stop and not source.is_char(close, "]"):
            close += 1
        if close == reader.stop or close == after + 1:
            source.refuse("The degree of a root stands in brackets: \\sqrt[3]{x}.", after)
        degree, after = (after + 1, close), close + 1
    span, reader.place = argument(source, after, reader.stop, "\\sqrt")
    typed = source.typed(*degree) if degree else "2"
    if degree is None or typed in {"2", "3"}:
        reader.put("FUNCTION", "cbrt" if typed == "3" else "sqrt", first)
        reader.grouped(span, "(")
        return
    reader.put("LPAR", "", first)
    reader.grouped(span, "")
    reader.put("POWER", "^", first)
    reader.put("LBRACE", "", first)
    reader.put("NUMBER", "1", first)
    reader.put("DIVIDE", "/", first)
    reader.grouped(degree, "")
    reader.put("RBRACE", "", first)
    reader.put("RPAR", "", reader.place - 1)
