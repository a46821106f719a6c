"""The order of the vertices in their layers: few crossings, operands as they are written, and the first things first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, pairwise

__all__ = ["Paths", "in_order", "order_of"]

Paths = Mapping[tuple[int, int], Sequence[int]]
"""For each pair of tail and head the vertices on the way, those of passed layers included."""
_Layers = list[list[int]]
_Link = tuple[int, int, float]
"""From one layer to the next: from which vertex, to which, and how far off its middle."""
_SWEEPS = 6


def in_order(
    layers: _Layers, edges: Sequence[tuple[int, int]], paths: Paths, ordered: Collection[int], count: int
) -> _Layers:
    """The layers, in an order with no more crossings than they come with.

    ordered: vertices whose edges arrive in the order in which they are given, also where they cross for it.
    count: how many vertices there are; those without edges are put into the first layer.
    """
    links = _links(edges, paths, ordered)
    best, least = layers, _crossings(layers, links)
    tried = layers
    for sweep in range(_SWEEPS if least else 0):
        tried = _swept(tried, links, back=sweep % 2 == 0)
        crossings = _crossings(tried, links)
        if crossings < least:
            best, least = tried, crossings
    mirrored = [layer[::-1] for layer in best]
    chosen = min((best, mirrored), key=lambda one: (_crossings(one, links), _turned(one, edges)))
    return _with_idle(chosen, count)


def order_of(layers: _Layers) -> dict[int, int]:
    """The place of each vertex in its layer."""
    return {one: place for layer in layers for place, one in enumerate(layer)}


def _links(edges: Sequence[tuple[int, int]], paths: Paths, ordered: Collection[int]) -> list[_Link]:
    arriving: dict[int, list[tuple[int, int]]] = {}
    for edge in edges:
        arriving.setdefault(edge[1], []).append(edge)
    links: dict[_Link, None] = {}
    for head, coming in arriving.items():
        for number, edge in enumerate(coming, 1):
            offset = number / (len(coming) + 1) - 0.5 if head in ordered else 0.0
            *passed, last = pairwise(paths[edge])
            links.update({(one, other, 0.0): None for one, other in passed})
            links[*last, offset] = None
    return list(links)


def _crossings(layers: _Layers, links: Sequence[_Link]) -> int:
    order = order_of(layers)
    layer_of = {one: number for number, layer in enumerate(layers) for one in layer}
    between: dict[int, list[tuple[int, float]]] = {}
    for one, other, offset in links:
        between.setdefault(layer_of[one], []).append((order[one], order[other] + offset))
    pairs = (pair for ends in between.values() for pair in combinations(ends, 2))
    return sum((a - b) * (c - d) < 0 for (a, c), (b, d) in pairs)


def _swept(layers: _Layers, links: Sequence[_Link], *, back: bool) -> _Layers:
    """Each layer by the means of its neighbours' places in the layer after it (back), or before it."""
    beside: dict[int, list[tuple[int, float]]] = {}
    for one, other, offset in links:
        own, neighbour = (one, (other, offset)) if back else (other, (one, 0.0))
        beside.setdefault(own, []).append(neighbour)
    order = order_of(layers)

    def wish(one: int) -> float:
        found = [order[other] + offset for other, offset in beside.get(one, ())]
        return sum(found) / len(found) if found else float(order[one])

    swept = []
    for layer in reversed(layers) if back else layers:
        swept.append(sorted(layer, key=wish))
        order.update({one: place for place, one in enumerate(swept[-1])})
    return swept[::-1] if back else swept


def _turned(layers: _Layers, edges: Sequence[tuple[int, int]]) -> int:
    """How many pairs of vertices stand in a layer with the later one first."""
    numbered = {end for edge in edges for end in edge}
    rows = ([one for one in layer if one in numbered] for layer in layers)
    return sum(first > second for row in rows for first, second in combinations(row, 2))


def _with_idle(layers: _Layers, count: int) -> _Layers:
    """What has no edge is put into the first layer, before the first one there that comes after it."""
    known = {one for layer in layers for one in layer}
    first, *others = layers
    for one in range(count):
        if one not in known:
            place = next((k for k, other in enumerate(first) if other > one), len(first))
            first = [*first[:place], one, *first[place:]]
    return [first, *others]
