"""Typed text to the terminals of the grammar.

Everything that depends on what is declared, or on single characters, is settled here: words, numbers,
superscripts, and which way each bar of |x| faces. Another notation (LaTeX) needs only to
produce the same tokens.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from gradlab.notation import bars, names
from gradlab.notation.error import FormulaError, column_of, excerpt, shown
from gradlab.notation.operators import MOST_ORDER, Jump, read_operator
from gradlab.notation.primes import derive
from gradlab.notation.words import NO_PRIMES, PRIMES, SUPERSCRIPTS, Names, Token, read_element, read_word

MOST_BRACKETS = 150
"""How deep brackets may be nested."""

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_EQUALS = re.compile(r"\s*=")
_TRANSPOSE = re.compile(r"[ᵀ⊤]|\.T(?![A-Za-z0-9_])|\^\s*(?:[ᵀ⊤]|\{\s*[⊤ᵀ]\s*\}|(?P<letter>T)|\{\s*T\s*\})")
_SUBSCRIPTED = r"(?:_(?:\{\s*(1|2|F|inf|∞)\s*\}|(1|2|F|inf|∞)(?![A-Za-z0-9_]))|([₁₂]))"
_NORM = re.compile(rf"‖{_SUBSCRIPTED}?")
_ORDER = re.compile(_SUBSCRIPTED)
_LAYER = re.compile(
    r"(?P<stem>[^\W\d_]{1,64}+)\^(?:(?P<brace>\{)\s*)?\((?P<index>[0-9]{1,3})\)(?(brace)\s*\})"
    r"(?P<subscript>_\w+|[0-9]+|_\{\w+\})?"
)
_SUBSCRIPT = re.compile(r"(?P<stem>[^\W\d_]{1,64}+(?:_[^\W\d_]{1,32}+)?)_\{")
_CASES = re.compile(r"cases\s*\(")
_IF = re.compile(r"(?:if|otherwise)(?!\w)")
_RELATION = re.compile(r"<=|>=|!=|[<>≤≥=≠]")
_RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_ENDING = {"PLUS", "MINUS", "COMMA", "SEMICOLON", "EQUALS"}
_OPERATORS = {"PLUS", "MINUS", "TIMES", "DIVIDE", "MATMUL", "HADAMARD", "POWER", "COMMA", "EQUALS"}
_SIGNS = {
    **dict.fromkeys("+", "PLUS"),
    **dict.fromkeys("-−‐‑–", "MINUS"),
    **dict.fromkeys("*∗·⋅∙×", "TIMES"),
    **dict.fromkeys("/∕⁄÷", "DIVIDE"),
    "^": "POWER",
    "(": "LPAR",
    ")": "RPAR",
    "{": "LBRACE",
    "}": "RBRACE",
    "[": "LBRACKET",
    "]": "RBRACKET",
    "|": "BAR",
    ",": "COMMA",
    ";": "SEMICOLON",
    "=": "EQUALS",
    "@": "MATMUL",
    "⊙": "HADAMARD",
    "∘": "HADAMARD",
}
_BETWEEN = {"COMMA", "SEMICOLON"}
_CLOSERS = {")": "(", "}": "{", "]": "["}
_ONLY_IN_VALUES = {
    ";": "A formula is one expression, without ';'.",
}
_STRAY = {
    **dict.fromkeys(PRIMES, NO_PRIMES),
    **dict.fromkeys('"“”„‘’`´', "Quotation marks have no place in a formula: take '{0}' away."),
    "∫": "'∫' is not read in formulas: write it out, or give a Python function.",
    **dict.fromkeys("ᵀ⊤@⊙∘‖", "'{0}' has no place in a number."),
    **dict.fromkeys("∂∇∑∏", "'{0}' has no place in a number."),
    "\\": "This '\\' belongs to LaTeX, which is not read in values: write for example pi/4, sqrt(2).",
    **dict.fromkeys("<>≤≥≠≈", "A formula is one expression, without '{0}'."),
    ":": "A formula is one expression, without ':'; a claim is written as 'name: formula'.",
    "!": "Factorials are not read in formulas.",
    "%": "'%' is not read in formulas: write x/100.",
    ".": "This point belongs to no number; decimals are written 0.5, and products 2*x.",
    "∞": "Infinity is not a number that a formula can hold.",
}


def read_tokens(text: str, symbols: Names, notes: list[str]) -> list[Token]:
    """The tokens of a formula, or of `name = value` pairs if `symbols.values` is true.

    Raises `FormulaError` at the first character or word that has no meaning.
    """
    reading = _Reading(text, symbols, notes)
    place = 0
    while place < len(text):
        place = reading.step(place)
    reading.step(place)
    if reading.brackets:
        raise _unclosed(text, reading.tokens, reading.brackets)
    return bars.face(text, reading.tokens)


class _Reading:
    """One text on its way to tokens."""

    def __init__(self, text: str, symbols: Names, notes: list[str]) -> None:
        self.text = text
        self.declared = symbols
        self.notes = notes
        self.tokens: list[Token] = []
        self.brackets: list[tuple[str, int]] = []
        self.cases: set[int] = set()
        """The places of the brackets in which cases are told apart."""
        self.indexed: set[int] = set()
        """The places of the braces in which the indices of an element stand."""
        self.jumps: dict[int, list[Jump]] = {}
        self.limits = 0
        """How many sums there are whose limits are being read."""
        self.bound: list[tuple[str, int]] = []
        """The indices of the sums around, each with the level of its sum."""
        self.body = -1
        """The number of tokens before the body of the last sum, whose sign does not end it."""
        self.bars: list[tuple[str, int]] = []
        """The bars that are likely open, each with the number of brackets around it."""
        self.bar_opened = False
        """Whether the last bar opened something."""

    @property
    def level(self) -> int:
        return len(self.brackets) + self.limits + len(self.bars)

    @property
    def symbols(self) -> Names:
        return self.declared.binding(self.declared.bound | {index for index, _ in self.bound})

    def step(self, place: int) -> int:
        """Read what stands at the place; the place after it."""
        if self.jumps.get(place):
            jump = self.jumps[place].pop()
            self.tokens += jump.tokens
            if jump.bind:
                self.limits -= 1
                self.body = len(self.tokens)
                self.bound.append((jump.bind, self.level))
            return jump.to
        if place >= len(self.text):
            return place
        text, character = self.text, self.text[place]
        if character.isspace():
            return place + 1
        if number := _NUMBER.match(text, place):
            end = number.end()
            if text.startswith("_", end):
                raise FormulaError("Numbers are written without '_'.", text, end + 1)
            self.tokens.append(Token("NUMBER", number[0], place, end))
            return end
        if not self.declared.values and (end := self.mathematics(place)) > place:
            return end
        return self.plain(place)

    def plain(self, place: int) -> int:
        """What stands in formulas and in values: words and signs."""
        text, character = self.text, self.text[place]
        if (end := names.scan(text, place)) > place:
            self.word(place, end)
        elif character in SUPERSCRIPTS:
            token = _superscript(text, place)
            self.tokens.append(token)
            end = token.end
        elif unicodedata.name(character, "").startswith("VULGAR FRACTION "):
            end = place + 1
            self.tokens.append(Token("NUMBER", character, place, end))
        elif character == "√":
            end = place + 1
            self.tokens.append(Token("FUNCTION", "sqrt", place, end))
        elif text.startswith("**", place):
            end = place + 2
            self.tokens.append(Token("POWER", "^", place, end))
        elif character in _SIGNS and (self.declared.values or character not in _ONLY_IN_VALUES):
            end = place + 1
            self.sign(place, _SIGNS[character])
        else:
            raise _stray(text, place, self.declared.values)
        return end

    def word(self, place: int, end: int) -> None:
        text, symbols = self.text, self.declared
        if symbols.values and _EQUALS.match(text, end):
            self.tokens.append(Token("TARGET", text[place:end], place, end))
            return
        if symbols.values and not self.brackets and (not self.tokens or self.tokens[-1].type in _BETWEEN):
            raise _not_given(text, place, end)
        limit = replace(self.symbols, undeclared=True) if self.limits else self.symbols
        self.tokens += read_word(text, place, end, limit, self.notes)

    def sign(self, place: int, kind: str) -> None:
        """A single character: brackets are followed, and the index of a sum ends with its body."""
        character = self.text[place]
        if self.declared.values and character in "[]":
            kind = "LLIST" if character == "[" else "RLIST"
        value = character
        binary = self.ends_operand()
        if kind == "BAR":
            self.bar(Token("BAR", value, place, place + 1))
            return
        if kind in _BETWEEN:
            self.bars = [bar for bar in self.bars if bar[1] < len(self.brackets)]
        if kind in _ENDING and binary:
            self.bound = [(index, level) for index, level in self.bound if level < self.level]
        opened = self.brackets[-1][1] if self.brackets else -1
        _follow_brackets(self.text, place, self.brackets)
        self.bars = [bar for bar in self.bars if bar[1] <= len(self.brackets)]
        self.bound = [(index, level) for index, level in self.bound if level <= self.level]
        if kind == "RPAR" and opened in self.cases:
            kind = "ENDCASES"
        if kind == "RBRACE" and opened in self.indexed:
            kind = "RSUB"
        self.tokens.append(Token(kind, value, place, place + 1))

    def ends_operand(self) -> bool:
        """Whether a sign after the last token has something at its left."""
        if not self.tokens or len(self.tokens) == self.body:
            return False
        if self.tokens[-1].type in {"BAR", "NBAR"}:
            return not self.bar_opened
        return self.tokens[-1].type not in _OPERATORS

    def bar(self, token: Token) -> None:
        """A bar of |x| or ‖x‖. Which way it faces `bars` decides; here it matters which signs stand within.

        Where this is guessed wrong, an index is out of its sum, and refused.
        """
        within = (token.type, len(self.brackets))
        self.bar_opened = not (self.bars[-1:] == [within] and self.ends_operand())
        if self.bar_opened:
            self.bars.append(within)
        else:
            self.bars.pop()
            self.bound = [(index, level) for index, level in self.bound if level <= self.level]
        self.tokens.append(token)

    def mathematics(self, place: int) -> int:
        """What stands in formulas only: primes, transposes, norms, cases; `place` itself where there is none."""
        text, character = self.text, self.text[place]
        before = self.tokens[-1] if self.tokens else None
        if (opening := read_operator(text, place, self.symbols)) is not None:
            self.tokens += opening.tokens
            self.limits += opening.limits
            for at, jump in opening.jumps.items():
                self.jumps.setdefault(at, []).append(jump)
            return opening.to
        if character in PRIMES:
            return self.prime(place, before)
        if match := _TRANSPOSE.match(text, place):
            return self.transpose(place, match)
        if match := _NORM.match(text, place):
            self.bar(Token("NBAR", _order(match), place, match.end()))
            return match.end()
        if character == "|" and text[place - 1 : place] == "|" and (match := _ORDER.match(text, place + 1)):
            self.bar(Token("BAR", "|" + _order(match), place, match.end()))
            return match.end()
        if (match := _LAYER.match(text, place)) and (end := self.layer(place, match)) > place:
            return end
        if match := _SUBSCRIPT.match(text, place):
            return self.subscript(place, match)
        return self.case(place)

    def prime(self, place: int, before: Token | None) -> int:
        end = place
        while end < len(self.text) and self.text[end] in PRIMES:
            end += 1
        order = sum(2 if sign == "″" else 1 for sign in self.text[place:end])
        if before is None or before.type != "FUNCTION" or before.end != place:
            if before is None or before.end != place:
                raise FormulaError(NO_PRIMES, self.text, place + 1)
            if not derive(self.text, self.tokens, order, place, self.symbols, self.notes):
                raise FormulaError(NO_PRIMES, self.text, place + 1)
            return end
        if order > MOST_ORDER:
            raise FormulaError(f"Derivatives are read up to order {MOST_ORDER}.", self.text, place + 1)
        self.tokens.append(Token("PRIME", "'" * order, place, end))
        return end

    def transpose(self, place: int, match: re.Match[str]) -> int:
        """xᵀ and x^T; where T is a symbol, x^T is a power of what is a number."""
        before = self.tokens[-1] if self.tokens else None
        letter = match["letter"]
        if letter:
            end = names.scan(self.text, match.start("letter"))
            word = names.canonical_name(self.text[match.start("letter") : end])
            if word != "T" and (self.symbols.is_symbol(word) or "T" in self.declared.declared):
                return place
            if self.symbols.is_symbol("T"):
                array = before is not None and before.type == "NAME" and self.declared.is_array(before.value)
                number = before is not None and before.type in {"NAME", "NUMBER", "CONSTANT"} and not array
                if number:
                    return place
                if not array:
                    raise FormulaError(
                        "'^T' could mean two things, since T is a declared symbol: "
                        "write …ᵀ for the transpose or …^(T) for the power.",
                        self.text,
                        place + 1,
                    )
                self.notes.append("^T is read as the transpose, though T is a declared symbol too.")
        self.tokens.append(Token("TRANSPOSE", "ᵀ", place, match.end()))
        return match.end()

    def layer(self, place: int, match: re.Match[str]) -> int:
        """W^(1) and W^{(1)}, where that is a declared name; the second is never a power."""
        if names.scan(self.text, place) != match.end("stem"):
            return place
        base = f"{names.canonical_name(match['stem'])}^({match['index']})"
        subscript, end = match["subscript"] or "", match.end()
        if names.scan(f"x{subscript}", 0) <= len(subscript):
            subscript, end = "", match.start("subscript")
        if not subscript and self.text.startswith("_{", end) and self.declared.is_array(base):
            return self.indices(place, base, end)
        whole = names.canonical_name(base + subscript)
        if whole in self.declared.declared:
            self.tokens.append(Token("NAME", whole, place, end))
            return end
        if element := read_element(whole, place, end, self.symbols):
            self.tokens += element
            return end
        if base in self.declared.declared and not subscript:
            self.tokens.append(Token("NAME", base, place, end))
            return end
        if match["brace"]:
            raise FormulaError(
                f"'{match[0]}' is not known here ({self.declared.listed()}): (…) in an exponent is a layer. "
                f"For the power write {match['stem']}^{match['index']}.",
                self.text,
                place + 1,
            )
        return place

    def subscript(self, place: int, match: re.Match[str]) -> int:
        """x_{i+1}: an element of an array."""
        name = names.canonical_name(match["stem"])
        brace = match.end() - 1
        if names.scan(self.text, place) > brace or not self.declared.is_array(name):
            return place
        return self.indices(place, name, brace - 1)

    def indices(self, place: int, name: str, end: int) -> int:
        """The name of an array, and `_{` after it."""
        _follow_brackets(self.text, end + 1, self.brackets)
        self.indexed.add(end + 1)
        self.tokens.append(Token("NAME", name, place, end))
        self.tokens.append(Token("LSUB", "_", end, end + 2))
        return end + 2

    def case(self, place: int) -> int:
        """Cases: `cases(x if x > 0; 0 otherwise)`."""
        text = self.text
        if (match := _CASES.match(text, place)) and "cases" not in self.declared.declared:
            self.tokens.append(Token("CASES", "cases", place, match.end()))
            _follow_brackets(text, match.end() - 1, self.brackets)
            self.cases.add(match.end() - 1)
            return match.end()
        if not self.brackets or self.brackets[-1][1] not in self.cases:
            return place
        if match := _IF.match(text, place):
            kind, value = ("CELL", "if") if match[0] == "if" else ("OTHERWISE", "otherwise")
            if kind == "OTHERWISE":
                self.tokens.append(Token("CELL", "if", place, match.end()))
            self.tokens.append(Token(kind, value, place, match.end()))
            return match.end()
        if match := _RELATION.match(text, place):
            value = _RELATIONS.get(match[0], match[0])
            self.tokens.append(Token("RELATION", value, place, match.end()))
            return match.end()
        if text[place] == ";":
            self.bound = [(index, level) for index, level in self.bound if level != self.level]
            self.tokens.append(Token("ROW", ";", place, place + 1))
            return place + 1
        return place


def _order(match: re.Match[str]) -> str:
    """The order of a norm: 1, 2, F or inf."""
    order = "".join(part for part in match.groups() if part)
    return {"₁": "1", "₂": "2", "∞": "inf"}.get(order, order)


def _superscript(text: str, place: int) -> Token:
    end = place
    while end < len(text) and text[end] in SUPERSCRIPTS:
        end += 1
    digits = "".join(SUPERSCRIPTS[sign] for sign in text[place:end])
    if not re.fullmatch(r"[-+]?[0-9]+", digits):
        raise FormulaError("A superscript is a whole number, as in x² or x⁻¹.", text, place + 1)
    return Token("SUPERSCRIPT", digits, place, end)


def _follow_brackets(text: str, place: int, brackets: list[tuple[str, int]]) -> None:
    character = text[place]
    if character in "([{":
        if len(brackets) == MOST_BRACKETS:
            raise FormulaError(f"Brackets are nested more than {MOST_BRACKETS} deep here.", text, place + 1)
        brackets.append((character, place))
    elif character in _CLOSERS:
        opener = _CLOSERS[character]
        if not brackets:
            raise FormulaError(f"This '{character}' closes nothing: no '{opener}' is open.", text, place + 1)
        opened, origin = brackets.pop()
        if opened != opener:
            message = f"This '{character}' does not close the '{opened}' of column {column_of(text, origin)}."
            raise FormulaError(message, text, place + 1)


def _unclosed(text: str, tokens: list[Token], brackets: list[tuple[str, int]]) -> FormulaError:
    opened, origin = brackets[-1]
    closer = next(closer for closer, opener in _CLOSERS.items() if opener == opened)
    last = tokens[-1]
    missing = f"a '{closer}' is missing: the '{opened}' of column {column_of(text, origin)} is never closed"
    if last.type in {"PLUS", "MINUS", "TIMES", "DIVIDE", "POWER", "COMMA", "FUNCTION", "EQUALS"}:
        written = text[last.start : last.end]
        missing = f"something is missing after '{written}', and {missing}"
    elif last.start == origin:
        missing = f"nothing follows '{opened}', and {missing}"
    return FormulaError(f"The text ends too early: {missing}.", text, len(text.rstrip()) + 1)


def _not_given(text: str, place: int, end: int) -> FormulaError:
    message = f"A '=' is missing after '{excerpt(text[place:end])}': write name=number."
    return FormulaError(message, text, end + 1)


def _stray(text: str, place: int, values: bool) -> FormulaError:
    character = text[place]
    if values and character == "'":
        message = "Quotation marks have no place in a number."
    elif character in _ONLY_IN_VALUES:
        message = _ONLY_IN_VALUES[character]
    elif character in _STRAY:
        message = _STRAY[character].format(character)
    else:
        name = unicodedata.name(character, "a control character")
        message = f"'{shown(character)}' (U+{ord(character):04X}, {name}) has no meaning in a formula."
        if character.isalpha():
            message += " Names are made of Latin and Greek letters."
    return FormulaError(message, text, place + 1)
