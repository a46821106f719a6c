"""What a typed word means: a symbol, a function, a constant, or several of them in a row.

A word is read whole where it can be: as a declared symbol, then as a function, then as a constant.
Otherwise it may be a product typed without blanks, as `wx`, `2xe^x`, `xsin(y)` or `sinx`; it is taken
for one only if that can be done in exactly one way, and the formula's notes say that it was done.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gradlab.notation import names
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.functions import CONSTANTS, FUNCTIONS
from gradlab.notation.scope import Definition, Scope, Shape
from gradlab.notation.tree import Node, called, free_names

UNREAD = {"product", "grad", "nabla", "det", "inv", "int", "lim", "logsumexp"}
"""Words of mathematics that are known, and not read."""

_SUBSCRIPTED = re.compile(r"^(?P<stem>[^\W\d_]+(?:\^\([0-9]+\))?)(?:_(?P<letters>\w+)|(?P<digits>[0-9]+))$")
_ACCENTED = re.compile(r"^(?P<stem>[^\W\d_]+_[^\W\d_]+)(?:_(?P<letters>[^\W_]+)|(?P<digits>[0-9]+))$")
"""An element of y_hat."""

_IDENTITY = re.compile(r"I(?:[1-9][0-9]?|_[a-z])?")

_LONGEST_PART = 16
"""Characters in one of the names within a word; it bounds the work that a long word makes."""

PRIMES = "'′″"
NO_PRIMES = "A prime stands directly after a function, as in σ'(z) or f'(x); this one does not."

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
"""Superscript character to what it stands for."""


class Token(NamedTuple):
    """What the grammar is fed with. `type` is a terminal of the grammar; text[start:end] is the place."""

    type: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Names:
    """What is declared, by canonical name."""

    declared: dict[str, str] = field(default_factory=dict)
    """Symbols and quantities: the name as declared."""
    values: bool = False
    """True where a number is read, in which no symbol can stand."""
    shapes: dict[str, Shape | None] = field(default_factory=dict)
    """Of the symbols and quantities; None (or nothing) where no shapes are declared."""
    functions: dict[str, Definition] = field(default_factory=dict)
    """Functions that were defined; they come before those of the table."""
    definitions: dict[str, Definition] = field(default_factory=dict)
    """All that was defined, quantities and functions, in order."""
    bound: frozenset[str] = frozenset()
    """The indices of the sums around."""
    undeclared: bool = False
    """Whether a symbol may be undeclared, where it is clear which one it is."""
    unsaid: frozenset[str] = frozenset()
    """Symbols that are numbers only because nothing says otherwise."""
    defining: str = ""
    """What is being defined, so that it can't be used yet."""

    @classmethod
    def declare(cls, given: Collection[str] | Mapping[str, Shape] | Scope) -> Names:
        """Raises `FormulaError` where two of the given names are the same when read."""
        symbols = given.names if isinstance(given, Scope) else given
        definitions = given.definitions if isinstance(given, Scope) else {}
        declared: dict[str, str] = {}
        shapes: dict[str, Shape | None] = {}
        for name in symbols:
            canonical = names.canonical_name(name)
            if canonical in declared and declared[canonical] != name:
                message = f"{declared[canonical]} and {name} are the same name when read; rename one."
                raise FormulaError(message)
            declared[canonical] = name
            if isinstance(symbols, Mapping):
                shapes[canonical] = symbols[name]
        functions = {}
        for name, definition in definitions.items():
            if definition.is_function:
                functions[name] = definition
            else:
                declared[name] = names.printed(name)
                shapes[name] = definition.shape
        unsaid = given.unsaid if isinstance(given, Scope) else frozenset()
        return cls(declared, shapes=shapes, functions=functions, definitions=dict(definitions), unsaid=unsaid)

    @property
    def shaped(self) -> bool:
        """Whether shapes are declared, so that a name without one is a number."""
        return bool(self.shapes) or not self.declared

    def binding(self, indices: frozenset[str]) -> Names:
        """The same within sums over these indices."""
        return self if indices == self.bound else replace(self, bound=indices)

    def is_symbol(self, canonical: str) -> bool:
        """Whether a name stands for a number or an array: a symbol, a quantity or an index."""
        return canonical in self.declared or canonical in self.bound

    def is_array(self, canonical: str) -> bool:
        """Whether a name is declared with a shape that is no number's."""
        return canonical in self.declared and bool(self.shapes.get(canonical))

    def depends(self, node: Node, name: str) -> bool:
        """Whether the value of a tree may depend on a name, through definitions too."""
        pending = [node]
        seen: set[str] = set()
        while pending:
            tree = pending.pop()
            for one in (free_names(tree) | called(tree)) - seen:
                if one == name:
                    return True
                seen.add(one)
                if one in self.definitions:
                    pending.append(self.definitions[one].body)
        return False

    def is_identity(self, canonical: str) -> bool:
        """Whether a name is the identity matrix: I and I_3 among arrays, where nothing else has that name."""
        return (
            bool(_IDENTITY.fullmatch(canonical))
            and not self.values
            and not self.is_symbol(canonical)
            and "I" not in self.declared
            and any(self.shapes.values())
        )

    def argument(self, name: str) -> str:
        """The one name that a function or a quantity was said to be a function of; "" where there are more, or none."""
        definition = self.definitions.get(name)
        arguments = (definition.parameters or definition.arguments) if definition is not None else ()
        return arguments[0] if len(arguments) == 1 and arguments[0] in self.declared else ""

    def listed(self) -> str:
        """The declared names, for a sentence."""
        if not self.declared:
            return "no names are known"
        given = sorted(self.declared.values())
        return "known: " + ", ".join(given[:12]) + (", …" if len(given) > 12 else "")


