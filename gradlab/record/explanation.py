"""A derivation as a lecture teaches it: the graph, the values forward, and what flows back through it."""

from __future__ import annotations

from typing import Literal

import msgspec

from gradlab.record.points import Input
from gradlab.record.words import Number


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
    """The nodes that it is computed of, by their places in `Explanation.nodes`."""
    differentiated: bool = False
    """Whether the derivative by this input is asked for."""
    location: str = ""
    """file:line."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the chain rule along one edge: upstream × local = downstream.

    In reverse mode it goes from a result (`source`) to one of its operands (`target`), and in forward mode
    from an operand to the result.
    """

    source: int
    target: int
    rule: str
    """The part that is brought, in symbols: `∂f/∂x2 ⊙ (1 − x2^2)`."""
    local: str = ""
    """The local derivative in symbols, where it is a factor: `1 − x2^2`."""
    latex: str = ""
    """The rule as LaTeX."""
    upstream: tuple[Number, ...] = ()
    local_values: tuple[Number, ...] = ()
    """Empty where the local derivative is no factor (a sum, a reshape, a matrix product)."""
    downstream: tuple[Number, ...] = ()
    note: str = ""
    """What a lecture says of it: that paths meet here, that max routes."""


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One pass through the graph: all cotangents of the output, or all tangents by one element."""

    seed: str
    """What it starts with: `∂f/∂f = 1`, `∂x1/∂x1 = 1`."""
    derivatives: tuple[tuple[Number, ...], ...]
    """One for each node, of its shape; empty where nothing flows."""
    flows: tuple[Flow, ...]
    """In the order in which they are worked out."""


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A derivative put together: lines of shared parts, and the last one the derivative itself."""

    name: str
    """The argument derived by."""
    lines: tuple[str, ...]
    latex: tuple[str, ...] = ()


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """How the derivative of a function comes about at one point."""

    mode: Literal["reverse", "forward"]
    nodes: tuple[Node, ...]
    """Operands before what is computed of them."""
    output: int
    passes: tuple[Pass, ...]
    """One in reverse mode; in forward mode one for each element derived by."""
    closed: tuple[Closed, ...] = ()
    step: float | None = None
    """Of gradient descent."""
    after: tuple[Input, ...] = ()
    """The arguments after one such step."""
    before_value: tuple[Number, ...] = ()
    after_value: tuple[Number, ...] = ()
    notes: tuple[str, ...] = ()
