"""The shapes that a file tells of, and the numbers that are drawn in them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlab.cases import InputError
from gradlab.layers.pair import Argument, Pair

MOST_ELEMENTS = 1_000_000
SIZES = (3, 4, 6, 7, 8, 9)
ROWS = 5
_COUNT = re.compile(
    r"[ndmkh]\d*|(?:n|d|in|out|num|dim|size|input|output|hidden|fan|no_of)_\w+|\w+_(?:size|dims?|features|units|in|out)"
    r"|input|output|hidden|features?|units|width|classes|rows|cols|size|dim|nin|nout|in|out",
    re.IGNORECASE,
)
_HINT = r"^[ \t#*\-]*{}[ \t]*(?:\([^()\n]*\))?[ \t]*:[^\n]*?{}[(\[]([^()\[\]\n]{{1,60}})[)\]]"
_MOST_TEXT = 100_000
_NO_SIZE = {
    "float",
    "int",
    "array",
    "ndarray",
    "scalar",
    "optional",
    "list",
    "tuple",
    "numpy",
    "matrix",
    "vector",
}


def is_count(argument: Argument) -> bool:
    """Whether a class takes it as a number of things."""
    if argument.annotation in (int, "int"):
        return True
    untold = argument.annotation in (Argument("").annotation, Any)
    return argument.constructs and untold and _COUNT.fullmatch(argument.name) is not None


def next_size(sizes: Mapping[str, int]) -> int:
    """A size that no other has, so that no shape fits by accident."""
    return next((size for size in SIZES if size not in sizes.values()), SIZES[-1])


def shape_of(
    argument: Argument,
    pair: Pair,
    shapes: Mapping[str, Any],
    sizes: dict[str, int],
    values: Mapping[str, Any],
) -> tuple[int, ...] | None:
    """An argument's shape, from SHAPES, its annotation, or a docstring's `x: (N, D)`; sizes: of the letters, so far."""
    name = argument.name
    if name in shapes:
        given = shapes[name]
        shape = (given,) if isinstance(given, int) else given
        if not isinstance(shape, (tuple, list)) or not all(type(n) is int and n > 0 for n in shape):
            raise InputError(
                f"SHAPES gives {name} the shape {given!r:.40}: write a tuple of counts, such as (2, 3)"
            )
        if len(shape) > 8 or math.prod(shape) > MOST_ELEMENTS:
            raise InputError(f"SHAPES gives {name} the shape {given!r:.40}: at most {MOST_ELEMENTS} elements")
        return tuple(shape)
    if argument.annotation in (float, "float"):
        return ()
    hints = (_HINT.format(re.escape(name), before) for before in (r"shape[ \t:=of]*", ""))
    text = pair.hints[:_MOST_TEXT]
    match = next(filter(None, (re.search(hint, text, re.MULTILINE) for hint in hints)), None)
    parts = re.split(r",|×|\bx\b", match.group(1).rstrip(" ,")) if match else []
    letters = [part.strip() for part in parts]
    if not letters or len(letters) > 4:
        return None
    if any(len(x) > 16 or not (x.isidentifier() or x.isdecimal()) or x.lower() in _NO_SIZE for x in letters):
        return None
    for letter in letters:
        if isinstance(values.get(letter), int):
            sizes[letter] = values[letter]
        elif letter.isdecimal():
            sizes[letter] = int(letter)
        elif letter not in sizes:
            sizes[letter] = ROWS if letter == "N" and ROWS not in sizes.values() else next_size(sizes)
    shape = tuple(sizes[letter] for letter in letters)
    return shape if 0 < math.prod(shape) <= 4096 else None


def draw(shape: tuple[int, ...], generator: np.random.Generator, *, positive: bool = False) -> Any:
    """Numbers between 0.3 and 1.7 in size, half of them negative, so that no rule can hide; three decimals."""
    size = np.round(generator.uniform(0.3, 1.7, shape), 3)
    if positive:
        return np.round(0.5 * size, 4) if shape else float(np.round(0.5 * size, 4))
    signs = generator.permutation(np.where(np.arange(max(1, int(np.prod(shape)))) % 2, -1.0, 1.0)).reshape(
        shape
    )
    return size * signs if shape else float(size * generator.choice([-1.0, 1.0]))


def shown(shape: tuple[int, ...]) -> str:
    """A shape as it is written behind a name; "" for a number."""
    return f" ({'×'.join(map(str, shape))})" if shape else ""
