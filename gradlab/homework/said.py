"""One equation of a text, taken apart as far as that needs no symbols: its left side, and where its members end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gradlab.notation.document import UNNAMED, Equation
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import parse_formula, undeclared
from gradlab.notation.names import canonical_name, printed, scan
from gradlab.notation.scope import Scope
from gradlab.notation.tree import Name

CALL = re.compile(
    r"(?P<head>[^()=]+?)\s*(?P<brackets>(?:\\left\s*)?\((?P<parameters>[^()=]+?)(?:\\right\s*)?\))\s*\Z"
)
_BETWEEN = re.compile(r"[,;|]|\\mid\b")
"""What stands between arguments: `L(w; x)` and `p(x | \\mu)` are written as `L(w, x)` is."""
_DOTS = re.compile(r"\s*(?:\\(?:[lc]?dots|dotsc)|…|\.\.\.)\s*")
_SQUARED = re.compile(r"\s*(?:\^\s*(?:2|\{\s*2\s*\})|²)\s*\Z")
"""`\\ell(\\mu, \\sigma^2)` is a function of \\sigma: what nothing calls needs no arguments but its symbols."""

MOST_ARGUMENTS = 50
"""Of one function; what stands behind them is not asked."""
_ALIAS = re.compile(
    r"\s*(?P<name>[a-zA-Z]|\\(?:phi|psi|varphi))\s*=\s*(?P<function>σ|\\(?:sigma|tanh|sin|cos|exp)|tanh|relu|ReLU|sigmoid|softplus"
    r"|\\(?:mathrm|text|operatorname)\{(?:ReLU|relu|sigmoid|softplus|tanh)\})\s*"
)
"""A function that is another one by its name."""


@dataclass(frozen=True)
class Said:
    """An equation, taken apart as far as that needs no symbols."""

    equation: Equation
    equals: tuple[int, ...]
    """The places of the signs of equality that stand in no bracket."""
    name: str = ""
    """The canonical name of its left side, if that is one name, with or without brackets."""
    parameters: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """The parameters that were taken away, because nothing calls it."""
    indices: tuple[str, ...] = ()
    """Those of its left side, where that is p_i for every i, and the name is p."""

    @property
    def left(self) -> str:
        """What stands before the first sign of equality."""
        return self.equation.text[: self.equals[0]] if self.equals else ""

    @property
    def first(self) -> str:
        """Up to the second sign of equality."""
        return self.equation.text[: self.equals[1]] if len(self.equals) > 1 else self.equation.text


def take_apart(equation: Equation) -> Said:
    r"""An equation's left side, and where its members end.

    >>> take_apart(Equation("f(x, y) = x^2 = y", 1, "typed")).parameters
    ('x', 'y')
    """
    if equation.by == UNNAMED:
        return Said(equation, ())
    if (alias := _ALIAS.fullmatch(equation.text)) and not equation.by:  # f = σ
        argument = f"{alias['name']}(z) = {alias['function']}(z)"
        equation = replace(equation, text=argument)
    if equation.by:
        return Said(equation, (), canonical_name(equation.by))
    equals = tuple(_equalities(equation.text))
    if not equals:
        return Said(equation, ())
    left = equation.text[: equals[0]]
    if name := _symbol(left, equation.latex):
        return Said(equation, equals, name)
    if call := CALL.match(left):
        head = _symbol(call["head"], equation.latex, functions=True)
        parts = [part for part in _BETWEEN.split(call["parameters"]) if not _DOTS.fullmatch(part)][
            :MOST_ARGUMENTS
        ]
        parameters = [_symbol(_SQUARED.sub("", part), equation.latex) for part in parts]
        if head and all(parameters):
            return Said(equation, equals, head, tuple(parameters))
    return Said(equation, equals)


def _equalities(text: str) -> Iterable[int]:
    """Signs of equality outside of brackets and environments."""
    depth = 0
    for match in re.finditer(r"\\(?:begin|end)\b|\\.|[{}()\[\]=]", text, re.DOTALL):
        sign = match[0]
        depth += (sign in ("{", "(", "[", "\\begin")) - (sign in ("}", ")", "]", "\\end"))
        if sign == "=" and depth <= 0:
            yield match.start()


def _symbol(text: str, latex: bool | None, *, functions: bool = False) -> str:
    """The canonical name that a text is, as a symbol; "" where it is something else."""
    text = text.strip()
    if not text or len(text) > 200:
        return ""
    try:
        if scan(text, 0) == len(text) and (
            not latex or len(text) == 1 or "_" in text or text.isascii() is False
        ):
            name = canonical_name(text)
            if functions or _is_free(name):
                return name
        if latex is None and "\\" not in text:
            return ""
        if text == "\\sigma" or (functions and text in {"\\phi", "\\tanh"}):
            return text[1:]
        (name,) = undeclared(text, Scope({}), latex=latex)
        tree = parse_formula(text, Scope({name: ()}), latex=latex).tree
    except (FormulaError, ValueError):
        return ""
    return name if tree == Name(name) else ""


def _is_free(name: str) -> bool:
    """Whether a name can be a symbol: it is no function and no constant."""
    from gradlab.notation.functions import CONSTANTS, FUNCTIONS

    return name not in CONSTANTS and (name not in FUNCTIONS or len(printed(name)) == 1)
