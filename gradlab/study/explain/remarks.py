"""What a lecture says beside the chain rule: plus distributes, max routes, times switches."""

from __future__ import annotations

import numpy as np

from gradlab.study.explain.graph import Graph
from gradlab.study.explain.parts import Part, local_value

_SAYINGS = {
    "add": "plus distributes: each term gets all of it",
    "multiply": "times switches: each factor gets the other",
    "sum": "a sum distributes: each element gets all of it",
    "concatenate": "joining splits: each piece gets its own place",
    "stack": "stacking splits: each piece gets its own place",
    "broadcast_to": "copying adds: all copies give back",
    "index": "picking gives back to its own place, and 0 elsewhere",
}
_CALLED = {"absolute": "abs"}
_SIGNS = {"maximum": (">", "max"), "minimum": ("<", "min")}


def remark_on(graph: Graph, part: Part, said: set[str], *, backward: bool) -> str:
    """What is to be said of an edge. What holds everywhere is said once: `said` keeps what was.

    Of a kink it is said which side the engine takes.
    """
    if kink := _kink(graph, part):
        return kink
    match name := part.equation.primitive.name:
        case "maximum" | "minimum":
            return _routed(graph, part)
        case "relu":
            return _gated(graph, part)
        case "where":
            return _chosen(graph, part)
        case "max" | "min":
            return f"{name} routes: {_winner(graph, part)}"
    if not backward or name not in _SAYINGS or name in said:
        return ""
    said.add(name)
    return _SAYINGS[name]


def _routed(graph: Graph, part: Part) -> str:
    """Who wins between two."""
    _, operands, _, _ = part.equation
    sign, name = _SIGNS[part.equation.primitive.name]
    own, other = operands[part.position], operands[1 - part.position]
    x, y = (np.asarray(graph.values[slot]) for slot in (own, other))
    if x.ndim or y.ndim:
        wins = (x > y) if sign == ">" else (x < y)
        return f"{name} routes: {graph.called(own)} wins in {_share(wins)}"
    ahead = bool(x > y) == (sign == ">")
    relation = sign if ahead else "<" if sign == ">" else ">"
    where = f"{_equation(graph, own)} {relation} {_equation(graph, other)}"
    return (
        f"{name} routes: {where}, so {'all of it goes' if ahead else 'nothing goes'} to {graph.called(own)}"
    )


def _gated(graph: Graph, part: Part) -> str:
    x = np.asarray(graph.values[part.operand])
    if x.ndim:
        return f"relu is a gate: open in {_share(x > 0)}"
    relation, state = (">", "open") if x > 0 else ("<", "shut")
    return f"relu is a gate: {_equation(graph, part.operand)} {relation} 0, so it is {state}"


def _chosen(graph: Graph, part: Part) -> str:
    condition = np.asarray(graph.values[part.equation.operands[0]], dtype=bool)
    taken = condition if part.position == 1 else ~condition
    if taken.ndim:
        return f"where routes: {graph.called(part.operand)} is taken in {_share(taken)}"
    return f"where routes: {graph.called(part.operand)} is {'taken' if taken else 'not taken'} here"


def _winner(graph: Graph, part: Part) -> str:
    x, y = np.asarray(graph.values[part.operand]), np.asarray(graph.values[part.equation.result])
    name = graph.called(part.operand)
    if y.size == 1:
        places = np.argwhere(x == y.ravel()[0])
        if len(places) == 1:
            index = ", ".join(map(str, places[0].tolist()))
            return f"{name}[{index}] = {_short(y)} wins, and all of it goes there"
    return f"all of it goes to the winning element{'s' if y.size > 1 else ''} of {name}"


def _kink(graph: Graph, part: Part) -> str:
    """Where there is no derivative, what the engine takes in its place."""
    primitive, operands, parameters, result = part.equation
    if primitive.kinks is None:
        return ""
    x = [graph.values[slot] for slot in operands]
    with np.errstate(all="ignore"):
        margin = np.asarray(primitive.kinks(graph.values[result], *x, **parameters))
    if not np.any(margin == 0):
        return ""
    if primitive.name in ("max", "min"):
        return "a tie, where there is no derivative: by convention the engine shares it equally"
    if primitive.name in _SIGNS:
        taken = "all of it goes to the first" if margin.ndim == 0 else "what ties goes to the first"
        return f"a tie, where there is no derivative: by convention {taken}, {graph.called(operands[0])}"
    local = local_value(part, graph.values)
    if margin.ndim or local is None or np.ndim(local):
        return (
            f"{_share(margin == 0)} at a kink, where there is no derivative: the slope there is a convention"
        )
    kink = f"{_equation(graph, part.operand)} is a kink of {_CALLED.get(primitive.name, primitive.name)}"
    if not np.isfinite(local):
        return f"{kink}, where the slope has no bound"
    return f"{kink}, where there is no derivative: by convention the engine takes the slope {_short(local)}"


def _equation(graph: Graph, slot: int) -> str:
    """`y = 2`, or a plain number."""
    name, value = graph.called(slot), _short(graph.values[slot])
    return f"{name} = {value}" if slot in graph.names else name


def _share(held: np.ndarray) -> str:
    return f"{int(np.count_nonzero(held))} of {held.size} elements"


def _short(value: object) -> str:
    return f"{float(np.ravel(np.asarray(value, dtype=np.float64))[0]) + 0.0:.4g}"
