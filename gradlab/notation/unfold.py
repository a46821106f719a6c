"""A formula written out, with its definitions put in the place of their names: one that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gradlab.notation.bounds import size_of
from gradlab.notation.scope import Definition
from gradlab.notation.tree import (
    Apply,
    Big,
    Call,
    Cases,
    Derivative,
    Element,
    Hadamard,
    MatMul,
    Matrix,
    Name,
    Node,
    Norm,
    Power,
    Prime,
    Product,
    Sum,
    Transpose,
    free_names,
    walk,
)

MOST_NODES = 2000
"""In a formula that is written out."""


class Folded(Exception):
    """It can't be written without a definition: a derivative by a quantity, σ′ of a function of one's own."""


def unfold(tree: Node, definitions: Mapping[str, Definition]) -> Node:
    """The tree without names and calls of definitions. Raises Folded where that can't be said.

    >>> from gradlab.notation.formula import Scope, parse_definition, parse_formula
    >>> from gradlab.notation.write import write
    >>> scope = Scope({"x": ()})
    >>> for equation in ("z = 3x", "f(x) = x^2"):
    ...     scope = scope.defining(parse_definition(equation, scope))
    >>> write(unfold(parse_formula("f(z) + x", scope).tree, scope.definitions))
    '(3·x)^2 + x'
    """
    if size_of(tree, definitions) > MOST_NODES:
        raise Folded
    bodies: dict[str, Node] = {}
    for name, definition in definitions.items():  # each can only use those before it
        own = {n: body for n, body in bodies.items() if n not in definition.parameters}
        try:
            if size_of(definition.body, definitions) <= MOST_NODES:
                bodies[name] = _Unfolding(definitions, own).of(definition.body)
        except Folded:
            continue
    return _Unfolding(definitions, bodies).of(tree)


class _Unfolding:
    def __init__(self, definitions: Mapping[str, Definition], bodies: Mapping[str, Node]) -> None:
        self.definitions, self.bodies = definitions, bodies

    def of(self, node: Node) -> Node:
        """The node, written out."""
        match node:
            case Name(name) if name in self.definitions:
                return self._body(name)
            case Call(function, arguments):
                definition = self.definitions[function]
                parts = [self.of(argument) for argument in arguments]
                return _bind(self._body(function), dict(zip(definition.parameters, parts, strict=True)))
            case Prime(_, _, _, defined) if defined:
                raise Folded
            case Derivative(_, by) if by in self.definitions:
                raise Folded
            case Element(array, _) if array in self.definitions:
                raise Folded
        return rebuilt(node, self.of)

    def _body(self, name: str) -> Node:
        if name not in self.bodies:
            raise Folded
        return self.bodies[name]


def _bind(body: Node, values: Mapping[str, Node]) -> Node:
    """The body with its parameters' names replaced. Raises Folded where a name would be caught."""
    free = frozenset().union(*map(free_names, values.values()))
    for part in walk(body):
        caught = isinstance(part, Big) and part.index in free | values.keys()
        if caught or (isinstance(part, Derivative) and part.by in free | values.keys()):
            raise Folded
        if isinstance(part, Element) and part.array in values:
            raise Folded

    def bound(node: Node) -> Node:
        if isinstance(node, Name) and node.name in values:
            return values[node.name]
        return rebuilt(node, bound)

    return bound(body)


def rebuilt(node: Node, part: Callable[[Node], Node]) -> Node:
    """The node with `part` of each node directly below it."""
    match node:
        case Sum(terms):
            return Sum(tuple((sign, part(term)) for sign, term in terms))
        case Product(factors):
            return Product(tuple((by, part(factor)) for by, factor in factors))
        case Power(base, exponent):
            return Power(part(base), part(exponent))
        case Apply(_, arguments) | Call(_, arguments):
            return replace(node, arguments=tuple(map(part, arguments)))
        case Prime(_, _, argument):
            return replace(node, argument=part(argument))
        case Derivative(body, _, at):
            return replace(node, body=part(body), at=tuple(map(part, at)))
        case Transpose(body) | Norm(body):
            return replace(node, body=part(body))
        case MatMul(left, right) | Hadamard(left, right):
            return replace(node, left=part(left), right=part(right))
        case Element(_, indices):
            return replace(node, indices=tuple(map(part, indices)))
        case Big(_, _, lower, upper, body):
            return replace(node, lower=part(lower), upper=part(upper), body=part(body))
        case Cases(rows, otherwise):
            moved = tuple(
                (part(value), replace(held, left=part(held.left), right=part(held.right)))
                for value, held in rows
            )
            return Cases(moved, None if otherwise is None else part(otherwise))
        case Matrix(rows):
            return Matrix(tuple(tuple(map(part, row)) for row in rows))
    return node
