r"""Which declared name a symbol of LaTeX is, and the tokens that it becomes.

A symbol is looked up as a whole first (`x_i`, `W^{(1)}_{out}`), then as an element of an array (`x_i` within a
sum over i). What is not declared is refused, and what could be two things too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from gradlab.notation import names, primes
from gradlab.notation.error import FormulaError, column_of, excerpt
from gradlab.notation.functions import CONSTANTS
from gradlab.notation.latex import calls, exponents
from gradlab.notation.latex.arguments import Span
from gradlab.notation.latex.commands import MARKS
from gradlab.notation.latex.known import Known, canonical_or_none, joined
from gradlab.notation.latex.symbols import Nucleus, Scripts, layer_of, plain, scripts_after, suffix_of
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader

_MOST_DIGITS = 6
"""After a letter, in x12."""


def read(reader: Reader, nucleus: Nucleus) -> None:
    """Emit the symbol at the reader's place, with its scripts."""
    first, source = reader.place, reader.source
    symbols = Known(reader.context.symbols)
    nucleus = _with_digits(reader, nucleus, symbols)
    scripts = scripts_after(source, nucleus.stop, reader.stop)
    calls.refuse_word(reader, nucleus, scripts, symbols)
    if calls.function(reader, nucleus, scripts, symbols):
        return
    upright_e = nucleus.name == "e" and nucleus.style == "upright"
    plain_constant = nucleus.name in CONSTANTS and nucleus.name not in symbols.declared
    bare = not (scripts.sub or scripts.lowered or scripts.primes)
    reader.place = scripts.stop
    suffix = suffix_of(source, scripts)
    whole = joined(nucleus.name, suffix) if suffix else nucleus.name
    if (
        not scripts.primes
        and bool(suffix) == bool(scripts.sub or scripts.lowered)
        and (reader.context.symbols.is_identity(whole))
    ):
        reader.put("CONSTANT", whole, first, nucleus.stop)
    elif bare and nucleus.name not in reader.bound and (upright_e or plain_constant):
        reader.put("CONSTANT", nucleus.name, first, nucleus.stop)
    else:
        name(reader, nucleus, scripts, symbols, first)
        last = reader.out[-1]
        if last.type == "NAME" and last.value in symbols.declared and source.is_char(reader.place, "("):
            typed = excerpt(source.text[last.start : last.end])
            reader.context.notes.append(
                f"{typed}(…) is read as a product, since {typed} is a declared symbol."
            )
    if scripts.primes and not primes.derive(
        source.text,
        reader.out,
        scripts.primes,
        source.start(scripts.prime_at),
        reader.context.symbols,
        reader.context.notes,
    ):
        refuse_prime(reader, nucleus, scripts, first)
    exponents.raise_to(reader, scripts, nucleus)


def name(reader: Reader, nucleus: Nucleus, scripts: Scripts, symbols: Known, first: int) -> None:
    """Emit NAME, or NAME LSUB … RSUB for an element of an array."""
    source = reader.source
    layer = layer_of(source, scripts.sup) if scripts.sup else None
    stem, after = nucleus.name, nucleus.stop
    over = _sample(reader, nucleus, scripts, layer, symbols) if layer is not None else None
    if over is not None:
        _once(reader, stem, nucleus, first)
        _emit(reader, stem, symbols, first, after)
        _element(reader, [over])
        return
    if layer is not None:
        stem = _layered(reader, nucleus, layer[0], suffix_of(source, scripts), symbols, first)
        after = scripts.stop
    if nucleus.style and f"{stem}_{nucleus.style}" in symbols.declared:
        stem = f"{stem}_{nucleus.style}"
    if scripts.sub is None and not scripts.lowered:
        stem = _spelled(reader, nucleus, stem, symbols, first)
        _once(reader, stem, nucleus, first)
        _emit(reader, stem, symbols, first, after)
        return
    suffix = suffix_of(source, scripts)
    whole = _spelled(reader, nucleus, joined(stem, suffix), symbols, first) if suffix else ""
    end = max(
        after,
        scripts.sub[1] + (source.partner.get(scripts.sub[0] - 1) == scripts.sub[1])
        if scripts.sub
        else after + len(scripts.lowered),
    )
    if whole and whole in symbols.declared:
        _once(reader, whole, nucleus, first)
        _emit(reader, whole, symbols, first, end)
        return
    # x_1 of an x that is not declared is a symbol of its own; x_i within a sum over i is an element
    over_index = scripts.sub and any(source.lexemes[at].text in reader.bound for at in range(*scripts.sub))
    opened = symbols.open and stem not in symbols.declared and over_index
    if scripts.sub and (symbols.is_array(stem) or opened):
        indices = _indices(reader, scripts.sub, symbols.rank(stem))
        if indices:
            _once(reader, stem, nucleus, first)
            _emit(reader, stem, symbols, first, after)
            _element(reader, indices)
            return
    running = bool(suffix) and all(letter in reader.bound for letter in suffix)
    if not whole or (running and stem in symbols.declared):
        _refuse_index(reader, stem, scripts, symbols, first)
    _emit(reader, whole, symbols, first, end)


