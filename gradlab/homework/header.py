"""What a problem's header says: the point, shapes, what to derive by, what is assumed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from gradlab.homework.sizes import letters, numbered
from gradlab.notation.document import Field
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.formula import parse_assignments
from gradlab.notation.names import canonical_name, printed

Shape = tuple[int, ...]
Kind = Literal["symmetric", "positive", "negative", "sums to 1"]
MOST_ELEMENTS = 10_000
"""Of one array."""
MOST_NAMES = 300
"""In a header."""

_SHAPE = re.compile(r"\s*(?P<name>[^:=]+?)\s*[:=]\s*(?P<sizes>[^:=]+?)\s*$")
_SIZE = r"(?:\d{1,6}|(?![xX]\b|by\b)[^\W\d_](?:_(?:\w|\{\w{1,9}\}))?)"
_SIZES = re.compile(rf"[(\[]?\s*({_SIZE}(?:\s*(?:[×xX*,]|\bby\b)\s*{_SIZE})*)\s*,?\s*[)\]]?")
_BETWEEN_SHAPES = re.compile(r"[,;](?=\s*[^\W\d][^,;:=]*[:=])")
_ASSUMED = re.compile(
    r"\s*(?P<name>\S+?)\s*(?:(?:is\s+)?(?P<word>symmetric|positive|negative|sums to 1)|(?P<sign>[<>])\s*0)\s*"
)


class Refused(ValueError):
    """A sentence on what can't be read, and the line."""

    def __init__(self, message: str, line: int, excerpt: str = "") -> None:
        super().__init__(message, line, excerpt)
        self.message = message
        self.line = line
        self.excerpt = excerpt


@dataclass(frozen=True)
class Assumption:
    """What is taken for granted of a symbol."""

    name: str
    kind: Kind
    line: int

    @property
    def sentence(self) -> str:
        """For a note."""
        said = {"symmetric": " is symmetric", "positive": " > 0", "negative": " < 0"}.get(
            self.kind, f" {self.kind}"
        )
        return f"assumed: {printed(self.name)}{said}"

    def impose(self, value: np.ndarray) -> np.ndarray:
        """The value next to this one that is as assumed."""
        if self.kind == "symmetric":
            return np.asarray((value + value.T) / 2)
        if self.kind == "sums to 1":
            return _shares(value)
        return np.asarray(np.abs(value) if self.kind == "positive" else -np.abs(value))

    def holds(self, value: np.ndarray) -> bool:
        """Whether a value is as assumed."""
        if self.kind == "symmetric":
            return value.ndim == 2 and value.shape[0] == value.shape[1] and bool(np.all(value == value.T))
        if self.kind == "sums to 1":
            return bool(abs(np.sum(value) - 1) < 1e-12)
        return bool(np.all(value > 0 if self.kind == "positive" else value < 0))


def _shares(value: np.ndarray) -> np.ndarray:
    """Positive shares of 1 in these proportions, in 1024ths, so that they sum to 1 exactly."""
    parts = np.abs(value) + 1e-3
    shares = np.floor(1024 * parts / np.sum(parts))
    shares.flat[0] += 1024 - np.sum(shares)
    return np.asarray(shares / 1024)


