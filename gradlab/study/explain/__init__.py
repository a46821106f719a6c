"""A derivation as a lecture teaches it: the graph, every value, the chain rule edge by edge, the closed form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np

from gradlab.cases import Case, InputError
from gradlab.engine.primitive import Value
from gradlab.engine.reverse import zeros
from gradlab.methods import Problem, function_value
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import printed
from gradlab.notation.write import write
from gradlab.record import Explanation, Input, Number, number
from gradlab.record.explanation import Flow, Node, Pass
from gradlab.study.explain.closed import closed_form
from gradlab.study.explain.graph import Graph, draw_graph
from gradlab.study.explain.parts import Part, backward, onward, units
from gradlab.study.explain.remarks import remark_on
from gradlab.study.explain.symbols import Rule, write_rule

MOST_PASSES = 8
MOST_VALUES = 1000
"""Of an array that a record keeps."""
MOST_IN_A_PASS = 300
MOST_IN_ALL = 200_000
"""Of an array that a pass keeps at a node; fewer, where nodes and passes are many."""


@dataclass(frozen=True)
class Explaining:
    """What is asked for. Raises InputError for another mode, or a step that is no finite number."""

    mode: Literal["reverse", "forward"] = "reverse"
    step: float | None = None
    """The rate of a step of gradient descent."""

    def __post_init__(self) -> None:
        if self.mode not in ("reverse", "forward"):
            raise InputError(f"mode is {self.mode!r}: it is 'reverse' or 'forward'")
        if self.step is not None and not math.isfinite(self.step):
            raise InputError(
                f"the step is {self.step}: the rate of gradient descent is a finite number, such as 0.1"
            )


def explain_derivation(case: Case, problem: Problem, how: Explaining) -> Explanation:
    """How the derivative comes about at a point.

    Raises Unsupported where the function can't be traced, or takes too many operations to be followed.
    """
    graph = draw_graph(case, problem)
    with np.errstate(all="ignore"):
        reverse = how.mode == "reverse"
        needed = problem.rows if reverse else problem.columns
        most = MOST_IN_ALL // (len(graph.slots) * min(needed, MOST_PASSES))
        make = _reverse if reverse else _forward
        passes = islice(make(graph, max(20, min(most, MOST_IN_A_PASS))), MOST_PASSES)
        return Explanation(
            mode=how.mode,
            nodes=tuple(_node(graph, slot) for slot in graph.slots),
            output=graph.places[graph.output],
            passes=tuple(passes),
            needed=needed,
            closed=closed_form(graph, problem),
            notes=tuple(_notes(case, problem, how)),
            **_after(case, problem, graph, how),
        )


def _node(graph: Graph, slot: int) -> Node:
    program, value = graph.program, graph.values[slot]
    name, shape, values = graph.called(slot), tuple(np.shape(value)), _numbers(value)
    if slot in program.inputs:
        return Node(name=name, kind="input", shape=shape, values=values, differentiated=slot in graph.wrt)
    if slot in program.constants:
        return Node(name=name, kind="constant", shape=shape, values=values)
    index = graph.steps.index(slot)
    primitive, operands, _, _ = program.equations[index]
    return Node(
        name=name,
        kind="step",
        shape=shape,
        values=values,
        formula=write(graph.formulas[slot], sigma=graph.sigma),
        latex=to_latex(graph.formulas[slot], sigma=graph.sigma),
        primitive=primitive.name,
        operands=tuple(graph.places[i] for i in operands if i in graph.places),
        location=program.locations[index] if program.locations else "",
    )


def _reverse(graph: Graph, most: int) -> Iterator[Pass]:
    """A pass for each element of the output."""
    equations, output = graph.program.equations, graph.output
    # An operand's cotangent is worked out when all that uses it has given its part.
    order = {slot: k for k, slot in enumerate([*reversed(graph.steps), *graph.wrt])}
    for element, seed in units(graph.values[output]):
        of = graph.names[output] + ("" if graph.is_scalar else element)
        cotangents, parts = backward(equations, graph.values, (output, seed), graph.active)
        parts.sort(key=lambda part: order[part.operand])
        yield _pass(graph, of, cotangents, parts, most, backward=True)


def _forward(graph: Graph, most: int) -> Iterator[Pass]:
    """A pass for each element of the arguments derived by."""
    for slot in graph.wrt:
        for element, seed in units(graph.values[slot]):
            tangents, parts = onward(graph.program.equations, graph.values, (slot, seed))
            yield _pass(graph, graph.names[slot] + element, tangents, parts, most, backward=False)


def _pass(
    graph: Graph, of: str, found: Mapping[int, Value], parts: Sequence[Part], most: int, *, backward: bool
) -> Pass:
    said: set[str] = set()
    flows = []
    for part in parts:
        rule = write_rule(graph, part, of, backward=backward)
        note = remark_on(graph, part, said, backward=backward)
        flows.append(_flow(graph, part, rule, note, most, backward=backward))
    derivatives = tuple(
        _numbers(found[slot], MOST_VALUES if slot in graph.wrt else most) if slot in found else ()
        for slot in graph.slots
    )
    return Pass(of=printed(of), derivatives=derivatives, flows=tuple(flows))


def _flow(graph: Graph, part: Part, rule: Rule, note: str, most: int, *, backward: bool) -> Flow:
    operand, result = graph.places[part.operand], graph.places[part.equation.result]
    source, target = (result, operand) if backward else (operand, result)
    return Flow(
        source=source,
        target=target,
        rule=rule.text,
        latex=rule.latex,
        local=rule.local,
        local_shape=tuple(np.shape(rule.factor)) if rule.factor is not None else (),
        local_values=_numbers(rule.factor, most) if rule.factor is not None else (),
        downstream=_numbers(part.value, most),
        note=note,
    )


def _numbers(value: Value, most: int = MOST_VALUES) -> tuple[Number, ...]:
    return tuple(number(float(v) + 0.0) for v in np.ravel(np.asarray(value))[:most])


def _notes(case: Case, problem: Problem, how: Explaining) -> list[str]:
    """What is to be said of the whole."""
    notes = []
    if len(case.points) > 1:
        notes.append(f"this is the derivation at the first of {len(case.points)} points")
    if how.mode == "reverse":
        needed, other, name = problem.rows, problem.columns, "forward"
        one, many = "output", "outputs"
    else:
        needed, other, name = problem.columns, problem.rows, "reverse"
        one, many = "element", "elements derived by"
    if needed > MOST_PASSES:
        text = f"there are {needed:,} {many}, and {how.mode} mode takes a pass for each {one}: "
        text += f"the first {MOST_PASSES} are shown"
        if other < needed:
            text += f"; {name} mode takes {'one' if other == 1 else f'{other:,}'} (--mode {name})"
        notes.append(text)
    branches = problem.needs_program().branches
    if branches:
        where = list(dict.fromkeys(branch.location for branch in branches if branch.location))
        notes.append(
            "the graph is that of what ran here: the code's branches depend on values"
            + (f" (at {', '.join(where[:3])}{', …' if len(where) > 3 else ''})" if where else "")
        )
    if how.step is not None and case.quantity != "gradient":
        notes.append("gradient descent steps down one number, and this function has several outputs: no step")
    return notes


def _after(case: Case, problem: Problem, graph: Graph, how: Explaining) -> dict[str, Any]:
    """The arguments after a step of gradient descent, and the function's value before and there."""
    if how.step is None or case.quantity != "gradient":
        return {}
    ((_, seed),) = units(graph.values[graph.output])
    cotangents, _ = backward(graph.program.equations, graph.values, (graph.output, seed), graph.active)
    parts = (cotangents.get(slot, zeros(graph.program.shapes[slot])) for slot in graph.wrt)
    gradient = np.concatenate([np.ravel(np.asarray(part, dtype=np.float64)) for part in parts])
    x = problem.flat() - how.step * gradient
    after = problem.with_values(x)
    return {
        "step": how.step,
        "after": tuple(
            Input(
                name=printed(graph.names[slot]),
                shape=tuple(np.shape(after[name])),
                values=_numbers(after[name]),
                differentiated=True,
            )
            for slot, name in zip(graph.wrt, problem.wrt, strict=True)
        ),
        "before_value": number(float(problem.value[0])),
        "after_value": number(float(function_value(problem, x)[0])),
    }
