"""Typed text to the terminals of the grammar.

Everything that depends on what is declared, or on single characters, is settled here: words, numbers,
superscripts, and which way each bar of |x| faces. Another notation (LaTeX) needs only to
produce the same tokens.
"""

from __future__ import annotations

import re
import unicodedata

from gradlab.notation import bars, names
from gradlab.notation.error import FormulaError, column_of, excerpt, shown
from gradlab.notation.words import NO_PRIMES, PRIMES, SUPERSCRIPTS, Names, Token, read_word

MOST_BRACKETS = 150
"""How deep brackets may be nested."""

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_EQUALS = re.compile(r"\s*=")
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
}
_BETWEEN = {"COMMA", "SEMICOLON"}
_CLOSERS = {")": "(", "}": "{", "]": "["}
_ONLY_IN_VALUES = {
    "[": "Square brackets are not read in formulas: group with (…).",
    "]": "Square brackets are not read in formulas: group with (…).",
    ";": "A formula is one expression, without ';'.",
    "=": "A formula is one expression, without '='; a claim is written as 'name: formula'.",
}
_STRAY = {
    **dict.fromkeys(PRIMES, NO_PRIMES),
    **dict.fromkeys('"“”„‘’`´', "Quotation marks have no place in a formula: take '{0}' away."),
    "∂": "Derivatives (∂/∂x) are not read in formulas yet: write the derivative out.",
    "∇": "Gradients (∇) are not read in formulas yet: write the derivative out.",
    **dict.fromkeys("∑∏∫", "'{0}' is not read in formulas yet: write it out, or give a Python function."),
    **dict.fromkeys("@⊙∘", "Matrix products ('{0}') are not read in formulas yet: give a Python function."),
    **dict.fromkeys("ᵀ⊤", "Transposes are not read in formulas yet: give a Python function."),
    "‖": "Norms ‖x‖ are not read in formulas yet; the absolute value is |x| or abs(x).",
    "\\": "LaTeX ('\\') is not read in formulas yet: write for example (a)/(b), sqrt(x), sigma(z).",
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
    tokens: list[Token] = []
    brackets: list[tuple[str, int]] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace():
            place += 1
            continue
        if number := _NUMBER.match(text, place):
            end = number.end()
            if text.startswith("_", end):
                raise FormulaError("Numbers are written without '_'.", text, end + 1)
            tokens.append(Token("NUMBER", number[0], place, end))
        elif (end := names.scan(text, place)) > place:
            if symbols.values and _EQUALS.match(text, end):
                tokens.append(Token("TARGET", text[place:end], place, end))
            else:
                if symbols.values and not brackets and (not tokens or tokens[-1].type in _BETWEEN):
                    raise _not_given(text, place, end)
                tokens += read_word(text, place, end, symbols, notes)
        elif character in SUPERSCRIPTS:
            token = _superscript(text, place)
            tokens.append(token)
            end = token.end
        elif unicodedata.name(character, "").startswith("VULGAR FRACTION "):
            end = place + 1
            tokens.append(Token("NUMBER", character, place, end))
        elif character == "√":
            end = place + 1
            tokens.append(Token("FUNCTION", "sqrt", place, end))
        elif text.startswith("**", place):
            end = place + 2
            tokens.append(Token("POWER", "^", place, end))
        elif character in _SIGNS and (symbols.values or character not in _ONLY_IN_VALUES):
            end = place + 1
            _follow_brackets(text, place, brackets)
            tokens.append(Token(_SIGNS[character], character, place, end))
        else:
            raise _stray(text, place, symbols.values)
        place = end
    if brackets:
        raise _unclosed(text, tokens, brackets)
    return bars.face(text, tokens)


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