class _Part(NamedTuple):
    type: str
    value: str
    length: int


def read_word(text: str, start: int, end: int, symbols: Names, notes: list[str]) -> list[Token]:
    """The tokens of the word text[start:end]; what had to be assumed is added to `notes`."""
    word = text[start:end]
    if len(word) > names.LONGEST:
        message = f"A name has at most {names.LONGEST} characters; '{excerpt(word, 12)}' has {len(word)}."
        raise FormulaError(message, text, start + 1)
    rest = text[end : end + 200].lstrip()
    called = rest.startswith(("(", "{", *PRIMES))
    canonical = names.canonical_name(word)
    known = FUNCTIONS.get(canonical)
    if canonical in symbols.functions:
        return [Token("FUNCTION", canonical, start, end)]
    if canonical in symbols.bound or (
        canonical in symbols.declared and (known is None or not called or canonical == "sigma")
    ):
        return [_symbol("NAME", canonical, word, start, called, notes)]
    if element := read_element(canonical, start, end, symbols):
        return element
    if known is not None:
        if canonical in symbols.declared:
            notes.append(
                f"{word}(…) is read as the function, though {word} is a declared symbol too: "
                f"write {word}·(…) for the product."
            )
        notes += [
            f"{word} is read as one function, not as {_spaced(word, way)}."
            for way in _split(word, symbols, called, powered=False)
            if len(way) > 1 and any(part.type == "FUNCTION" for part in way)
        ]
        return [_function(canonical, start, end, notes)]
    if symbols.is_identity(canonical):
        return [Token("CONSTANT", canonical, start, end)]
    if canonical in CONSTANTS:
        return [_symbol("CONSTANT", canonical, word, start, called, notes)]
    ways = _split(word, symbols, called, powered=rest[:1] in ("^", *SUPERSCRIPTS) or rest[:2] == "**")
    if symbols.undeclared and not ways:
        return [_undeclared(text, start, end, canonical, called)]
    if not ways:
        raise _unknown(text, start, end, symbols, called)
    if len(ways) > 1:
        first, second = (_spaced(word, way) for way in ways)
        raise FormulaError(
            f"'{word}' can be read as {first} or as {second}: write the one that you mean.", text, start + 1
        )
    notes.append(f"{word} is read as {_spaced(word, ways[0])}.")
    tokens = []
    for part in ways[0]:
        stop = start + part.length
        if part.type == "FUNCTION":
            tokens.append(_function(part.value, start, stop, notes))
        elif part.type == "NUMBER":
            tokens.append(Token("NUMBER", part.value, start, stop))
        else:
            piece = text[start:stop]
            tokens.append(_symbol(part.type, part.value, piece, start, called and stop == end, notes))
        start = stop
    return tokens


