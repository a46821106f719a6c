"""How changed trees are put together, so that they are written as a hand would."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from gradlab.notation.tree import (
    Apply,
    Derivative,
    Element,
    Hadamard,
    MatMul,
    Name,
    Node,
    Number,
    Power,
    Product,
    Sum,
    children,
    walk,
)

ONE = Number(1)


@lru_cache(maxsize=8192)
def size(tree: Node) -> int:
    """What one has to write of a tree: names, numbers, functions, and sums and products of several parts, each once,
    since what stands there again is copied.
    """
    parts = {node for node in walk(tree) if not isinstance(node, (Sum, Product)) or len(children(node)) > 1}
    return len(parts)


def without(parent: Node, place: int) -> Node:
    """A sum or product without one of its parts."""
    match parent:
        case Hadamard(left, right):
            return right if place == 0 else left
        case Sum(terms):
            left_terms = (*terms[:place], *terms[place + 1 :])
            return left_terms[0][1] if len(left_terms) == 1 and left_terms[0][0] == "+" else Sum(left_terms)
        case Product(factors):
            rest = (*factors[:place], *factors[place + 1 :])
            if rest[0][0] == "/":
                rest = (("*", ONE), *rest)
            return rest[0][1] if len(rest) == 1 else Product(rest)
    raise TypeError(f"no sum and no product: {parent!r}")


def joined(node: Node, missing: Node, arrays: bool = False) -> Node:
    """A term with a factor more: before a bare name at its end, since that is the innermost derivative, and a number
    in front.

    >>> from gradlab.notation.write import write
    >>> x, y, z = Name("x"), Name("y"), Name("z")
    >>> write(joined(Product((("*", y), ("*", x))), Product((("*", z), ("*", Sum((("+", ONE), ("-", z))))))))
    'y·z·(1 − z)·x'
    """
    if isinstance(missing, Number) and missing != ONE:
        return times(missing, node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        ((sign, inner),) = node.terms
        whole = joined(inner, missing, arrays)
        return negated(whole) if sign == "-" else whole
    last_is_bare = (
        isinstance(node, Product)
        and node.factors[-1][0] == "*"
        and isinstance(node.factors[-1][1], (Name, Element, Derivative))
        and not isinstance(missing, (Name, Element, Number))
        and all(by == "*" for by, _ in node.factors)
    )
    if last_is_bare and isinstance(node, Product) and not arrays and not isinstance(missing, Sum | Apply):
        first = without(node, len(node.factors) - 1)
        return times(times(first, missing), node.factors[-1][1])
    return times(node, missing, arrays)


def times(left: Node, right: Node, arrays: bool = False) -> Node:
    """left · right as one product, signs drawn out.

    >>> from gradlab.notation.write import write
    >>> write(times(Sum((("-", Name("x")),)), Product((("*", Name("y")), ("/", Number(2))))))
    '−x·y/2'
    """
    if left == ONE:
        return right
    if right == ONE:
        return left
    for one, other, turned in ((left, right, False), (right, left, True)):
        if isinstance(one, Sum) and len(one.terms) == 1:
            ((sign, inner),) = one.terms
            whole = times(other, inner, arrays) if turned else times(inner, other, arrays)
            return whole if sign == "+" else negated(whole)
    if arrays:
        return Hadamard(left, right)
    if isinstance(left, (MatMul, Hadamard)) and isinstance(right, (Name, Number, Element)):
        left, right = right, left
    before = left.factors if isinstance(left, Product) else (("*", left),)
    after = right.factors if isinstance(right, Product) else (("*", right),)
    if before[0][1] == ONE and len(before) > 1:  # 1/x · y is y/x
        return Product((*after, *before[1:]))
    if after[0][1] == ONE and len(after) > 1:
        return Product((*before, *after[1:]))
    return Product((*before, *after))


def divided(left: Node, right: Node) -> Node:
    """left / right, below one line.

    >>> from gradlab.notation.write import write
    >>> x, y = Name("x"), Name("y")
    >>> write(divided(divided(x, y), Number(2))), write(divided(divided(x, y), y))
    ('x/(2·y)', 'x/y^2')
    """
    if isinstance(left, Sum) and len(left.terms) == 1:
        ((sign, inner),) = left.terms
        return divided(inner, right) if sign == "+" else negated(divided(inner, right))
    if isinstance(right, Sum) and len(right.terms) == 1 and right.terms[0][0] == "-":
        return negated(divided(left, right.terms[0][1]))
    before = left.factors if isinstance(left, Product) else (("*", left),)
    if before[-1][0] == "/":
        return Product((*before[:-1], ("/", _multiplied(before[-1][1], right))))
    return Product((*before, ("/", right)))


def _multiplied(left: Node, right: Node) -> Node:
    """left · right, below a line."""
    match left:
        case Power(base, Number(n)) if base == right:
            return Power(base, Number(n + 1))
    if left == right:
        return Power(left, Number(2))
    return times(right, left) if isinstance(right, Number) else times(left, right)


def squared(tree: Node, of_matrix: bool) -> Node:
    """tree^2; A ⊙ A of a matrix, whose square could be A @ A."""
    return Hadamard(tree, tree) if of_matrix else Power(tree, Number(2))


def negated(tree: Node) -> Node:
    """−tree."""
    if isinstance(tree, Sum) and len(tree.terms) == 1:
        ((sign, inner),) = tree.terms
        return inner if sign == "-" else negated(inner)
    return Sum((("-", tree),))


def turned_round(tree: Sum) -> Sum:
    """b − a of a − b, as it is written."""
    turned = Sum(tuple(("+" if sign == "-" else "-", term) for sign, term in tree.terms))
    return Sum(turned.terms[::-1]) if turned.terms[0][0] == "-" else turned


def scaled(tree: Node, number: Fraction) -> Node:
    """number · tree, with the sign in front and the denominator below."""
    above, under = abs(number.numerator), number.denominator
    found = tree
    if above != 1:
        found = Number(above) if tree == ONE else times(Number(above), tree)
    if under != 1:
        found = divided(found, Number(under))
    return negated(found) if number < 0 else found


def below(node: Node, tree: Node) -> Node:
    """node / tree; times D where the tree is 1/D."""
    match tree:
        case Product((("*", Number(1)), ("/", under))):
            return times(node, under)
    return divided(node, tree)
