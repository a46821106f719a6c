"""SymPy trees of the functions that students derive: their names, their values, and their typed text.

What SymPy has no function for, or rewrites as it likes, is an undefined function here (σ, relu, max, log10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from mpmath import MPContext

CONTEXT = MPContext()
CONTEXT.dps = 40
"""Digits in which answers are told apart."""

sigmoid, relu, maximum, log10, softplus = (
    sp.Function(name, real=True) for name in ("sigmoid", "relu", "maximum", "log10", "softplus")
)

_VALUES: Mapping[str, Callable[..., Any]] = {
    "sin": CONTEXT.sin,
    "cos": CONTEXT.cos,
    "tan": CONTEXT.tan,
    "atan": CONTEXT.atan,
    "exp": CONTEXT.exp,
    "log": CONTEXT.log,
    "log10": CONTEXT.log10,
    "sinh": CONTEXT.sinh,
    "cosh": CONTEXT.cosh,
    "tanh": CONTEXT.tanh,
    "sigmoid": lambda z: 1 / (1 + CONTEXT.exp(-z)),
    "softplus": lambda z: CONTEXT.log(1 + CONTEXT.exp(z)),
    "relu": lambda z: max(z, CONTEXT.mpf(0)),
    "maximum": max,
    "sign": CONTEXT.sign,
    "Abs": abs,
}
_TYPED = {"log": "ln", "maximum": "max", "atan": "arctan", "Abs": "abs"}
"""How a function is typed where that is not its name."""


def value(tree: Any, at: Mapping[str, Any]) -> Any:
    """The value at numbers given by name, in 40 digits; NaN outside the domain.

    Raises KeyError for a function that is not one of ours.
    """
    if tree.is_Symbol:
        return CONTEXT.mpf(at[tree.name])
    if tree.is_Rational:
        return CONTEXT.mpf(tree.p) / tree.q
    if tree is sp.pi:
        return +CONTEXT.pi
    if tree is sp.E:
        return +CONTEXT.e
    if tree.is_Float:
        return CONTEXT.mpf(str(tree))
    parts = [value(part, at) for part in tree.args]
    try:
        if tree.is_Add:
            found = CONTEXT.fsum(parts)
        elif tree.is_Mul:
            found = CONTEXT.fprod(parts)
        elif tree.is_Pow:
            found = parts[0] ** parts[1]
        else:
            found = _VALUES[tree.func.__name__](*parts)
    except (ZeroDivisionError, ValueError):
        return CONTEXT.nan
    return found if isinstance(found, CONTEXT.mpf) else CONTEXT.nan


def written_out(tree: Any) -> Any:
    """The same with σ(z) as 1/(1 + exp(−z)) and relu(z) as max(0, z)."""
    parts = list(map(written_out, tree.args))
    if tree.func == sigmoid:
        return 1 / (1 + sp.exp(-parts[0]))
    if tree.func == relu:
        return maximum(0, parts[0])
    if tree.is_Mul:
        return sp.Mul(*parts, evaluate=False)  # a third of a sum stays one
    return tree.func(*parts) if parts else tree


def recognised(tree: Any) -> Any:
    """The same with 1/(1 + exp(−z)) as σ(z), and the larger of two as relu or max."""

    def logistic(node: Any) -> bool:
        inner = node.base - 1 if node.is_Pow and node.exp == -1 else None
        return inner is not None and inner.func is sp.exp

    tree = tree.replace(logistic, lambda node: sigmoid(-(node.base - 1).args[0]))
    tree = tree.replace(
        lambda node: node.func is sp.Max and sp.S.Zero in node.args,
        lambda node: relu(sp.Max(*(part for part in node.args if part != 0))),
    )
    return tree.replace(lambda node: node.func is sp.Max, lambda node: maximum(*node.args))


def is_known(tree: Any) -> bool:
    """Whether a tree is made of what `value` and `typed` can do alone."""
    return all(
        node.is_Symbol
        or node.is_Rational
        or node in (sp.pi, sp.E)
        or node.is_Add
        or node.is_Mul
        or node.is_Pow
        or node.func.__name__ in _VALUES
        for node in sp.preorder_traversal(tree)
    )


def terms_in_order(tree: Any) -> list[Any]:
    """The terms of a sum in the order in which they are typed, those with a minus last."""
    return sorted(tree.args, key=lambda term: (term.could_extract_minus_sign(), sp.default_sort_key(term)))


def typed(tree: Any, *, sigma: str = "sigmoid") -> str:
    """The tree as a typed formula, every product and every call explicit.

    >>> x, y = sp.symbols("x y", real=True)
    >>> typed(-x**2/(2*y) + 3*sigmoid(x), sigma="σ")
    '3*σ(x) - x^2/(2*y)'
    >>> typed(sp.exp(-x)*sp.sqrt(y))
    'sqrt(y)*exp(-x)'
    """
    return _write(tree, sigma)[0]


_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def _write(tree: Any, sigma: str) -> tuple[str, int]:
    """The text, and how tightly it binds."""

    def within(part: Any, least: int) -> str:
        text, binding = _write(part, sigma)
        return text if binding >= least else f"({text})"

    if tree.is_Symbol:
        return tree.name, _ATOM
    if tree.is_Integer and tree >= 0:
        return str(tree), _ATOM
    if tree is sp.pi or tree is sp.E:
        return "pi" if tree is sp.pi else "exp(1)", _ATOM
    if tree.is_Add:
        terms = terms_in_order(tree)
        text = within(terms[0], _PRODUCT)
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            text += (" - " if minus else " + ") + within(-term if minus else term, _PRODUCT)
        return text, _SUM
    if tree.is_Number or tree.is_Mul:
        if tree.could_extract_minus_sign():
            text, binding = _write(-tree, sigma)
            return f"-{text if binding >= _PRODUCT else f'({text})'}", _SUM
        return _fraction(tree, within), _PRODUCT
    if tree.is_Pow:
        if tree.exp == sp.Rational(1, 2):
            return f"sqrt({within(tree.base, _SUM)})", _ATOM
        if tree.exp.could_extract_minus_sign():
            return f"1/{within(1 / tree, _POWER)}", _PRODUCT
        return f"{within(tree.base, _ATOM)}^{within(tree.exp, _ATOM)}", _POWER
    name = tree.func.__name__
    name = sigma if name == "sigmoid" else _TYPED.get(name, name)
    return f"{name}({', '.join(within(part, _SUM) for part in tree.args)})", _ATOM


def _fraction(tree: Any, within: Callable[[Any, int], str]) -> str:
    """A product, its divisors gathered in one denominator."""
    above, below = [], []
    for factor in sp.Mul.make_args(tree):
        if factor.is_Rational:
            above += [sp.Integer(factor.p)] if factor.p != 1 else []
            below += [sp.Integer(factor.q)] if factor.q != 1 else []
        elif factor.is_Pow and factor.exp.is_Number and factor.exp < 0:
            below.append(1 / factor)
        else:
            above.append(factor)
    numerator = "*".join(within(factor, _POWER) for factor in above) or "1"
    if not below:
        return numerator
    denominator = "*".join(within(factor, _POWER) for factor in below)
    return f"{numerator}/{denominator if len(below) == 1 else f'({denominator})'}"