def _sample(
    reader: Reader, nucleus: Nucleus, scripts: Scripts, layer: tuple[str, int], symbols: Known
) -> Span | None:
    """Where the i of x^{(i)} stands, within a sum over i: the i-th of the x, as x_i is, and no layer."""
    if scripts.sup is None or layer[0].strip() not in reader.bound or scripts.sub or scripts.lowered:
        return None
    stem = nucleus.name
    whole = canonical_or_none(f"{stem}^({layer[0]})")
    if whole in symbols.declared or not (
        symbols.is_array(stem) or (symbols.open and stem not in symbols.declared)
    ):
        return None
    inside = (scripts.sup[0] + 1, layer[1] - 1)
    return inside if layer[1] == scripts.sup[1] else None


def _emit(reader: Reader, canonical: str, symbols: Known, first: int, after: int) -> None:
    lexemes = reader.source.lexemes
    known = canonical in symbols.declared or canonical in reader.bound
    if not known and not (symbols.open or reader.limit):
        raise _undeclared(reader, canonical, symbols, first, after)
    if canonical in symbols.declared:
        reader.context.notes.extend(symbols.shadowed(canonical))
    last = lexemes[after - 1]
    reader.out.append(Token("NAME", canonical, lexemes[first].start, last.end))


def _once(reader: Reader, canonical: str, nucleus: Nucleus, first: int) -> None:
    r"""Refuse \mathbf{w} and w in one text: two symbols that would be one name."""
    before = reader.context.styles.setdefault(canonical, (nucleus.style, first))
    if before[0] != nucleus.style:
        source = reader.source
        place = source.lexemes[before[1]]
        column = column_of(source.text, place.start)
        one = source.typed(before[1], before[1] + 1) + ("…" if place.kind == "macro" and before[0] else "")
        two = source.typed(first, nucleus.stop)
        source.refuse(
            f"'{two}' here and '{one}' in column {column} would be one name, {canonical}: "
            "write both alike if they are one symbol, and rename one if they are two.",
            first,
        )


def _spelled(reader: Reader, nucleus: Nucleus, canonical: str, symbols: Known, first: int) -> str:
    r"""\bar v_4 may be declared as v_bar_4 or as v4_bar."""
    base, accent, suffix = canonical.partition(f"_{nucleus.accent}")
    if not nucleus.accent or not accent:
        return canonical
    mark = next((mark for mark, name in MARKS.items() if name == nucleus.accent), "")
    composed = unicodedata.normalize("NFC", base + mark)
    if canonical not in symbols.declared and (composed + suffix) in symbols.declared:
        return composed + suffix
    if not suffix:
        return canonical
    other = joined(base, suffix.removeprefix("_")) + accent
    if other in symbols.declared and canonical in symbols.declared:
        both = f"{symbols.declared[canonical]} or {symbols.declared[other]}"
        reader.source.refuse(f"This could be {both}, and both are declared: rename one.", first)
    return other if other in symbols.declared else canonical


def _with_digits(reader: Reader, nucleus: Nucleus, symbols: Known) -> Nucleus:
    """x1 is the declared x1; without a declaration the digit is refused where it stands."""
    source, stop = reader.source, nucleus.stop
    while (
        stop < reader.stop
        and source.is_char(stop, "0123456789")
        and source.lexemes[stop].start == source.lexemes[stop - 1].end
    ):
        stop += 1
    if stop == nucleus.stop or stop - nucleus.stop > _MOST_DIGITS:
        return nucleus
    digits = "".join(lexeme.text for lexeme in source.lexemes[nucleus.stop : stop])
    whole = joined(nucleus.name, digits)
    if whole not in symbols.declared:
        return nucleus
    reader.context.notes.append(f"{source.typed(reader.place, stop)} is read as {nucleus.name}_{{{digits}}}.")
    return replace(nucleus, name=whole, stop=stop)


