"""A derivation as a lecture teaches it: the graph, the values forward, and what flows back through it."""

from __future__ import annotations

from typing import Literal

import msgspec

from gradlab.record.points import Input
from gradlab.record.words import Formula, Number, check_shape


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity of the computation: an input, a constant, or what one operation gives."""

    name: str
    """`W0`, `x2`, or `v3` for what the code gives no name."""
    kind: Literal["input", "constant", "step"]
    shape: tuple[int, ...]
    values: tuple[Number, ...]
    """Row by row; the first 1000 of a larger array."""
    formula: str = ""
    """What it is computed by, of the names of others: `tanh(x1)`; "" for an input."""
    latex: str = ""
    """The formula as LaTeX, for reports that can set it."""
    primitive: str = ""
    operands: tuple[int, ...] = ()
    """The nodes that it is computed of, by their places in `Explanation.nodes`; plain numbers are no nodes."""
    differentiated: bool = False
    """Whether the derivative by this input is asked for."""
    location: str = ""
    """file:line."""

    def __post_init__(self) -> None:
        check_shape(self.shape, self.values)


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the chain rule along one edge: upstream × local = downstream.

    In reverse mode it goes from a result (`source`) to one of its operands (`target`), and in forward mode
    from an operand to the result. What comes from upstream is the source's entry in `Pass.derivatives`;
    the target's entry there is the sum of all that flows to it.
    """

    source: int
    target: int
    rule: str
    """The part that is brought, in symbols: `∂f/∂x2 ⊙ (1 − x2^2)`."""
    latex: str = ""
    """The rule as LaTeX."""
    local: str = ""
    """The local derivative in symbols, where it is a factor: `1 − x2^2`."""
    local_shape: tuple[int, ...] = ()
    local_values: tuple[Number, ...] = ()
    """Its values, the first 300 at most; empty where it is no factor (a sum, a reshape, a matrix product)."""
    downstream: tuple[Number, ...] = ()
    """The part's values, of the shape of the target; the first 300 at most."""
    note: str = ""
    """What a lecture says of it: that max routes, that times switches."""


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One pass through the graph: the cotangents of one output, or the tangents by one element."""

    of: str
    """In reverse mode what is derived (`f`, `y[0]`), in forward mode what it is derived by (`x1`, `W0[0, 1]`)."""
    derivatives: tuple[tuple[Number, ...], ...]
    """One for each node, of its shape, the first 300 at most (1000 of an argument); empty where nothing flows."""
    flows: tuple[Flow, ...]
    """In the order in which they are worked out; those to the same target follow one another."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """How the derivative of a function comes about at one point."""

    mode: Literal["reverse", "forward"]
    nodes: tuple[Node, ...]
    """Operands before what is computed of them."""
    output: int
    passes: tuple[Pass, ...]
    """In reverse mode one for each output, in forward mode one for each element derived by; the first 8."""
    needed: int
    """How many passes the whole derivative takes."""
    closed: tuple[Formula, ...] = ()
    """The derivative put together: lines of shared parts, and then a line for each argument (`∂f/∂w`)."""
    step: float | None = None
    """The rate of one step of gradient descent, where it was asked for."""
    after: tuple[Input, ...] = ()
    """The arguments after it."""
    before_value: Number | None = None
    after_value: Number | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.nodes)
        ends = [end for one in self.passes for flow in one.flows for end in (flow.source, flow.target)]
        if not all(0 <= place < count for place in (self.output, *ends)):
            raise ValueError(f"an explanation refers to a node that is none of its {count}")
        if any(not 0 <= other < place for place, node in enumerate(self.nodes) for other in node.operands):
            raise ValueError("an explanation has a node before what it is computed of")
        if not self.passes or any(len(one.derivatives) != count for one in self.passes):
            raise ValueError(f"an explanation has a pass without a derivative for each of its {count} nodes")
        for one in self.passes:
            self._check_values(one)

    def _check_values(self, one: Pass) -> None:
        """That what flows has the shape of what it flows to."""
        for node, derivative in zip(self.nodes, one.derivatives, strict=True):
            check_shape(node.shape, derivative)
        for flow in one.flows:
            check_shape(self.nodes[flow.target].shape, flow.downstream)
            check_shape(flow.local_shape, flow.local_values)
