r"""Derivatives in LaTeX: `\frac{\partial L}{\partial w}`, `\frac{d}{dx}`, `\partial L/\partial w`, `\nabla_w`.

Each becomes the prefix operator DERIVATIVE of the grammar. A `d` is read as an operator only where the
pattern is complete and d is no declared symbol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlab.notation.latex import calls, resolve
from gradlab.notation.latex.applications import top_level
from gradlab.notation.latex.arguments import Span, argument
from gradlab.notation.latex.commands import FRACTIONS
from gradlab.notation.latex.known import Known, joined
from gradlab.notation.latex.symbols import nucleus_at, scripts_after, suffix_of
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader

MOST_ORDERS = 8


def read(reader: Reader) -> bool:
    """Emit the derivative that begins at the reader's place, if one does."""
    source, place = reader.source, reader.place
    if source.is_macro(place, *FRACTIONS):
        return _fraction(reader)
    if source.is_macro(place, "nabla") or source.is_char(place, "∇"):
        _nabla(reader)
        return True
    kind = operator(reader, place, reader.stop)
    return bool(kind) and _slash(reader, kind)


def operator(reader: Reader, place: int, stop: int) -> str:
    """Which d stands at `place`: '∂', 'd' for an upright one, 'letter', or '' for none."""
    source = reader.source
    if place >= stop:
        return ""
    if source.is_macro(place, "partial") or source.is_char(place, "∂"):
        return "∂"
    if source.is_char(place, "ⅆ"):
        return "d"
    if source.is_macro(place, "mathrm", "text", "operatorname", "textrm", "mathup"):
        span, _ = argument(source, place + 1, stop, "\\mathrm")
        return "d" if source.typed(*span) == "d" else ""
    return "letter" if source.is_char(place, "d") else ""


def _after(reader: Reader, place: int, stop: int) -> int:
    """The place after the operator at `place`, and after the spaces that follow it."""
    source = reader.source
    if source.lexemes[place].kind == "macro" and not source.is_macro(place, "partial"):
        _, place = argument(source, place + 1, stop, "\\mathrm")
    else:
        place += 1
    return _spaces(reader, place, stop)


def _spaces(reader: Reader, place: int, stop: int) -> int:
    while place < stop and (
        reader.source.is_macro(place, ",", "!", ";", ":", " ") or reader.source.is_char(place, "~")
    ):
        place += 1
    return place


def _fraction(reader: Reader) -> bool:
    source, first = reader.source, reader.place
    command = f"\\{source.lexemes[first].text}"
    above, after = argument(source, first + 1, reader.stop, command, last=False)
    below, after = argument(source, after, reader.stop, f"{command}{{{source.typed(*above)}}}")
    above = (_spaces(reader, *above), above[1])
    kinds = operator(reader, *above), operator(reader, *below)
    if not all(kinds):
        if "∂" in kinds:
            place = above[0] if kinds[0] == "∂" else below[0]
            source.refuse("A derivative has its ∂ above and below: \\frac{\\partial L}{\\partial w}.", place)
        return False
    if (kinds[0] == "∂") != (kinds[1] == "∂"):
        source.refuse("A derivative has the same d or ∂ above and below.", first)
    declared = "d" in reader.context.symbols.declared
    if "letter" in kinds and declared:
        source.refuse(
            "This could be a derivative or a quotient, since d is a declared symbol: "
            "write \\frac{\\mathrm{d} …}{\\mathrm{d} …} for the derivative, or rename the symbol.",
            first,
        )
    order, start = _order(reader, _after(reader, *above), above[1])
    variables, end = _variables(reader, below[0], below[1], None)
    if end != below[1]:
        source.refuse(
            "Below stands what is derived by, and nothing else: \\partial w, or \\partial x \\, \\partial y.",
            end,
        )
    if order == 1 and variables == ["sigma", "sigma"] and start < above[1]:
        reader.place = after
        _emit_by_variance(reader, first, (start, above[1]))
        return True
    if len(variables) != order:
        source.refuse(f"Above stands the order {order}, and below {len(variables)}.", first)
    reader.place = after
    _emit(reader, variables, first, (start, above[1]))
    return True


def _emit_by_variance(reader: Reader, first: int, body: Span) -> None:
    """The derivative by the variance, ∂ℓ/∂(σ²): that by σ, divided by 2σ."""
    lexemes = reader.source.lexemes
    begin, end = lexemes[first].start, lexemes[reader.place - 1].end
    reader.out.append(Token("LPAR", "", begin, begin))
    _emit(reader, ["sigma"], first, body)
    reader.out += [
        Token("DIVIDE", "/", end, end),
        Token("LPAR", "", end, end),
        Token("NUMBER", "2", end, end),
        Token("TIMES", "·", end, end),
        Token("NAME", "sigma", end, end),
        Token("RPAR", "", end, end),
        Token("RPAR", "derivative", end, end),
    ]
    reader.context.notes.append("The derivative by σ² is taken as that by σ, divided by 2σ.")


