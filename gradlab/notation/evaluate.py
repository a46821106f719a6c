"""The value of a tree, by Python's operators, NumPy's functions and the engine's derivatives alone.

Numbers, arrays and tracers pass through, so that a formula can be traced, evaluated at 50 digits and
differentiated, derivatives in it included.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.notation import arrays
from gradlab.notation.functions import CONSTANTS, FUNCTIONS
from gradlab.notation.names import printed
from gradlab.notation.scope import Definition, Shape
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
    Sum,
    Transpose,
    called,
    free_names,
)

MOST_TERMS = 10_000
"""Terms in all sums together, in one evaluation."""

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "≤": operator.le,
    "≥": operator.ge,
    "=": operator.eq,
    "≠": operator.ne,
}


class Environment:
    """What names stand for in one evaluation: given values, and quantities, each evaluated once."""

    __slots__ = ("definitions", "memo", "outer", "shapes", "terms", "values")

    def __init__(
        self,
        values: Mapping[str, Any],
        definitions: Mapping[str, Definition] | None = None,
        shapes: Mapping[str, Shape | None] | None = None,
        outer: Environment | None = None,
        terms: list[int] | None = None,
    ) -> None:
        self.values = values
        self.memo: dict[str, Any] = {}
        self.definitions = definitions or {}
        self.shapes = shapes or {}
        self.outer = outer
        self.terms = [0] if terms is None else terms

    def __getitem__(self, name: str) -> Any:
        if name in self.values:
            value = self.values[name]
            return arrays.standard(value) if self.shapes.get(name) else value
        if self.outer is not None:
            return self.outer[name]
        if name not in self.memo:
            self._define(name)
        return self.memo[name]

    def _define(self, name: str) -> None:
        """Evaluate a quantity after those that it is made of, in order, so that nothing recurses deeply."""
        needed: set[str] = set()
        pending = [name]
        while pending:
            one = pending.pop()
            definition = self.definitions.get(one)
            if definition is None or one in needed or one in self.values:
                continue
            needed.add(one)
            pending += free_names(definition.body) - set(definition.parameters)
            pending += called(definition.body)
        for one, definition in self.definitions.items():
            if one in needed and one not in self.memo and not definition.is_function:
                self.memo[one] = value = _value(definition.body, self)
                if hasattr(value, "tape"):  # a tracer: no engine is loaded for numbers
                    from gradlab.engine.trace import name_value

                    name_value(value, one)

    def raw(self, name: str) -> Any:
        """The value in the shape in which it was given."""
        if name in self.values:
            return self.values[name]
        return self[name] if self.outer is None else self.outer.raw(name)

    def shape(self, name: str) -> Shape | None:
        """The declared shape of a name; () where it is bound by a function."""
        if self.outer is not None:
            return () if name in self.values else self.outer.shape(name)
        definition = self.definitions.get(name)
        return definition.shape if definition is not None else self.shapes.get(name)

    def within(self, values: Mapping[str, Any]) -> Environment:
        """Seen from inside a sum or a function: the names that are bound there come first."""
        return Environment(values, self.definitions, outer=self, terms=self.terms)

    def called_with(self, values: Mapping[str, Any]) -> Environment:
        """Seen from inside a function that was defined: its parameters, and nothing that is bound around the call."""
        root = self
        while root.outer is not None:
            root = root.outer
        return root.within(values)

    def cut(self, name: str, value: Any) -> Environment:
        """The same with one name given: what depends on it is evaluated anew."""
        if name in self.values or self.outer is None:
            given = {**self.values, name: value}
            return Environment(given, self.definitions, self.shapes, self.outer, self.terms)
        return Environment(
            self.values, self.definitions, self.shapes, self.outer.cut(name, value), self.terms
        )

    def count(self, terms: int) -> None:
        """Count the terms of a sum. Raises ValueError where there are too many in all."""
        self.terms[0] += terms
        if self.terms[0] > MOST_TERMS:
            raise ValueError(f"the sums of this formula have more than {MOST_TERMS} terms in all")


def evaluate(node: Node, values: Mapping[str, Any] | Environment) -> Any:
    """The value of a tree.

    Numbers stay Python numbers until they meet an operand, so that `x^2` is `x**2`; a power of two
    numbers is a float, so that 9^9^9 is an infinity at once. Raises KeyError for a name without a value,
    ValueError for an index outside its array or a sum of too many terms.

    >>> evaluate(Sum((("+", Name("x")), ("-", Number(1)))), {"x": 3.0})
    2.0
    """
    return _value(node, values if isinstance(values, Environment) else Environment(values))


def _value(node: Node, env: Environment) -> Any:
    match node:
        case Number(value):
            return value
        case Constant(name):
            return CONSTANTS[name]
        case Name(name):
            return env[name]
        case Sum(((sign, first), *rest)):
            total = _value(first, env)
            if sign == "-":
                total = -total
            for sign, term in rest:
                total = _combine(operator.add if sign == "+" else operator.sub, total, _value(term, env))
            return total
        case Product(((_, first), *rest)):
            total = _value(first, env)
            for by, factor in rest:
                total = _combine(operator.mul if by == "*" else operator.truediv, total, _value(factor, env))
            return total
        case Power(Norm(body, "2" | "F"), Number(2)):
            return arrays.squared_norm(_operand(_value(body, env)))
        case Power(base, exponent):
            return _combine(operator.pow, _value(base, env), _value(exponent, env))
        case Apply(function, arguments):
            return _applied(function, arguments, env)
        case Call(function, arguments):
            return _call(env, function, [_value(argument, env) for argument in arguments])
        case Prime(function, order, argument, defined):
            return _prime(env, function, order, _value(argument, env), defined)
        case Derivative(body, by, at):
            return _derivative(body, by, [_whole(_value(index, env)) for index in at], env)
        case _:
            return _array(node, env)


def _applied(function: str, arguments: tuple[Node, ...], env: Environment) -> Any:
    """The value of a function of the table, an identity matrix, or a sum over the elements between two derivatives."""
    match function, arguments:
        case "eye", (Number(size),):
            return np.eye(int(size))
        case "∂∂", (first, last, Number(axes)):
            return arrays.contracted(_value(first, env), _value(last, env), int(axes))
    operands = [_value(argument, env) for argument in arguments]
    result = FUNCTIONS[function].evaluate(*operands)
    return float(result) if all(map(_is_literal, operands)) else result


def _array(node: Node, env: Environment) -> Any:
    """The value of what is there for arrays' sake."""
    match node:
        case MatMul(left, right):
            return arrays.matrix_product(_operand(_value(left, env)), _operand(_value(right, env)))
        case Hadamard(left, right):
            return _value(left, env) * _value(right, env)
        case Transpose(body):
            return arrays.transpose(_value(body, env))
        case Norm(body, order):
            return arrays.norm(_operand(_value(body, env)), order)
        case Element(array, indices):
            return _element(array, [_whole(_value(index, env)) for index in indices], env)
        case Big():
            return _big(node, env)
        case Cases(rows, otherwise):
            chosen = math.nan if otherwise is None else _value(otherwise, env)
            for value, condition in reversed(rows):
                held = _held(condition, env)
                chosen = np.where(held, _operand(_value(value, env)), _operand(chosen))
                chosen = chosen[()] if isinstance(chosen, np.ndarray) and not chosen.shape else chosen
            return chosen
        case Matrix(rows):
            stacked = [np.stack([_operand(_value(part, env)) for part in row]) for row in rows]
            return arrays.standard(np.stack(stacked))
    raise TypeError(f"not a node of a formula: {node!r}")


