"""What stands on the graph: numbers, symbols of operations, and how wide a text is where no browser measures it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from gradlab.record import Number, real
from gradlab.record.explanation import Node

__all__ = ["SIGN_SIZE", "SIZE", "extent", "fitted", "is_plain", "numeral", "quantity", "shape_text", "symbol"]

SIZE, SIGN_SIZE = 12.0, 14.0
"""Pixels: of what stands at the wires, and of what stands in a shape. The style sheet has the same."""
_THIN, _NARROW = frozenset("ijl.,:;'|!·′ /"), frozenset("()[]tfrI-")
_WIDE = frozenset("mwMW@%…—")
_SIGNS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "matmul": "@",
    "power": "^",
    "greater": ">",
    "greater_equal": "≥",
    "less": "<",
    "less_equal": "≤",
    "maximum": "max",
    "minimum": "min",
}
_CALLS = {"sum": "Σ", "sqrt": "√", "square": "( )²"}
_RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_INTEGER = re.compile(r"−?\d+")
_EXPONENT = re.compile(r"(?<=\d)e\+?(−?)0*(?=\d)")
_LONG_DECIMAL = re.compile(r"(\d+\.\d{3})\d{2,}")
_TRANSPOSED = "ᵀ"
_OF_TWO = frozenset({"max", "min"})
_LONGEST = 60
"""Characters: more of a name are never looked at."""


def extent(text: str, size: float = SIZE) -> float:
    """How wide a text is at most in a sans-serif face of so many pixels.

    >>> extent("0.5") < extent("0.25") < extent("W0 @ x")
    True
    """
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    """The width of a character in ems: that of the widest face in use, DejaVu Sans, or more."""
    if character in _THIN:
        return 0.35
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.0
    if character.isascii():
        return 0.7 if character.isupper() else 0.64
    if unicodedata.combining(character):
        return 0.0
    return 0.85 if ord(character) < 0x2300 else 1.5


def is_plain(text: str) -> bool:
    """Whether the width of a text can be told: Latin, Greek and the signs of mathematics."""
    return all(ord(c) < 0x500 or 0x1D00 <= ord(c) < 0x2300 for c in text)


def fitted(text: str, room: float, size: float = SIZE) -> str:
    """The text, or as much of its beginning as there is room for, and ….

    >>> fitted("softmax", 60), fitted("the_weights_of_the_first_layer", 60)
    ('softmax', 'the_we…')
    """
    if len(text) <= _LONGEST and extent(text, size) <= room:
        return text
    kept = text[:_LONGEST]
    while kept and extent(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"


def numeral(value: Number, digits: int = 4) -> str:
    """A number, rounded to so many significant digits.

    >>> numeral(-0.95892427), numeral(5.551115e-17, 3), numeral("Infinity"), numeral(120000.0)
    ('−0.9589', '5.55e−17', '∞', '1.2e5')
    """
    number = real(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "∞" if number > 0 else "−∞"
    mantissa, mark, exponent = f"{number + 0.0:.{digits}g}".partition("e")
    return (f"{mantissa}e{int(exponent)}" if mark else mantissa).replace("-", "−")


def shape_text(shape: Sequence[int]) -> str:
    """The shape of an array as a lecture writes it, "" for a number.

    >>> shape_text((2, 3)), shape_text((5,)), shape_text(())
    ('2×3', '5', '')
    """
    return "×".join(map(str, shape))


def quantity(shape: Sequence[int], values: Sequence[Number], room: float) -> str:
    """The values of a number or an array, in full where there is room, and else the range that they lie in.

    >>> quantity((), (0.25,), 90), quantity((2,), (0.7, 0.3), 90), quantity((3,), (0.5, 0.5, 0.5), 90)
    ('0.25', '[0.7, 0.3]', 'all 0.5')
    >>> quantity((2, 2), (0.126, -3.0, 0.2, 1.04), 90)
    '−3 … 1.04'
    """
    if not shape:
        return numeral(values[0]) if values else "…"
    count = math.prod(shape)
    known = len(values) >= count
    if known and len(set(values)) == 1 and count > 2:
        return f"all {numeral(values[0], 3)}"
    if known and count == 1:
        return numeral(values[0])
    texts = []
    if known and count <= 12:
        texts += [_brackets(shape, [numeral(value, digits) for value in values]) for digits in (3, 2)]
    if known and values and all(math.isfinite(real(value)) for value in values):
        ends = min(map(real, values)), max(map(real, values))
        texts += [" … ".join(numeral(end, digits) for end in ends) for digits in (3, 2)]
    texts.append(f"{numeral(values[0], 3)}, …" if values else "…")
    return next((text for text in texts if extent(text) <= room), "…")


def _brackets(shape: Sequence[int], numerals: Sequence[str]) -> str:
    if not shape:
        return numerals[0]
    stride = len(numerals) // shape[0] if shape[0] else 0
    rows = (_brackets(shape[1:], numerals[k * stride : (k + 1) * stride]) for k in range(shape[0]))
    return f"[{', '.join(rows)}]"


def symbol(node: Node, operands: Sequence[str]) -> str:
    """What an operation is drawn as: its sign, and with it the plain numbers that it takes.

    operands: the names of the quantities that it is computed of.

    >>> def step(primitive, formula):
    ...     return Node(name="v", kind="step", shape=(), values=(), formula=formula, primitive=primitive)
    >>> symbol(step("multiply", "a·b"), ["a", "b"]), symbol(step("multiply", "64·x"), ["x"])
    ('×', '64 ×')
    >>> symbol(step("log", "ln(x)"), ["x"]), symbol(step("sum", "sum(exp, axis=1)"), ["exp"])
    ('ln', 'Σ axis 1')
    >>> symbol(step("divide", "1/x"), ["x"]), symbol(step("power", "power(x, 3)"), ["x"])
    ('1 ÷', '( )³')
    >>> symbol(step("maximum", "max(x, 0)"), ["x"]), symbol(step("add", "x + 1e-05"), ["x"])
    ('max(·, 0)', '+ 1e−5')
    """
    if len(set(operands)) == 1 and node.primitive != "matmul":
        found = _around(_EXPONENT.sub(r"e\1", node.formula.replace("-", "−")), operands[0])
        if found:
            return _of_one(*found)
    if "⊙" in node.formula:
        return "⊙"
    return _SIGNS.get(node.primitive, node.primitive.replace("_", " "))


def _around(formula: str, name: str) -> tuple[str, str] | None:
    """What stands before and after the one place where the formula names its operand."""
    places = list(re.finditer(rf"(?<!\w){re.escape(name)}(?![^\W{_TRANSPOSED}])", formula))
    return (formula[: places[0].start()], formula[places[0].end() :]) if len(places) == 1 else None


def _of_one(before: str, after: str) -> str:
    """The sign of an operation on one quantity, of what its formula has around it."""
    if before.endswith("(") and after.startswith((")", ", ")):
        name = before[:-1]
        options = re.sub(r", keepdims=\w+|^, |\)$", "", after).replace("axis=", "axis ")
        options = "" if options == ")" else options
        if name == "power":
            return _power(options)
        if _INTEGER.fullmatch(options) and name in _OF_TWO:
            return f"{name}(·, {options})"
        return f"{_CALLS.get(name, name)} {options}".strip()
    if before.endswith(("(", ", ")):
        return f"{before}·{after}"
    if not before and after == _TRANSPOSED:
        return f"( ){_TRANSPOSED}"
    if after.startswith("^"):
        return _power(after[1:])
    text = f"{before}{after}" if not before or not after else f"{before}·{after}"
    text = text.replace("/", " ÷ ").replace("·", " × ") if not text.startswith("[") else text
    return _LONG_DECIMAL.sub(r"\1…", " ".join(text.replace("...", "…").split()))


def _power(exponent: str) -> str:
    """Raising to a power: whole numbers stand above.

    >>> _power("3"), _power("(−1)"), _power("0.5")
    ('( )³', '( )⁻¹', '( )^0.5')
    """
    bare = exponent.removeprefix("(").removesuffix(")")
    return f"( ){bare.translate(_RAISED)}" if _INTEGER.fullmatch(bare) else f"( )^{exponent}"
