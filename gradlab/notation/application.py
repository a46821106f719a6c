"""Functions with their arguments: of the table, or defined beside the formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

from gradlab.notation import ambiguity, arrays, factors
from gradlab.notation.error import FormulaError
from gradlab.notation.functions import FUNCTIONS, Function
from gradlab.notation.piece import Form, Piece
from gradlab.notation.reader import Reader
from gradlab.notation.scope import Definition
from gradlab.notation.tree import Apply, Call, Node, Power, Prime
from gradlab.notation.words import Token


class Head(NamedTuple):
    """A function before its argument, with the power in sin² x."""

    name: Token
    exponent: Piece | None = None
    order: int = 0
    """How many primes it has."""


def call(reader: Reader, head: Head, brackets: Sequence[Token | Piece]) -> Piece:
    """A function with brackets around its arguments."""
    arguments = [part for part in brackets if isinstance(part, Piece)]
    end = next(part.end for part in reversed(brackets))
    form: Form = "call" if head.exponent is None else "powered call"
    return _apply(reader, head, arguments, form, end)


def spread(reader: Reader, head: Head, argument: Piece) -> Piece:
    """A function whose argument has no brackets: sin 2x."""
    name = reader.text[head.name.start : head.name.end]
    if head.order:
        reader.refuse(f"Write the argument of {name}' in brackets: {name}'(z).", argument.start)
    if head.name.value in reader.symbols.functions:
        reader.refuse(f"Write the argument of {name} in brackets: {name}(…).", argument.start)
    if FUNCTIONS[head.name.value].fewest == 1:
        ambiguity.refuse_argument(reader.text, head.name, argument)
    return _apply(reader, head, [argument], "open", argument.end)


def _apply(reader: Reader, head: Head, arguments: Sequence[Piece], form: Form, end: int) -> Piece:
    defined = reader.symbols.functions.get(head.name.value)
    function = FUNCTIONS[head.name.value] if defined is None else None
    fewest, most = _arguments(reader, head)
    if len(arguments) < fewest or (most and len(arguments) > most):
        raise FormulaError(_arity(reader, head, len(arguments)), reader.text, head.name.start + 1)
    ends = (head.name.start, end)
    shapes = [argument.shape for argument in arguments]
    nodes = tuple(argument.node for argument in arguments)
    if defined is not None:
        node: Node = Call(defined.name, nodes)
        shape = reader.shaped(*ends, factors.called, defined, shapes)
    else:
        node = Apply(cast("Function", function).name, nodes)
        shape = reader.shaped(*ends, cast("Function", function).shape_of, shapes)
    if head.order:
        node = _primed(reader, head, node, defined)
    depth = max(argument.depth for argument in arguments) + 1
    if head.exponent is not None:
        node = Power(node, head.exponent.node)
        shape = reader.shaped(*ends, arrays.power, shape, ())
        depth = max(depth, head.exponent.depth) + 1
    return reader.piece(node, form, ends, depth, *arguments, shape=shape)


def _primed(reader: Reader, head: Head, node: Node, defined: Definition | None) -> Node:
    """σ′(z): of a function of one argument that works element by element."""
    name = reader.text[head.name.start : head.name.end]
    if isinstance(node, (Apply, Call)) and len(node.arguments) == 1:
        table = FUNCTIONS.get(head.name.value)
        numbers = defined is not None and not defined.shape and not any(defined.shapes)
        single = (
            (defined.elementwise or numbers)
            if defined is not None
            else table is not None and table.shape is None
        )
        if single:
            return Prime(node.function, head.order, node.arguments[0], defined is not None)
    return reader.refuse(
        f"{name}' is not clear: a prime is the derivative of a function of one number. Write ∂/∂x[…].",
        head.name.start,
    )


def _arguments(reader: Reader, head: Head) -> tuple[int, int | None]:
    """The fewest and the most arguments that a function takes."""
    defined = reader.symbols.functions.get(head.name.value)
    if defined is not None:
        return len(defined.parameters), len(defined.parameters)
    function = FUNCTIONS[head.name.value]
    return function.fewest, function.most


def _arity(reader: Reader, head: Head, count: int) -> str:
    typed = reader.text[head.name.start : head.name.end]
    fewest, most = _arguments(reader, head)
    bound = f"{fewest} or more arguments" if most is None else f"{most} argument" + "s" * (most > 1)
    message = f"{typed} takes {bound}, and has {count} here."
    if head.name.value == "ln" and count == 2:
        message += " For a logarithm to another base write ln(x)/ln(b), log2(x) or log10(x)."
    return message
