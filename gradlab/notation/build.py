"""lark's tree to a tree of nodes, one method a rule of the grammar.

What could be read in two ways is refused on the way, by `ambiguity`.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn, TypeVar, cast

import numpy as np

from gradlab.notation import ambiguity, application, arrays, binding, factors, identity, rows
from gradlab.notation.application import Head
from gradlab.notation.arrays import ShapeError
from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.evaluate import evaluate
from gradlab.notation.names import printed
from gradlab.notation.piece import Form, Piece
from gradlab.notation.rows import Row
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    MOST_DEPTH,
    Apply,
    Call,
    Constant,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Prime,
    Sum,
    Transpose,
    free_names,
    walk,
)
from gradlab.notation.words import Names, Token

if TYPE_CHECKING:
    from lark import Tree

Result = TypeVar("Result")

MOST_ELEMENTS = 1_000_000
"""Of an array within a formula: the Jacobian of a matrix by a matrix has four axes."""

_EXACT = 2**53
"""Whole numbers below are floats without rounding."""


class Given(NamedTuple):
    """One `name = value`: the typed name, and the value as a piece or as nested lists of pieces."""

    name: Token
    value: Any


def build(text: str, tree: Tree[Any], symbols: Names | None = None, notes: list[str] | None = None) -> Any:
    """What the rule at the tree's root stands for: a `Piece`, a list of pieces, or a list of `Given`.

    What had to be assumed is added to `notes`.
    """
    rules = _Rules(text, Names() if symbols is None else symbols, [] if notes is None else notes)
    rules.indices = frozenset(
        part.value.partition(":")[2]
        for subtree in tree.iter_subtrees()
        for part in subtree.children
        if isinstance(part, Token) and part.type == "BIG"
    )
    done: dict[int, Any] = {}
    for subtree in tree.iter_subtrees():
        # Each is used once. To keep them all would keep n products of 1 to n factors.
        parts = [done.pop(id(part), part) for part in subtree.children]
        done[id(subtree)] = getattr(rules, subtree.data)(*parts)
    return done[id(tree)]


class _Rules:
    """The meaning of each rule (and alias) of the grammar, for one text."""

    def __init__(self, text: str, symbols: Names, notes: list[str]) -> None:
        self.text = text
        self.symbols = symbols
        self.notes = notes
        self.indices: frozenset[str] = frozenset()
        """Of all sums in the text."""

    def piece(
        self,
        node: Node,
        form: Form,
        ends: tuple[int, int],
        depth: int,
        *parts: Piece,
        shape: Shape | None = (),
    ) -> Piece:
        """A piece over text[ends[0]:ends[1]], of bounded depth."""
        if depth > MOST_DEPTH:
            message = f"The formula is nested more than {MOST_DEPTH} levels deep here."
            raise FormulaError(message, self.text, ends[0] + 1)
        if shape and math.prod(shape) > MOST_ELEMENTS:
            message = (
                f"'{excerpt(self.text[ends[0] : ends[1]])}' is {arrays.described(shape)}: "
                f"at most {MOST_ELEMENTS:,} elements are read. Try it with smaller arrays."
            )
            raise FormulaError(message, self.text, ends[0] + 1)
        return Piece(node, form, *ends, depth, parts, shape)

    def shaped(self, start: int, end: int, shape: Callable[..., Result], *arguments: Any) -> Result:
        """What a rule of shapes gives; where they don't fit, text[start:end] is what is refused."""
        try:
            return shape(*arguments)
        except ShapeError as error:
            message = f"In '{excerpt(self.text[start:end], 60)}' {error}."
            refusal = FormulaError(message, self.text, start + 1)
            refusal.misfit = True
            raise refusal from None

    def refuse(self, message: str, start: int) -> NoReturn:
        raise FormulaError(message, self.text, start + 1)

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
        return self.piece(
            Name(token.value), "name", (token.start, token.end), 1, shape=self.shape(token.value)
        )

    def shape(self, name: str) -> Shape | None:
        """The shape of a symbol, a quantity or an index, as a formula works with it."""
        return arrays.canonical(self.symbols.shapes.get(name, () if self.symbols.shaped else None))

    def constant(self, token: Token) -> Piece:
        if token.value.startswith("I"):
            return self.identity(token)
        return self.piece(Constant(token.value), "constant", (token.start, token.end), 1)

    def identity(self, token: Token) -> Piece:
        """I is of the size that fits, and I_3 of its own."""
        size = token.value[1:]
        node = identity.of_size(int(size)) if size.isdecimal() else identity.UNSIZED
        shape = (int(size), int(size)) if size.isdecimal() else arrays.FREE
        self.notes.append("I is the identity matrix.")
        return self.piece(node, "name", (token.start, token.end), 2, shape=arrays.canonical(shape))

    def group(self, left: Token, inner: Piece, right: Token) -> Piece:
        return self.piece(inner.node, "group", (left.start, right.end), inner.depth, inner, shape=inner.shape)

    def bars(self, left: Token, inner: Piece, right: Token) -> Piece:
        ends = (left.start, right.end)
        order = right.value.removeprefix("|")
        if (
            inner.form == "bars"
            and inner.start == left.end
            and self.text[inner.end - 1 : inner.end + 1] == "||"
        ):
            return self.length(ends, inner.parts[0], order)
        if order:
            self.refuse("A norm has two bars on either side: write ||x||_1 or ‖x‖_1.", right.start)
        node = Apply("abs", (inner.node,))
        return self.piece(node, "bars", ends, inner.depth + 1, inner, shape=inner.shape)

    def norm(self, left: Token, inner: Piece, right: Token) -> Piece:
        return self.length((left.start, right.end), inner, right.value)

    def length(self, ends: tuple[int, int], inner: Piece, order: str) -> Piece:
        """The norm of the inner piece."""
        matrix = inner.shape is not None and len(inner.shape) > 1 and inner.shape[0] > 1
        if matrix and order in {"", "2"}:
            order = "F"
            self.notes.append("The norm of a matrix is the Frobenius norm, the root of the sum of squares.")
        if matrix and order != "F":
            self.refuse("Of a matrix only the Frobenius norm ‖W‖_F is read.", ends[0])
        node = Norm(inner.node, cast('Literal["2", "1", "inf", "F"]', order or "2"))
        return self.piece(node, "bars", ends, inner.depth + 1, inner)

    def element(self, name: Token, *brackets: Token | Piece) -> Piece:
        return binding.element(
            self, name, [part for part in brackets if isinstance(part, Piece)], brackets[-1].end
        )

    def vector(self, *brackets: Token | Piece) -> Piece:
        return rows.vector(self, brackets)

    def matrix(self, begin: Token, *lines: Token | list[Piece]) -> Piece:
        return rows.matrix(self, begin, lines)

    def line(self, *parts: Piece | Token) -> list[Piece]:
        return [part for part in parts if isinstance(part, Piece)]

    def held(self, value: Piece, _: Token, left: Piece, relation: Token, right: Piece) -> Row:
        return Row(value, relation.value, left, right)

    def otherwise(self, value: Piece, *_: Token) -> Row:
        return Row(value)

    def cases(self, begin: Token, *lines: Token | Row) -> Piece:
        return rows.cases(self, begin, lines)

    # Powers and signs

    def transpose(self, base: Piece, sign: Token) -> Piece:
        ends = (base.start, sign.end)
        if base.shape is None:
            self.refuse("A transpose needs shapes: say which names are vectors and matrices.", sign.start)
        if base.shape == ():
            typed = excerpt(self.text[base.start : base.end])
            self.refuse(
                f"'{typed}' is a number, which needs no transpose; for a power declare the exponent."
                + self.said_of_shapes(base.node),
                sign.start,
            )
        shape = self.shaped(*ends, arrays.transposed, base.shape)
        return self.piece(Transpose(base.node), "atom", ends, base.depth + 1, base, shape=shape)

    def said_of_shapes(self, node: Node) -> str:
        """How the shape of a symbol is said, where it was taken for a number because nothing says one."""
        if not isinstance(node, Name) or node.name in self.symbols.definitions:
            return ""
        name = printed(node.name)
        return f" If it is a vector or a matrix, say so: {name} ∈ ℝ^3 in the text, or shapes: {name}: 3."

    def power(self, base: Piece, sign: Token, exponent: Piece | None = None) -> Piece:
        ambiguity.refuse_power_of_power(self.text, base)
        form: Form = "power"
        if exponent is None:
            form, exponent = "superscript", self.superscript(sign)
        ends = (base.start, exponent.end)
        if base.node == Constant("e"):
            node: Node = Apply("exp", (exponent.node,))
            shape = exponent.shape
        else:
            node = Power(base.node, exponent.node)
            shape = self.shaped(*ends, arrays.power, base.shape, exponent.shape)
        if shape:
            self.notes.append(f"'{excerpt(self.text[ends[0] : ends[1]])}' is taken element by element.")
        depth = max(base.depth, exponent.depth) + 1
        piece = self.piece(node, form, ends, depth, base, exponent, shape=shape)
        self.refuse_overflow(piece)
        return piece

    def refuse_overflow(self, piece: Piece) -> None:
        """9^9^9 is no number that a float can hold."""
        if free_names(piece.node) or any(part.shape for part in piece.parts):
            return
        if any(isinstance(part, (Call, Prime)) for part in walk(piece.node)):
            return
        with np.errstate(all="ignore"):
            value = evaluate(piece.node, {})
            base = evaluate(piece.parts[0].node, {})
        if np.isinf(value) and base != 0 and np.isfinite(base):
            typed = excerpt(self.text[piece.start : piece.end])
            self.refuse(f"'{typed}' is too large: a float ends at 1.8·10^308.", piece.start)

    def superscript(self, token: Token) -> Piece:
        digits = token._replace(value=token.value.lstrip("+-"))
        node: Node = Number(self.literal(digits))
        if token.value.startswith("-"):
            node = Sum((("-", node),))
        return self.piece(node, "number", (token.start, token.end), 2)

    def sign(self, sign: Token, inner: Piece) -> Piece:
        ends = (sign.start, inner.end)
        if sign.type == "PLUS":
            return self.piece(inner.node, "sign", ends, inner.depth, inner, shape=inner.shape)
        node = Sum((("-", inner.node),))
        return self.piece(node, "sign", ends, inner.depth + 1, inner, shape=inner.shape)

    # Sums and products

    def add(self, left: Piece, sign: Token, right: Piece) -> Piece:
        plus = sign.type == "PLUS"
        term = right.node
        while isinstance(term, Sum) and len(term.terms) == 1:  # a + −b is a − b
            ((_, term),) = term.terms
            plus = not plus
        typed = "+" if sign.type == "PLUS" else "−"
        for one, other in ((left, right), (right, left)):
            if one.shape and isinstance(other.node, Name) and other.node.name in self.symbols.unsaid:
                refusal = FormulaError(
                    f"{printed(other.node.name)} is added to {arrays.described(one.shape)}, and nothing says what it is: "
                    f"write {printed(other.node.name)} ∈ ℝ^… or shapes: {printed(other.node.name)}: …",
                    self.text,
                    other.start + 1,
                )
                refusal.misfit = True
                raise refusal
        shape = self.shaped(left.start, right.end, arrays.spread, left.shape, right.shape, typed)
        first, term = identity.sized(left.node, left.shape, shape), identity.sized(term, right.shape, shape)
        terms = first.terms if isinstance(first, Sum) else (("+", first),)
        node = Sum((*terms, ("+" if plus else "-", term)))
        depth = max(left.depth + (left.form != "sum"), right.depth + 1)
        # Without its parts: each sum on the way to this one would be kept with all its terms.
        return self.piece(node, "sum", (left.start, right.end), depth, shape=shape)

    def multiply(self, left: Piece, sign: Token, right: Piece) -> Piece:
        if sign.type == "TIMES" and (whole := binding.after_coefficient(self, left, sign, right)):
            return whole
        ambiguity.refuse_after_open(self.text, left, sign, right)
        if sign.type == "DIVIDE":
            ambiguity.refuse_run_below(self.text, left, right)
        self.refuse_after_derivative(left, sign, right)
        node, shape = factors.multiplied(self, left, sign, right)
        flat = left.form == "product" and factors.is_longer(left.node, node)
        depth = max(left.depth + (not flat), right.depth + 1)
        return self.piece(node, "product", (left.start, right.end), depth, right, shape=shape)  # likewise

    def juxtapose(self, left: Piece, right: Piece) -> Piece:
        if whole := binding.after_coefficient(self, left, None, right):
            return whole
        parts = left.parts if left.form == "run" else (left,)
        ambiguity.refuse_after_power(self.text, parts[-1], right)
        ambiguity.refuse_after_nested(self.text, parts[-1], right)
        self.refuse_after_derivative(left, None, right)
        node, shape = factors.multiplied(self, left, None, right)
        flat = left.form == "run" and factors.is_longer(left.node, node)
        depth = max(left.depth + (not flat), right.depth + 1)
        return self.piece(node, "run", (left.start, right.end), depth, *parts, right, shape=shape)

    def refuse_after_derivative(self, left: Piece, sign: Token | None, right: Piece) -> None:
        last = left.last_factor
        if last.form == "derivative":
            binding.refuse_after_derivative(self, last, sign, right)

    # Derivatives and sums

    def derivative(self, operator: Token, operand: Piece) -> Piece:
        return binding.derivative(self, operator, operand)

    def big(self, *parts: Token | Piece) -> Piece:
        if len(parts) == 1:
            return cast("Piece", parts[0])
        return binding.big(self, parts)

    # Functions

    def head(self, name: Token, sign: Token | None = None, exponent: Piece | None = None) -> Head:
        if sign is not None and sign.type == "PRIME":
            return Head(name, None, len(sign.value))
        if sign is not None and exponent is None:
            exponent = self.superscript(sign)
        if exponent is not None:
            ambiguity.refuse_inverse(self.text, name, exponent)
        return Head(name, exponent)

    def call(self, head: Head, *brackets: Token | Piece) -> Piece:
        return application.call(self, head, brackets)

    def spread(self, head: Head, argument: Piece) -> Piece:
        return application.spread(self, head, argument)

    # Starts

    def formula(self, piece: Piece) -> Piece:
        return piece

    def chain(self, *parts: Piece | Token) -> list[Piece]:
        return [part for part in parts if isinstance(part, Piece)]

    def list(self, *parts: Any) -> Any:
        return [part for part in parts if not isinstance(part, Token)]

    def assignment(self, name: Token, _: Token, value: Any) -> Given:
        return Given(name, value)

    def assignments(self, *parts: Any) -> Any:
        return [part for part in parts if isinstance(part, Given)]
