"""A tree as text that reads as the same tree, with every product and every call explicit."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

from gradlab.notation.names import printed
from gradlab.notation.tree import (
    Apply,
    Big,
    Call,
    Cases,
    Condition,
    Constant,
    Derivative,
    Element,
    Hadamard,
    MatMul,
    Matrix,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Prime,
    Product,
    Setting,
    Subscript,
    Sum,
    Transpose,
)

_CONDITION, _SUM, _PRODUCT, _POWER, _ATOM = range(5)


def sigma_beside(names: Collection[str]) -> str:
    """How the logistic function is written beside these names, in their canonical form.

    >>> sigma_beside({"x"}), sigma_beside({"x", "sigma"})
    ('σ', 'sigmoid')
    """
    return "sigmoid" if "sigma" in names else "σ"


def write(node: Node, *, sigma: str = "σ") -> str:
    """The tree as text. `sigma` is how the logistic function is written.

    >>> write(Product((("*", Number(2)), ("*", Sum((("+", Name("x")), ("+", Name("y"))))))))
    '2·(x + y)'
    """
    return _write(node, sigma)[0]


def _write(node: Node, sigma: str) -> tuple[str, int]:
    """The text and how tightly it binds."""

    def within(part: Node, least: int) -> str:
        text, binding = _write(part, sigma)
        return text if binding >= least else f"({text})"

    def listed(parts: tuple[Node, ...]) -> str:
        return ", ".join(within(part, _SUM) for part in parts)

    match node:
        case Number(value):
            return _number(value), _ATOM
        case Constant(name) | Name(name):
            return printed(name), _ATOM
        case Sum(((sign, first), *rest)):
            text = ("−" if sign == "-" else "") + within(first, _PRODUCT)
            for sign, term in rest:
                text += (" − " if sign == "-" else " + ") + within(term, _PRODUCT)
            return text, _SUM
        case Product(factors):
            return _product(node, [within(factor, _POWER) for _, factor in factors]), _PRODUCT
        case Derivative(Name(name), by, at):
            return f"∂{printed(name)}/∂{printed(by)}{_below(at, sigma)}", _POWER
        case Norm() | Call() | Prime() | Derivative() | Element() | Big() | Cases() | Matrix():
            return _atom(node, sigma), _ATOM
        case Subscript() | Setting():
            return _code(node, sigma), _ATOM
        case MatMul() | Hadamard() | Condition():
            return _infix(node, within)
        case Power(base, exponent):
            return f"{within(base, _ATOM)}^{within(exponent, _ATOM)}", _POWER
        case Transpose(body):
            return f"{within(body, _ATOM)}ᵀ", _POWER
        case Apply(function, arguments):
            return _applied(function, arguments, sigma)
    raise TypeError(f"not a node of a formula: {node!r}")


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else "NaN" if math.isnan(value) else "∞"


def _code(node: Subscript | Setting, sigma: str) -> str:
    if isinstance(node, Setting):
        return node.text
    text, binding = _write(node.body, sigma)
    return f"{text}[{node.key}]" if binding == _ATOM else f"({text})[{node.key}]"


def _infix(node: MatMul | Hadamard | Condition, within: Callable[[Node, int], str]) -> tuple[str, int]:
    if isinstance(node, Condition):
        return f"{within(node.left, _SUM)} {node.relation} {within(node.right, _SUM)}", _CONDITION
    sign = "@" if isinstance(node, MatMul) else "⊙"
    first = _first(node.left, within)
    if isinstance(node, MatMul) and isinstance(node.left, Hadamard):
        first = f"({first})"  # who reads a ⊙ b @ c knows no order of the two
    return f"{first} {sign} {within(node.right, _POWER)}", _PRODUCT


def _applied(function: str, arguments: tuple[Node, ...], sigma: str) -> tuple[str, int]:
    """A function with its arguments, and what is written in another way."""
    match function, arguments:
        case "eye", (Number(size),):
            return f"I_{size}", _ATOM
        case "∂∂", (first, last, _):
            written = [_write(part, sigma) for part in (first, last)]
            parts = [
                text if binding >= least else f"({text})"
                for (text, binding), least in zip(written, (_PRODUCT, _POWER), strict=True)
            ]
            return "·".join(parts), _PRODUCT
    listed = ", ".join(write(part, sigma=sigma) for part in arguments)
    return f"{sigma if function == 'sigmoid' else function}({listed})", _ATOM


def _atom(node: Node, sigma: str) -> str:
    """What stands by itself."""

    def within(part: Node, least: int) -> str:
        text, binding = _write(part, sigma)
        return text if binding >= least else f"({text})"

    def listed(parts: tuple[Node, ...]) -> str:
        return ", ".join(within(part, _SUM) for part in parts)

    match node:
        case Call(function, arguments):
            return f"{printed(function)}({listed(arguments)})"
        case Prime(function, order, argument, defined):
            name = printed(function) if defined else sigma if function == "sigmoid" else function
            return f"{name}{chr(39) * order}({within(argument, _SUM)})"
        case Derivative(body, by, at):
            return f"(∂/∂{printed(by)}{_below(at, sigma)}[{within(body, _SUM)}])"
        case Norm(body, order):
            return f"‖{within(body, _SUM)}‖" + ("" if order == "2" else f"_{order}")
        case Element(array, indices):
            return f"{printed(array)}_{{{listed(indices)}}}"
        case Big(operation, index, lower, upper, body):
            limits = f"{{{printed(index)}={within(lower, _SUM)}}}^{{{within(upper, _SUM)}}}"
            return f"({operation}_{limits} {within(body, _POWER)})"
        case Cases(rows, otherwise):
            written = [
                f"{within(value, _SUM)} if {within(held.left, _SUM)} {held.relation} {within(held.right, _SUM)}"
                for value, held in rows
            ]
            if otherwise is not None:
                written.append(f"{within(otherwise, _SUM)} otherwise")
            return f"cases({'; '.join(written)})"
        case Matrix(rows):
            if len(rows[0]) == 1:
                return f"[{listed(tuple(row[0] for row in rows))}]"
            return f"[{', '.join(f'[{listed(row)}]' for row in rows)}]"
    raise TypeError(f"not a node of a formula: {node!r}")


def _below(indices: tuple[Node, ...], sigma: str) -> str:
    """The indices of an element."""
    return f"_{{{', '.join(write(index, sigma=sigma) for index in indices)}}}" if indices else ""


def _first(left: Node, within: Callable[[Node, int], str]) -> str:
    # The first factor may itself be a product: they are read from the left.
    least = _PRODUCT if isinstance(left, (MatMul, Hadamard, Product)) else _POWER
    return within(left, least)


def _product(node: Product, written: list[str]) -> str:
    text = written[0]
    # 1/2·x would be read from left to right, but not by everyone: (1/2)·x.
    divisions = [place for place, (by, _) in enumerate(node.factors[:-1]) if by == "/"]
    for place, (by, _) in enumerate(node.factors[1:], start=1):
        text += ("/" if by == "/" else "·") + written[place]
        if divisions and place == divisions[-1]:
            text = f"({text})"
    return text
