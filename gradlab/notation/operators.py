"""Typed operators that bind a name: d/dx, ∂L/∂w, ∇_w, sum_{i=1}^{n}, and the index in x_{i+1}.

Each is recognised at its place in the text, and made the tokens that another notation makes of it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from gradlab.notation import names
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.words import SUPERSCRIPTS, Names, Token, read_element

_POWER = re.compile(r"\s*(?:\^\s*(?:([0-9])|\{\s*([0-9])\s*\})|([²³]))")
_OVER = re.compile(r"\s*[/∕⁄]\s*")
_BIG = re.compile(r"(?:(sum)|(prod)|([∑Σ])|([∏Π]))(?=\s*_)")
_LAYERED = re.compile(
    r"(?P<plain>[A-Za-zα-ωΑ-Ω]{1,64}+\^(?:\([0-9]{1,3}\)|\{\([0-9]{1,3}\)\}))(?:_[A-Za-z0-9]{1,40})?"
)
_INDEX = re.compile(r"\s*=\s*")
_RANGED = re.compile(r"\s*_\{\s*\w+\s*=")
_NUMBER = re.compile(r"[0-9]+")
_PAIRS = {"(": ")", "{": "}", "[": "]"}
MOST_ORDER = 4
"""The highest order of a derivative."""


@dataclass(frozen=True)
class Jump:
    """What is to be emitted when the text has been read as far as a place, and where to go on."""

    tokens: tuple[Token, ...]
    to: int
    bind: str = ""
    """The index that is bound from there on."""


@dataclass(frozen=True)
class Opening:
    """The tokens with which an operator begins, where the text goes on, and what is to come at later places."""

    tokens: tuple[Token, ...]
    to: int
    jumps: dict[int, Jump]
    limits: bool = False
    """Whether the limits of a sum come first."""


def read_operator(text: str, place: int, symbols: Names) -> Opening | None:
    """The operator that begins at text[place], if one does. Raises `FormulaError` where it is not clear."""
    character = text[place]
    if character == "∇":
        return _nabla(text, place, symbols)
    if character in "∂d" and (opening := _derivative(text, place, symbols)) is not None:
        return opening
    if character == "∂":
        raise FormulaError("Write a derivative as ∂/∂x[…], ∂L/∂x or d/dx[…].", text, place + 1)
    if character in "sp∑Σ∏Π" and (match := _BIG.match(text, place)):
        end = names.scan(text, place)
        declared = end > place and names.canonical_name(text[place:end].rstrip("_")) in symbols.declared
        # sum_{i} is an element of an array of that name; sum_{i=1}^{n} is none.
        ranged = _RANGED.match(text, match.end()) is not None
        return None if declared and not ranged else _big(text, place, match, symbols)
    if character in "∑∏":
        _refuse("Write the index of a sum, as in ∑_i x_i or ∑_{i=1}^{n} x_i.", text, place)
    return None


def matching(text: str, place: int) -> int | None:
    """The place of the bracket that closes the one at text[place]; None where there is none."""
    open_ones: list[str] = []
    for at in range(place, len(text)):
        character = text[at]
        if character in _PAIRS:
            open_ones.append(_PAIRS[character])
        elif character in _PAIRS.values():
            if open_ones.pop() != character:
                return None
            if not open_ones:
                return at
    return None


# Derivatives


def _scan(text: str, start: int, symbols: Names) -> int:
    """Where the name that begins at `start` ends: W^(1) is one where it is declared."""
    match = _LAYERED.match(text, start)
    ends = [match.end(), match.end("plain")] if match else []
    declared = (end for end in ends if names.canonical_name(_unbraced(text[start:end])) in symbols.declared)
    return next(declared, names.scan(text, start))


def _unbraced(word: str) -> str:
    """W^{(1)} as W^(1)."""
    return word.replace("^{(", "^(").replace(")}", ")")


def _nabla(text: str, place: int, symbols: Names) -> Opening:
    start = place + 1
    end = names.scan(text, start)
    if end > start and (name := symbols.argument(names.canonical_name(text[start:end]))):
        return Opening((Token("DERIVATIVE", name, place, start),), start, {})
    if text[start : start + 1] == "_":
        inner = start + 1 + (text[start + 1 : start + 2] == "{")
        end = _scan(text, inner, symbols)
        closed = inner == start + 1 or text[end : end + 1] == "}"
        if end > inner and closed:
            name = _variable(text, inner, end, symbols)
            end += inner > start + 1
            return Opening((Token("DERIVATIVE", name, place, end),), end, {})
    return _refuse("Write a gradient with the name to derive by: ∇_w L.", text, place)


def _derivative(text: str, place: int, symbols: Names) -> Opening | None:
    sign = text[place]
    end = names.scan(text, place) if sign == "d" else place + 1
    if sign == "d" and names.canonical_name(text[place:end]) in symbols.declared and end > place + 1:
        return None
    order, start = _order(text, place + 1)
    if _OVER.match(text, start):
        numerator = None
    else:
        numerator = _numerator(text, start, symbols)
        if numerator is None:
            return None
    over = _OVER.match(text, start if numerator is None else numerator)
    if over is None:
        return None
    found = _denominator(text, over.end(), sign, symbols)
    if found is None:
        return None
    variables, stop = found
    if sign == "d" and "d" in symbols.declared:
        name = text[over.end() : stop]
        _refuse(
            f"d is a declared symbol, so that '{excerpt(text[place:stop])}' could mean two things: "
            f"write ∂/∂{name[1:]} for the derivative, or d/(d*{name[1:]}).",
            text,
            place,
        )
    if len(variables) != order:
        _refuse(
            f"This derivative is of order {order} above and {len(variables)} below the line.",
            text,
            place,
        )
    operators = tuple(Token("DERIVATIVE", name, place, stop) for name in variables)
    if numerator is None:
        return Opening(operators, stop, {})
    opened = (Token("LPAR", "(", place, stop), *operators, Token("LPAR", "(", place, stop))
    closed = (Token("RPAR", ")", place, stop), Token("RPAR", ")", place, stop))
    if (function := _bare_function(text, start, numerator, symbols)) is not None:
        return Opening((*opened, *function, *closed), stop, {})
    return Opening(opened, start, {numerator: Jump(closed, stop)})


def _order(text: str, place: int) -> tuple[int, int]:
    """The order that stands behind a d or a name, and the place after it."""
    match = _POWER.match(text, place)
    if match is None:
        return 1, place
    order = int(match[1] or match[2] or SUPERSCRIPTS[match[3]])
    if not 1 <= order <= MOST_ORDER:
        _refuse(f"Derivatives are read up to order {MOST_ORDER}.", text, place)
    return order, match.end()


def _numerator(text: str, start: int, symbols: Names) -> int | None:
    """The end of what is derived, in ∂L/∂w, ∂(wx + b)/∂w or ∂σ(z)/∂z."""
    if text[start : start + 1] in {"(", "["}:
        close = matching(text, start)
        return None if close is None else close + 1
    end = _scan(text, start, symbols)
    if end == start:
        return None
    after = end
    while text[after : after + 1] in {"'", "′", "″"} and after < len(text):
        after += 1
    if text[after : after + 1] == "(":
        close = matching(text, after)
        return None if close is None else close + 1
    return end


def _bare_function(text: str, start: int, end: int, symbols: Names) -> tuple[Token, ...] | None:
    """f in df/dx is f(x), by its own parameters; None for what is no function."""
    word = text[start:end]
    if names.scan(text, start) != end or names.canonical_name(word) not in symbols.functions:
        return None
    definition = symbols.functions[names.canonical_name(word)]
    missing = [name for name in definition.parameters if name not in symbols.declared]
    if missing:
        listed = ", ".join(map(names.printed, definition.parameters))
        _refuse(f"{word} is a function of {listed}: write {word}(…) with its argument.", text, start)
    tokens = [Token("FUNCTION", definition.name, start, end), Token("LPAR", "(", start, end)]
    for place, name in enumerate(definition.parameters):
        if place:
            tokens.append(Token("COMMA", ",", start, end))
        tokens.append(Token("NAME", name, start, end))
    return (*tokens, Token("RPAR", ")", start, end))


def _denominator(text: str, place: int, sign: str, symbols: Names) -> tuple[list[str], int] | None:
    """The variables below the line, each as often as it is derived by, and the place after them."""
    variables: list[str] = []
    while text[place : place + 1] == sign:
        end = names.scan(text, place + (sign == "∂"))
        start = place + 1
        while sign == "∂" and text[start : start + 1].isspace():
            start += 1
        end = _scan(text, start, symbols)
        if end == start:
            return None
        if sign == "d":
            canonical = names.canonical_name(_unbraced(text[start:end]))
            if names.canonical_name("d" + _unbraced(text[start:end])) in symbols.declared:
                return None
            if not symbols.undeclared and canonical not in symbols.declared and not variables:
                return None
        name = _variable(text, start, end, symbols)
        order, place = _order(text, end)
        variables += [name] * order
        blank = re.compile(r"\s*").match(text, place)
        if (
            sign == "∂"
            and blank
            and text[blank.end() : blank.end() + 1] == "∂"
            and not _is_operator(text, blank.end())
        ):
            place = blank.end()
    return (variables, place) if variables else None


def _is_operator(text: str, place: int) -> bool:
    """Whether the ∂ at a place begins a derivative of its own."""
    _, start = _order(text, place + 1)
    if _OVER.match(text, start):
        return True
    end = names.scan(text, start)
    return end > start and _OVER.match(text, end) is not None and text[_over_end(text, end) :][:1] == "∂"


def _over_end(text: str, place: int) -> int:
    match = _OVER.match(text, place)
    return place if match is None else match.end()


def _variable(text: str, start: int, end: int, symbols: Names) -> str:
    word = text[start:end]
    canonical = names.canonical_name(_unbraced(word))
    if canonical not in symbols.declared and (element := read_element(canonical, start, end, symbols)):
        below = ",".join(token.value for token in element[1:] if token.type in {"NUMBER", "NAME"})
        return f"{element[0].value}:{below}"
    if canonical in symbols.bound:
        _refuse(f"{excerpt(word)} is the index of a sum, by which nothing is derived.", text, start)
    if canonical in symbols.declared or (symbols.undeclared and names.is_single(canonical)):
        return canonical
    return _refuse(
        f"'{excerpt(word)}' is not known here, so that nothing can be derived by it ({symbols.listed()}).",
        text,
        start,
    )


# Sums and products over an index


def _big(text: str, place: int, match: re.Match[str], symbols: Names) -> Opening:
    operation = "sum" if match[1] or match[3] else "prod"
    form = f"Write it as {match[0]}_{{i=1}}^{{n}}."
    at = text.index("_", match.end()) + 1
    close = None
    if text[at : at + 1] == "{":
        close = matching(text, at)
        if close is None:
            _refuse(f"A '}}' is missing after this '{{'. {form}", text, at)
        at += 1
    end = names.scan(text, at)
    if end == at:
        _refuse(f"The index is missing. {form}", text, at)
    index = _index(text, at, end, symbols)
    lower = (end, end)
    if close is not None:
        equals = _INDEX.match(text, end)
        if equals is not None:
            lower = (equals.end(), close)
        if lower[0] == lower[1] and (equals is not None or text[end:close].strip()):
            _refuse(f"The index and where it begins are not clear. {form}", text, at)
        end = close + 1
    elif _INDEX.match(text, end):
        _refuse(f"Put where the index begins in braces. {form}", text, at)
    upper, after = _upper(text, end, form)
    return _with_limits(
        text, (place, end), Token("BIG", f"{operation}:{index}", place, end), lower, upper, after
    )


def _index(text: str, start: int, end: int, symbols: Names) -> str:
    word = text[start:end]
    index = names.canonical_name(word)
    if not names.is_single(index):
        _refuse(f"An index is one letter, and '{excerpt(word)}' is not.", text, start)
    if index in symbols.bound:
        _refuse(f"{word} is already the index of the sum around: take another letter.", text, start)
    if index in symbols.declared or index in symbols.functions:
        _refuse(f"{word} is a declared name, and can't be an index too: take another letter.", text, start)
    return index


def _upper(text: str, place: int, form: str) -> tuple[tuple[int, int], int]:
    """The place of the upper limit, and the place after it."""
    while text[place : place + 1].isspace() and text[place:].lstrip().startswith("^"):
        place += 1
    if text[place : place + 1] != "^":
        return (place, place), place
    place += 1
    if text[place : place + 1] == "{":
        close = matching(text, place)
        if close is None or not text[place + 1 : close].strip():
            _refuse(f"The upper limit is not clear. {form}", text, place)
        return (place + 1, close), close + 1
    number = _NUMBER.match(text, place)
    end = number.end() if number else names.scan(text, place)
    if end == place:
        _refuse(f"The upper limit is not clear. {form}", text, place)
    return (place, end), end


def _with_limits(
    text: str,
    ends: tuple[int, int],
    big: Token,
    lower: tuple[int, int],
    upper: tuple[int, int],
    after: int,
) -> Opening:
    left, right = Token("LBRACE", "{", *ends), Token("RBRACE", "}", *ends)
    index = big.value.partition(":")[2]
    has_lower, has_upper = lower[0] < lower[1], upper[0] < upper[1]
    begin: tuple[Token, ...] = (big, left)
    jumps: dict[int, Jump] = {}
    if not has_lower:
        begin += (right, left)
    if not has_upper:
        last = (right,) if not has_lower else (right, left, right)
        if not has_lower:
            # Nothing is left to read: the index is bound at once.
            return Opening((*begin, right), after, {after: Jump((), after, index)}, limits=True)
        jumps[lower[1]] = Jump(last, after, index)
        return Opening(begin, lower[0], jumps, limits=True)
    if has_lower:
        jumps[lower[1]] = Jump((right, left), upper[0])
    jumps[upper[1]] = Jump((right,), after, index)
    return Opening(begin, lower[0] if has_lower else upper[0], jumps, limits=True)


def _refuse(message: str, text: str, place: int) -> NoReturn:
    raise FormulaError(message, text, place + 1)
