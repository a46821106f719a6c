"""The computation graph as lectures draw it: values above the wires, gradients below them.

`folding` decides what is a box, `edges` what the chain rule does between boxes, `looks` and `labels` what stands on
them, `layout` where all of it goes, with the help of `ordering`, and `drawing` makes SVG of it; `words` has the
sentences.
"""

from __future__ import annotations

from gradlab.record import Explanation
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.graph.drawing import Drawing
from gradlab.report.html.figures.graph.edges import edges
from gradlab.report.html.figures.graph.folding import boxes
from gradlab.report.html.figures.graph.layout import arrange
from gradlab.report.html.figures.graph.looks import look
from gradlab.report.html.figures.graph.words import caption, description
from gradlab.report.html.figures.svg import picture

__all__ = ["draw_graph"]

_WIDEST = 1200.0
"""Pixels: what would be wider goes down, if that is narrower."""
_CHANNEL = {False: 30.0, True: 20.0}
_COMMUTATIVE = frozenset({"add", "multiply", "maximum", "minimum"})


def draw_graph(explanation: Explanation) -> Figure | None:
    """The graph of the first pass, with values and derivatives at its wires.

    None where nothing is computed, or where the graph is too large to be read however it is folded.
    """
    drawing = _arranged(explanation, down=False)
    if drawing is not None and drawing.size[0] > _WIDEST:
        other = _arranged(explanation, down=True)
        if other is not None and other.size[0] < drawing.size[0]:
            drawing = other
    if drawing is None:
        return None
    output = explanation.nodes[explanation.output]
    svg = picture(
        *drawing.size,
        f"The computation graph of {output.name}",
        description(explanation, drawing.boxes),
        *drawing.content(),
        class_="graph",
    )
    return Figure(svg, caption(explanation, drawing.boxes, drawing.edges, drawing.shown))


def _arranged(explanation: Explanation, *, down: bool) -> Drawing | None:
    """The graph with a place for everything."""
    found = boxes(explanation)
    if found is None:
        return None
    wires = edges(explanation, found)
    looks = [
        look(explanation, box, [wire for wire in wires if wire.head == place])
        for place, box in enumerate(found)
    ]
    vertices = [
        one.vertex(down=down, is_output=box.out == explanation.output)
        for one, box in zip(looks, found, strict=True)
    ]
    ordered = {
        place
        for place, box in enumerate(found)
        if box.kind == "step" and explanation.nodes[box.members[0]].primitive not in _COMMUTATIVE
    }
    arrangement = arrange(vertices, [(wire.tail, wire.head) for wire in wires], _CHANNEL[down], ordered)
    return Drawing(explanation, found, wires, looks, vertices, arrangement, down)
