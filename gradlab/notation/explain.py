"""Why a token can't follow the one before it, as a sentence."""

from __future__ import annotations

from itertools import pairwise

from gradlab.notation.error import excerpt
from gradlab.notation.operators import matching
from gradlab.notation.words import Token

_OPERATORS = {"PLUS", "MINUS", "TIMES", "DIVIDE", "MATMUL", "HADAMARD", "POWER", "EQUALS", "RELATION"}
_OPENERS = {"LPAR", "LBRACE", "LBRACKET", "LBAR", "LNORM", "LLIST", "LSUB", "CASES", "MATRIX"}
_CLOSERS = {"RPAR", "RBRACE", "RBRACKET", "RBAR", "RNORM", "RLIST", "RSUB", "ENDCASES", "ENDMATRIX"}
_OPERANDS = {"NUMBER", "NAME", "CONSTANT", "SUPERSCRIPT", "TRANSPOSE", *_CLOSERS}


def unexpected(text: str, tokens: list[Token], place: int) -> str:
    """The sentence for tokens[place], or for the end of the text if place is len(tokens)."""
    before = tokens[place - 1] if place else Token("", "", 0, 0)
    token = tokens[place] if place < len(tokens) else Token("END", "", len(text), len(text))
    left, right = excerpt(text[before.start : before.end]), excerpt(text[token.start : token.end])
    values = any(token.type == "TARGET" for token in tokens) or tokens[0].type == "LLIST"
    return (
        _bare_function(text, tokens, place)
        or _function(before, token, left, right, inner=place > 1 and tokens[place - 2].type == "POWER")
        or _powered_function(text, tokens[max(place - 3, 0) : place])
        or _binding(before, token, left, right)
        or (_in_values(before, token, left, right) if values else "")
        or _operand_missing(before, token, left, right)
        or _neighbours(before, token, left, right)
        or ("Write a name, '=' and its value, as in x1=2." if not left else "")
        or (f"'{excerpt(right)}' can't follow '{excerpt(left)}' here." if right else "")
        or f"The text ends too early, after '{excerpt(left)}'."
    )


def _function(before: Token, token: Token, left: str, right: str, inner: bool) -> str:
    if before.type != "FUNCTION":
        return ""
    if inner:
        return f"A function in an exponent needs brackets around its argument: write …^{left}(…)."
    if token.type in {"POWER", "SUPERSCRIPT"}:
        return f"Write the power of a function as {left}^2(x) or as ({left}(x))^2."
    if token.type in {"PLUS", "MINUS"}:
        return f"The function {left} needs an argument; one with a sign stands in brackets: {left}({right}x)."
    if before.value == "sigmoid" and left in {"σ", "sigma"}:
        return (
            f"{left} is the logistic function and needs an argument: write {left}(z). "
            f"If {left} is a symbol of yours, declare it."
        )
    return f"The function {left} needs an argument: write {left}(x)."


def _bare_function(text: str, tokens: list[Token], place: int) -> str:
    """σ(1 − σ): a function within its own argument lacks one."""
    bare = tokens[place - 1] if place else None
    if (
        bare is None
        or bare.type != "FUNCTION"
        or (tokens[place : place + 1] and tokens[place].type == "PRIME")
    ):
        return ""
    name = text[bare.start : bare.end]
    for before, bracket in pairwise(tokens[:place]):
        if before[:2] != bare[:2] or bracket.type != "LPAR" or text[bracket.start : bracket.end] != "(":
            continue
        close = matching(text, bracket.start)
        if close is not None and bracket.start < bare.start < close:
            inner = text[bracket.start + 1 : bare.start] + f"{name}(z)" + text[bare.end : close]
            return (
                f"'{excerpt(text[before.start : close + 1])}' could mean two things, and {name} lacks its argument: "
                f"write {name}(z)({excerpt(inner)}) or {name}({excerpt(inner)}). If {name} is a symbol of yours, declare it."
            )
    return ""


def _binding(before: Token, token: Token, left: str, right: str) -> str:
    if before.type == "DERIVATIVE":
        return f"What is derived is missing after '{left}', or is not clear: put it in brackets, {left}[…]."
    if before.type == "BIG" or (token.type == "BIG" and before.type not in _OPERATORS | _OPENERS):
        return f"A sum here needs brackets around it: (…{excerpt(right)}…)."
    if before.type == "PRIME":
        return f"A function with a prime needs its argument in brackets: σ{left}(z)."
    if token.type in {"CELL", "ROW", "OTHERWISE", "RELATION"}:
        return (
            "Cases are written as a value, its condition and then the next: cases(x if x > 0; 0 otherwise)."
        )
    if token.type == "TRANSPOSE" and before.type in _OPERANDS:
        return "A transpose of this needs brackets: (…)ᵀ."
    return ""


def _powered_function(text: str, before: list[Token]) -> str:
    kinds = [token.type for token in before]
    if kinds[-2:] == ["FUNCTION", "SUPERSCRIPT"] or kinds[-3:-1] == ["FUNCTION", "POWER"]:
        first = next(token for token in before if token.type == "FUNCTION")
        typed = excerpt(text[first.start : before[-1].end])
        return f"The function {text[first.start : first.end]} needs an argument: write {typed}(x)."
    return ""


def _in_values(before: Token, token: Token, left: str, right: str) -> str:
    if token.type == "TARGET":
        return f"A comma is missing before '{right}'."
    if before.type in {"", "COMMA", "SEMICOLON"} and token.type != "END":
        return "Write each value as name=number, and a list as name=[1, 2]."
    if token.type == "NUMBER" and before.type == "NUMBER":
        return f"A comma is missing between '{left}' and '{right}'."
    if token.type == "SEMICOLON":
        return "Within a list the numbers are separated by commas: name=[1, 2]."
    if token.type == "COMMA":
        return "A list is written in square brackets: name=[1, 2]."
    if before.type == "EQUALS":
        return f"A value is missing after '{left}'."
    return ""


def _operand_missing(before: Token, token: Token, left: str, right: str) -> str:
    if token.type in _OPERANDS - _CLOSERS - {"SUPERSCRIPT"} or token.type in _OPENERS:
        return ""
    if before.type == "":
        return f"Something is missing before '{right}'."
    if before.type in _OPERATORS | {"COMMA"}:
        if token.type == "END":
            return f"The formula ends too early: something is missing after '{left}'."
        return f"Something is missing between '{left}' and '{right}'."
    if before.type in _OPENERS:
        what = "Nothing stands" if token.type in _CLOSERS else "Something is missing"
        return f"{what} between '{left}' and '{right}'."
    return ""


def _neighbours(before: Token, token: Token, left: str, right: str) -> str:
    if token.type == "COMMA":
        return (
            "A comma only separates the arguments of a function, as in max(a, b); "
            "decimals are written with a point: 0.5."
        )
    if token.type == "NUMBER" and before.type == "NUMBER":
        return f"Two numbers stand side by side: write {left}*{right} for the product."
    if token.type == "NUMBER" and before.type in _OPERANDS:
        left = "…" + left if before.type in _CLOSERS else left
        return f"A number after '{left}' is not read as a factor: write {left}*{right} or {left}^{right}."
    if token.type in {"POWER", "SUPERSCRIPT"} and before.type == "SUPERSCRIPT":
        return f"A power of '{left}' could mean two things: write (x{left})^3 or x^(2^3)."
    return ""