def _undeclared(text: str, start: int, end: int, canonical: str, called: bool) -> Token:
    """A symbol that is not declared. Raises `FormulaError` where it may be several, or a function."""
    word = excerpt(text[start:end])
    if called and text[end : end + 1] in {"(", *PRIMES}:
        message = f"'{word}' is not declared: a function is defined first, as in {word}(x) = …; for a product write {word}*(…)."
        raise FormulaError(message, text, start + 1)
    if not names.is_single(canonical):
        message = (
            f"'{word}' is not declared, and may be one symbol or a product of several: "
            f"declare it, or write the product with blanks."
        )
        raise FormulaError(message, text, start + 1)
    return Token("NAME", canonical, start, end)


def read_element(canonical: str, start: int, end: int, symbols: Names) -> list[Token]:
    """x_i, x_1, W_ij: an element of a declared array, where the word is no name itself; or nothing."""
    for match in filter(None, (pattern.match(canonical) for pattern in (_SUBSCRIPTED, _ACCENTED))):
        subscript, axes = match["letters"] or match["digits"], len(symbols.shapes.get(match["stem"]) or ())
        indices = [subscript] if axes == 1 else list(subscript)
        known = all(index in symbols.bound or index.isdecimal() for index in indices)
        if known and symbols.is_array(match["stem"]):
            return _element(match["stem"], indices, start, end)
    return []


def _element(stem: str, indices: list[str], start: int, end: int) -> list[Token]:
    tokens = [Token("NAME", stem, start, end), Token("LSUB", "_", start, end)]
    for place, index in enumerate(indices):
        if place:
            tokens.append(Token("COMMA", ",", start, end))
        tokens.append(Token("NUMBER" if index.isdecimal() else "NAME", index, start, end))
    return [*tokens, Token("RSUB", "", start, end)]


def _symbol(kind: str, canonical: str, word: str, start: int, called: bool, notes: list[str]) -> Token:
    if kind == "NAME":
        notes += _shadowed(canonical)
    if called:
        what = "a declared symbol" if kind == "NAME" else "a number"
        notes.append(f"{word}(…) is read as a product, since {word} is {what}.")
    return Token(kind, canonical, start, start + len(word))


def _function(alias: str, start: int, end: int, notes: list[str]) -> Token:
    function = FUNCTIONS[alias]
    if alias in function.noted:
        notes.append(function.note)
    return Token("FUNCTION", function.name, start, end)


def _shadowed(canonical: str) -> list[str]:
    if canonical == "e":
        return ["e is the declared symbol here, not Euler's number: write exp(…) for the exponential."]
    if canonical == "pi":
        return ["π is the declared symbol here, not the number 3.14159…."]
    if canonical == "sigma":
        return ["σ is the declared symbol here, not the logistic function: write sigmoid(…) for that."]
    if canonical in FUNCTIONS:
        return [f"{canonical} is the declared symbol here, not the function."]
    return []