def _layered(reader: Reader, nucleus: Nucleus, index: str, suffix: str, symbols: Known, first: int) -> str:
    """W^{(1)} is the name W^(1); where only W1 is declared it is that."""
    whole = f"{nucleus.name}^({index})"
    if whole in symbols.declared or (suffix and joined(whole, suffix) in symbols.declared):
        return whole
    if index.isalnum():
        other = joined(nucleus.name, index)
        if other in symbols.declared:
            shown = f"{nucleus.name}^{{({index})}}"
            reader.context.notes.append(
                f"{shown} is read as {symbols.declared[other]}: (…) in an exponent is a layer."
            )
            return other
    if symbols.open and (canonical := canonical_or_none(whole)):
        return canonical
    index = excerpt(index)
    typed = f"{nucleus.name}^({index})"
    source = reader.source
    message = (
        f"'{source.typed(first, nucleus.stop)}^{{({index})}}' is read as a symbol with a layer index, never as a power, "
        f"and '{typed}' is not known here ({symbols.listed()}). "
        f"For the power write {source.typed(first, nucleus.stop)}^{{{index}}}."
    )
    return source.refuse(message, first)


def _indices(reader: Reader, span: Span, rank: int) -> list[Span]:
    """The subscript as indices of an element; [] if it is something else."""
    source = reader.source
    commas, start = [], span[0]
    for place in range(*span):
        if source.is_char(place, ","):
            commas.append((start, place))
            start = place + 1
    parts = [*commas, (start, span[1])]
    if any(first >= last for first, last in parts):
        source.refuse("An index is missing in this subscript.", span[0])
    letters = [source.lexemes[place] for place in range(*span)]
    single = all(lexeme.kind == "char" and (lexeme.text in reader.bound) for lexeme in letters)
    known = all(
        lexeme.kind == "char" and (lexeme.text in reader.bound or names.is_digit(lexeme.text))
        for lexeme in letters
    )
    single = single or (known and len(letters) == rank)  # A_{i1} of a matrix
    if len(parts) == 1 and len(letters) > 1 and single:
        parts = [(place, place + 1) for place in range(*span)]
    digits = all(lexeme.kind == "char" and names.is_digit(lexeme.text) for lexeme in letters)
    if len(parts) == 1 and len(letters) > 1 and digits and rank > 1:
        typed = source.typed(*span)
        split = ",".join(typed)
        source.refuse(
            f"The subscript '{typed}' could mean two things: write {{{split}}} for the element.", span[0]
        )
    for first, last in parts:
        for place in range(first, last):
            lexeme = source.lexemes[place]
            letter = (
                plain(source, (place, place + 1))
                if lexeme.kind == "char" and names.is_letter(lexeme.text[0])
                else ""
            )
            if letter and letter not in reader.bound:
                return []
            if lexeme.kind == "macro" and lexeme.text not in {"cdot", ",", " "}:
                return []
    return parts


def _element(reader: Reader, indices: list[Span]) -> None:
    lexemes = reader.source.lexemes
    begin, end = lexemes[indices[0][0]], lexemes[indices[-1][1] - 1]
    reader.out.append(Token("LSUB", "_", begin.start, begin.start))
    for number, span in enumerate(indices):
        if number:
            reader.out.append(Token("COMMA", ",", lexemes[span[0]].start, lexemes[span[0]].start))
        reader.out += reader.inner(span)
    reader.out.append(Token("RSUB", "", end.end, end.end))


def _refuse_index(reader: Reader, stem: str, scripts: Scripts, symbols: Known, first: int) -> None:
    source = reader.source
    typed = source.typed(first, scripts.stop)
    if stem in symbols.declared and not symbols.is_array(stem):
        source.refuse(f"'{typed}': {stem} is not declared as an array, so that it has no elements.", first)
    source.refuse(
        f"'{typed}' has a subscript of numbers and letters that no sum here runs over ({symbols.listed()}).",
        first,
    )


def _undeclared(reader: Reader, canonical: str, symbols: Known, first: int, after: int) -> FormulaError:
    source = reader.source
    typed = source.typed(first, after)
    start = source.lexemes[first].start
    if canonical == "d":
        message = "'d' is not known here; a derivative is written \\frac{d}{dx} or \\frac{\\partial L}{\\partial w}."
    elif source.is_char(reader.place, "("):
        message = f"'{typed}' is not a function that is known here ({symbols.listed()})."
    else:
        message = f"'{typed}' is not known here ({symbols.listed()})."
    return FormulaError(message + symbols.closest(canonical), source.text, start + 1)


def refuse_prime(reader: Reader, nucleus: Nucleus, scripts: Scripts, first: int) -> None:
    """A prime after a symbol is a derivative by who knows what."""
    typed = reader.source.typed(first, nucleus.stop)
    reader.source.refuse(
        f"The prime after '{typed}' is not clear, for '{typed}' is no function: "
        f"write \\frac{{d {typed}}}{{d x}} for a derivative, or give the symbol another name.",
        scripts.prime_at,
    )
