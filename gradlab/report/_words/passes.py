"""The passes of an explanation in every format's words: values, and upstream × local = downstream along an edge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from gradlab.record import Number
from gradlab.record.explanation import Explanation, Flow, Node, Pass
from gradlab.report._words.numerals import array, plain

__all__ = [
    "DOWNSTREAM",
    "Product",
    "count_of",
    "equal",
    "flows_by_target",
    "label",
    "order",
    "origin",
    "paths",
    "product",
    "remark",
    "rounded",
    "same",
    "summed",
    "written",
]

DOWNSTREAM = "downstream = upstream × local"
_EXACT = 14
"""Digits: what differs beyond them is float64's own rounding, as in 0.7000000000000001."""
_SPREAD = re.compile(r"sum\(.*?(?P<axis>(?:, axis=[^=]*?(?:, keepdims=True)?)?)\)")


class Product(NamedTuple):
    """The chain rule along an edge in numbers."""

    upstream: str
    times: str
    """`·` of numbers, `⊙` where an array is multiplied element by element."""
    local: str
    rounded: bool
    summed: str | None
    """Where the product is summed, along which axes: "" for all of them, or `, axis=0`; None where it is not."""


def origin(node: Node) -> str:
    """What a node that nothing is computed by is there for."""
    return "derived by" if node.differentiated else "data" if node.kind == "input" else "constant"


def label(told: Explanation, one: Pass, place: int) -> str:
    """The derivative at a node."""
    name = told.nodes[place].name
    return f"∂{one.of}/∂{name}" if told.mode == "reverse" else f"∂{name}/∂{one.of}"


def count_of(told: Explanation, number: int) -> str:
    """Which pass it is, where there are several."""
    return f" {number} of {told.needed:,}" if told.needed > 1 else ""


def flows_by_target(one: Pass) -> dict[int, list[Flow]]:
    """What flows to each node, in the order in which nodes are worked out."""
    return {target: list(flows) for target, flows in groupby(one.flows, key=lambda flow: flow.target)}


def order(told: Explanation, one: Pass) -> list[int]:
    """The nodes of a pass back, from the output to the inputs, also those that nothing flows to."""
    seed = [told.output] if one.derivatives[told.output] else []
    idle = [
        place for place, node in enumerate(told.nodes) if node.differentiated and not one.derivatives[place]
    ]
    return list(dict.fromkeys([*seed, *(flow.target for flow in one.flows), *idle]))


def product(told: Explanation, one: Pass, flow: Flow) -> Product | None:
    """Upstream × local, where the local derivative is a factor."""
    if not flow.local_values:
        return None
    source = told.nodes[flow.source]
    upstream, cut = written(source.shape, one.derivatives[flow.source])
    local, also = written(flow.local_shape, flow.local_values)
    local = f"({local})" if local.startswith("-") else local
    times = "⊙" if source.shape and flow.local_shape else "·"
    return Product(upstream, times, local, cut or also, summed(flow))


def summed(flow: Flow) -> str | None:
    """Along which axes the product along an edge is summed, as in `Product.summed`."""
    spread = _SPREAD.fullmatch(flow.rule)
    return spread["axis"] if spread else None


def remark(told: Explanation, flow: Flow) -> str:
    """What a part comes through, and what a lecture says of it; a tangent's rule names its source itself."""
    source = told.nodes[flow.source]
    through = f"from {source.name} = {source.formula}" if told.mode == "reverse" else ""
    return "; ".join(text for text in (through, flow.note) if text)


def paths(told: Explanation, count: int) -> str:
    """That several parts flow to a node."""
    return f"{count} {'paths meet, and add' if told.mode == 'reverse' else 'parts add'}"


def equal(shape: Sequence[int], values: Sequence[Number]) -> str:
    """`= 0.5`, or `≈ 0.333333` of what is rounded: numbers to six digits, arrays to four.

    >>> equal((), (0.5,)), equal((), (1 / 3,))
    ('= 0.5', '≈ 0.333333')
    """
    text, cut = written(shape, values)
    return f"{'≈' if cut else '='} {text}"


def written(shape: Sequence[int], values: Sequence[Number]) -> tuple[str, bool]:
    """A value in short, and whether it was rounded to make it so."""
    if shape or not values:
        return array(shape, [rounded(value, _EXACT) for value in values])
    short = rounded(values[0], 6)
    return plain(short), not same([short], values)


def rounded(value: Number, digits: int) -> Number:
    """The value to so many significant digits."""
    return value if isinstance(value, str) else float(f"{value:.{digits}g}")


def same(short: Sequence[Number], values: Sequence[Number]) -> bool:
    """Whether rounding has lost nothing but what float64 itself rounds."""
    return all(one == rounded(value, _EXACT) for one, value in zip(short, values, strict=True))