def _split(word: str, symbols: Names, called: bool, powered: bool) -> list[tuple[_Part, ...]]:
    """The ways (two at most are sought) to read a word as several symbols, functions and constants."""
    ways: list[list[tuple[_Part, ...]]] = [[] for _ in word] + [[()]]
    for start in range(len(word) - 1, -1, -1):
        for end in range(min(len(word), start + _LONGEST_PART), start, -1):
            if not ways[end]:
                continue
            last = end == len(word)
            part = _part(word, start, end, symbols, powered=powered and last)
            if part is None or (part.type == "FUNCTION" and called and not last):
                continue
            following = ways[end]
            if part.type == "FUNCTION" and not last and names.is_digit(word[end]):
                following = [way for way in following if way[0].type == "NUMBER"]
            elif not last:
                following = [way for way in following if way[0].type != "NUMBER"]
            ways[start] = (ways[start] + [(part, *way) for way in following])[:2]
    return [way for way in ways[0] if way[0].type != "NUMBER"]


def _part(word: str, start: int, end: int, symbols: Names, powered: bool) -> _Part | None:
    piece, length = word[start:end], end - start
    if piece.isascii() and piece.isdecimal():
        # Only after a function, as in sin2x; `_split` sees to that.
        return _Part("NUMBER", piece, length) if end < len(word) and names.is_letter(word[end]) else None
    if names.scan(piece, 0) != length:
        return None
    canonical = names.canonical_name(piece)
    # A subscript of letters goes on to the end of the word: w_ab is not w_a·b.
    _, underscore, subscript = piece.rpartition("_")
    open_subscript = underscore and not piece.endswith("}") and not subscript.isdecimal()
    bounded = end == len(word) or (names.is_letter(word[end]) and not open_subscript)
    if symbols.is_symbol(canonical):
        return _Part("NAME", canonical, length) if bounded and names.is_single(canonical) else None
    if canonical in FUNCTIONS:
        return _Part("FUNCTION", canonical, length) if bounded or names.is_digit(word[end]) else None
    if canonical == "pi" or (canonical == "e" and powered):
        return _Part("CONSTANT", canonical, length) if bounded else None
    return None


def _spaced(word: str, way: tuple[_Part, ...]) -> str:
    """`w·x`, `sin x`, `x·sin`."""
    written, start = "", 0
    for before, part in zip((None, *way), way, strict=False):
        if before is not None:
            written += " " if before.type == "FUNCTION" else "·"
        written += word[start : start + part.length]
        start += part.length
    return written


def _unknown(text: str, start: int, end: int, symbols: Names, called: bool) -> FormulaError:
    word = text[start:end]
    functions = {name: name for name in (*FUNCTIONS, *symbols.functions)}
    canonical = names.canonical_name(word)
    if symbols.values and word.lower() in {"nan", "inf", "infinity"}:
        message = "NaN and infinity are not values at which a function can be differentiated."
    elif symbols.values:
        message = f"'{word}' is not a number; a value is a number (0.5, 1/3, pi/4) or a list of numbers."
    elif canonical == symbols.defining:
        message = f"'{word}' is what is being defined here: a definition can use only what stands before it."
    elif (operation := word.partition("_")[0]) in UNREAD:
        message = f"'{operation}' is not read in formulas: write it out, or give a Python function."
    elif called:
        close = _closest(word, functions) or _closest(word, symbols.declared)
        message = f"'{word}' is not a function that is known here ({symbols.listed()})." + close
    else:
        close = _closest(word, symbols.declared) or _closest(word, functions)
        message = f"'{word}' is not known here ({symbols.listed()})." + close
        numbered = re.fullmatch(r"(\D+?)(\d+)", canonical)
        if numbered and numbered[1] in symbols.declared:
            stem, digits = symbols.declared[numbered[1]], numbered[2]
            message += f" For the product write {digits}{stem}, for the power {stem}^{digits}."
    return FormulaError(message, text, start + 1)


def _closest(word: str, known: Mapping[str, str]) -> str:
    canonical = names.canonical_name(word)
    matches = [name for name in known if name.lower() == canonical.lower()]
    matches = matches or difflib.get_close_matches(canonical, known, n=1, cutoff=0.7)
    return f" Did you mean {known[matches[0]]}?" if matches else ""
