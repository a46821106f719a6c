"""What was changed, in words: `× 2·x was missing`, `cos(x) in place of sin(x)`."""

from __future__ import annotations

import re

from gradlab.judge.repair.forms import ONE, below, scaled
from gradlab.judge.repair.quantities import Match
from gradlab.notation.tree import Node, Product, Sum
from gradlab.notation.write import write

LONGEST = 60
"""Characters of a part that is told."""
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def said(tree: Node) -> str:
    """As it stands in a sentence: x² for x^2.

    >>> from gradlab.notation.tree import Name, Number, Power
    >>> said(Power(Name("x"), Number(2))), said(Power(Name("x"), Number(12)))
    ('x²', 'x^12')
    """
    return re.sub(r"\^([2-9])(?![\w.])", lambda found: _RAISED[int(found[1])], write(tree))


def missing(match: Match) -> str:
    """`× 2·x`, `÷ 3`."""
    q, number = match.quantity.tree, match.number
    under = below(ONE, q)
    if match.below and not (isinstance(under, Product) and under.factors[0][1] == ONE):
        return f"× {bracketed(scaled(under, number))}"
    if match.below:
        return f"{'× ' + said(scaled(ONE, number)) + ' ' if number != 1 else ''}÷ {bracketed(q)}"
    if q == ONE and number.numerator == 1:
        return f"÷ {number.denominator}"
    return f"× {bracketed(scaled(q, number))}"


def bracketed(tree: Node) -> str:
    """As a factor."""
    return f"({said(tree)})" if isinstance(tree, Sum) else said(tree)


def shortened(tree: Node) -> str:
    """As a factor, or the beginning of a long one."""
    text = bracketed(tree)
    return text if len(text) <= 40 else "the term that begins with " + text[:24].rstrip() + "…"


def instead(new: Node, old: Node) -> str:
    """What stands in place of what, each cut if it is long."""
    one, other = (
        text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…" for text in (said(new), said(old))
    )
    return f"{one} in place of {other}"
