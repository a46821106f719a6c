"""A tree of a program read as NumPy would: what formulas have no word for is there too. It shares nothing with the writer."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.notation.tree import (
    Apply,
    Condition,
    Constant,
    Hadamard,
    MatMul,
    Matrix,
    Name,
    Node,
    Number,
    Power,
    Product,
    Setting,
    Subscript,
    Sum,
    Transpose,
)


def _scatter(x: Any, key: str, shape: str) -> Any:
    whole = np.zeros(ast.literal_eval(shape))
    np.add.at(whole, key_of(key[1:-1]), x)
    return whole


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "ln": np.log,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "erf": np.vectorize(math.erf),
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "relu": lambda x: np.maximum(x, 0.0),
    "logsumexp": lambda x, axis=None, keepdims=False: np.log(np.sum(np.exp(x), axis, keepdims=keepdims)),
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "solve": np.linalg.solve,
    "logabsdet": lambda x: np.linalg.slogdet(x)[1],
    "cofactors": lambda x: np.linalg.det(x) * np.linalg.inv(x).T,
    "mod": np.mod,
    "scatter": _scatter,
    "broadcast_to": lambda x, shape: np.broadcast_to(x, ast.literal_eval(shape)),
    "reshape": lambda x, shape: np.reshape(x, ast.literal_eval(shape)),
    "ones": lambda shape: np.ones(ast.literal_eval(shape)),
    "zeros": lambda shape: np.zeros(ast.literal_eval(shape)),
    "concatenate": lambda *x, axis=0: np.concatenate(x, axis),
    "stack": lambda *x, axis=0: np.stack(x, axis),
    "einsum": lambda subscripts, *x: np.einsum(ast.literal_eval(subscripts), *x),
    "transpose": lambda x, axes: np.transpose(x, ast.literal_eval(axes)),
}
EXTREMES: Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "max": (np.max, np.maximum),
    "min": (np.min, np.minimum),
}
RELATIONS = {
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
    "=": operator.eq,
    "≠": operator.ne,
}


def key_of(text: str) -> Any:
    """What stands between the brackets of a subscript."""
    parts = ast.parse(f"x[{text}]", mode="eval").body.slice  # type: ignore[attr-defined]

    def part_of(node: ast.expr) -> Any:
        if isinstance(node, ast.Tuple):
            return tuple(map(part_of, node.elts))
        if isinstance(node, ast.Slice):
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else ast.literal_eval(end) for end in ends))
        value = ast.literal_eval(node)
        return np.array(value) if isinstance(value, list) else value

    return part_of(parts)


def numpy_value(tree: Node, values: Mapping[str, Any]) -> Any:
    """The value of a tree at the values of its names."""

    def value(part: Node) -> Any:
        return numpy_value(part, values)

    match tree:
        case Number(number) | Name(number):
            return number if isinstance(tree, Number) else values[str(number)]
        case Constant("pi"):
            return math.pi
        case Sum(terms):
            return sum(value(term) if sign == "+" else -value(term) for sign, term in terms)
        case Product(factors):
            product = 1.0
            for by, factor in factors:
                product = product * value(factor) if by == "*" else product / value(factor)
            return product
        case Power(base, exponent):
            return np.power(np.float64(value(base)), value(exponent))
        case MatMul(left, right) | Hadamard(left, right):
            return (operator.matmul if isinstance(tree, MatMul) else operator.mul)(value(left), value(right))
        case Transpose(body):
            return value(body).T
        case Subscript(body, key):
            return value(body)[key_of(key)]
        case Matrix(rows):
            array = np.array([[value(part) for part in row] for row in rows])
            return array[:, 0] if array.shape[1] == 1 else array
        case Condition(relation, left, right):
            return RELATIONS[relation](value(left), value(right))
        case Setting(text):
            return np.array(ast.literal_eval(text))
        case Apply(function, arguments):
            return _applied(function, arguments, value)
    raise TypeError(f"{tree!r} is not read here")


def _applied(function: str, arguments: tuple[Node, ...], value: Callable[[Node], Any]) -> Any:
    operands: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in arguments:
        if isinstance(argument, Setting) and function != "where":
            name, equals, setting = argument.text.partition("=")
            if equals:
                keywords[name] = ast.literal_eval(setting)
            else:
                operands.append(argument.text)
        else:
            operands.append(value(argument))
    if function in EXTREMES:
        whole, each = EXTREMES[function]
        return whole(*operands, **keywords) if len(operands) == 1 else each(*operands)
    return (FUNCTIONS.get(function) or getattr(np, function))(*operands, **keywords)
