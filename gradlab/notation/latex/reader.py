r"""The lexemes of a LaTeX text to the terminals of the shared grammar, one span after the other.

A *span* is what stands between braces, in a cell, or the whole text. Each is read by a `Reader` of its own, so
that a bracket must close where it was opened, and an index of a sum ends where its body does.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from gradlab.notation import names, primes
from gradlab.notation.error import excerpt, shown
from gradlab.notation.latex import (
    applications,
    brackets,
    calls,
    derivatives,
    environments,
    exponents,
    quotients,
    resolve,
)
from gradlab.notation.latex.arguments import Span, argument
from gradlab.notation.latex.commands import (
    CHARACTERS,
    DROPPED,
    DROPPED_WITH_ARGUMENT,
    FRACTIONS,
    REFUSED,
    RELATIONS,
    SIGNS,
    STYLES,
)
from gradlab.notation.latex.lexemes import MOST_NESTED, Source
from gradlab.notation.latex.symbols import Nucleus, nucleus_at, scripts_after
from gradlab.notation.words import Names, Token

_OPERAND_ENDS = {
    "NUMBER", "NAME", "CONSTANT", "SUPERSCRIPT", "RPAR", "RBRACE", "RBRACKET", "RBAR", "RNORM", "RSUB", "TRANSPOSE",
    "ENDCASES", "ENDMATRIX", "BAR",
}  # fmt: skip
_OPERAND_BEGINS = {
    "NUMBER", "NAME", "CONSTANT", "FUNCTION", "LPAR", "LBRACE", "LBRACKET", "LBAR", "LNORM", "DERIVATIVE", "BIG",
    "CASES", "MATRIX",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What all spans of one text share."""

    source: Source
    symbols: Names
    notes: list[str]
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Name to the style in which it was first met, and where."""


@dataclass
class Reader:
    """Reads one span, from left to right."""

    context: Context
    place: int
    stop: int
    bound: frozenset[str] = frozenset()
    """The indices of the sums around."""
    depth: int = 0
    rows: str = ""
    """What & and \\\\ mean here: 'chain', 'cases', 'matrix', or '' where they can't stand."""
    condition: bool = False
    """Whether a condition of cases is read, in which relations stand."""
    limit: bool = False
    """Whether a limit of a sum is read, which may be a length that is not declared."""
    out: list[Token] = field(default_factory=list)
    opened: list[brackets.Opened] = field(default_factory=list)
    outer: frozenset[str] = frozenset()
    row_begins: bool = False
    bars: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    """The bars | that are likely open: how many brackets are around each, and the indices bound before it."""
    bar_opened: bool = False
    """Whether the last of them opened something."""
    head_end: int = -1
    """How many tokens there were when a function, its primes and its power had been read."""

    def read(self) -> list[Token]:
        """The tokens of the span."""
        self.outer = self.bound
        while self.place < self.stop:
            count = len(self.out)
            self.step()
            if self.row_begins and len(self.out) > count:
                self.row_begins = False
                environments.join_rows(self, count)
        self.finish_cell()
        return self.out

    # What the steps use

    @property
    def source(self) -> Source:
        """The text, cut."""
        return self.context.source

    def put(self, kind: str, value: str, first: int, after: int | None = None) -> None:
        """Emit a token over the lexemes first to `after` (one, if it is left out)."""
        lexemes = self.source.lexemes
        last = (first + 1 if after is None else after) - 1
        self.out.append(Token(kind, value, lexemes[first].start, lexemes[max(first, last)].end))

    def inner(self, span: Span, bound: frozenset[str] | None = None, **more: str | bool) -> list[Token]:
        """The tokens of a span within this one."""
        if self.depth == MOST_NESTED:
            self.source.refuse(f"The formula is nested more than {MOST_NESTED} levels deep here.", span[0])
        indices = self.bound if bound is None else bound
        reader = Reader(self.context, *span, indices, self.depth + 1)
        for name, value in more.items():
            setattr(reader, name, value)
        return reader.read()

    def grouped(self, span: Span, value: str = "{", limit: bool = False) -> None:
        """Emit a span between synthetic braces, which have the place of the typed ones if there are any."""
        first, stop = span
        braced = self.source.partner.get(first - 1) == stop
        begin, end = (first - 1, stop) if braced else (first, stop - 1)
        kinds = ("LBRACE", "RBRACE") if value == "{" else ("LPAR", "RPAR")
        lexemes = self.source.lexemes
        self.out.append(
            Token(
                kinds[0], value, lexemes[begin].start, lexemes[begin].end if braced else lexemes[begin].start
            )
        )
        self.out += self.inner(span, limit=limit)
        self.out.append(
            Token(kinds[1], value, lexemes[end].start if braced else lexemes[end].end, lexemes[end].end)
        )

    def start_of_factor(self) -> int:
        """Where the bracket that the last token closes begins in the text."""
        depth = 0
        for token in reversed(self.out):
            depth += (token.type in applications.CLOSES) - (token.type in applications.OPENS)
            if depth == 0:
                return token.start
        return self.out[0].start

    def ends_operand(self) -> bool:
        """Whether the last token ends something that can have an exponent."""
        return bool(self.out) and self.out[-1].type in _OPERAND_ENDS

    def ends_term(self) -> bool:
        """Whether a sign after the last token has something at its left."""
        return self.ends_operand() and not (self.out[-1].type == "BAR" and self.bar_opened)

    # Steps

    def step(self) -> None:
        """Read what begins at `place`."""
        lexeme = self.source.lexemes[self.place]
        if lexeme.kind == "open":
            self.braces()
        elif lexeme.kind == "begin":
            environments.read(self)
        elif derivatives.read(self):
            return
        elif lexeme.kind == "char" and (names.is_digit(lexeme.text) or lexeme.text == "."):
            self.number()
        elif (
            environments.read_big(self)
            or self.script()
            or (self.command() if lexeme.kind == "macro" else self.character())
        ):
            return
        elif nucleus := (
            nucleus_at(self.source, self.place, self.stop) or calls.command_function(self, self.place)
        ):
            resolve.read(self, nucleus)
        else:
            self.unknown()

    def braces(self) -> None:
        """Braces that are no argument are invisible: what is in them must be one thing anyway."""
        start, close = self.place, self.source.partner[self.place]
        self.place = close + 1
        if close == start + 1:
            return
        if close == start + 2 and self.source.is_char(start + 1, ",."):
            self.source.refuse("Decimals are written with a point and without braces: 0.5.", start)
        inside = self.inner((start + 1, close))
        if any(
            token.type in {"PLUS", "MINUS", "EQUALS", "COMMA", "RELATION"}
            for token in applications.top_level(inside)
        ):
            what = self.source.typed(start + 1, close)
            self.source.refuse(
                f"LaTeX does not print these braces: write ({what}) if it belongs together.", start
            )
        scripted = self.place < self.stop and (self.source.is_char(self.place, "^_'"))
        if scripted and len(applications.factors(inside)) != 1:
            what = self.source.typed(start + 1, close)
            self.source.refuse(
                f"LaTeX does not print these braces: write ({what}) to take a power of it.", start
            )
        self.out += inside

    def number(self) -> None:
        """Digits, with a point among them."""
        source, first = self.source, self.place
        lexemes = source.lexemes
        while (
            self.place < self.stop
            and source.is_char(self.place, "0123456789.")
            and (self.place == first or lexemes[self.place].start == lexemes[self.place - 1].end)
        ):
            self.place += 1
        typed = "".join(lexeme.text for lexeme in lexemes[first : self.place])
        if typed == "." and self.place == self.stop and self.depth == 0:
            return  # a full stop after a displayed formula
        if typed.count(".") > 1 or typed == ".":
            source.refuse("This point belongs to no number; decimals are written 0.5.", first)
        if self.place + 1 < self.stop and source.is_char(self.place, "eE"):
            after = lexemes[self.place + 1]
            if (
                lexemes[self.place].start == lexemes[self.place - 1].end
                and after.kind == "char"
                and after.text in "+-0123456789"
            ):
                whole = source.typed(first, self.place + 2)
                source.refuse(
                    f"'{whole}…' could mean two things: write {typed} \\cdot 10^{{…}} for the number, "
                    f"or {typed} \\cdot e {after.text}….",
                    first,
                )
        if (
            self.out
            and self.out[-1].type in {"NAME", "CONSTANT"}
            and lexemes[first].start == self.out[-1].end
        ):
            before = excerpt(source.text[self.out[-1].start : self.out[-1].end])
            source.refuse(
                f"A digit right after '{before}' is not clear: write {before}_{{{typed}}} for the name, "
                f"{before}^{{{typed}}} for the power or {before} \\cdot {typed}.",
                first,
            )
        self.put("NUMBER", typed, first, self.place)

    def character(self) -> bool:
        """Signs, brackets, & and relations."""
        source, place = self.source, self.place
        character = source.lexemes[place].text
        if character == "=" and not self.condition:
            self.place += 1
            self.bound, self.bars = self.outer, []
            self.put("EQUALS", "=", place)
        elif self.condition and (relation := environments.relation(self)):
            self.place += 1
            self.put("RELATION", relation, place)
        elif character in CHARACTERS:
            self.sign(*CHARACTERS[character])
        elif character in "()[]":
            brackets.bracket(self, character, "any")
        elif character == "|":
            brackets.bar(self, place)
        elif character == "‖":
            brackets.norm(self, place)
        elif character == "&":
            environments.cell(self)
        elif character == "~":
            self.place += 1
        elif character in "ᵀ⊤" and self.ends_operand():
            self.place += 1
            self.put("TRANSPOSE", "^T", place)
        elif unicodedata.name(character, "").startswith("VULGAR FRACTION "):
            self.place += 1
            self.put("NUMBER", character, place)
        elif environments.relation(self):
            source.refuse(f"'{character}' stands only in the conditions of cases.", place)
        elif character in REFUSED:
            source.refuse(REFUSED[character].replace("{0}", character), place)
        else:
            return False
        return True

    def sign(self, kind: str, value: str) -> None:
        """An operator; + and − end the body of a sum."""
        place = self.place
        self.place += 1
        if kind in {"COMMA", "SEMICOLON"}:
            self.bars = [bar for bar in self.bars if bar[0] < len(self.opened)]
        if (kind in {"PLUS", "MINUS"} and self.ends_term()) or kind in {"COMMA", "SEMICOLON"}:
            self.bound = self.opened[-1].bound if self.opened else self.outer
            if self.bars and self.bars[-1][0] == len(self.opened):
                self.bound = self.bars[-1][1]
        final = kind in {"COMMA", "SEMICOLON"} and self.place == self.stop and self.depth == 0
        if not final:  # the comma after a displayed formula
            self.put(kind, value, place)

    def command(self) -> bool:
        """A command that is no symbol, function, derivative or sum."""
        source, place = self.source, self.place
        name = source.lexemes[place].text
        if self.layout(name) or brackets.command(self, name):
            return True
        if name in FRACTIONS:
            quotients.fraction(self)
        elif name == "sqrt":
            quotients.root(self)
        elif name == "boxed":
            span, self.place = argument(source, place + 1, self.stop, "\\boxed")
            self.grouped(span, "boxed")
        elif name in {"underbrace", "overbrace"}:
            self.annotated(name)
        elif name in SIGNS:
            self.sign(*SIGNS[name])
        elif name in {"top", "intercal", "prime"}:
            source.refuse(f"\\{name} stands in an exponent: write x^\\{name}.", place)
        elif name in REFUSED and name not in STYLES:
            source.refuse(REFUSED[name].replace("{0}", f"\\{name}"), place)
        else:
            return False
        return True

    def annotated(self, name: str) -> None:
        r"""\underbrace{…}_{…}: what the brace stands under, without what is said of it."""
        span, after = argument(self.source, self.place + 1, self.stop, f"\\{name}")
        first, self.place = self.place, after
        inside = self.inner(span)
        while self.place < self.stop and self.source.is_char(
            self.place, "_" if name == "underbrace" else "^"
        ):
            _, self.place = argument(self.source, self.place + 1, self.stop, f"\\{name}")
        kinds = {token.type for token in applications.top_level(inside)[1:]}
        if kinds & {"EQUALS", "COMMA", "RELATION"}:
            self.source.refuse(f"\\{name} stands at a formula here, and not at an equation.", first)
        before = self.out[-1].type if self.out else "EQUALS"
        last = self.place == self.stop or self.source.is_char(self.place, "+-=,;)]&.")
        if kinds & {"PLUS", "MINUS"} and not (before in {"EQUALS", "PLUS", "LPAR", "CELL"} and last):
            what = self.source.typed(*span)
            self.source.refuse(
                f"Do brackets belong here? Write ({what}), and then \\{name} around it.", first
            )
        self.out += inside

    def layout(self, name: str) -> bool:
        """Commands that move things about, end a row, or stand in a condition of cases."""
        source, place = self.source, self.place
        if name in DROPPED:
            self.place += 1
        elif name in DROPPED_WITH_ARGUMENT:
            _, self.place = argument(source, place + 1, self.stop, f"\\{name}")
        elif name in {"\\", "cr", "newline"}:
            environments.row(self)
        elif environments.relation(self):
            if not self.condition:
                source.refuse(f"\\{name} stands only in the conditions of cases.", place)
            self.place += 1
            self.put("RELATION", RELATIONS[name], place)
        elif self.condition and (word := environments.condition_word(self)) is not None:
            if word:
                self.put("OTHERWISE", word, place, self.place)
        else:
            return False
        return True

    # Exponents

    def script(self) -> bool:
        """^, _ and primes after what is no symbol: a bracket, a number, a norm."""
        source, place = self.source, self.place
        lexeme = source.lexemes[place]
        if lexeme.kind != "char":
            return False
        scripts = scripts_after(source, place, self.stop)
        if scripts.stop == place:
            return False
        if not self.ends_operand():
            source.refuse(f"Nothing stands before this '{lexeme.text}'.", place)
        if self.out[-1].value in {"fraction", "derivative"}:
            what = excerpt(source.text[self.start_of_factor() : self.out[-1].end])
            source.refuse(
                f"'{what}{lexeme.text}' could mean two things, an exponent of the whole or of what stands below: "
                f"write \\left({what}\\right){lexeme.text}… for the first.",
                place,
            )
        if scripts.primes and not primes.derive(
            source.text,
            self.out,
            scripts.primes,
            source.start(scripts.prime_at),
            self.context.symbols,
            self.context.notes,
        ):
            source.refuse("A prime stands right after a function, as in \\sigma'(z).", scripts.prime_at)
        if scripts.sub or scripts.lowered:
            source.refuse("A subscript stands after a symbol; what is it here?", place)
        self.place = scripts.stop
        exponents.raise_to(self, scripts, Nucleus("", "", place))
        return True

    # The end

    def finish_cell(self) -> None:
        """No bracket may be open at the end of a span or cell."""
        brackets.refuse_open(self)
        self.bound, self.bars = self.outer, []

    def unknown(self) -> None:
        """Refuse what begins at `place`."""
        lexeme = self.source.lexemes[self.place]
        if lexeme.kind == "macro":
            if lexeme.text in STYLES:
                span, _ = argument(self.source, self.place + 1, self.stop, f"\\{lexeme.text}")
                if self.source.typed(*span) == "1":
                    self.source.refuse(
                        "How many ones this column has is not said: write them out, as in (1, 1, 1).",
                        self.place,
                    )
                self.source.refuse(f"\\{lexeme.text}{{…}} holds one symbol or one word here.", self.place)
            known = environments.closest(lexeme.text)
            self.source.refuse(
                f"\\{excerpt(lexeme.text)} is not a command that is read here.{known}", self.place
            )
        self.source.refuse(
            f"'{shown(lexeme.text)}' (U+{ord(lexeme.text[0]):04X}) has no meaning in a formula.", self.place
        )
