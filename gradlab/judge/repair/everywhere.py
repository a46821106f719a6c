"""One change at all places of a part of the line that stands at several: a letter that was copied wrongly each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from gradlab.judge.repair.altered import PARTNERS
from gradlab.judge.repair.edits import Edit
from gradlab.judge.repair.forms import size, squared, times, turned_round
from gradlab.judge.repair.quantities import Table
from gradlab.judge.repair.sheets import Sheets
from gradlab.judge.repair.wording import instead
from gradlab.notation.tree import Apply, Condition, Name, Node, Number, Power, Sum, walk
from gradlab.notation.unfold import rebuilt

MOST_TRIED = 150
MOST_INNER = 6
"""Quantities that may be missing as a factor in an argument."""


def everywhere(tree: Node, table: Table, sheets: Sheets) -> Iterator[Edit]:
    """The changes after which the line is right, those of the larger parts first."""
    counts = Counter(node for node in walk(tree) if isinstance(node, (Name, Apply, Power, Sum)))
    several = sorted((node for node, n in counts.items() if n > 1), key=size, reverse=True)
    pairs = ((node, new) for node in several for new in _others(node, table, _is_matrix(node, sheets)))
    for node, new in islice(pairs, MOST_TRIED):
        whole = _changed(tree, node, new)
        if sheets.is_goal(sheets.value(whole)):
            yield Edit(1.6 + 0.1 * size(new), whole, f"{instead(new, node)}, each time")


def _is_matrix(node: Node, sheets: Sheets) -> bool:
    value = sheets.value(node)
    return value is not None and value[0].ndim == 2


def _others(node: Node, table: Table, is_matrix: bool) -> Iterator[Node]:
    """What may have been meant by a part."""
    match node:
        case Name():
            yield from (q.tree for q in table.quantities if isinstance(q.tree, Name) and q.tree != node)
            yield squared(node, is_matrix)
        case Apply(function, (argument,)):
            yield argument
            for group in PARTNERS:
                if function in group:
                    yield from (Apply(other, (argument,)) for other in group if other != function)
            yield squared(node, is_matrix)
            yield Apply(function, (times(Number(2), argument),))
            yield from (Apply(function, (times(argument, q.tree),)) for q in table.quantities[:MOST_INNER])
        case Power(base, Number(n)):
            yield Power(base, Number(n + 1))
            if n > 1:
                yield base if n == 2 else Power(base, Number(n - 1))
        case Sum(terms) if sorted(sign for sign, _ in terms) == ["+", "-"]:
            yield turned_round(node)


def _changed(tree: Node, old: Node, new: Node) -> Node:
    """The tree with another part in place of one, wherever that stands."""
    if tree == old:
        return new
    if isinstance(tree, Condition):
        return Condition(tree.relation, _changed(tree.left, old, new), _changed(tree.right, old, new))
    return rebuilt(tree, lambda part: _changed(part, old, new))
