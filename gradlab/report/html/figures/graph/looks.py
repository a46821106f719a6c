"""How a box of the graph looks: its shape and its texts, and the room that they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradlab.record.explanation import Explanation
from gradlab.report._words.wording import plural
from gradlab.report.html.figures.graph.edges import Edge
from gradlab.report.html.figures.graph.folding import Box
from gradlab.report.html.figures.graph.labels import SIGN_SIZE, extent, fitted, quantity, shape_text, symbol
from gradlab.report.html.figures.graph.layout import Vertex

__all__ = ["FAN", "LINE", "RADIUS", "STUB", "Look", "look"]

LINE = 14
"""Pixels from one line of text to the next."""
RADIUS, FAN, STUB = 14.0, 14.0, 16.0
"""Of the round ends of an operation; the room where its wires come together; the wire that leaves the output."""
_BESIDE, _APART = 19.0, 9.0
"""Between wires that arrive, with texts between them and without."""
_NAME, _VALUE, _PART, _SIGN = 98.0, 109.0, 98.0, 109.0
"""Room for texts in pixels."""
_BOLD = 1.1
"""How much wider bold texts are."""


@dataclass(frozen=True)
class Look:
    """A box as it is drawn."""

    sign: tuple[str, ...]
    """The lines inside of its shape."""
    width: float
    height: float
    name: str
    shape: str
    value: str
    derivative: str
    parts: tuple[str, ...]
    """At its entries, in the order of the edges; "" where an edge brings all."""

    @property
    def text_width(self) -> float:
        """Of the lines beside it."""
        head = extent(self.name) + (extent(self.shape) + 5 if self.shape else 0)
        return max(head, extent(self.value), extent(self.derivative) * _BOLD)

    def vertex(self, *, down: bool, is_output: bool) -> Vertex:
        """The room that it takes, in a drawing that goes down or to the right."""
        count = len(self.parts)
        labelled = any(self.parts)
        longest = max(map(extent, self.parts), default=0.0)
        if down:
            spacing = longest + _APART if labelled else _APART
            ports = [k * spacing - (count * spacing - _APART) / 2 * (count > 1) for k in range(count)]
            right = max(self.width / 2 + 6 + self.text_width, ports[-1] + longest + 6 if labelled else 0.0)
            lines = 1.5 * LINE + 2
            back = max(self.height / 2 + (LINE + FAN if labelled else 0), lines)
            ahead = max(self.height / 2 + (STUB if is_output else 0), lines)
            return Vertex(back, ahead, max(self.width / 2, -min(ports, default=0.0)), right, tuple(ports))
        spacing = _BESIDE if labelled else _APART
        ports = [(k - (count - 1) / 2) * spacing for k in range(count)]
        lowest = ports[-1] + (LINE + 1 if labelled else 0) if ports else 0.0
        above = 5 + LINE * (1 + bool(self.name or self.shape)) if self.value else 0.0
        return Vertex(
            back=self.width / 2 + (longest + 10 if labelled else 0),
            ahead=self.width / 2 + 6 + self.text_width + 4,
            before=max(self.height / 2, above, -ports[0] + 2 if ports else 0.0),
            after=max(self.height / 2, lowest, LINE + 3.0 if self.derivative else 0.0),
            ports=tuple(ports),
        )


def look(told: Explanation, box: Box, coming: Sequence[Edge]) -> Look:
    """The texts of a box, and the size of its shape.

    coming: the edges that end in it, in the order of its feeds.
    """
    sign, width, height = _sign(told, box, len(coming))
    parts = tuple(_part(told, edge) for edge in coming)
    if box.out is None:
        return Look(sign, width, height, "", "", "", "", parts)
    node, derivative = told.nodes[box.out], told.passes[0].derivatives[box.out]
    inside = box.kind in {"input", "constant"} or (
        box.kind == "group" and sign[0] == fitted(node.name, _SIGN, SIGN_SIZE)
    )
    return Look(
        sign,
        width,
        height,
        name="" if inside else fitted(node.name, _NAME),
        shape=fitted(shape_text(node.shape), _NAME),
        value=quantity(node.shape, node.values, _VALUE),
        derivative=quantity(node.shape, derivative, _VALUE)
        if derivative
        else "0"
        if node.differentiated
        else "",
        parts=parts,
    )


def _sign(told: Explanation, box: Box, entries: int) -> tuple[tuple[str, ...], float, float]:
    """What stands inside of the shape, and how large that is."""
    node = told.nodes[box.members[-1]]
    if box.kind == "tap":
        return (), 8.0, 8.0
    if box.kind == "group":
        count = plural(len(box.members), "operation")
        lines = (fitted(node.name, _SIGN, SIGN_SIZE), count) if box.out is not None else (f"… {count}",)
        return (
            lines,
            max(extent(lines[0], SIGN_SIZE), extent(lines[-1])) + 18,
            max(40.0, _APART * entries + 8),
        )
    if box.kind == "step":
        text = fitted(symbol(node, [told.nodes[operand].name for operand in node.operands]), _SIGN, SIGN_SIZE)
        return (text,), max(2 * RADIUS, extent(text, SIGN_SIZE) + 12), max(2 * RADIUS, _APART * entries + 8)
    text = fitted(node.name, _SIGN, SIGN_SIZE)
    return (text,), max(2 * RADIUS, extent(text, SIGN_SIZE) * _BOLD + 14), 26.0


def _part(told: Explanation, edge: Edge) -> str:
    """What an edge brings, with its sign, where it is a part of a sum."""
    if not edge.part:
        return ""
    shape = told.nodes[edge.node if told.mode == "reverse" else edge.flows[0].target].shape
    text = quantity(shape, edge.part, _PART)
    return text if shape or text.startswith("−") else f"+{text}"
