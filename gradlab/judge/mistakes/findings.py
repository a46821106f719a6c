"""Where no one slip explains a claim: by what ratio or difference it is off, as an expression of the problem's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from gradlab.judge.mistakes.evidence import Evidence
from gradlab.judge.mistakes.places import Reading
from gradlab.judge.mistakes.printing import Printer, printed_name
from gradlab.judge.mistakes.scene import survey
from gradlab.judge.mistakes.search import float_inputs

CLOSE = 1e-9
MOST_QUANTITIES = 40
MOST_DENOMINATOR = 12
CONSTANTS = {
    "ln 10": math.log(10),
    "1/ln 10": 1 / math.log(10),
    "ln 2": math.log(2),
    "1/ln 2": 1 / math.log(2),
    "π": math.pi,
    "1/π": 1 / math.pi,
    "π/180": math.pi / 180,
    "180/π": 180 / math.pi,
    "√2": math.sqrt(2),
    "1/√2": 1 / math.sqrt(2),
    "√π": math.sqrt(math.pi),
    "2/√π": 2 / math.sqrt(math.pi),
    "√π/2": math.sqrt(math.pi) / 2,
}


def finding(evidence: Evidence) -> str | None:
    """A sentence on the ratio or the difference, if it is the same at every point; None where neither is."""
    claimed = np.array([[float(v) for v in row] for row in evidence.claimed])
    right = np.array([[float(v) for v in row] for row in evidence.right])
    who = " and ".join(map(printed_name, evidence.names))
    if np.all(right != 0):
        factor = _constant((claimed / right).ravel())
        told = _told(factor) if factor is not None else None
        if told == "−1":
            return f"Your derivative by {who} has the opposite sign."
        if told is not None and told != "1":
            return f"Your derivative by {who} is {told} times the right one, at every point."
    if claimed.shape[1] == 1:
        return _difference(evidence, (claimed - right)[:, 0], who)
    return None


def _constant(values: np.ndarray) -> float | None:
    """The number that all of these are, if there is one."""
    first = float(values[0])
    return first if np.all(np.abs(values - first) <= CLOSE * abs(first)) else None


def _told(factor: float) -> str | None:
    """A factor as one writes it; None where it is no number that one recognises."""
    sign = "−" if factor < 0 else ""
    size = abs(factor)
    for name, value in CONSTANTS.items():
        if abs(size - value) <= CLOSE * value:
            return sign + name
    near = Fraction(size).limit_denominator(MOST_DENOMINATOR)
    if near and abs(size - float(near)) <= CLOSE * size and near.numerator <= 1000:
        return f"{sign}{near}"
    return None


def _difference(evidence: Evidence, off: np.ndarray, who: str) -> str | None:
    """What is missing or too much, as a quantity of the problem, or a product of two, times a simple number."""
    names, table = _quantities(evidence)
    for text, values in _products(names, table):
        if np.all(np.isfinite(values)) and np.all(values != 0):
            factor = _constant(off / values)
            told = _told(factor) if factor is not None and Fraction(factor).limit_denominator(4) else None
            if told is not None and factor is not None:
                size = told.removeprefix("−")
                amount = text if size == "1" else f"{size}·{text}"
                return f"Your derivative by {who} is {'short by' if factor < 0 else 'too large by'} {amount}, at every point."
    return None


def _quantities(evidence: Evidence) -> tuple[list[str], np.ndarray]:
    """Names and values, by quantity and point: inputs, intermediate values, what flows back to them."""
    program = evidence.program
    printer = Printer(Reading(program), evidence.input_names(program))
    slots = list(dict.fromkeys((*program.inputs, *(e.result for e in program.equations))))
    slots = [i for i in slots if program.shapes[i] == ()][:MOST_QUANTITIES]
    columns: list[list[Any]] = []
    names = [printer.slot(i) for i in slots]
    with np.errstate(all="ignore"):
        for point in evidence.points:
            scene = survey(program, float_inputs(point), (), evidence.weights)
            flows = [scene.cotangents[i] for i in slots]
            columns.append(
                [float(scene.values[i]) for i in slots]
                + [math.nan if flow is None else float(flow) for flow in flows]
            )
    names += [f"(the upstream gradient of {name})" for name in names]
    chosen, seen = [], set()
    table = np.array(columns).T
    for k, row in enumerate(table):
        key = tuple(np.round(np.abs(row), 12))
        if key not in seen and np.all(np.isfinite(row)) and "…" not in names[k] and len(set(key)) > 1:
            seen.add(key)
            chosen.append(k)
    return [names[k] for k in chosen], table[chosen]


def _products(names: Sequence[str], table: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield from zip(names, table, strict=True)
    for i, first in enumerate(names):
        for k in range(i, len(names)):
            text = f"{_bracketed(first)}²" if i == k else f"{_bracketed(first)}·{_bracketed(names[k])}"
            yield text, table[i] * table[k]


def _bracketed(text: str) -> str:
    """In brackets, if it is more than a name or one call."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign in " ·/^²³−":
            return text if text[0] == "(" and text[-1] == ")" and place == len(text) - 1 else f"({text})"
    return text
