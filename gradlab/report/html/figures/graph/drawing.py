"""The arranged graph as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from gradlab.record.explanation import Explanation
from gradlab.report.html.figures.graph.edges import Edge
from gradlab.report.html.figures.graph.folding import Box
from gradlab.report.html.figures.graph.labels import SIGN_SIZE, extent, is_plain
from gradlab.report.html.figures.graph.layout import Arrangement, Vertex
from gradlab.report.html.figures.graph.looks import FAN, LINE, RADIUS, STUB, Look
from gradlab.report.html.figures.graph.words import box_title, edge_title
from gradlab.report.html.figures.svg import element

__all__ = ["Drawing"]

_MARGIN = 4.0
_SQUEEZED = "spacingAndGlyphs"


class _Pen:
    """Writes a path in whole pixels, from one point to the next."""

    def __init__(self, along: float, across: float) -> None:
        self._points = [(along, across)]
        self._curved = [False]

    def straight(self, along: float) -> None:
        """A line on, or none where it would go back."""
        last, across = self._points[-1]
        if round(along) > round(last):
            self._points.append((along, across))
            self._curved.append(False)

    def curve(self, along: float, across: float) -> None:
        """A curve that starts and ends in the direction of the flow."""
        self._points.append((along, across))
        self._curved.append(True)

    def written(self, *, down: bool) -> str:
        """The path, with lengths from its last point, which are shorter to write."""
        points = [(round(along + _MARGIN), round(across + _MARGIN)) for along, across in self._points]
        (along, across), *_ = points
        path = f"M{across} {along}" if down else f"M{along} {across}"
        for ((a, c), (b, d)), curved in zip(pairwise(points), self._curved[1:], strict=True):
            on, over, half = b - a, d - c, (b - a) // 2
            if not curved:
                path += f"{'v' if down else 'h'}{on}"
                continue
            pairs = [(half, 0), (half, over), (on, over)]
            path += "c" + " ".join(f"{y} {x}" if down else f"{x} {y}" for x, y in pairs)
        return path.replace(" -", "-")


@dataclass(frozen=True)
class Drawing:
    """A graph with a place for everything, to the right or down."""

    told: Explanation
    boxes: Sequence[Box]
    edges: Sequence[Edge]
    looks: Sequence[Look]
    vertices: Sequence[Vertex]
    arrangement: Arrangement
    down: bool

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        along = math.ceil(self.arrangement.length + 2 * _MARGIN)
        across = math.ceil(self.arrangement.breadth + 2 * _MARGIN)
        return (across, along) if self.down else (along, across)

    @property
    def shown(self) -> list[str]:
        """The values, the derivatives and their parts, as they are written."""
        return [text for look in self.looks for text in (look.value, look.derivative, *look.parts)]

    def content(self) -> list[Markup]:
        """The elements, those first that lie below."""
        wires: dict[bool, list[str]] = {True: [], False: []}
        touched, parts = [], []
        entries = [0] * len(self.boxes)
        for number, edge in enumerate(self.edges):
            path = self._path(number)
            wires[edge.moving].append(path + self._arrow())
            if edge.flows:
                title = element("title", edge_title(self.told, edge))
                touched.append(element("g", title, element("path", d=path)))
            part = self.looks[edge.head].parts[entries[edge.head]]
            entries[edge.head] += 1
            if part:
                parts.append(self._part(number, part))
        boxes = [self._box(place) for place in range(len(self.boxes))]
        wires[True] += self._stubs()
        drawn = [element("g", *touched, class_="h")] if touched else []
        for kind, found in (("q", wires[False]), ("w", wires[True])):
            if found:
                drawn.append(element("path", d="".join(found), class_=kind))
        return [*drawn, *boxes, *parts]

    # Wires

    def _path(self, number: int) -> str:
        """A wire: straight through the layers, and curved between them."""
        edge, arrangement = self.edges[number], self.arrangement
        along, across = arrangement.places[edge.tail]
        anchor, axis = arrangement.places[edge.head]
        offset = self.vertices[edge.head].ports[arrangement.ports[number]]
        pen = _Pen(along + self._half(edge.tail), across)
        end = arrangement.ends[edge.tail]
        bends = arrangement.bends[number]
        ways = [*(where for _, _, where in bends[:-1]), axis + offset]
        for (start, after, _), where in zip(bends, ways, strict=True):
            if round(where) != round(across):
                pen.straight(end)
                pen.curve(start, where)
            end, across = after, where
        half, breadth = self._half(edge.head), self._breadth(edge.head)
        inside = max(6 - breadth, min(offset, breadth - 6)) if breadth > 6 else 0.0
        if abs(inside - offset) > 1:
            pen.straight(anchor - half - FAN)
            pen.curve(anchor - half, axis + inside)
        else:
            pen.straight(anchor - half + self._inset(edge.head, inside))
        return pen.written(down=self.down)

    def _half(self, place: int) -> float:
        """Half a shape, along."""
        look = self.looks[place]
        return (look.height if self.down else look.width) / 2

    def _breadth(self, place: int) -> float:
        """Half a shape, across."""
        look = self.looks[place]
        return (look.width if self.down else look.height) / 2

    def _inset(self, place: int, offset: float) -> float:
        """How far the round end of a step's shape is from its outermost point, so far from its axis."""
        if self.boxes[place].kind != "step":
            return 0.0
        beyond = abs(offset) - (self._breadth(place) - RADIUS)
        return RADIUS - math.sqrt(RADIUS**2 - beyond**2) if beyond > 0 else 0.0

    def _arrow(self) -> str:
        return "m-3-5l3 5 3-5" if self.down else "m-5-3l5 3-5 3"

    def _stubs(self) -> list[str]:
        """The wires below the texts of what nothing uses: that of the output."""
        used = {edge.tail for edge in self.edges}
        found = []
        for place, box in enumerate(self.boxes):
            if place not in used and box.out == self.told.output:
                along, across = self.arrangement.places[place]
                end = along + (self._half(place) + STUB if self.down else self.vertices[place].ahead)
                pen = _Pen(along + self._half(place), across)
                pen.straight(end)
                found.append(pen.written(down=self.down) + self._arrow())
        return found

    def _part(self, number: int, text: str) -> Markup:
        """What a wire brings: below it, or on its right where it goes down."""
        edge = self.edges[number]
        anchor, axis = self.arrangement.places[edge.head]
        vertex = self.vertices[edge.head]
        along, across = anchor - vertex.back, axis + vertex.ports[self.arrangement.ports[number]]
        x, y = (across + 4, along + LINE - 2) if self.down else (along + 2, across + LINE - 1)
        return element("text", text, x=round(x + _MARGIN), y=round(y + _MARGIN), class_="d")

    # Boxes

    def _box(self, place: int) -> Markup:
        box, look = self.boxes[place], self.looks[place]
        along, across = self.arrangement.places[place]
        x, y = (across, along) if self.down else (along, across)
        kind = box.kind[0]
        if box.kind == "input" and self.told.nodes[box.members[0]].differentiated:
            kind = "i x"
        elif box.out == self.told.output and box.kind != "input":
            kind += " y"
        return element(
            "g",
            element("title", box_title(self.told, box)),
            self._shape(box, look),
            *self._sign(look),
            *self._texts(look),
            class_=kind,
            transform=f"translate({round(x + _MARGIN)} {round(y + _MARGIN)})",
        )

    def _shape(self, box: Box, look: Look) -> Markup:
        width, height = 2 * math.ceil(look.width / 2), 2 * math.ceil(look.height / 2)
        if width == height and box.kind in {"step", "tap"}:
            return element("circle", r=width // 2)
        corner = round(RADIUS) if box.kind == "step" else 4
        return element("rect", x=-width // 2, y=-height // 2, width=width, height=height, rx=corner)

    def _sign(self, look: Look) -> list[Markup]:
        if len(look.sign) == 2:
            return [
                _centred(look.sign[0], y=-3, room=look.width - 12),
                element("text", look.sign[1], y=12, class_="c"),
            ]
        return [_centred(line, y=5, room=look.width - 12) for line in look.sign]

    def _texts(self, look: Look) -> list[Markup]:
        """The name, the value and the derivative."""
        x = math.ceil(look.width / 2) + 6
        head: list[str | Markup] = [look.name]
        if not is_plain(look.name):
            head = [element("tspan", look.name, textLength=round(extent(look.name)), lengthAdjust=_SQUEEZED)]
        if look.shape:
            head.append(element("tspan", look.shape, dx=5 if look.name else None, class_="z"))
        name = Markup("").join(head)
        rows = [(name, "n"), (look.value, "v"), (look.derivative, "d")]
        rows = [(text, kind) for text, kind in rows if text]
        if self.down:
            first = 4 - LINE * (len(rows) - 1) / 2
            heights = [round(first + k * LINE) for k in range(len(rows))]
        else:
            heights = [{"n": -4 - LINE, "v": -4, "d": LINE - 1}[kind] for _, kind in rows]
        return [
            element("text", text, x=x, y=height, class_=kind)
            for (text, kind), height in zip(rows, heights, strict=True)
        ]


def _centred(text: str, *, y: int, room: float) -> Markup:
    """A text in a shape, set to the room that it has where nobody knows how wide its letters are."""
    if is_plain(text):
        return element("text", text, y=y, class_="s")
    length = round(min(room, extent(text, SIGN_SIZE)))
    return element("text", text, y=y, class_="s", textLength=length, lengthAdjust=_SQUEEZED)
