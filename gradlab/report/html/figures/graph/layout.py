"""Where everything goes: layers and their order by Sugiyama's method, and then the places, by real sizes.

Lengths go *along* the flow from the inputs to the output, and *across* it; whether along is to the right or
down is the drawing's business. An edge over several layers passes through a place of its own in each of them, so
that no edge crosses a vertex.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradlab.report.html.figures.graph.ordering import Paths, in_order, order_of

__all__ = ["Arrangement", "Vertex", "arrange"]

_GAP, _WIRE = 12.0, 5.0
"""Between neighbours, and on each side of an edge that passes between them."""
_SWEEPS = 24


@dataclass(frozen=True)
class Vertex:
    """The room that a vertex needs, seen from its anchor, which is on the axis of its wires."""

    back: float
    """Along, up to where its edges arrive."""
    ahead: float
    before: float
    """Across, on the side of what comes first."""
    after: float
    ports: tuple[float, ...]
    """Where, across, its edges arrive, in ascending order."""


@dataclass(frozen=True)
class Arrangement:
    """Where everything is."""

    places: tuple[tuple[float, float], ...]
    """Of each vertex its anchor: along, across."""
    ends: tuple[float, ...]
    """Of each vertex, where its layer ends, along."""
    ports: tuple[int, ...]
    """Of each edge, which of the ports of its head it arrives at."""
    bends: tuple[tuple[tuple[float, float, float], ...], ...]
    """Of each edge the layers that it passes: from and to, along, and where, across; the last is that of its head."""
    length: float
    breadth: float


def arrange(
    vertices: Sequence[Vertex],
    edges: Sequence[tuple[int, int]],
    channel: float,
    ordered: Collection[int] = (),
) -> Arrangement:
    """Places for vertices and edges.

    edges: tail and head, places in `vertices`; there is no cycle.
    channel: the least room between layers, where edges go from one place to another.
    ordered: vertices whose edges arrive in the order in which they are given, also where they cross for it.
    """
    layers, paths = _layered(len(vertices), edges)
    layers = in_order(layers, edges, paths, ordered, len(vertices))
    rooms = dict(enumerate(vertices))
    thin = Vertex(0, 0, _WIRE, _WIRE, (0.0,))
    for path in paths.values():
        rooms.update((one, thin) for one in path[1:-1])
    ports = _ports(layers, edges, paths, ordered)
    links = _links(vertices, edges, paths, ports)
    axes = _axes(layers, rooms, links)
    starts, anchors, ends, length = _columns(layers, rooms, paths, axes, channel)
    layer_of = {one: number for number, layer in enumerate(layers) for one in layer}
    bends = tuple(
        tuple((starts[layer_of[one]], ends[layer_of[one]], axes[one]) for one in paths[edge][1:])
        for edge in edges
    )
    return Arrangement(
        places=tuple((anchors[layer_of[one]], axes[one]) for one in range(len(vertices))),
        ends=tuple(ends[layer_of[one]] for one in range(len(vertices))),
        ports=ports,
        bends=bends,
        length=length,
        breadth=max(axes[one] + rooms[one].after for one in axes),
    )


def _layered(count: int, edges: Sequence[tuple[int, int]]) -> tuple[list[list[int]], Paths]:
    """The layers in order, with a vertex of its own (numbered from `count`) wherever an edge passes one."""
    from fast_sugiyama import from_edges

    layers: list[list[int]] = []
    steps: dict[int, list[int]] = {}
    fresh = count
    # Of several parts at once it gives some vertices the numbers of others.
    for pairs in _parts(edges):
        joined = sorted({end for pair in pairs for end in pair})
        renamed = {
            one: number for number, one in enumerate(joined)
        }  # so that what is added has other numbers
        ((positions, _, _, links),) = from_edges(
            [(renamed[tail], renamed[head]) for tail, head in pairs],
            minimum_length=1,
            vertex_spacing=1,
            dummy_vertices=True,
            dummy_size=1.0,
            ranking_type="minimize",
            crossing_minimization="barycenter",
            transpose=True,
            check_layout=False,
        )
        height = round(max(y for _, (_, y) in positions))
        layers += [[] for _ in range(height + 1 - len(layers))]
        own: dict[int | str, int] = {}
        for y, _, one in sorted((y, x, int(one)) for one, (x, y) in positions):
            if one < len(joined):
                own[one] = joined[one]
            else:
                own[one], fresh = fresh, fresh + 1
            layers[height - round(y)].append(own[one])
        for tail, head in sorted(links or ()):
            steps.setdefault(own[tail], []).append(own[head])
    return layers or [[]], _followed(count, edges, steps)


def _parts(edges: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The edges of each part that hangs together.

    >>> _parts([(0, 4), (1, 2), (3, 4), (1, 2)])
    [[(0, 4), (3, 4)], [(1, 2)]]
    """
    parts: list[tuple[set[int], set[tuple[int, int]]]] = []
    for pair in edges:
        met = [part for part in parts if not part[0].isdisjoint(pair)]
        parts = [part for part in parts if part[0].isdisjoint(pair)]
        parts.append((set(pair).union(*(ends for ends, _ in met)), {pair}.union(*(own for _, own in met))))
    return sorted(sorted(own) for _, own in parts)