def _emit(reader: Reader, variables: list[str], first: int, body: Span) -> None:
    """DERIVATIVE … alone, or in brackets with what it is applied to."""
    lexemes = reader.source.lexemes
    begin, end = lexemes[first].start, lexemes[reader.place - 1].end
    operators = [Token("DERIVATIVE", name, begin, end) for name in variables]
    if body[0] == body[1]:
        reader.out += operators
        return
    opening, shut = Token("LPAR", "", begin, begin), Token("RPAR", "", end, end)
    inside = reader.inner(body)
    if any(token.type in {"PLUS", "MINUS", "EQUALS", "COMMA"} for token in top_level(inside)):
        reader.source.refuse(
            "What is derived stands in brackets here: \\frac{\\partial (wx+b)}{\\partial w}.", body[0]
        )
    start, stop = lexemes[body[0]].start, lexemes[body[1] - 1].end
    reader.out.append(opening)
    for name in operators:
        reader.out += [name, Token("LPAR", "", start, start)]
    reader.out += inside
    reader.out += [Token("RPAR", "", stop, stop)] * len(operators)
    reader.out.append(shut._replace(value="derivative"))


def _order(reader: Reader, place: int, stop: int) -> tuple[int, int]:
    """The order in d^2, and the place after it."""
    source = reader.source
    if place < stop and source.is_char(place, "^"):
        span, place = argument(source, place + 1, stop, "^")
        return _digits(reader, span), _spaces(reader, place, stop)
    if place < stop and source.is_char(place, "²³"):
        return {"²": 2, "³": 3}[source.lexemes[place].text], place + 1
    return 1, place


def _digits(reader: Reader, span: Span) -> int:
    typed = "".join(lexeme.text for lexeme in reader.source.lexemes[slice(*span)])
    if not (typed.isascii() and typed.isdecimal()) or not 1 <= int(typed[:3]) <= MOST_ORDERS:
        reader.source.refuse(f"The order of a derivative is a number from 1 to {MOST_ORDERS}.", span[0])
    return int(typed)


def _variables(reader: Reader, place: int, stop: int, most: int | None) -> tuple[list[str], int]:
    """The names in ∂x ∂y², one for each order, and the place after them."""
    source, found = reader.source, list[str]()
    while place < stop and operator(reader, place, stop) and (most is None or len(found) < most):
        place = _after(reader, place, stop)
        if place >= stop:
            source.refuse("What is it that is derived by? Write \\partial w below.", place - 1)
        name, after, order = _variable(reader, place, stop)
        if len(found) + order > MOST_ORDERS:
            source.refuse(f"The order of a derivative is at most {MOST_ORDERS}.", place)
        found += [name] * order
        place = _spaces(reader, after, stop)
    return found, place


def _variable(reader: Reader, place: int, stop: int) -> tuple[str, int, int]:
    """The canonical name of a symbol, the place after it, and the order that its exponent is."""
    source = reader.source
    braced = source.lexemes[place].kind == "open"
    if braced:
        close = source.partner[place]
        name, after, order = _variable(reader, place + 1, close) if close > place + 1 else ("", place, 0)
        if after != close or order != 1:
            source.refuse("One symbol stands here, by which is derived.", place)
        return name, close + 1, 1
    nucleus = nucleus_at(source, place, stop)
    if nucleus is None:
        source.refuse(f"'{source.typed(place, place + 1)}' is no symbol that can be derived by.", place)
    scripts = scripts_after(source, nucleus.stop, stop)
    if scripts.primes:
        resolve.refuse_prime(reader, nucleus, scripts, place)
    order = 1
    layered = scripts.sup is not None and source.is_char(scripts.sup[0], "([")
    if scripts.sup is not None and not layered:
        order = _digits(reader, scripts.sup)
    elif scripts.raised:
        order = int(scripts.raised) if scripts.raised in {"2", "3", "4"} else 0
        if not order:
            source.refuse("The order of a derivative is a small number.", place)
    count = len(reader.out)
    held, reader.place = reader.place, scripts.stop
    resolve.name(reader, nucleus, scripts, Known(reader.context.symbols), place)
    reader.place = held
    emitted = reader.out[count:]
    del reader.out[count:]
    stem, *indices = emitted
    if stem.value in reader.bound:
        source.refuse(f"{stem.value} is the index of a sum, by which nothing is derived.", place)
    if any(token.type not in {"LSUB", "RSUB", "COMMA", "NUMBER", "NAME"} for token in indices):
        source.refuse(
            "An element to derive by has plain indices, as in \\partial x_{2} or \\partial x_i.", place
        )
    below = ",".join(token.value for token in indices if token.type in {"NUMBER", "NAME"})
    return f"{stem.value}:{below}" if below else stem.value, scripts.stop, order


