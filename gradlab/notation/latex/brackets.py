r"""Brackets, bars and norms, with the \left, \bigr and so on before them.

A bracket closes in the span in which it was opened. Bars |x| that say nothing of their side are left to
`gradlab.notation.bars`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradlab.notation.latex import environments, exponents
from gradlab.notation.latex.commands import SIZES
from gradlab.notation.latex.lexemes import MOST_NESTED
from gradlab.notation.latex.symbols import Nucleus, scripts_after

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader

_OPENERS = {
    "(": ("LPAR", ")"),
    "[": ("LBRACKET", "]"),
    "\\{": ("LPAR", "\\}"),
    "|": ("LBAR", "|"),
    "‖": ("LNORM", "‖"),
}
_CLOSERS = {")": "RPAR", "]": "RBRACKET", "\\}": "RPAR", "|": "RBAR", "‖": "RNORM"}
_DELIMITERS = {
    "{": "\\{",
    "}": "\\}",
    "lbrace": "\\{",
    "rbrace": "\\}",
    "lbrack": "[",
    "rbrack": "]",
    "lparen": "(",
    "rparen": ")",
    "vert": "|",
    "Vert": "‖",
    "|": "‖",
}
_SIDED = {
    "lvert": ("|", "any left"),
    "rvert": ("|", "any right"),
    "lVert": ("‖", "any left"),
    "rVert": ("‖", "any right"),
}


class Opened(NamedTuple):
    """An open bracket."""

    closer: str
    pair: str
    """'left' for \\left, which closes by \\right."""
    place: int
    after: int
    """The lexemes of the bracket itself are place to after."""
    bound: frozenset[str]
    """The indices of the sums around the bracket."""
    called: bool
    """Whether it holds the argument of a function."""


def command(reader: Reader, name: str) -> bool:
    """Emit the bracket that a command is, or stands before; False if it is none."""
    if name in SIZES:
        _sized(reader, name)
    elif name in _SIDED:
        bracket(reader, *_SIDED[name])
    elif name not in _DELIMITERS:
        return False
    elif _DELIMITERS[name] == "|":
        bar(reader, reader.place)
    elif _DELIMITERS[name] == "‖":
        norm(reader, reader.place)
    else:
        bracket(reader, _DELIMITERS[name], "any")
    return True


def refuse_open(reader: Reader) -> None:
    """Refuse what is still open at the end of a span or cell."""
    if reader.opened:
        last = reader.opened[-1]
        missing = f"\\right{last.closer}" if last.pair == "left" else last.closer
        before = reader.source.typed(last.place, last.after)
        reader.source.refuse(f"'{missing}' is missing: this '{before}' is never closed.", last.place)


def _sized(reader: Reader, size: str) -> None:
    r"""\left, \bigl and so on, with the delimiter that follows."""
    source, first = reader.source, reader.place
    if first + 1 >= reader.stop:
        source.refuse(f"A bracket is missing after \\{size}.", first)
    lexeme = source.lexemes[first + 1]
    delimiter, side = lexeme.text, SIZES[size]
    if lexeme.kind == "macro":
        delimiter = _DELIMITERS.get(lexeme.text, "")
        if lexeme.text in _SIDED:
            delimiter = _SIDED[lexeme.text][0]
    if delimiter == ".":
        source.refuse(
            f"\\{size}. is an invisible bracket, as of an evaluation bar; these are not read: "
            "substitute the value.",
            first,
        )
    reader.place += 1
    if delimiter == "/" and not side.startswith(("left", "right")):
        return
    if delimiter in {"|", "‖"} and side == "any":
        if delimiter == "|":
            bar(reader, first + 1)
        else:
            norm(reader, first + 1)
        return
    if delimiter not in _OPENERS and delimiter not in _CLOSERS:
        source.refuse(f"A bracket is missing after \\{size}: (…), […], |…| and \\|…\\| are read.", first + 1)
    bracket(reader, delimiter, side, first)


def bracket(reader: Reader, delimiter: str, side: str, first: int | None = None) -> None:
    r"""A bracket; `side` tells of a bar which way it faces, and \left must close by \right."""
    source = reader.source
    first = reader.place if first is None else first
    opens = delimiter in _OPENERS and (delimiter not in _CLOSERS or side.endswith("left"))
    must = side in {"left", "right"}
    pair = "left" if must else side.split(maxsplit=1)[0]
    if must and opens != (side == "left"):
        source.refuse(f"\\{side} can't stand before '{delimiter}'.", first)
    after = reader.place + 1
    reader.place = after
    if opens:
        kind, closer = _OPENERS[delimiter]
        if delimiter == "[" and len(reader.out) == reader.head_end:
            kind = "LPAR"  # the argument of a function
        called = len(reader.out) == reader.head_end
        if len(reader.opened) == MOST_NESTED:
            source.refuse(f"Brackets are nested more than {MOST_NESTED} deep here.", first)
        reader.opened.append(Opened(closer, pair, first, after, reader.bound, called))
        if kind in {"LBAR", "LNORM"}:
            reader.put("LPAR", "", first, after)
        reader.put(kind, delimiter, after - 1 if kind == "LBRACKET" else first, after)
        return
    written = source.typed(first, after)
    if not reader.opened:
        source.refuse(f"This '{written}' closes nothing that is open here.", first)
    closer, expected, origin, begun, reader.bound, called = reader.opened.pop()
    reader.bars = [one for one in reader.bars if one[0] <= len(reader.opened)]
    if closer != delimiter or expected != pair:
        before = source.typed(origin, begun)
        source.refuse(f"This '{written}' does not close the '{before}' before it.", first)
    if delimiter in {"|", "‖"}:
        if delimiter == "|":
            _refuse_evaluation(reader, first)
            reader.put("RBAR", "|", first, after)
            reader.put("RPAR", "", first, after)
            return
        scripts = scripts_after(source, after, reader.stop)
        if scripts.primes:
            source.refuse("A prime stands right after a function, as in \\sigma'(z).", scripts.prime_at)
        reader.put("RNORM", environments.norm_kind(reader, scripts), first, after)
        reader.put("RPAR", "", first, after)
        reader.place = scripts.stop
        exponents.raise_to(reader, scripts, Nucleus("", "", first))
    else:
        kind = "RPAR" if delimiter == "]" and called else _CLOSERS[delimiter]
        reader.put(kind, delimiter, first, after)


def bar(reader: Reader, place: int) -> None:
    r"""| or \vert, of which nothing says which way it faces."""
    double = (
        reader.source.is_char(place, "|")
        and place + 1 < reader.stop
        and reader.source.is_char(place + 1, "|")
        and reader.source.start(place + 1) == reader.source.lexemes[place].end
    )
    within = bool(reader.opened) and reader.opened[-1].pair == "double"
    if double and (within or not reader.ends_operand()):
        reader.place = place + 1
        bracket(reader, "‖", "double right" if within else "double left", place)
        return
    # Which way it faces is settled by `bars` in the end; here it matters which signs stand within.
    reader.bars = [one for one in reader.bars if one[0] <= len(reader.opened)]
    within = bool(reader.bars) and reader.bars[-1][0] == len(reader.opened)
    reader.bar_opened = not (within and reader.ends_term())
    if reader.bar_opened:
        reader.bars.append((len(reader.opened), reader.bound))
    else:
        reader.bound = reader.bars.pop()[1]
    reader.put("BAR", "|", place)
    reader.place = place + 1
    _refuse_evaluation(reader, place)


def _refuse_evaluation(reader: Reader, place: int) -> None:
    """∂L/∂w |_{w=1} is an evaluation."""
    if reader.place < reader.stop and reader.source.is_char(reader.place, "_"):
        reader.source.refuse("Evaluation bars |_{…} are not read: substitute the value.", place)


def norm(reader: Reader, place: int) -> None:
    r"""\| or ‖: they open and close in turn."""
    reader.place = place
    inside = bool(reader.opened) and reader.opened[-1][:2] == ("‖", "any")
    bracket(reader, "‖", "any right" if inside else "any left", place)
