r"""Functions in LaTeX: `\log_2`, `\sigma'`, `\text{ReLU}`, and letters in a row that look like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.latex import exponents
from gradlab.notation.latex.commands import BASES, FUNCTION_COMMANDS, GREEK
from gradlab.notation.latex.known import Known, joined
from gradlab.notation.latex.symbols import Nucleus, Scripts, layer_of, plain
from gradlab.notation.names import printed
from gradlab.notation.operators import MOST_ORDER
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader

_LONGEST_WORD = 16
"""Letters in a row that are looked at for the name of a function."""


def command_function(reader: Reader, place: int) -> Nucleus | None:
    r"""\log, \sin, … at `place` as a nucleus."""
    lexeme = reader.source.lexemes[place]
    if lexeme.kind == "macro" and lexeme.text in FUNCTION_COMMANDS:
        return Nucleus(lexeme.text, "upright", place + 1, letter=False)
    return None


def function(reader: Reader, nucleus: Nucleus, scripts: Scripts, symbols: Known) -> bool:
    """Emit FUNCTION, its primes and its power, if the symbol is a function here."""
    source, first = reader.source, reader.place
    called = source.is_char(scripts.stop, "([") or source.is_macro(scripts.stop, "left")
    canonical = nucleus.name
    if scripts.sub is None and scripts.lowered:
        return False
    if scripts.sub is not None:
        suffix = plain(source, scripts.sub)
        if canonical in {"log", "ln"} and not nucleus.letter:
            if canonical == "ln" or suffix not in BASES:
                source.refuse(
                    "This base is not read: write \\frac{\\ln x}{\\ln b}; \\log_2 and \\log_{10} are read.",
                    first,
                )
            canonical = BASES[suffix]
        elif suffix and symbols.is_function(joined(canonical, suffix)):
            canonical = joined(canonical, suffix)
        elif canonical in FUNCTION_COMMANDS and not nucleus.letter:
            source.refuse(f"A subscript of \\{canonical} is not read.", first)
        else:
            return False
    if not symbols.is_function(canonical):
        return False
    if canonical in symbols.declared:
        if not called or canonical == "sigma":
            return False
        typed = source.typed(first, nucleus.stop)
        reader.context.notes.append(
            f"{typed}(…) is read as the function, though {typed} is a declared symbol too."
        )
    canonical, assumed = symbols.function(canonical)
    reader.context.notes.extend(assumed)
    reader.place = scripts.stop
    reader.put("FUNCTION", canonical, first, nucleus.stop)
    if scripts.primes > MOST_ORDER:
        source.refuse(f"Derivatives are read up to order {MOST_ORDER}.", scripts.prime_at)
    if scripts.primes:
        at = source.lexemes[scripts.prime_at]
        reader.out.append(Token("PRIME", "'" * scripts.primes, source.start(scripts.prime_at), at.end))
    if not called and not scripts.sup and canonical in reader.context.symbols.functions:
        _at_its_argument(reader, canonical, first)
        return True
    _raise_head(reader, nucleus, scripts, canonical, first)
    reader.head_end = len(reader.out)
    return True


def _raise_head(reader: Reader, nucleus: Nucleus, scripts: Scripts, canonical: str, first: int) -> None:
    """The power between a function and its argument: sin² x."""
    source = reader.source
    if scripts.sup and layer_of(source, scripts.sup):
        source.refuse(
            "An exponent in brackets after a function could mean a derivative, a layer or a power: "
            "write primes, as in f''(x), or (f(x))^2.",
            scripts.sup[0],
        )
    if scripts.sup and exponents.is_transpose(reader, scripts.sup):
        source.refuse("A function is not transposed: write f(x)^\\top.", scripts.sup[0])
    exponents.raise_to(reader, scripts, nucleus)
    if source.is_char(reader.place, "_'") or source.is_char(reader.place, "^"):
        source.refuse("This stands after an exponent: what does it belong to?", reader.place)
    if canonical in {"max", "min"} and source.is_macro(reader.place, "limits"):
        source.refuse(f"\\{canonical} over an index is not read: write {canonical}(a, b).", first)


def _at_its_argument(reader: Reader, canonical: str, first: int) -> None:
    """The argument of f′ and f that stand alone, where f(x) = … is defined: it is x."""
    definition, source = reader.context.symbols.functions[canonical], reader.source
    parameters = definition.parameters
    missing = [
        name
        for name in parameters
        if not Known(reader.context.symbols).open and name not in reader.context.symbols.declared
    ]
    if missing:
        return
    end = source.lexemes[reader.place - 1].end
    reader.out.append(Token("LPAR", "(", end, end))
    for place, name in enumerate(parameters):
        reader.out += [Token("COMMA", ",", end, end)] * (place > 0) + [Token("NAME", name, end, end)]
    reader.out.append(Token("RPAR", ")", end, end))
    typed = source.typed(first, reader.place)
    reader.context.notes.append(f"{typed} alone is read as {typed}({', '.join(map(printed, parameters))}).")


def refuse_word(reader: Reader, nucleus: Nucleus, scripts: Scripts, symbols: Known) -> None:
    """Sin(x) without a backslash is s·i·n·(x); lr is l·r, and a declared name all the same."""
    source, first = reader.source, reader.place
    lexeme = source.lexemes[first]
    if lexeme.kind != "char" or not lexeme.text.isascii():
        return
    run = first
    while (
        run < min(reader.stop, first + _LONGEST_WORD)
        and source.lexemes[run].kind == "char"
        and source.lexemes[run].text.isascii()
        and source.lexemes[run].text.isalpha()
    ):
        if run > first and source.lexemes[run].start != source.lexemes[run - 1].end:
            break
        run += 1
    word = "".join(source.lexemes[place].text for place in range(first, run))
    if len(word) < 2:
        return
    called = source.is_char(run, "(") or source.is_macro(run, "left")
    for length in range(min(len(word), 12), 1, -1):
        part = word[:length]
        if part not in FUNCTIONS or (length < 3 and part != "ln"):
            continue
        ends = length == len(word)
        if (ends and (called or source.is_macro(run))) or any(
            letter not in symbols.declared for letter in part
        ):
            spaced = " \\cdot ".join(part)
            command = f"\\{part}" if part in FUNCTION_COMMANDS else f"\\operatorname{{{part}}}"
            source.refuse(
                f"In LaTeX '{part}' is the product {spaced}: write {command} for the function.", first
            )
    if (
        word in symbols.declared
        and first == reader.place
        and (first == 0 or not _letter_before(reader, first))
    ):
        spaced = " \\cdot ".join(word)
        command = f"\\{word}" if word in GREEK else f"\\mathrm{{{word}}}"
        source.refuse(
            f"In LaTeX '{word}' is the product {spaced}: write {command} for the declared name.",
            first,
        )


def _letter_before(reader: Reader, first: int) -> bool:
    lexemes = reader.source.lexemes
    before = lexemes[first - 1]
    return before.kind == "char" and before.text.isalpha() and before.end == lexemes[first].start