@dataclass(frozen=True)
class Header:
    """The header of a problem, with canonical names."""

    points: tuple[Mapping[str, np.ndarray], ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    assumed: tuple[Assumption, ...] = ()
    name: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each name stands."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """What the letters in shapes (m×n) are taken for."""

    @property
    def given(self) -> frozenset[str]:
        """The names that have a value."""
        return frozenset(self.points[0]) if self.points else frozenset()


def read_header(fields: Sequence[Field], known: Mapping[str, int] | None = None) -> Header:
    """The header from its lines. Raises Refused for one that can't be read.

    Several `at:` lines are one point, as long as they give different names; otherwise several points.
    known: numbers that the text sets (n = 4), for shapes that are given with letters.

    >>> header = read_header([Field("at", "w=[1, 2]; t=1", 3), Field("by", "w", 4)])
    >>> header.shapes, header.by
    ({'w': (2,), 't': ()}, ('w',))
    """
    points: list[dict[str, np.ndarray]] = []
    shapes: dict[str, Shape] = {}
    said_in_text: dict[str, Shape] = {}
    lines: dict[str, int] = {}
    by: tuple[str, ...] = ()
    assumed: list[Assumption] = []
    name = ""
    try:
        sizes = _lettered(fields, known or {})
    except FormulaError:  # a name that is none, which is refused below, in its line
        sizes = dict(known or {})
    for line in fields:
        try:
            match line.key:
                case "at":
                    _add_point(points, parse_assignments(line.text))
                    lines.update(dict.fromkeys(points[-1], line.line))
                case "shapes":
                    new = _shapes(line, sizes)
                    shapes.update(new)
                    lines.update(dict.fromkeys(new, line.line))
                case "space":
                    said_in_text.update(_shapes(line, sizes))
                case "by":
                    by = tuple(canonical_name(part) for part in re.split(r"[\s,;]+", line.text) if part)
                    lines.update(dict.fromkeys(by, line.line))
                case "assume":
                    assumed += _assumptions(line)
                    lines.update(dict.fromkeys((a.name for a in assumed), line.line))
                case _:
                    name = line.text
        except FormulaError as error:
            raise refused(error, line.line, f"{line.key}: ") from None
    if len(lines) > MOST_NAMES:
        raise Refused(
            f"a header names at most {MOST_NAMES} symbols; this one has {len(lines)}", fields[0].line
        )
    shapes = {**said_in_text, **shapes}
    shaped = [{n: _shaped(n, v, shapes, lines[n]) for n, v in point.items()} for point in points]
    of_values = {n: np.shape(v) for n, v in (shaped[0] if shaped else {}).items()}
    return Header(tuple(shaped), {**of_values, **shapes}, by, tuple(assumed), name, lines, sizes)


def _lettered(fields: Sequence[Field], known: Mapping[str, int]) -> dict[str, int]:
    """A number for each letter in the sizes of shapes."""
    texts = []
    for line in fields:
        if line.key in {"shapes", "space"}:
            parts = (_SHAPE.match(part) for part in _BETWEEN_SHAPES.split(line.text))
            texts += [part["sizes"] for part in parts if part and _SIZES.fullmatch(part["sizes"])]
        elif line.key == "at":
            given = re.finditer(r"(\w+)\s*=\s*(\d{1,4})\s*(?=[,;]|$)", line.text)
            known = {**known, **{canonical_name(one[1]): int(one[2]) for one in given}}
    taken = [int(size) for text in texts for size in re.findall(r"(?<!\w)\d{1,6}(?!\w)", text)]
    return numbered([name for text in texts for name in letters(text)], known, taken)


def refused(error: FormulaError, line: int, before: str = "") -> Refused:
    """A formula's error as one of the document; `line` is that of the text's first character."""
    at = line + error.text.count("\n", 0, max(error.column - 1, 0))
    sentence, _, shown = str(error).partition("\n")
    return Refused(f"{before}{sentence}", at, shown)


def _add_point(points: list[dict[str, np.ndarray]], values: Mapping[str, Any]) -> None:
    arrays = {name: np.array(value, dtype=np.float64) for name, value in values.items()}
    if points and not points[-1].keys() & arrays.keys():
        points[-1].update(arrays)
    else:
        points.append({**(points[0] if points else {}), **arrays})


def _shaped(name: str, value: np.ndarray, shapes: Mapping[str, Shape], line: int) -> np.ndarray:
    """A value in its declared shape: a row of numbers may be given for a matrix of one row."""
    wanted = shapes.get(name, value.shape)
    if value.size != math.prod(wanted) or (value.shape != wanted and value.ndim > 1 and len(wanted) > 1):
        raise Refused(
            f"{printed(name)} is declared {described(wanted)}, and its value is {described(value.shape)}",
            line,
        )
    return value.reshape(wanted)


def described(shape: Shape) -> str:
    """A shape in words."""
    if not shape:
        return "a number"
    return f"a vector of {shape[0]}" if len(shape) == 1 else "×".join(map(str, shape))


def _shapes(line: Field, numbers: Mapping[str, int]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for part in _BETWEEN_SHAPES.split(line.text):
        match = _SHAPE.match(part)
        if match is None:
            raise Refused(
                f"shapes: '{excerpt(part)}' is no shape: write 'W: 2×2, x: 2' or 't: number'", line.line
            )
        for name in re.split(r"[\s,;]+", match["name"]):
            shapes[canonical_name(name)] = _sizes(match["sizes"], line.line, numbers)
    return shapes


def _sizes(text: str, line: int, numbers: Mapping[str, int]) -> Shape:
    """2×2 is a matrix, 2 or 2×1 a vector, 1 a number."""
    if text.lower() in {"number", "scalar", "()"}:
        return ()
    match = _SIZES.fullmatch(text)
    found = re.findall(rf"({_SIZE})(?:\s*(?:[×xX*,]|\bby\b))?", match[1]) if match else []
    if not found or not all(size.isdecimal() or canonical_name(size) in numbers for size in found):
        raise Refused(f"shapes: '{excerpt(text)}' is no shape: write 2×3, or m×n, or 3, or number", line)
    sizes = tuple(int(size) if size.isdecimal() else numbers[canonical_name(size)] for size in found)
    if not all(sizes) or math.prod(sizes) > MOST_ELEMENTS or len(sizes) > 2:
        raise Refused(
            f"shapes: '{excerpt(text)}' can't be had: an array has one or two dimensions, none of them 0, and at "
            f"most {MOST_ELEMENTS:,} elements",
            line,
        )
    if sizes[-1] == 1:
        return sizes[:1] if sizes[0] > 1 else ()
    return sizes


def _assumptions(line: Field) -> list[Assumption]:
    found = []
    for part in filter(str.strip, re.split(r"[,;]|\band\b", line.text)):
        match = _ASSUMED.fullmatch(part)
        if match is None:
            raise Refused(
                f"assume: '{excerpt(part)}' is not read; what can be assumed is 'A symmetric', 'y sums to 1', 'x > 0' and 'x < 0'",
                line.line,
            )
        kind = match["word"] or ("positive" if match["sign"] == ">" else "negative")
        kinds: dict[str, Kind] = {
            "symmetric": "symmetric", "positive": "positive", "negative": "negative", "sums to 1": "sums to 1"
        }  # fmt: skip
        found.append(Assumption(canonical_name(match["name"]), kinds[kind], line.line))
    return found