def _followed(count: int, pairs: Sequence[tuple[int, int]], steps: dict[int, list[int]]) -> Paths:
    """The way from each tail to each head, over the passed layers between them."""
    paths: dict[tuple[int, int], list[int]] = {}
    for tail in sorted({tail for tail, _ in pairs}):
        for one in steps[tail]:
            path = [tail, one]
            while path[-1] >= count:
                path += steps[path[-1]]
            paths[tail, path[-1]] = path
    return paths


# Across


def _ports(
    layers: list[list[int]], edges: Sequence[tuple[int, int]], paths: Paths, ordered: Collection[int]
) -> tuple[int, ...]:
    """Which port of its head each edge takes: in the order in which they come, so that none cross there, or their own."""
    order = order_of(layers)
    taken: dict[int, list[tuple[int, int]]] = {}
    for number, edge in enumerate(edges):
        place = 0 if edge[1] in ordered else order[paths[edge][-2]]
        taken.setdefault(edge[1], []).append((place, number))
    ports = [0] * len(edges)
    for coming in taken.values():
        for port, (_, number) in enumerate(sorted(coming)):
            ports[number] = port
    return tuple(ports)


_Links = tuple[dict[int, list[tuple[int, float, int]]], dict[int, list[tuple[int, float, int]]]]
"""Of each vertex those before it and those after it: which, how far off its axis it should be, how important."""


def _links(
    vertices: Sequence[Vertex], edges: Sequence[tuple[int, int]], paths: Paths, ports: tuple[int, ...]
) -> _Links:
    before: dict[int, list[tuple[int, float, int]]] = {}
    after: dict[int, list[tuple[int, float, int]]] = {}
    count = len(vertices)
    for edge, port in zip(edges, ports, strict=True):
        path = paths[edge]
        for one, other in pairwise(path):
            offset = vertices[other].ports[port] if other < count else 0.0
            weight = 4 if min(one, other) >= count else 1  # long edges are to be straight
            before.setdefault(other, []).append((one, -offset, weight))
            after.setdefault(one, []).append((other, offset, weight))
    return before, after


def _axes(layers: list[list[int]], rooms: dict[int, Vertex], links: _Links) -> dict[int, float]:
    """Where each vertex is, across: near those that it is joined with, and in the order of its layer."""
    axes: dict[int, float] = {}
    for layer in layers:
        place = 0.0
        for one in layer:
            axes[one] = place + rooms[one].before
            place = axes[one] + rooms[one].after + _GAP
    before, after = links
    for sweep in range(_SWEEPS):
        onward = sweep % 2 == 0
        for layer in layers if onward else reversed(layers):
            _settle(layer, rooms, axes, (before,) if onward else (after,))
    for layer in layers:
        _settle(layer, rooms, axes, (before,))
    least = min(axes[one] - rooms[one].before for one in axes)
    return {one: place - least for one, place in axes.items()}


def _settle(
    layer: list[int],
    rooms: dict[int, Vertex],
    axes: dict[int, float],
    links: tuple[dict[int, list[tuple[int, float, int]]], ...],
) -> None:
    """Moves a layer as near as can be to where its neighbours want it, by least squares in the given order.

    What would overlap is pooled and moves as one (pool adjacent violators).
    """
    pools: list[tuple[float, float, int]] = []  # the sum of weighted wishes, that of weights, how many
    offset, offsets = 0.0, []
    for place, one in enumerate(layer):
        if place:
            offset += rooms[layer[place - 1]].after + _GAP + rooms[one].before
        offsets.append(offset)
        wish, weight = _wish(one, axes, links)
        pools.append((weight * (wish - offset), weight, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            last, other = pools.pop(), pools.pop()
            pools.append((last[0] + other[0], last[1] + other[1], last[2] + other[2]))
    places = [total / weight for total, weight, count in pools for _ in range(count)]
    axes.update((one, place + offset) for one, place, offset in zip(layer, places, offsets, strict=True))


def _wish(
    one: int, axes: dict[int, float], links: tuple[dict[int, list[tuple[int, float, int]]], ...]
) -> tuple[float, float]:
    """Where a vertex wants to be, and how much: at the weighted median of its neighbours' places."""
    found = sorted(
        (axes[other] + offset, weight) for side in links for other, offset, weight in side.get(one, ())
    )
    if not found:
        return axes[one], 0.01
    half, seen = sum(weight for _, weight in found) / 2, 0.0
    for place, (wish, weight) in enumerate(found):
        seen += weight
        if seen > half:
            return wish, float(sum(weight for _, weight in found))
        if seen == half:
            return (wish + found[place + 1][0]) / 2, 2 * half
    raise AssertionError


# Along


def _columns(
    layers: list[list[int]],
    rooms: dict[int, Vertex],
    paths: Paths,
    axes: dict[int, float],
    channel: float,
) -> tuple[list[float], list[float], list[float], float]:
    """Of each layer where it starts, where its anchors are and where it ends, and where the last one ends."""
    layer_of = {one: number for number, layer in enumerate(layers) for one in layer}
    leaps = [0.0] * len(layers)
    for path in paths.values():
        for one, other in pairwise(path):
            leaps[layer_of[other]] = max(leaps[layer_of[other]], abs(axes[one] - axes[other]))
    starts, anchors, ends, place = [], [], [], 0.0
    for number, layer in enumerate(layers):
        if number:
            place += channel + min(0.12 * leaps[number], channel)
        starts.append(place)
        anchors.append(place + max(rooms[one].back for one in layer))
        place = anchors[-1] + max(rooms[one].ahead for one in layer)
        ends.append(place)
    return starts, anchors, ends, place
