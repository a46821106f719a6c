"""What the chain rule does along the drawn edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gradlab.record import Number, number, real
from gradlab.record.explanation import Explanation, Flow
from gradlab.report.html.figures.graph.folding import Box

__all__ = ["Edge", "edges"]


@dataclass(frozen=True)
class Edge:
    """A wire from one box to another."""

    tail: int
    head: int
    node: int
    """The quantity that it carries."""
    flows: tuple[Flow, ...]
    """The chain rule along it; several where it ends in a group, none where no derivative goes that way."""
    moving: bool
    """Whether a derivative goes along it; out of a group its flows are those of what uses the quantity."""
    part: tuple[Number, ...]
    """What it brings, where that is one part of a sum; else empty."""


def edges(told: Explanation, boxes: Sequence[Box]) -> list[Edge]:
    """All wires, in the order of the boxes that they end in."""
    backward = told.mode == "reverse"
    flows = told.passes[0].flows
    arriving = Counter(flow.target for flow in flows)
    waiting: dict[tuple[int, int], list[Flow]] = {}
    for flow in flows:
        ends = (flow.source, flow.target) if backward else (flow.target, flow.source)
        waiting.setdefault(ends, []).append(flow)
    wires = []
    for head, box in enumerate(boxes):
        for tail, node in box.feeds:
            found: list[Flow] = []
            if box.kind == "group":
                found = [flow for step in box.members for flow in waiting.get((step, node), ())]
            elif box.kind == "step" and waiting.get((box.members[0], node)):
                found = [waiting[box.members[0], node].pop(0)]
            moving = bool(found) or (box.kind == "tap" and bool(told.passes[0].derivatives[node]))
            # In forward mode what goes into a group is no part of what comes out of it.
            is_part = (
                bool(found) and (backward or box.kind == "step") and arriving[found[0].target] > len(found)
            )
            wires.append(Edge(tail, head, node, tuple(found), moving, _together(found) if is_part else ()))
    return wires


def _together(flows: Sequence[Flow]) -> tuple[Number, ...]:
    """The sum of what they bring."""
    if len(flows) == 1:
        return flows[0].downstream
    columns = zip(*(flow.downstream for flow in flows), strict=False)
    return tuple(number(sum(real(value) for value in column)) for column in columns)
