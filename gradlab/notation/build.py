"""lark's tree to a tree of nodes, one method a rule of the grammar.

What could be read in two ways is refused on the way, by `ambiguity`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from gradlab.notation import ambiguity
from gradlab.notation.error import FormulaError
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.piece import Form, Piece
from gradlab.notation.tree import MOST_DEPTH, Apply, Constant, Name, Node, Number, Power, Product, Sum
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from lark import Tree

_EXACT = 2**53
"""Whole numbers below are floats without rounding."""


class Head(NamedTuple):
    """A function before its argument, with the power in sin² x."""

    name: Token
    exponent: Piece | None = None


class Given(NamedTuple):
    """One `name = value`: the typed name, and the value as a piece or as nested lists of pieces."""

    name: Token
    value: Any


def build(text: str, tree: Tree[Any]) -> Any:
    """What the rule at the tree's root stands for: a `Piece`, or a list of `Given`."""
    rules = _Rules(text)
    done: dict[int, Any] = {}
    for subtree in tree.iter_subtrees():
        parts = [done.get(id(part), part) for part in subtree.children]
        done[id(subtree)] = getattr(rules, subtree.data)(*parts)
    return done[id(tree)]


class _Rules:
    """The meaning of each rule (and alias) of the grammar, for one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def piece(self, node: Node, form: Form, ends: tuple[int, int], depth: int, *parts: Piece) -> Piece:
        """A piece over text[ends[0]:ends[1]], of bounded depth."""
        if depth > MOST_DEPTH:
            message = f"The formula is nested more than {MOST_DEPTH} levels deep here."
            raise FormulaError(message, self.text, ends[0] + 1)
        return Piece(node, form, *ends, depth, parts)

    # Atoms

    def number(self, token: Token) -> Piece:
        value = self.literal(token)
        return self.piece(Number(value), "number", (token.start, token.end), 1)

    def literal(self, token: Token) -> int | float:
        """The number, as an int if it was typed as one and a float holds it exactly."""
        typed = token.value
        if not typed.isascii():
            return unicodedata.numeric(typed)
        if typed.isdecimal() and len(typed) < 20 and int(typed) < _EXACT:
            return int(typed)
        value = float(typed)
        if math.isinf(value):
            raise FormulaError("This number is too large for a float.", self.text, token.start + 1)
        if value == 0 and any(digit in "123456789" for digit in typed.lower().partition("e")[0]):
            raise FormulaError("This number is too small for a float.", self.text, token.start + 1)
        return value

    def name(self, token: Token) -> Piece:
        return self.piece(Name(token.value), "name", (token.start, token.end), 1)

    def constant(self, token: Token) -> Piece:
        return self.piece(Constant(token.value), "constant", (token.start, token.end), 1)

    def group(self, left: Token, inner: Piece, right: Token) -> Piece:
        return self.piece(inner.node, "group", (left.start, right.end), inner.depth, inner)

    def bars(self, left: Token, inner: Piece, right: Token) -> Piece:
        ambiguity.refuse_norm(self.text, left, inner)
        node = Apply("abs", (inner.node,))
        return self.piece(node, "bars", (left.start, right.end), inner.depth + 1, inner)

    # Powers and signs

    def power(self, base: Piece, sign: Token, exponent: Piece | None = None) -> Piece:
        ambiguity.refuse_power_of_power(self.text, base)
        form: Form = "power"
        if exponent is None:
            form, exponent = "superscript", self.superscript(sign)
        if base.node == Constant("e"):
            node: Node = Apply("exp", (exponent.node,))
        else:
            node = Power(base.node, exponent.node)
        depth = max(base.depth, exponent.depth) + 1
        return self.piece(node, form, (base.start, exponent.end), depth, base, exponent)

    def superscript(self, token: Token) -> Piece:
        digits = token._replace(value=token.value.lstrip("+-"))
        node: Node = Number(self.literal(digits))
        if token.value.startswith("-"):
            node = Sum((("-", node),))
        return self.piece(node, "number", (token.start, token.end), 2)

    def sign(self, sign: Token, inner: Piece) -> Piece:
        ends = (sign.start, inner.end)
        if sign.type == "PLUS":
            return self.piece(inner.node, "sign", ends, inner.depth, inner)
        return self.piece(Sum((("-", inner.node),)), "sign", ends, inner.depth + 1, inner)

    # Sums and products

    def add(self, left: Piece, sign: Token, right: Piece) -> Piece:
        plus = sign.type == "PLUS"
        term = right.node
        while isinstance(term, Sum) and len(term.terms) == 1:  # a + −b is a − b
            ((_, term),) = term.terms
            plus = not plus
        terms = left.node.terms if isinstance(left.node, Sum) else (("+", left.node),)
        node = Sum((*terms, ("+" if plus else "-", term)))
        depth = max(left.depth + (left.form != "sum"), right.depth + 1)
        return self.piece(node, "sum", (left.start, right.end), depth, left, right)

    def multiply(self, left: Piece, sign: Token, right: Piece) -> Piece:
        ambiguity.refuse_after_open(self.text, left, sign, right)
        if sign.type == "DIVIDE":
            ambiguity.refuse_run_below(self.text, left, right)
        by: Literal["*", "/"] = "*" if sign.type == "TIMES" else "/"
        factors = [(by, right.node)]
        if by == "*" and right.form == "run" and isinstance(right.node, Product):
            factors = list(right.node.factors)
        node = _product(left.node, factors)
        depth = max(left.depth + (left.form != "product"), right.depth + 1)
        return self.piece(node, "product", (left.start, right.end), depth, left, right)

    def juxtapose(self, left: Piece, right: Piece) -> Piece:
        factors = left.parts if left.form == "run" else (left,)
        ambiguity.refuse_after_power(self.text, factors[-1], right)
        ambiguity.refuse_after_nested(self.text, factors[-1], right)
        node = _product(left.node, [("*", right.node)])
        depth = max(left.depth + (left.form != "run"), right.depth + 1)
        return self.piece(node, "run", (left.start, right.end), depth, *factors, right)

    # Functions

    def head(self, name: Token, sign: Token | None = None, exponent: Piece | None = None) -> Head:
        if sign is not None and exponent is None:
            exponent = self.superscript(sign)
        if exponent is not None:
            ambiguity.refuse_inverse(self.text, name, exponent)
        return Head(name, exponent)

    def call(self, head: Head, *brackets: Token | Piece) -> Piece:
        arguments = [part for part in brackets if isinstance(part, Piece)]
        end = next(part.end for part in reversed(brackets))
        form: Form = "call" if head.exponent is None else "powered call"
        return self.apply(head, arguments, form, end)

    def spread(self, head: Head, argument: Piece) -> Piece:
        if FUNCTIONS[head.name.value].fewest == 1:
            ambiguity.refuse_argument(self.text, head.name, argument)
        return self.apply(head, [argument], "open", argument.end)

    def apply(self, head: Head, arguments: Sequence[Piece], form: Form, end: int) -> Piece:
        function = FUNCTIONS[head.name.value]
        if len(arguments) < function.fewest or (function.most and len(arguments) > function.most):
            raise FormulaError(self.arity(head, len(arguments)), self.text, head.name.start + 1)
        node: Node = Apply(function.name, tuple(argument.node for argument in arguments))
        depth = max(argument.depth for argument in arguments) + 1
        if head.exponent is not None:
            node = Power(node, head.exponent.node)
            depth = max(depth, head.exponent.depth) + 1
        return self.piece(node, form, (head.name.start, end), depth, *arguments)

    def arity(self, head: Head, count: int) -> str:
        function, typed = FUNCTIONS[head.name.value], self.text[head.name.start : head.name.end]
        fewest, most = function.fewest, function.most
        bound = f"{fewest} or more arguments" if most is None else f"{most} argument" + "s" * (most > 1)
        message = f"{typed} takes {bound}, and has {count} here."
        if function.name == "ln" and count == 2:
            message += " For a logarithm to another base write ln(x)/ln(b), log2(x) or log10(x)."
        return message

    # Starts

    def formula(self, piece: Piece) -> Piece:
        return piece

    def array(self, *parts: Any) -> list[Any]:
        return [part for part in parts if not isinstance(part, Token)]

    def assignment(self, name: Token, _: Token, value: Any) -> Given:
        return Given(name, value)

    def assignments(self, *parts: Any) -> list[Given]:
        return [part for part in parts if isinstance(part, Given)]


def _product(left: Node, factors: Sequence[tuple[Literal["*", "/"], Node]]) -> Node:
    """left · factors, with a sign of the first factor drawn out: (−a)·b is −(a·b), also in floats."""
    if isinstance(left, Sum) and len(left.terms) == 1:
        ((sign, inner),) = left.terms
        return Sum(((sign, _product(inner, factors)),))
    first = left.factors if isinstance(left, Product) else (("*", left),)
    return Product((*first, *factors))
