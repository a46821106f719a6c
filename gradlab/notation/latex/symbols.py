r"""One symbol of a LaTeX text: its letter, style and accent, and what stands at its feet and shoulders.

`\mathbf{w}`, `\hat{y}`, `\text{ReLU}`, `W^{(1)}_{ij}`: what is one symbol for the reader is one here. Which
name it is, a declaration says; `resolve` does that.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from gradlab.notation import names
from gradlab.notation.latex.arguments import Span, argument
from gradlab.notation.latex.commands import ACCENTS, GREEK, MARKS, STYLES, VARIANTS, WORDS
from gradlab.notation.latex.lexemes import Source
from gradlab.notation.words import SUPERSCRIPTS

_SUBSCRIPT_DIGITS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘₐₑₒₓₕₗₚₛₜᵣᵤᵥ", "0123456789ijknmaeoxhlpstruv", strict=True))
_PRIMES = {"'": 1, "′": 1, "″": 2, "’": 1}


@dataclass(frozen=True)
class Nucleus:
    """A letter or word without its scripts."""

    name: str
    """Canonical: 'lambda', 'w', 'y_hat', 'ReLU'."""
    style: str
    stop: int
    """The lexeme after it."""
    letter: bool = True
    """False for a word of several letters."""
    accent: str = ""
    """'hat', 'bar', …, with which the name ends."""


@dataclass(frozen=True)
class Scripts:
    """What is written at the right of a symbol, in whatever order."""

    stop: int
    sub: Span | None = None
    sup: Span | None = None
    primes: int = 0
    prime_at: int = 0
    raised: str = ""
    """Unicode superscripts, as in x²."""
    raised_at: int = 0
    lowered: str = ""
    """Unicode subscripts, as in x₁."""


def nucleus_at(source: Source, place: int, stop: int) -> Nucleus | None:
    """The symbol that begins at `place`, if one does."""
    lexeme = source.lexemes[place]
    if lexeme.kind == "char":
        return _letter(source, place, stop)
    if lexeme.kind != "macro":
        return None
    command = lexeme.text
    if command in GREEK:
        return Nucleus(GREEK[command], "", place + 1)
    if command in VARIANTS:
        return Nucleus(VARIANTS[command], "variant", place + 1)
    if command == "ell":
        return Nucleus("ell", "", place + 1)
    if command in STYLES:
        return _styled(source, place, stop)
    if command in ACCENTS:
        span, after = argument(source, place + 1, stop, f"\\{command}")
        inner = nucleus_at(source, span[0], span[1])
        scripts = scripts_after(source, inner.stop, span[1]) if inner else None
        plain = scripts and scripts.stop == span[1] and not scripts.sup and not scripts.primes
        if inner is None or scripts is None or not plain:
            what = source.typed(*span)
            source.refuse(f"\\{command} stands over one symbol here, not over '{what}'.", place)
        accent = ACCENTS[command]
        name = f"{inner.name}_{accent}"
        if suffix := suffix_of(source, scripts):
            name = names.canonical_name(f"{name}_{suffix}")
        return Nucleus(name, inner.style, after, inner.letter, accent)
    return None


def _letter(source: Source, place: int, stop: int) -> Nucleus | None:
    character = unicodedata.normalize("NFC", source.lexemes[place].text)
    if character == "ℓ":
        return Nucleus("ell", "", place + 1)
    if not names.is_letter(character[0]):
        return None
    marks = list(unicodedata.normalize("NFD", character))[1:]
    place += 1
    while place < stop and source.lexemes[place].kind == "char":
        mark = source.lexemes[place].text
        if not unicodedata.combining(mark):
            break
        marks.append(mark)
        place += 1
    accents = [MARKS.get(mark, "") for mark in marks]
    if len(accents) == 1 and accents[0]:
        base = unicodedata.normalize("NFD", character)[0]
        return Nucleus(f"{names.canonical_name(base)}_{accents[0]}", "", place, accent=accents[0])
    if len(marks) > 1 and len(marks) > len(unicodedata.normalize("NFD", character)) - 1:
        source.refuse(
            "This accent is not read: write the name with \\hat, \\bar, \\tilde or \\dot.", place - 1
        )
    return Nucleus(names.canonical_name(character), "", place)


def _styled(source: Source, place: int, stop: int) -> Nucleus | None:
    command = source.lexemes[place].text
    span, after = argument(source, place + 1, stop, f"\\{command}")
    word = "".join(lexeme.text if lexeme.kind == "char" else "?" for lexeme in source.lexemes[slice(*span)])
    inner = nucleus_at(source, *span)
    if inner is not None and inner.stop == span[1]:
        return replace(inner, style=STYLES[command] or inner.style, stop=after)
    if inner is not None:
        scripts = scripts_after(source, inner.stop, span[1])
        if scripts.stop == span[1] and not (scripts.sup or scripts.primes or scripts.raised) and inner.letter:
            suffix = suffix_of(source, scripts)
            if suffix:
                return Nucleus(f"{inner.name}_{suffix}", STYLES[command] or inner.style, after)
    if not word or not all(names.is_letter(c) or names.is_digit(c) for c in word) or names.is_digit(word[0]):
        return None
    if command not in WORDS:
        product = "".join(f"\\{command}{{{letter}}}" for letter in word)
        source.refuse(
            f"\\{command} sets one symbol here, not '{word}': write {product} for the product, "
            f"or \\mathrm{{{word}}} for one name.",
            place,
        )
    return Nucleus(names.canonical_name(word), "", after, letter=False)


def scripts_after(source: Source, place: int, stop: int) -> Scripts:
    """The scripts from `place` on. Raises `FormulaError` where there are two of a kind."""
    found = Scripts(place)
    while place < stop:
        lexeme = source.lexemes[place]
        if source.is_macro(place, "limits", "nolimits", "displaylimits"):
            place += 1
        elif source.is_char(place, "_"):
            if found.sub or found.lowered:
                source.refuse("A symbol has one subscript: two stand here.", place)
            span, place = argument(source, place + 1, stop, "_")
            found = replace(found, sub=span)
        elif source.is_char(place, "^"):
            at = place
            span, place = argument(source, place + 1, stop, "^")
            if primes := _primes(source, span):
                if found.primes:
                    source.refuse("Primes stand here twice.", at)
                found = replace(found, primes=primes, prime_at=at)
            elif found.sup or found.raised:
                source.refuse("A symbol has one exponent: write {x^a}^b as (x^a)^b or x^{a b}.", at)
            else:
                found = replace(found, sup=span)
        elif lexeme.kind == "char" and lexeme.text in _PRIMES and not found.sup:
            if found.primes == 0:
                found = replace(found, prime_at=place)
            found = replace(found, primes=found.primes + _PRIMES[lexeme.text])
            place += 1
        elif lexeme.kind == "char" and lexeme.text in SUPERSCRIPTS:
            if found.sup:
                source.refuse("A symbol has one exponent: two stand here.", place)
            at = found.raised_at if found.raised else place
            found = replace(found, raised=found.raised + SUPERSCRIPTS[lexeme.text], raised_at=at)
            place += 1
        elif lexeme.kind == "char" and lexeme.text in _SUBSCRIPT_DIGITS:
            if found.sub:
                source.refuse("A symbol has one subscript: two stand here.", place)
            found = replace(found, lowered=found.lowered + _SUBSCRIPT_DIGITS[lexeme.text])
            place += 1
        else:
            break
        found = replace(found, stop=place)
    return replace(found, stop=place)


def _primes(source: Source, span: Span) -> int:
    """How many primes the exponent consists of; 0 if of anything else."""
    count = 0
    for place in range(*span):
        if source.is_macro(place, "prime"):
            count += 1
        elif source.lexemes[place].kind == "char" and source.lexemes[place].text in _PRIMES:
            count += _PRIMES[source.lexemes[place].text]
        else:
            return 0
    return count


def suffix_of(source: Source, scripts: Scripts) -> str:
    """The subscript as the end of a name: '12', 'ij', 'out'; '' if it is none, or an expression."""
    if scripts.lowered:
        return scripts.lowered
    if scripts.sub is None:
        return ""
    return plain(source, scripts.sub)


def plain(source: Source, span: Span) -> str:
    """Letters, digits and words in a row as one string; '' if anything else is among them."""
    parts: list[str] = []
    place = span[0]
    while place < span[1]:
        lexeme = source.lexemes[place]
        if lexeme.kind == "char" and names.is_digit(lexeme.text):
            parts.append(lexeme.text)
            place += 1
            continue
        nucleus = nucleus_at(source, place, span[1])
        if nucleus is None:
            return ""
        parts.append(nucleus.name)
        place = nucleus.stop
    return "".join(parts)


def layer_of(source: Source, span: Span) -> tuple[str, int] | None:
    """The layer index of an exponent such as (1), (l) or [2], and the place after it; None if it is none.

    An exponent that stands in brackets as a whole is never read as a power: too many mean a layer by it.
    """
    first, last = span
    closer = {"(": ")", "[": "]"}
    if not source.is_char(first, "(["):
        return None
    opener = source.lexemes[first].text
    place, depth = first, 0
    while place < last:
        if source.is_char(place, opener):
            depth += 1
        elif source.is_char(place, closer[opener]):
            depth -= 1
            if depth == 0:
                break
        place += 1
    rest = place + 1
    transposed = rest + 1 == last and (
        source.is_macro(rest, "top", "intercal", "prime") or source.is_char(rest, "T⊤")
    )
    if place >= last or (rest != last and not transposed):
        return None
    index = "".join(source.text[lexeme.start : lexeme.end] for lexeme in source.lexemes[first + 1 : place])
    return index, rest
