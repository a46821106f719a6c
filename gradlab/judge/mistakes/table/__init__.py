"""The typical slips, by theme.

Of slips that give the very same answer the first one names it: so rules of one function come before those of
products and sums, and what may happen anywhere comes last.
"""

from gradlab.judge.mistakes.slip import SLIPS, Slip
from gradlab.judge.mistakes.table import (
    arrays,
    chain,
    flows,
    functions,
    powers,
    products,
    selection,
    sums,
)

THEMES = (functions, powers, chain, products, sums, selection, arrays, flows)
"""From the most specific to what may happen anywhere."""


def _theme(slip: Slip) -> int:
    return [theme.__name__ for theme in THEMES].index(slip.wrong.__module__)


TABLE: tuple[Slip, ...] = tuple(sorted(SLIPS, key=_theme))
"""All of them, in the order in which they name an answer."""
