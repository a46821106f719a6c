"""A differentiator over SymPy trees in which one rule can be broken at one node.

`derivative` applies the rules of a first course. `slips` lists, for one function and one variable, every
way in which one of them is likely to be broken, each with its family and its node. A value that stands in
several places is one quantity, as in a lecture's h = tanh(z): its rule is broken wherever it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import sympy as sp

from benchmarks.mistakes.expressions import relu, sigmoid, terms_in_order
from benchmarks.mistakes.textbook import DATA, Subject

Inner = Callable[[int], Any]
"""The derivative of a node's part, by its number."""
Wrong = Callable[[Any, Any, Inner], Any]
"""A broken rule: of a node, by a symbol, with the derivatives of its parts."""


@dataclass(frozen=True, eq=False)
class Slip:
    """One rule broken at one node."""

    family: str
    node: Any
    wrong: Wrong


SLOPES: Mapping[str, Callable[[Any], Any]] = {
    "sin": sp.cos,
    "cos": lambda u: -sp.sin(u),
    "tan": lambda u: 1 / sp.cos(u) ** 2,
    "atan": lambda u: 1 / (1 + u**2),
    "exp": sp.exp,
    "log": lambda u: 1 / u,
    "log10": lambda u: 1 / (u * sp.log(10)),
    "tanh": lambda u: 1 - sp.tanh(u) ** 2,
    "sigmoid": lambda u: sigmoid(u) * (1 - sigmoid(u)),
    "softplus": sigmoid,
    "relu": lambda u: (1 + sp.sign(u)) / 2,
}
"""The local derivative of each function of one argument."""

ACTIVATIONS = ("sigmoid", "tanh", "relu")

_MISREMEMBERED: Mapping[str, tuple[tuple[str, Callable[[Any], Any]], ...]] = {
    "sin": (("sign of a rule", lambda u: -sp.cos(u)),),
    "cos": (("sign of a rule", sp.sin),),
    "exp": (("exp misremembered", lambda u: u * sp.exp(u - 1)),),
    "log": (("ln′ as ln", sp.log), ("ln′ as 1/ln", lambda u: 1 / sp.log(u))),
    "log10": (("ln 10", lambda u: 1 / u), ("ln 10", lambda u: sp.log(10) / u)),
    "sigmoid": (
        ("σ′ as σ", sigmoid),
        ("σ′ as 1 − σ", lambda z: 1 - sigmoid(z)),
        ("σ′ as σ(1 − z)", lambda z: sigmoid(z) * (1 - z)),
        ("σ′ as z(1 − z)", lambda z: z * (1 - z)),
        ("σ′ at the value after", lambda z: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z)))),
    ),
    "tanh": (
        ("tanh′ as 1 − tanh", lambda z: 1 - sp.tanh(z)),
        ("tanh′ as 1 + tanh²", lambda z: 1 + sp.tanh(z) ** 2),
        ("tanh′ as 1 − z²", lambda z: 1 - z**2),
    ),
    "relu": (("relu′ as relu", relu),),
}


def derivative(tree: Any, by: Any, planted: Mapping[Any, Wrong] | None = None) -> Any:
    """The derivative by a symbol, with the rules for the planted nodes broken.

    >>> x = sp.Symbol("x", real=True)
    >>> derivative(x * sp.sin(x**2), x)
    2*x**2*cos(x**2) + sin(x**2)
    >>> derivative(x * sp.sin(x**2), x, {sp.sin(x**2): lambda node, by, inner: sp.cos(node.args[0])})
    x*cos(x**2) + sin(x**2)
    """
    if by not in tree.free_symbols:
        return sp.S.Zero
    if tree == by:
        return sp.S.One

    @cache
    def inner(part: int) -> Any:
        return derivative(tree.args[part], by, planted)

    return (planted or {}).get(tree, _right)(tree, by, inner)


def _right(node: Any, by: Any, inner: Inner) -> Any:
    parts = node.args
    if node.is_Add:
        return sp.Add(*map(inner, range(len(parts))))
    if node.is_Mul:
        return sp.Add(*(inner(i) * _others(node, i) for i in range(len(parts))))
    if node.is_Pow:
        base, exponent = parts
        by_base = exponent * base ** (exponent - 1) * inner(0)
        return by_base + (node * sp.log(base) * inner(1) if by in exponent.free_symbols else 0)
    if node.func.__name__ == "maximum":
        return inner(0) * _wins(*parts) + inner(1) * _wins(*parts[::-1])
    return SLOPES[node.func.__name__](parts[0]) * inner(0)


def _others(node: Any, but: int) -> Any:
    return sp.Mul(*(part for i, part in enumerate(node.args) if i != but))


