"""What could be read in two ways, and is therefore refused: one function a kind.

Each sentence shows both readings as they would have to be typed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NoReturn

from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.piece import Piece
from gradlab.notation.tree import Sum
from gradlab.notation.words import Token

_INVERSES = {name.removeprefix("arc"): name for name in FUNCTIONS if name.startswith("arc")}


def refuse_run_below(text: str, left: Piece, right: Piece) -> None:
    """1/2x is (1/2)·x or 1/(2x)."""
    run = right.unsigned
    if run.form == "run":
        above, below = _typed(text, left), _typed(text, right)
        first = excerpt(text[right.start : run.parts[0].end])
        rest = excerpt(text[run.parts[1].start : run.end])
        _refuse(
            text,
            run.parts[1].start,
            f"'{above}/{below}' could mean two things: write ({above}/{first})*{rest} or {above}/({below}).",
        )


def refuse_after_open(text: str, left: Piece, sign: Token, right: Piece) -> None:
    """Sin x/2 is (sin x)/2 or sin(x/2); sin x·cos y is clear."""
    application = left.last_open
    if application is not None and not right.led_by_function:
        whole, times, factor = _typed(text, application), text[sign.start : sign.end], _typed(text, right)
        function, argument = _halves(text, application)
        _refuse(
            text,
            sign.start,
            f"'{whole}{times}{factor}' could mean two things: "
            f"write {function}({argument}){times}{factor} or {function}({argument}{times}{factor}).",
        )


def refuse_argument(text: str, head: Token, argument: Piece) -> None:
    """Sin x y is sin(x)·y or sin(x·y); sin 2x and sin wx are clear, and √2x is not."""
    written = excerpt(text[head.start : argument.end])
    factors = argument.parts if argument.form == "run" else (argument,)
    root = head.value == "sqrt"
    if root and argument.form in {"power", "superscript"}:
        base = _typed(text, argument.parts[0])
        power = excerpt(text[argument.parts[0].end : argument.end])
        _refuse(
            text,
            argument.start,
            f"'{written}' could mean two things: write sqrt({base}{power}) or sqrt({base}){power}.",
        )
    glued = all(before.end == after.start for before, after in pairwise(factors))
    coefficients = all(factor.form in {"number", "constant"} for factor in factors[:-1])
    plain = not any(factor.bracketed for factor in factors)
    if len(factors) == 1 or (plain and (glued or coefficients) and not root):
        return
    name = _function(text, head.start, argument)
    first = _typed(text, factors[0])
    rest = excerpt(text[factors[1].start : argument.end])
    _refuse(
        text,
        factors[1].start,
        f"'{written}' could mean two things: "
        f"write {name}({first})*{rest} or {name}({_typed(text, argument)}).",
    )


def refuse_after_nested(text: str, left: Piece, right: Piece) -> None:
    """Ln sin x cos y is ln(sin x)·cos y or ln(sin x·cos y)."""
    if left.form == "open" and left.parts[0].led_by_function:
        function, argument = _halves(text, left)
        factor = _typed(text, right)
        _refuse(
            text,
            right.start,
            f"'{_typed(text, left)} {factor}' could mean two things: "
            f"write {function}({argument})*{factor} or {function}({argument}*{factor}).",
        )


def refuse_after_power(text: str, left: Piece, right: Piece) -> None:
    """e^2x is e^2·x or e^(2x), and x^ab is x^a·b or x^(ab); x^2y and e^x sin x are clear."""
    if left.form != "power":
        return
    base, exponent = left.parts
    while exponent.form in {"sign", "power"}:
        exponent = exponent.parts[-1]
    if exponent.form not in {"number", "constant", "name", "superscript"}:
        return
    glued = exponent.form == "name" and left.end == right.start
    if right.led_by_function and exponent.form != "number" and not glued:
        return
    glued = glued and not right.parenthesised
    if base.form in {"number", "constant"} or glued:
        power, factor = _typed(text, left), _typed(text, right)
        typed_base, typed_exponent = _typed(text, base), _typed(text, left.parts[1])
        gap = "" if left.end == right.start else " "
        _refuse(
            text,
            right.start,
            f"'{power}{gap}{factor}' could mean two things: "
            f"write {power}*{factor} or {typed_base}^({typed_exponent}*{factor}).",
        )


def refuse_power_of_power(text: str, base: Piece) -> None:
    """sin^2(x)^3 is not clear; and (sin x)^3 is."""
    if base.form == "powered call":
        typed = _typed(text, base)
        _refuse(text, base.end, f"A power of '{typed}' is not clear: write ({typed})^….")


def refuse_inverse(text: str, name: Token, exponent: Piece) -> None:
    """sin^-1 is arcsin or 1/sin."""
    if isinstance(exponent.node, Sum):
        typed = text[name.start : name.end]
        inverse = _INVERSES.get(name.value, "the inverse function by its name")
        inverse += "(x)" if name.value in _INVERSES else ""
        _refuse(
            text,
            exponent.start,
            f"'{excerpt(text[name.start : exponent.end])}' could mean two things: "
            f"write 1/{typed}(x) (or another power of {typed}(x)) or {inverse}.",
        )


def refuse_norm(text: str, left: Token, inner: Piece) -> None:
    """||x|| is a norm in the lectures, and |(|x|)| is not."""
    if inner.form == "bars":
        _refuse(
            text, left.start, "Norms ||x|| are not read in formulas yet; the absolute value is |x| or abs(x)."
        )


def _refuse(text: str, place: int, message: str) -> NoReturn:
    raise FormulaError(message, text, place + 1)


def _typed(text: str, piece: Piece) -> str:
    return excerpt(text[piece.start : piece.end])


def _halves(text: str, application: Piece) -> tuple[str, str]:
    """An open application as the function and its argument, as typed."""
    argument = application.parts[0]
    return _function(text, application.start, argument), _typed(text, argument)


def _function(text: str, start: int, argument: Piece) -> str:
    """A function that stands before its argument without brackets, with its power, as typed."""
    return excerpt(text[start : argument.start]).replace("√", "sqrt")
