"""What the graph says in words: beside the pointer, below the picture, and to who can't see it."""

from __future__ import annotations

from collections.abc import Sequence

from gradlab.record import Number
from gradlab.record.explanation import Explanation, Flow, Node
from gradlab.report._words.passes import summed
from gradlab.report._words.wording import plural
from gradlab.report.html.figures.graph.edges import Edge
from gradlab.report.html.figures.graph.folding import Box
from gradlab.report.html.figures.graph.labels import quantity, shape_text

__all__ = ["box_title", "caption", "description", "edge_title"]

_ROOM, _LONGEST, _LONGEST_NAME = 207.0, 160, 40
"""Pixels of an array's values, and characters of a rule and of a name, in a sentence."""
_MOST_TOLD, _MOST_INPUTS = 15, 12


def _derivative_name(told: Explanation, place: int) -> str:
    """`∂f/∂x` in reverse mode, `∂x/∂w` in forward mode."""
    name, of = _cut(told.nodes[place].name, _LONGEST_NAME), _cut(told.passes[0].of, _LONGEST_NAME)
    return f"∂{of}/∂{name}" if told.mode == "reverse" else f"∂{name}/∂{of}"


def edge_title(told: Explanation, edge: Edge) -> str:
    """The chain rule along an edge: upstream, times local, gives downstream."""
    sentences = [_flow(told, flow) for flow in edge.flows[:3]]
    if len(edge.flows) > 3:
        sentences.append(f"and {plural(len(edge.flows) - 3, 'more part')}")
    return "; ".join(sentences)


def _flow(told: Explanation, flow: Flow) -> str:
    node = told.nodes[flow.target]
    brought = _said(node.shape, flow.downstream)
    if flow.local and flow.local_values:
        upstream = _derivative(told, flow.source)
        local = _equal(flow.local, _said(flow.local_shape, flow.local_values))
        axes = summed(flow)
        said = f"{upstream}, times {local},{'' if axes is None else f' summed{_over(axes)},'} gives {brought}"
    else:
        said = f"{_cut(flow.rule, _LONGEST)} = {brought}"
    return f"{said} ({flow.note})" if flow.note else said


def _over(axes: str) -> str:
    """Along which axes, as it is spoken.

    >>> _over(", axis=0, keepdims=True"), _over("")
    (' over axis 0', '')
    """
    kept = axes.removesuffix(", keepdims=True").removeprefix(", axis=")
    return f" over axis {kept}" if kept else ""


def _said(shape: Sequence[int], values: Sequence[Number]) -> str:
    """The values as they are spoken: a range is from one number `to` another."""
    return quantity(shape, values, _ROOM).replace(" … ", " to ")


def _equal(text: str, value: str) -> str:
    return text if text == value else f"{_cut(text, _LONGEST)} = {value}"


def _derivative(told: Explanation, place: int) -> str:
    value = _said(told.nodes[place].shape, told.passes[0].derivatives[place])
    return f"{_derivative_name(told, place)} = {value}"


def box_title(told: Explanation, box: Box) -> str:
    """What a box computes."""
    if box.kind == "group":
        shown = [_computed(told.nodes[step]) for step in box.members[:8]]
        left = len(box.members) - len(shown)
        return "\n".join([*shown, f"… {left} more"] if left else shown)
    place = box.members[0]
    said = _computed(told.nodes[place])
    return f"{said}; {_derivative(told, place)}" if told.passes[0].derivatives[place] else said


def _computed(node: Node) -> str:
    value = _said(node.shape, node.values)
    shape = f" ({shape_text(node.shape)})" if node.shape else ""
    formula = f" = {_cut(node.formula, _LONGEST)}" if node.formula else ""
    return f"{_cut(node.name, _LONGEST_NAME)}{shape}{formula} = {value}"


def caption(told: Explanation, boxes: Sequence[Box], edges: Sequence[Edge], shown: Sequence[str]) -> str:
    """What the numbers are, and what was folded.

    shown: the values and derivatives as they are drawn.
    """
    of = _cut(told.passes[0].of, _LONGEST_NAME)
    if told.mode == "reverse":
        what, flow = f"its gradient (the derivative of {of} by it)", "gradient"
        several = "Where a quantity is used more than once"
    else:
        what, flow = f"its tangent (its derivative by {of})", "tangent"
        several = "Where several operands move"
    sentences = [f"At every quantity: its value and, below it in italics, {what}, both rounded."]
    if any(" … " in text for text in shown):
        sentences.append("Of an array too long for its place the range is shown, as in 0 … 1.")
    if any(edge.part for edge in edges):
        sentences.append(f"{several}, the end of each wire shows the part that it brings; the parts add up.")
    if not all(edge.moving for edge in edges):
        sentences.append(f"Along dashed wires no {flow} flows.")
    folded = _folded(boxes)
    if folded:
        sentences.append(f"Of {plural(_steps(told), 'operation')} {folded}.")
    if told.needed > 1:
        sentences.append(f"This is pass 1 of {told.needed:,}.")
    return " ".join(sentences)


def _folded(boxes: Sequence[Box]) -> str:
    """How many operations are drawn as how many boxes; "" where none are."""
    groups = [box for box in boxes if box.kind == "group"]
    count = sum(len(box.members) for box in groups)
    return (
        f"{count:,} are folded into {'one box' if len(groups) == 1 else f'{len(groups)} boxes'}"
        if groups
        else ""
    )


def _steps(told: Explanation) -> int:
    return sum(node.kind == "step" for node in told.nodes)


def description(told: Explanation, boxes: Sequence[Box]) -> str:
    """What the picture shows: inputs, output, operations; of a small graph every step."""
    output = told.nodes[told.output]
    inputs = [place for place, node in enumerate(told.nodes) if node.kind != "step"]
    shown = [_node(told, place) for place in inputs[:_MOST_INPUTS]]
    if len(inputs) > len(shown):
        shown.append(f"and {plural(len(inputs) - len(shown), 'more input')}")
    steps, name = plural(_steps(told), "operation"), _cut(output.name, _LONGEST_NAME)
    sentences = [
        f"{steps} from the inputs to {name} = {_said(output.shape, output.values)}.",
        f"Inputs: {'; '.join(shown)}.",
    ]
    if len(told.nodes) <= _MOST_TOLD:
        found = [_node(told, place) for place, node in enumerate(told.nodes) if node.kind == "step"]
        sentences.append(f"Steps: {'; '.join(found)}.")
    folded = _folded(boxes)
    if folded:
        sentences.append(f"Of the operations {folded}.")
    return " ".join(sentences)


def _node(told: Explanation, place: int) -> str:
    said = _computed(told.nodes[place])
    return f"{said}, {_derivative(told, place)}" if told.passes[0].derivatives[place] else said


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