def _wins(u: Any, v: Any) -> Any:
    """1 where u is the larger, else 0."""
    return (1 + sp.sign(u - v)) / 2


def at_one_place(wrong: Wrong, place: int) -> Wrong:
    """A broken rule that is broken at one of the node's places alone, by number; elsewhere it holds."""
    seen = count()

    def rule(n: Any, by: Any, inner: Inner) -> Any:
        return wrong(n, by, inner) if next(seen) == place else _right(n, by, inner)

    return rule


def slips(subject: Subject, by: Any) -> Iterator[Slip]:
    """Every slip at every node on the way to the symbol."""
    tree = subject.tree
    terms = sp.Add.make_args(tree)
    inside = {node for part in _chained(tree) for node in sp.preorder_traversal(part)}
    for node in _nodes(tree, by):
        for family, wrong in _at(node, by, subject):
            hidden = family == "outer derivative forgotten" and node in inside
            yield Slip("chain factor forgotten" if hidden else family, node, wrong)
        if (node == tree or node in terms) and not node.is_Add:
            for below in _downstream(node, by):
                yield Slip("upstream forgotten", node, _always(derivative(below, by)))


def _chained(tree: Any) -> Iterator[Any]:
    """What stands inside a power or a function, so that its derivative is one factor of several."""
    for node in sp.preorder_traversal(tree):
        if not (node.is_Add or node.is_Mul):
            yield from node.args


def _nodes(tree: Any, by: Any) -> list[Any]:
    """The nodes that depend on a symbol, each once, from the root down."""
    depend = (node for node in sp.preorder_traversal(tree) if by in node.free_symbols and node != by)
    return list(dict.fromkeys(depend))


def _at(node: Any, by: Any, subject: Subject) -> Iterator[tuple[str, Wrong]]:
    if node.is_Add:
        yield from _of_sum(node, by, subject)
    elif node.is_Mul:
        yield from _of_product(node, by, subject)
    elif node.func.__name__ == "maximum":
        yield (
            "max to the loser",
            lambda n, by, inner: inner(1) * _wins(*n.args) + inner(0) * _wins(*n.args[::-1]),
        )
    else:
        yield from _of_chain(node, by)


def _downstream(node: Any, by: Any) -> Iterator[Any]:
    """What lies below a node for as long as there is one way down, and is more than a symbol."""
    while True:
        parts = [part for part in node.args if by in part.free_symbols]
        if len(parts) != 1 or parts[0] == by:
            return
        (node,) = parts
        yield node


def _of_sum(node: Any, by: Any, subject: Subject) -> Iterator[tuple[str, Wrong]]:
    own = [i for i, part in enumerate(node.args) if by in part.free_symbols]
    regularising = set(sp.Add.make_args(subject.regulariser)) if subject.regulariser is not None else set()

    def weighted(weights: Mapping[int, int]) -> Wrong:
        return lambda n, by, inner: sp.Add(*(weights.get(i, 1) * inner(i) for i in range(len(n.args))))

    for i in own:
        yield "sign of a term", weighted({i: -1})
        if len(own) > 1:
            family = "path forgotten"
            if node == subject.tree and regularising:
                family = "regulariser forgotten" if node.args[i] in regularising else "data term forgotten"
            yield family, weighted({i: 0})
    if len(own) > 2:
        in_order = [term for term in terms_in_order(node) if by in term.free_symbols]
        for last in (in_order[0], in_order[-1]):
            yield "path overwritten", weighted({i: 0 for i in own if node.args[i] != last})
    for term in node.args if by in node.args else ():
        factors = [part for part in sp.Mul.make_args(term) if not part.is_Number]
        for x in factors if len(factors) == 2 else ():
            if (x.is_Symbol and x.name in DATA) or x.func.__name__ in ACTIVATIONS:
                yield "bias as weight", _plus(x - 1)
    if subject.terms and subject.terms == len(node.args) == len(own):
        terms = sp.Integer(subject.terms)
        inside_mean = any(part == 1 / terms for part in subject.tree.atoms(sp.Rational))
        if not inside_mean:
            yield "mean for sum", _times(1 / terms)