def _is_literal(operand: Any) -> bool:
    return type(operand) is int or type(operand) is float


def _operand(value: Any) -> Any:
    """A Python number as NumPy's, which has no exceptions."""
    return np.float64(value) if _is_literal(value) else value


def _combine(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if _is_literal(left) and _is_literal(right):
        return float(operation(np.float64(left), right))
    return operation(left, right)


def _held(condition: Condition, env: Environment) -> Any:
    left, right = _value(condition.left, env), _value(condition.right, env)
    return _RELATIONS[condition.relation](_operand(left), _operand(right))


def _call(env: Environment, function: str, arguments: list[Any]) -> Any:
    definition = env.definitions[function]
    return _value(definition.body, env.called_with(dict(zip(definition.parameters, arguments, strict=True))))


def _prime(env: Environment, function: str, order: int, argument: Any, defined: bool) -> Any:
    """The derivative of a function that works element by element: along ones, in every element at once."""
    from gradlab.engine import jvp

    def apply(operand: Any) -> Any:
        return _call(env, function, [operand]) if defined else FUNCTIONS[function].evaluate(operand)

    slope: Callable[[Any], Any] = apply
    for _ in range(order):
        slope = _slope(jvp, slope)
    result = slope(_operand(argument))
    return float(result) if _is_literal(argument) else result


def _slope(jvp: Callable[..., Any], function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def slope(operand: Any) -> Any:
        shape = np.shape(operand)
        return jvp(function, (operand,), (np.ones(shape) if shape else 1.0,))[1]

    return slope


def _derivative(body: Node, by: str, at: Sequence[int], env: Environment) -> Any:
    """By the engine. Where no shapes are declared, an array is one point beside another.

    at: the element that is derived by, counted from 1; none for all of them.
    """
    from gradlab.engine import jacobian

    point = _operand(env.raw(by))
    shape = np.shape(point)

    def function(value: Any) -> Any:
        return _value(body, env.cut(by, value))

    if shape and not at and not env.shape(by) and np.shape(function(point)) == shape:
        from gradlab.engine import jvp

        return _slope(jvp, function)(point)
    result = jacobian(function)(point)
    if not shape and env.shape(by) is None:
        return result
    of = np.shape(result)[: len(np.shape(result)) - len(shape)]
    if at:
        sizes = shape if len(at) == len(shape) else (arrays.canonical(shape) or ())[-1:]
        if len(at) != len(sizes) or any(not 1 <= i <= n for i, n in zip(at, sizes, strict=True)):
            raise ValueError(f"{printed(by)} has no element {','.join(map(str, at))}")
        element: tuple[Any, ...] = (..., *(i - 1 for i in at))
        return np.reshape(result, of + tuple(sizes))[element]
    wanted = arrays.derivative(of, arrays.canonical(shape))
    return result if wanted is None or np.shape(result) == wanted else np.reshape(result, wanted)


def _whole(value: Any) -> int:
    """A value as an index or a limit of a sum. Raises ValueError where it is no whole number."""
    plain = value.freeze() if hasattr(value, "freeze") else value
    number = float(plain)
    if not number.is_integer():
        raise ValueError(f"an index or a limit of a sum must be a whole number, and this one is {number:g}")
    return int(number)


def _element(array: str, indices: list[int], env: Environment) -> Any:
    value = env.raw(array)
    shape = np.shape(value)
    if len(indices) == 1 and len(shape) > 1:
        value = arrays.standard(value)
        shape = np.shape(value)
        value, shape = (np.reshape(value, (-1,)), (shape[-1],)) if shape[:1] == (1,) else (value, shape)
    if len(indices) != len(shape) or any(not 1 <= i <= n for i, n in zip(indices, shape, strict=True)):
        asked, size = ",".join(map(str, indices)), "×".join(map(str, shape)) or "no"
        raise ValueError(
            f"{printed(array)} has {size} elements, counted from 1, and {asked} is not among them"
        )
    return value[tuple(i - 1 for i in indices)]


def _big(node: Big, env: Environment) -> Any:
    first, last = _whole(_value(node.lower, env)), _whole(_value(node.upper, env))
    env.count(max(0, last - first + 1))
    operation = operator.add if node.operation == "sum" else operator.mul
    total: Any = 0 if node.operation == "sum" else 1
    for place in range(first, last + 1):
        term = _value(node.body, env.within({node.index: place}))
        total = term if place == first else _combine(operation, total, term)
    return total
