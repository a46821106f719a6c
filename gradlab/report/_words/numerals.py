"""Numbers as a reader wants them: all digits of a gradient, three of a ratio, units on a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal

from gradlab.record import Number, real

ELLIPSIS = "…"
_BESIDE_FLOATS = 16
_WORDS = {"NaN": "NaN", "Infinity": "inf", "-Infinity": "-inf"}
_UNITS = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"))


def plain(value: Number) -> str:
    """The shortest decimal that is this float.

    >>> plain(2.0), plain(-0.1), plain("-Infinity")
    ('2', '-0.1', '-inf')
    """
    if isinstance(value, str):
        return _WORDS[value]
    return repr(float(value)).removesuffix(".0")


def short(value: Number) -> str:
    """An error: one digit, or two.

    >>> short(2.04e-9), short(0.25), short("Infinity")
    ('2e-9', '0.25', 'inf')
    """
    if isinstance(value, str):
        return _WORDS[value]
    return short_exponent(f"{value:.1g}" if abs(value) < 1e-3 else f"{value:.2g}")


def percent(share: float) -> str:
    """A relative error, in percent where that is no smaller than a hundredth.

    >>> percent(0.0002), percent(0.4), percent(12.0), percent(3e-9)
    ('0.02 %', '40 %', '1,200 %', '3e-7 %')
    """
    hundredths = float(f"{100 * share:.2g}")
    return f"{short_exponent(f'{hundredths:.2g}') if hundredths < 100 else f'{hundredths:,.0f}'} %"


def short_exponent(text: str) -> str:
    """1e-07 as 1e-7."""
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


def shortened(decimal: str, significant: int) -> str:
    """A decimal cut (not rounded) to so many significant digits, with … where it goes on.

    >>> shortened("1.7163378145367738", 8), shortened("5.500000000000", 8), shortened("1.25e-7", 8)
    ('1.7163378…', '5.5', '1.25e-7')
    """
    mantissa, exponent_mark, exponent = decimal.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
    kept, _ = split_at_digit(mantissa, significant)
    if len(kept) < len(mantissa) and "." in kept:
        mantissa = kept + ELLIPSIS
    return mantissa + exponent_mark + exponent


def reference(decimal: str) -> str:
    """A reference beside float64 values: as many digits as they have, and … where there are more.

    The digits are cut, not rounded, so that the last one is right too; but for a run of nines, which a
    reader would have to round.

    >>> reference("1.71633781453677373555"), reference("4.2599999999999997868371")
    ('1.716337814536773…', '4.260000000000000')
    """
    try:
        rounded = str(Decimal(decimal).normalize(Context(prec=_BESIDE_FLOATS)))
    except ArithmeticError:  # no number, or none that has a place in Decimal
        return decimal
    _, beyond = split_at_digit(rounded, _BESIDE_FLOATS - 4)
    cut = shortened(decimal, _BESIDE_FLOATS)
    if beyond or not cut.endswith(ELLIPSIS) or "E" in rounded:
        return cut
    return str(Decimal(decimal).quantize(Decimal(cut.rstrip(ELLIPSIS))))


def split_at_digit(decimal: str, count: int) -> tuple[str, str]:
    """The text up to its `count`-th significant digit, and the rest of it, but for the exponent.

    >>> split_at_digit("-0.00321", 2)
    ('-0.0032', '1')
    """
    seen = 0
    for place, character in enumerate(decimal):
        if character in "eE":
            break
        if character.isdigit() and (seen or character != "0"):
            if seen == count:
                return decimal[:place], decimal[place:]
            seen += 1
    return decimal, ""


def aligned(numerals: Sequence[str]) -> list[str]:
    """The same numerals, padded on the left so that their decimal points are below one another.

    A word moves no number: it ends at the units where there is room.

    >>> aligned(["5.5", "-12", "NaN", "none"])
    ['  5.5', '-12', 'NaN', 'none']
    """
    before = [len(re.split(r"[.e]", numeral)[0]) if _is_number(numeral) else 0 for numeral in numerals]
    widest = max(before, default=0)
    return [
        " " * (widest - (width or min(widest, len(numeral)))) + numeral
        for width, numeral in zip(before, numerals, strict=True)
    ]


def _is_number(text: str) -> bool:
    return text.removeprefix("-")[:1].isdigit()


def digits(count: float | None) -> str:
    """Correct digits, rounded down; "" where nothing is known.

    >>> digits(10.94), digits(None)
    ('10', '')
    """
    return "" if count is None else str(max(0, math.floor(count)))


def times(ratio: float | None) -> str:
    """How many times as much.

    >>> times(2.04), times(144.6), times(27867.4), times(2.1e7), times(0.58), times(5.2e-7)
    ('×2.0', '×145', '×27,900', '×2.1e7', '×0.58', '×5.2e-7')
    """
    if ratio is None or not math.isfinite(ratio):
        return ""
    if ratio >= 999_500:
        return f"×{short_exponent(f'{ratio:.1e}')}"
    if ratio >= 9.95:
        return f"×{float(f'{ratio:.3g}'):,.0f}"
    return f"×{ratio:.1f}" if ratio >= 0.995 else f"×{short_exponent(f'{ratio:.2g}')}"


def quartiles(ends: tuple[float, float]) -> str:
    """Between which multiples the middle half lies.

    >>> quartiles((1.93, 12.4))
    '1.9–12'
    """
    return "–".join(map(times, ends)).replace("×", "")


def seconds(duration: float | None) -> str:
    """A time with its unit, to three digits.

    >>> seconds(3.1e-7), seconds(0.0123456), seconds(99.96e-6), seconds(125.0)
    ('310 ns', '12.3 ms', '100 µs', '2 min 5 s')
    """
    if duration is None or not math.isfinite(duration):
        return ""
    if duration >= 60:
        minutes, rest = divmod(round(duration), 60)
        return f"{minutes} min {rest} s"
    rounded = float(f"{duration:.3g}")
    scale, unit = max((pair for pair in _UNITS if rounded >= pair[0]), default=_UNITS[0])
    return f"{rounded / scale:.3g} {unit}"


def array(shape: Sequence[int], values: Sequence[Number], *, full: bool = False) -> tuple[str, bool]:
    """An array in brackets, and whether its numbers were rounded to make it short.

    Long axes are elided. `values` may hold the beginning of the array alone, as in a record.

    >>> array((2, 2), (1.0, -3.0, 0.2, 1.0))
    ('[[1, -3], [0.2, 1]]', False)
    >>> array((9,), [i / 7 for i in range(9)])
    ('[0, 0.1429, 0.2857, …, 1.143]', True)
    """
    if not shape:
        return (plain(values[0]) if values else ELLIPSIS), False
    if 0 in shape:
        return "[]", False
    complete = math.prod(shape) <= len(values)
    exact = all(len(plain(value)) <= 8 for value in values)
    numerals = [plain(value) if exact or full else _rounded(value) for value in values]
    longest = 100 if full else 6 if len(shape) == 1 else 4

    def brackets(axis: int, start: int) -> str:
        if start >= len(numerals):
            return ELLIPSIS
        if axis == len(shape):
            return numerals[start]
        stride = math.prod(shape[axis + 1 :])
        items = [
            ELLIPSIS if index is None else brackets(axis + 1, start + index * stride)
            for index in _shown(shape[axis], longest, complete)
        ]
        return f"[{', '.join(items)}]"

    return brackets(0, 0), not (exact or full)


def _shown(length: int, longest: int, complete: bool) -> Iterator[int | None]:
    """The indices of an axis that are shown, None in the place of those left out."""
    if length <= longest:
        yield from range(length)
        return
    yield from range(longest // 2)
    yield None
    if complete:
        yield length - 1


def _rounded(value: Number) -> str:
    return plain(value) if isinstance(value, str) else plain(float(f"{value:.4g}"))


def difference(value: Number, reference: str) -> str:
    """How far a value is from the reference: by a ratio that says something, or else relatively.

    >>> difference(-3.0, "1.5"), difference(1.0001, "1.0000"), difference(0.25, "0.0")
    ('-2 times the reference', 'relative error 1.00e-4', 'off by 0.25')
    """
    try:
        return _difference(real(value), Decimal(reference))
    except ArithmeticError:  # no number, or none that has a place in Decimal
        return ""


def _difference(value: float, exact: Decimal) -> str:
    if not exact.is_finite() or not math.isfinite(value):
        return ""
    off = Decimal(value) - exact
    if exact == 0:
        return f"off by {_three(off)}"
    ratio = (off / exact) + 1
    if abs(off / exact) < Decimal("0.1"):
        return f"relative error {_three(abs(off / exact))}"
    if value == 0:
        return "zero, but the reference is not"
    return _multiple(ratio) or f"off by {_three(off)}, {_three(ratio)} times the reference"


def _multiple(ratio: Decimal) -> str:
    """A ratio in small whole numbers, which a slip in a derivation often leaves."""
    for denominator in (1, 2, 3, 4) if abs(ratio) < 21 else ():
        numerator = round(ratio * denominator)
        if 0 < abs(numerator) <= 20 and abs(ratio * denominator / numerator - 1) < Decimal("1e-9"):
            return f"{numerator}{f'/{denominator}' if denominator > 1 else ''} times the reference"
    return ""


def _three(value: Decimal) -> str:
    """Three significant digits.

    >>> _three(Decimal("0.00012345")), _three(Decimal("1.3305")), _three(Decimal("-50000"))
    ('1.23e-4', '1.33', '-5.00e4')
    """
    if Decimal("1e-3") <= abs(value) < Decimal("1e4"):
        return plain(float(f"{value:.3g}"))
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