def _of_product(node: Any, by: Any, subject: Subject) -> Iterator[tuple[str, Wrong]]:
    own = [i for i, part in enumerate(node.args) if by in part.free_symbols]
    below = [part for part in node.args if part.is_Pow and part.exp.is_Number and part.exp < 0]
    v = sp.Mul(*(1 / part for part in below))
    u = sp.Mul(*(part for part in node.args if part not in below))
    if by in u.free_symbols and by in v.free_symbols:
        above = derivative(u, by) * v - u * derivative(v, by)
        yield "quotient order", _always(-above / v**2)
        yield "quotient square missing", _always(above / v)
    elif len(own) > 1:
        fixed = sp.Mul(*(part for i, part in enumerate(node.args) if i not in own))
        yield "product of derivatives", lambda n, by, inner: fixed * sp.Mul(*map(inner, own))
        for i in own:
            yield "product term missing", _without(i)
    coefficient = node.args[0]
    if coefficient in (2, sp.Rational(1, 2)):
        yield "factor 2 or 1/2", _times(1 / coefficient)
    if coefficient == -1:
        yield "sign of a term", _times(-1)
        yield "inner derivative forgotten", _always(sp.S.NegativeOne)
    if subject.terms and coefficient == sp.Rational(1, subject.terms):
        yield "sum for mean", _times(subject.terms)
    if coefficient == sp.Rational(1, 180) and sp.pi in node.args:
        yield "degrees", _times(180 / sp.pi)
    plain = all(part.is_Symbol or part.is_Number for part in node.args)
    for part in node.args:
        for other in _siblings(part, subject) if plain and part.is_Symbol and part != by else ():
            yield "wrong index", _with(part, other)
        if part.func.__name__ in ACTIVATIONS and by not in part.free_symbols:
            yield "value before for value after", _with(part, part.args[0])


def _siblings(symbol: Any, subject: Subject) -> list[Any]:
    """Other symbols of the same letter: x2 for x1."""
    numbered = re.fullmatch(r"([A-Za-z]+_?)\d+", symbol.name)
    if numbered is None:
        return []
    alike = re.compile(numbered[1] + r"\d+")
    names = sorted(n for n in subject.at if n != symbol.name and alike.fullmatch(n))
    return [sp.Symbol(n, real=True) for n in names]


def _of_chain(node: Any, by: Any) -> Iterator[tuple[str, Wrong]]:
    """A power or a function: what is outside, of what is inside."""
    if node.is_Pow and by in node.exp.free_symbols:
        if by not in node.base.free_symbols:
            yield "ln a missing", lambda n, by, inner: n * inner(1)
            yield "exp misremembered", lambda n, by, inner: n.exp * n.base ** (n.exp - 1) * inner(1)
        return
    name, e = node.func.__name__, node.exp if node.is_Pow else None
    u = node.args[0]
    outer = _slope_of_power(e) if node.is_Pow else SLOPES[name]
    for family, slope in _powers(e) if node.is_Pow else _MISREMEMBERED.get(name, ()):
        yield family, _slope(slope, u)
    if u == by:
        return
    yield "inner derivative forgotten", _always(outer(u))
    yield "inner derivative twice", lambda n, by, inner: outer(u) * inner(0) ** 2
    yield "outer derivative at the wrong place", _slope(outer, by)
    yield "outer derivative forgotten", lambda n, by, inner: inner(0)
    activated = u.find(lambda part: part.func.__name__ in ACTIVATIONS)
    for after in sorted(activated, key=sp.default_sort_key):
        yield "value before for value after", _slope(outer, u.subs(after, after.args[0]))


def _slope_of_power(e: Any) -> Callable[[Any], Any]:
    return lambda u: e * u ** (e - 1)


def _powers(e: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    if e == -1:
        return (
            ("reciprocal integrated", sp.log),
            ("reciprocal without minus", lambda u: 1 / u**2),
            ("reciprocal without square", lambda u: -1 / u),
        )
    if e == sp.Rational(1, 2):
        return (("sqrt misremembered", lambda u: 1 / sp.sqrt(u)),)
    return (
        ("exponent not reduced", lambda u: e * u**e),
        ("exponent not brought down", lambda u: u ** (e - 1)),
    )


def _always(tree: Any) -> Wrong:
    return lambda n, by, inner: tree


def _times(factor: Any) -> Wrong:
    return lambda n, by, inner: _right(n, by, inner) * factor


def _plus(more: Any) -> Wrong:
    return lambda n, by, inner: _right(n, by, inner) + more


def _without(part: int) -> Wrong:
    """The product rule without one of its terms."""
    return lambda n, by, inner: _right(n, by, inner) - inner(part) * _others(n, part)


def _with(part: Any, other: Any) -> Wrong:
    """One symbol or value in another's place."""
    return lambda n, by, inner: _right(n, by, inner).subs(part, other)


def _slope(slope: Callable[[Any], Any], place: Any) -> Wrong:
    """The chain rule with another local derivative, or with the right one taken elsewhere."""
    return lambda n, by, inner: slope(place) * inner(0)
