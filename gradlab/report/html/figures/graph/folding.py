"""Which quantities are drawn, and what is drawn as one box because there is no room for all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gradlab.record.explanation import Explanation, Node

__all__ = ["Box", "boxes"]

_MOST_STEPS, _MOST_BOXES = 30, 60
_LARGEST_PART = 8
"""Operations: what is folded in one expression is no more, so that the whole does not vanish in a box."""
_MOST_WEIGHED = 2000
"""Steps: of more, only the first and the last are looked at."""
_FIRST, _LAST = 8, 6
"""Boxes that stay where the middle is folded."""
_UNNAMED = re.compile(r"v\d+")


@dataclass(frozen=True)
class Box:
    """One vertex of the drawing."""

    kind: Literal["input", "constant", "step", "group", "tap"]
    """A group is several steps in one; a tap is one of several quantities that come out of a group."""
    members: tuple[int, ...]
    """The nodes that it stands for."""
    out: int | None
    """The node whose value comes out of it; None for a group that has taps."""
    feeds: tuple[tuple[int, int], ...]
    """What goes into it: the box that it comes from, and the node."""


def boxes(explanation: Explanation) -> list[Box] | None:
    """The boxes to draw, each after those that feed it; None where they would be too many to be read."""
    nodes = explanation.nodes
    steps = [place for place, node in enumerate(nodes) if node.kind == "step"]
    if not steps or len(nodes) - len(steps) > _MOST_BOXES - _MOST_STEPS:
        return None
    consumers: list[set[int]] = [set() for _ in nodes]
    for place, node in enumerate(nodes):
        for operand in node.operands:
            consumers[operand].add(place)
    groups = _folded(explanation, steps, consumers)
    found = _wired(explanation, groups, consumers)
    return found if len(found) <= _MOST_BOXES else None


# What is folded


def _folded(told: Explanation, steps: Sequence[int], consumers: Sequence[set[int]]) -> list[tuple[int, ...]]:
    """The steps in groups, few enough to be drawn: by expressions, by lines, and what is left in the middle.

    Every group is such that no path leaves it and comes back: an expression has one way out, and
    neighbours in the order of computation can have nothing between them.
    """
    groups: list[tuple[int, ...]] = [(step,) for step in steps]
    if len(groups) <= _MOST_STEPS or len(groups) > _MOST_WEIGHED:
        return _middle(groups)
    groups = _by_expression(told, groups, consumers)
    return _middle(_by_line(told.nodes, groups))


def _by_expression(
    told: Explanation, groups: list[tuple[int, ...]], consumers: Sequence[set[int]]
) -> list[tuple[int, ...]]:
    """Folds what only serves to compute one quantity, those that the code has a name for first."""
    cones = [_cone(told.nodes, step, consumers) for step, *_ in groups if step != told.output]
    cones = [cone for cone in cones if 1 < len(cone) <= _LARGEST_PART]
    cones.sort(key=lambda cone: (_is_unnamed(told.nodes[cone[-1]]), -len(cone), cone))
    taken: set[int] = set()
    excess = len(groups) - _MOST_STEPS
    chosen = []
    for cone in cones:
        if excess > 0 and taken.isdisjoint(cone):
            chosen.append(cone)
            taken.update(cone)
            excess -= len(cone) - 1
    rest = [group for group in groups if taken.isdisjoint(group)]
    return sorted([*rest, *chosen], key=lambda group: group[-1])


def _cone(nodes: Sequence[Node], root: int, consumers: Sequence[set[int]]) -> tuple[int, ...]:
    """The root with all unnamed steps before it whose results are used for it alone."""
    inside = {root}
    waiting = set(nodes[root].operands)
    while waiting and len(inside) <= _LARGEST_PART:
        place = max(waiting)  # all that use it are among those that were looked at before
        waiting.remove(place)
        node = nodes[place]
        if node.kind == "step" and _is_unnamed(node) and consumers[place] <= inside:
            inside.add(place)
            waiting.update(node.operands)
    return tuple(sorted(inside))


def _is_unnamed(node: Node) -> bool:
    """Whether the user's code has no name for it."""
    return _UNNAMED.fullmatch(node.name) is not None


def _by_line(nodes: Sequence[Node], groups: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Folds what one line of the user's code computes, the longest lines first."""
    while len(groups) > _MOST_STEPS:
        runs = _runs([nodes[group[-1]].location for group in groups])
        start, end = max(runs, key=lambda run: run[1] - run[0], default=(0, 1))
        if end - start < 2 or end - start > len(groups) // 2:
            return groups
        merged = tuple(step for group in groups[start:end] for step in group)
        groups = [*groups[:start], tuple(sorted(merged)), *groups[end:]]
    return groups


def _runs(locations: Sequence[str]) -> list[tuple[int, int]]:
    """Where neighbours have the same, known place: from and to."""
    runs, start = [], 0
    for place in range(1, len(locations) + 1):
        if place == len(locations) or locations[place] != locations[start]:
            if locations[start]:
                runs.append((start, place))
            start = place
    return runs


def _middle(groups: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Folds what is in the middle, where there is still too much."""
    if len(groups) <= _MOST_STEPS:
        return groups
    between = tuple(sorted(step for group in groups[_FIRST:-_LAST] for step in group))
    return [*groups[:_FIRST], between, *groups[-_LAST:]]


# How it hangs together


def _wired(told: Explanation, groups: list[tuple[int, ...]], consumers: Sequence[set[int]]) -> list[Box]:
    """The boxes of all nodes, with what feeds them."""
    found: list[Box] = []
    made_by: dict[int, int] = {}
    for place, node in enumerate(told.nodes):
        if node.kind != "step":
            made_by[place] = len(found)
            found.append(Box(node.kind, (place,), place, ()))
    for group in groups:
        inside = set(group)
        operands = [operand for step in group for operand in told.nodes[step].operands]
        if len(group) > 1:
            operands = [operand for operand in dict.fromkeys(operands) if operand not in inside]
        feeds = tuple((made_by[operand], operand) for operand in operands)
        outs = [step for step in group if step == told.output or not consumers[step] <= inside]
        kind: Literal["step", "group"] = "step" if len(group) == 1 else "group"
        here = len(found)
        found.append(Box(kind, group, outs[0] if len(outs) == 1 else group[0] if not outs else None, feeds))
        made_by |= dict.fromkeys(group, here)
        for out in outs if len(outs) > 1 else ():
            made_by[out] = len(found)
            found.append(Box("tap", (out,), out, ((here, out),)))
    return found