def _slash(reader: Reader, kind: str) -> bool:
    """∂L/∂w, d/dx and ∂_w L in one line."""
    source, first = reader.source, reader.place
    place = _after(reader, first, reader.stop)
    if place < reader.stop and kind == "∂" and source.is_char(place, "_"):
        span, reader.place = argument(source, place + 1, reader.stop, "_")
        name, after, order = _variable(reader, *span)
        if after != span[1] or order != 1:
            source.refuse("One symbol stands in the subscript of ∂.", span[0])
        _emit(reader, [name], first, (first, first))
        return True
    if kind != "∂" and place < reader.stop and source.is_char(place, "^"):
        span, _ = argument(source, place + 1, reader.stop, "^")
        if not source.is_char(span[0], "123456789") or span[1] != span[0] + 1:
            return False  # a power of a symbol d
    order, start = _order(reader, place, reader.stop)
    middle = _one_factor(reader, start)
    slash = middle
    if source.is_macro(slash, "big", "Big", "bigg", "Bigg") and slash < reader.stop:
        slash += 1
    complete = slash + 1 < reader.stop and (source.is_char(slash, "/∕⁄") or source.is_macro(slash, "slash"))
    below = operator(reader, slash + 1, reader.stop) if complete else ""
    if not below or (below == "∂") != (kind == "∂"):
        if kind == "∂":
            source.refuse(
                "∂ stands in a quotient: write \\frac{\\partial L}{\\partial w} or \\partial L/\\partial w, with brackets "
                "around what is derived if it is more than one symbol.",
                first,
            )
        return False
    if "letter" in {kind, below} and "d" in reader.context.symbols.declared:
        source.refuse(
            "This could be a derivative or a quotient, since d is a declared symbol: "
            "write \\mathrm{d} for the derivative, or rename the symbol.",
            first,
        )
    variables, after = _variables(reader, slash + 1, reader.stop, order)
    if len(variables) != order:
        source.refuse(f"Above stands the order {order}, and below {len(variables)}.", first)
    reader.place = after
    _emit(reader, variables, first, (start, middle))
    return True


def _one_factor(reader: Reader, place: int) -> int:
    """The place after one symbol, call or bracket; `place` itself if none begins there."""
    source, stop = reader.source, reader.stop
    if place >= stop:
        return place
    if source.lexemes[place].kind == "open":
        return source.partner[place] + 1
    after = place
    nucleus = nucleus_at(source, place, stop) or calls.command_function(reader, place)
    called = False
    if nucleus is not None:
        after = scripts_after(source, nucleus.stop, stop).stop
        called = Known(reader.context.symbols).is_function(nucleus.name)
    if nucleus is None or called:
        depth, start = 0, after
        if not (source.is_char(after, "([") or source.is_macro(after, "left")):
            return after
        while after < stop:
            if source.is_macro(after, "left", "right"):
                after += 1
            depth += source.is_char(after, "([") - source.is_char(after, ")]")
            after += 1
            if depth == 0:
                return after
        return start
    return after


def _nabla(reader: Reader) -> None:
    source, first = reader.source, reader.place
    after = first + 1
    order, after = _order(reader, after, reader.stop)
    if after < reader.stop and source.is_char(after, "_"):
        span, after = argument(source, after + 1, reader.stop, "_")
        name, end, once = _variable(reader, *span)
        if end != span[1] or once != 1:
            source.refuse("One symbol stands in the subscript of \\nabla.", span[0])
        if order == 1:
            order, after = _order(reader, after, reader.stop)
    else:
        name = _of_its_argument(reader, after, first)
    if order > 2:
        source.refuse("Of \\nabla the first and the second power are read.", first)
    if order == 2:
        reader.context.notes.append("∇² is read as the matrix of second derivatives.")
    reader.place = after
    _emit(reader, [name] * order, first, (first, first))


def _of_its_argument(reader: Reader, place: int, first: int) -> str:
    r"""What \nabla f derives by where nothing says it: by the one argument that f was defined with."""
    source = reader.source
    nucleus = nucleus_at(source, place, reader.stop) if place < reader.stop else None
    if nucleus is not None:
        suffix = suffix_of(source, scripts_after(source, nucleus.stop, reader.stop))
        name = joined(nucleus.name, suffix) if suffix else nucleus.name
        if argument_name := reader.context.symbols.argument(name):
            return argument_name
    what = source.typed(place, nucleus.stop) if nucleus is not None else "L"
    return source.refuse(
        f"\\nabla needs what it derives by: write \\nabla_w {what}, or define {what}(w) with its one argument.",
        first,
    )
