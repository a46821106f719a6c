"""What was changed, in words: `× 2·x was missing`, `cos(x) in place of sin(x)`."""

from __future__ import annotations

from gradlab.judge.repair.forms import ONE, below, scaled
from gradlab.judge.repair.quantities import Match
from gradlab.notation.tree import Node, Product, Sum
from gradlab.notation.write import write

LONGEST = 60
"""Characters of a part that is told."""


def missing(match: Match) -> str:
    """`× 2·x`, `÷ 3`."""
    q, number = match.quantity.tree, match.number
    under = below(ONE, q)
    if match.below and not (isinstance(under, Product) and under.factors[0][1] == ONE):
        return f"× {bracketed(scaled(under, number))}"
    if match.below:
        return f"{'× ' + write(scaled(ONE, number)) + ' ' if number != 1 else ''}÷ {bracketed(q)}"
    if q == ONE and number.numerator == 1:
        return f"÷ {number.denominator}"
    return f"× {bracketed(scaled(q, number))}"


def bracketed(tree: Node) -> str:
    """As a factor."""
    return f"({write(tree)})" if isinstance(tree, Sum) else write(tree)


def shortened(tree: Node) -> str:
    """As a factor, or the beginning of a long one."""
    text = bracketed(tree)
    return text if len(text) <= 40 else "the term that begins with " + text[:24].rstrip() + "…"


def instead(new: Node, old: Node) -> str:
    """What stands in place of what, each cut if it is long."""
    one, other = (
        text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…" for text in (write(new), write(old))
    )
    return f"{one} in place of {other}"
