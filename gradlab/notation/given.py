"""What stands beside a formula on the command line: points (`--at`) and claims (`--hand`)."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np

from gradlab.notation import names
from gradlab.notation.build import build
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.evaluate import evaluate
from gradlab.notation.grammar import parse
from gradlab.notation.names import canonical_name
from gradlab.notation.piece import Piece
from gradlab.notation.tokens import read_tokens
from gradlab.notation.words import Names, Token

LONGEST = 100_000
"""Characters in the text of a point."""

Value = float | list[Any]
"""A number, or nested lists of numbers, of equal length at each level."""

_DERIVATIVE = re.compile(r"\s*(?:∂\s*\w*\s*/\s*∂|d\w*\s*/\s*d|∂)?\s*")
_SEPARATOR = re.compile(r"\s*[:=]")


def parse_assignments(text: str) -> dict[str, Value]:
    """The values in `x1=2, x2=5` or `w=[1, 2]; A=[[1, 2], [3, 4]]`, by canonical name.

    A value may be an expression without names. Raises `FormulaError` with the place: a missing '=', a
    repeated name, lists of unequal length, a value that is not a finite real number.

    >>> parse_assignments("x_1 = 1/2, w = [-1, pi]")
    {'x1': 0.5, 'w': [-1.0, 3.141592653589793]}
    """
    if not text.strip():
        raise FormulaError("No values are given: write for example x1=2, x2=5.", text)
    if len(text) > LONGEST:
        message = f"Values take at most {LONGEST} characters; these have {len(text)}."
        raise FormulaError(message, text, LONGEST + 1)
    tokens = read_tokens(text, Names(values=True), [])
    _refuse_blank_signs(text, tokens)
    values: dict[str, Value] = {}
    for name, value in build(text, parse(text, tokens, "assignments"), Names(values=True)):
        try:
            canonical = canonical_name(name.value)
        except FormulaError as error:
            raise FormulaError(error.message, text, name.start + 1) from None
        if canonical in values:
            message = f"'{excerpt(name.value)}' is given twice."
            raise FormulaError(message, text, name.start + 1)
        values[canonical] = _value(text, value)
        if isinstance(value, list) and (complaint := _ragged(value)):
            message = f"The rows of '{excerpt(name.value)}' must be of equal length: {complaint}."
            raise FormulaError(message, text, name.start + 1)
    return values


def _refuse_blank_signs(text: str, tokens: list[Token]) -> None:
    """[1 -2] is one number here, and two elsewhere."""
    depth = 0
    for before, token in pairwise(tokens):
        depth += (before.type == "LLIST") - (before.type == "RLIST")
        signed = token.type in {"PLUS", "MINUS"} and before.type in {"NUMBER", "CONSTANT", "RPAR"}
        if depth and signed and before.end < token.start and text[token.end : token.end + 1].strip():
            number, sign = excerpt(text[before.start : before.end]), text[token.start : token.end]
            message = f"Is this one number or two? Write '{number}, {sign}…' or '{number} {sign} …'."
            raise FormulaError(message, text, token.start + 1)


def _value(text: str, given: Piece | list[Any]) -> Value:
    if isinstance(given, list):
        return [_value(text, part) for part in given]
    with np.errstate(all="ignore"):
        number = float(evaluate(given.node, {}))
    if not math.isfinite(number):
        typed = excerpt(text[given.start : given.end])
        raise FormulaError(f"'{typed}' is not a finite real number.", text, given.start + 1)
    return number


def _ragged(given: list[Any]) -> str:
    """What is wrong with the lengths of nested lists, or ""."""
    level: list[Any] = given
    while any(isinstance(part, list) for part in level):
        if not all(isinstance(part, list) for part in level):
            return "numbers and lists stand side by side"
        lengths = [len(part) for part in level]
        for place, length in enumerate(lengths, start=1):
            if length != lengths[0]:
                return f"row 1 has {lengths[0]} and row {place} has {length}"
        level = [part for row in level for part in row]
    return ""


def parse_claim(text: str) -> tuple[str, str, int]:
    """The name, the formula, and how many characters stand before the formula, of a claim.

    `x1: 1/x1 + x2`, `∂f/∂x1 = 1/x1 + x2`, `df/dx1 = …` and `∂x1: …` are the same claim. Raises
    `FormulaError`.

    >>> parse_claim("x_1: 1/x1 + x2")
    ('x1', '1/x1 + x2', 5)
    """
    form = "Write a claim as 'name: formula', for example 'x1: 1/x1 + x2'"
    match = _DERIVATIVE.match(text)
    start = match.end() if match else 0
    end = names.scan(text, start)
    if end == start:
        message = f"{form}; no name stands here." if text.strip() else f"The claim is empty. {form}."
        raise FormulaError(message, text, start + 1)
    separator = _SEPARATOR.match(text, end)
    if separator is None:
        raise FormulaError(f"{form}; a ':' is missing after '{excerpt(text[start:end])}'.", text, end + 1)
    formula = text[separator.end() :].strip()
    if not formula:
        raise FormulaError("The formula of this claim is missing.", text, separator.end() + 1)
    try:
        name = canonical_name(text[start:end])
    except FormulaError as error:
        raise FormulaError(error.message, text, start + 1) from None
    return name, formula, text.index(formula, separator.end())
